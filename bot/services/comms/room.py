"""The services of texts and of the brief, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.comms.briefing import Briefing
from bot.services.comms.deciding import TextDeciding
from bot.services.comms.news import TextNews
from bot.services.comms.reading import TextReading
from bot.services.comms.record import Shelf
from bot.services.comms.sending import Sending
from bot.services.comms.values import Values
from bot.services.comms.wanting import Wanting
from bot.services.comms.writing import Writing
from bot.services.law.room import LawRoom


class CommsRoom(LawRoom):
    """One of each."""

    @cached_property
    def text_values(self) -> Values:
        """What a text may hold."""
        return Values(self.particulars, self.library)

    @cached_property
    def text_shelf(self) -> Shelf:
        """Texts found."""
        return Shelf(self.access, self.library)

    @cached_property
    def texts(self) -> TextReading:
        """Texts read."""
        command = self._choices.command
        return TextReading(self.work, self.access, self.library, self.text_shelf, self.text_values, command)

    @cached_property
    def writing(self) -> Writing:
        """Texts written."""
        return Writing(self.work, self.access, self.library, self.text_shelf, self.text_values, self.texts)

    @cached_property
    def text_deciding(self) -> TextDeciding:
        """Texts approved."""
        return TextDeciding(self.work, self.access, self.text_shelf, self.texts)

    @cached_property
    def sending(self) -> Sending:
        """Texts sent."""
        return Sending(self.work, self.access, self.library, self.text_shelf, self.texts, self.updates)

    @cached_property
    def text_news(self) -> TextNews:
        """What is said about texts."""
        command = self._choices.command
        return TextNews(self.work, self.chat, self.library, self.text_shelf, self.text_values, command)

    @cached_property
    def wanting(self) -> Wanting:
        """Texts that are due."""
        return Wanting(self.work, self.library)

    @cached_property
    def briefing(self) -> Briefing:
        """The executive brief."""
        command = self._choices.command
        return Briefing(self.work, self.chat, self.access, self.directory, self.library, self.particulars, command)
