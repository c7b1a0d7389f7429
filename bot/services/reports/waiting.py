"""Reports that nobody looks at: people are asked one rung after the other, as policy says."""

from __future__ import annotations

from bot.domain.events import ReportUnseen
from bot.domain.people import Actor
from bot.domain.report import next_ask
from bot.services.reports.circle import Circle
from bot.services.reports.opening import Reports
from bot.services.reports.rendering import dismissers
from bot.services.work import Work
from storage.reports import Report
from storage.store import Unit


class Waiting:
    """Looks for what nobody looks at."""

    def __init__(self, work: Work, circle: Circle, reports: Reports) -> None:
        self._work = work
        self._circle = circle
        self._reports = reports

    async def ask_due(self) -> None:
        """Ask whoever is to be asked by now; of several rungs that fell due meanwhile only the last. A tick."""
        async with self._work() as unit:
            for report in await unit.reports.due(self._work.now()):
                await self._ask(unit, report)

    async def _ask(self, unit: Unit, report: Report) -> None:
        rungs, now = self._reports.rungs(), self._work.now()
        while report.due_at is not None and report.due_at <= now:
            report.raised += 1
            report.due_at = next_ask(rungs, report.raised, report.waits_since)
        if not report.is_open or not rungs:
            return
        rung = rungs[min(report.raised, len(rungs)) - 1]
        judged = dismissers(report)
        wanted = [one for one in await self._circle.asked(unit, rung.ask) if str(Actor.person(one)) not in judged]
        for user_id in wanted or await self._circle.others(unit, judged):
            unit.tell(ReportUnseen(report.key, user_id, report.raised))
