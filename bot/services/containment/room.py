"""The services of containment, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.containment.breakers import Breakers
from bot.services.containment.news import ContainmentNews
from bot.services.containment.people import Operators
from bot.services.containment.ports import NOWHERE, Switchboard
from bot.services.containment.reading import Reading
from bot.services.containment.requesting import Requesting
from bot.services.containment.switching import Switching
from bot.services.containment.verifying import Verifying
from bot.services.ground import Ground


class ContainmentRoom(Ground):
    """One of each. ``board`` is given before anything is asked for; without one no other system is reached."""

    board: Switchboard = NOWHERE

    @cached_property
    def operators(self) -> Operators:
        """Who somebody is to a system."""
        return Operators(self.access, self.directory, self.library)

    @cached_property
    def requesting(self) -> Requesting:
        """Containment asked for."""
        return Requesting(self.work, self.access, self.operators, self.library, self.board)

    @cached_property
    def breakers(self) -> Breakers:
        """Breakers tripped."""
        return Breakers(self.work, self.incidents, self.requesting, self.library)

    @cached_property
    def containment(self) -> Reading:
        """Containment shown."""
        return Reading(self.work, self.access, self.library, self.board, self._choices.command)

    @cached_property
    def switching(self) -> Switching:
        """Switches turned."""
        return Switching(self.work, self.board)

    @cached_property
    def proving(self) -> Verifying:
        """Switches looked at."""
        return Verifying(self.work, self.lifecycle, self.library, self.board)

    @cached_property
    def containment_news(self) -> ContainmentNews:
        """What is said about switches."""
        return ContainmentNews(self.work, self.chat, self.channels, self.voice, self._choices.command)
