"""The services of the law, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.ground import Ground
from bot.services.law.deciding import Obligations
from bot.services.law.exporting import Exporting
from bot.services.law.news import LawNews
from bot.services.law.proposing import Proposing
from bot.services.law.reckoning import Reckoning
from bot.services.law.reminding import ClockReminders
from bot.services.particulars import Particulars
from bot.services.targets import Targets


class LawRoom(Ground):
    """One of each."""

    @cached_property
    def particulars(self) -> Particulars:
        """What is established."""
        return Particulars(self.work, self.access, self.library)

    @cached_property
    def reckoning(self) -> Reckoning:
        """Clocks worked out."""
        return Reckoning(self.particulars, self.library)

    @cached_property
    def proposing(self) -> Proposing:
        """Clocks proposed."""
        return Proposing(self.work, self.access, self.directory, self.reckoning, self.library)

    @cached_property
    def obligations(self) -> Obligations:
        """What legal says of clocks."""
        return Obligations(self.work, self.access, self.reckoning, self.library, self._choices.command)

    @cached_property
    def clock_reminders(self) -> ClockReminders:
        """Clocks that run."""
        targets = Targets(self.library, self.directory)
        return ClockReminders(
            self.work, self.access, self.directory, targets, self.proposing, self.reckoning, self.library
        )

    @cached_property
    def exporting_law(self) -> Exporting:
        """The data for authorities' forms."""
        return Exporting(self.work, self.chat, self.access, self.particulars, self.reckoning, self.library)

    @cached_property
    def law_news(self) -> LawNews:
        """What is said about clocks."""
        return LawNews(self.work, self.chat, self.channels, self.particulars, self.reckoning, self.library)
