"""The services of reports, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.ground import Ground
from bot.services.reports.circle import Circle
from bot.services.reports.lane import Lane
from bot.services.reports.opening import Reports
from bot.services.reports.reading import Reading
from bot.services.reports.rendering import Rendering
from bot.services.reports.showing import ReportNews
from bot.services.reports.waiting import Waiting


class ReportsRoom(Ground):
    """One of each."""

    @cached_property
    def circle(self) -> Circle:
        """Who looks at reports."""
        return Circle(self.access, self.directory, self.library)

    @cached_property
    def reports(self) -> Reports:
        """Reports taken in."""
        return Reports(self.work, self.circle, self.library)

    @cached_property
    def report_rendering(self) -> Rendering:
        """Reports as values."""
        return Rendering(self.circle, self.library)

    @cached_property
    def report_reading(self) -> Reading:
        """Reports shown."""
        return Reading(self.work, self.access, self.circle, self.report_rendering, self.library, self._choices.command)

    @cached_property
    def report_waiting(self) -> Waiting:
        """Reports that nobody looks at."""
        return Waiting(self.work, self.circle, self.reports)

    @cached_property
    def report_news(self) -> ReportNews:
        """What is said about reports."""
        lane = Lane(self.work, self.chat, self.circle, self._choices.triage)
        return ReportNews(
            self.work, self.chat, self.access, self.circle, lane, self.report_rendering, self._choices.command
        )
