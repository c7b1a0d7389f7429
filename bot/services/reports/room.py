"""The services of reports, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.ground import Ground
from bot.services.reports.opening import Reports


class ReportsRoom(Ground):
    """One of each."""

    @cached_property
    def reports(self) -> Reports:
        """Reports taken in."""
        return Reports(self.work, self.library)
