"""The half of the services that the others stand on, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.access import Access
from bot.services.announcements import Announcements
from bot.services.cadence import Cadence
from bot.services.cards import Cards
from bot.services.channels import Channels
from bot.services.choices import AS_SHIPPED, Choices
from bot.services.closing import Closing
from bot.services.directory import Directory
from bot.services.incidents import Incidents
from bot.services.lifecycle import Lifecycle
from bot.services.merging import Merging
from bot.services.moments import Moments
from bot.services.naming import Naming
from bot.services.ports import Chat
from bot.services.reporters import Reporters
from bot.services.severities import Severities
from bot.services.updates import Updates
from bot.services.voice import Voice
from bot.services.work import Work
from playbooks.library import Library


class Ground:
    """What the capabilities stand on: people, channels, words, and the incident's own life."""

    def __init__(self, work: Work, chat: Chat, library: Library, choices: Choices = AS_SHIPPED) -> None:
        self.work = work
        self.chat = chat
        self.library = library
        self._choices = choices

    @cached_property
    def access(self) -> Access:
        """Who may do what."""
        return Access(self._choices.admins)

    @cached_property
    def directory(self) -> Directory:
        """Who is meant by the policy files."""
        named = (*self.library.roster_entries(), *self._choices.admins)
        return Directory(self.work, self.chat, named, self._choices.announce)

    @cached_property
    def naming(self) -> Naming:
        """Who is meant by what people type."""
        return Naming(self.work, self.directory)

    @cached_property
    def moments(self) -> Moments:
        """When hooks run."""
        return Moments()

    @cached_property
    def channels(self) -> Channels:
        """Channels opened and furnished."""
        return Channels(self.work, self.chat, self.moments)

    @cached_property
    def voice(self) -> Voice:
        """One message in a channel."""
        return Voice(self.work, self.chat)

    @cached_property
    def cards(self) -> Cards:
        """Cards posted and refreshed."""
        return Cards(self.work, self.chat, self.library)

    @cached_property
    def announcements(self) -> Announcements:
        """The announce channel."""
        return Announcements(self.work, self.chat, self.directory, self.library)

    @cached_property
    def reporters(self) -> Reporters:
        """What whoever declared hears."""
        return Reporters(self.work, self.chat)

    @cached_property
    def cadence(self) -> Cadence:
        """When updates are due."""
        return Cadence(self.library)

    @cached_property
    def incidents(self) -> Incidents:
        """Declaring and finding."""
        return Incidents(self.work, self.access, self.directory, self.library, self.moments)

    @cached_property
    def severities(self) -> Severities:
        """How bad it is."""
        return Severities(self.work, self.chat, self.access, self.voice, self.cadence, self.library, self.moments)

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """Type, phase, contained, resolved."""
        return Lifecycle(self.work, self.access, self.voice, self.severities, self.cadence, self.library, self.moments)

    @cached_property
    def closing(self) -> Closing:
        """Closed, cancelled, reopened."""
        return Closing(self.work, self.chat, self.access, self.voice, self.cadence, self.moments)

    @cached_property
    def merging(self) -> Merging:
        """Two incidents into one."""
        return Merging(self.work, self.access, self.voice, self.closing, self.incidents)

    @cached_property
    def updates(self) -> Updates:
        """Words for stakeholders."""
        return Updates(self.work, self.chat, self.access, self.voice, self.cadence, self.moments)
