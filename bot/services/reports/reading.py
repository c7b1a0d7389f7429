"""Reports as values that notices carry, and the forms and lists that people ask for."""

from __future__ import annotations

from bot.domain.errors import NotFound
from bot.domain.incident import IncidentType
from bot.domain.notices.reports import (
    AddReportForm,
    DeclareReportForm,
    DisagreeForm,
    DismissForm,
    ReportList,
    ReportPost,
    ReportReceipt,
    ReportSource,
)
from bot.domain.people import Actor
from bot.domain.report import require_open, require_other
from bot.services.access import Access
from bot.services.guards import name_of
from bot.services.reports.circle import NO_SUCH, Circle
from bot.services.reports.rendering import Rendering, dismissers, is_like
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.reports import Report
from storage.store import Unit

OFFERED = 40


class Reading:
    """Shows reports to whoever may see them."""

    def __init__(
        self, work: Work, access: Access, circle: Circle, rendering: Rendering, library: Library, command: str
    ) -> None:
        self._work = work
        self._access = access
        self._circle = circle
        self._rendering = rendering
        self._library = library
        self._command = command

    async def receipt(self, report_id: int, *, was_already: bool, by: Actor) -> ReportReceipt:
        """What whoever reported reads at once."""
        async with self._work.read() as unit:
            report = await self._circle.get(unit, report_id, by)
        return ReportReceipt(self._rendering.line(report), self._command, was_already)

    async def listing(self, *, by: Actor, settled: bool = False) -> ReportList:
        """Reports that wait, oldest first; or the latest of any state. Private ones only for whoever may see them."""
        async with self._work.read() as unit:
            found = await (unit.reports.latest() if settled else unit.reports.open_ones())
            is_in = await self._circle.is_in(unit, by)
        seen = [one for one in found if not one.is_private or is_in or one.reported_by == str(by)]
        return ReportList(tuple(self._rendering.line(one) for one in seen), self._command)

    async def source(self, report_id: int, *, by: Actor) -> ReportSource:
        """The reported message. Raises NotFound where there is none, or the report may not be seen."""
        async with self._work.read() as unit:
            report = await self._circle.get(unit, report_id, by)
        if not report.source:
            raise NotFound(NO_SUCH)
        return ReportSource(self._rendering.line(report), str(report.source.get("text", "")))

    async def one(self, text: str, *, by: Actor) -> ReportPost:
        """Everything about the report named ``R-0007``. Raises NotFound."""
        async with self._work.read() as unit:
            report = await self._circle.named(unit, text, by)
            return await self._rendering.post(unit, report)

    async def declare_form(self, report_id: int, *, by: Actor) -> DeclareReportForm:
        """The form to declare it."""
        report = await self._open_one(report_id, by)
        kind = None if report.type is IncidentType.UNSURE else report.type.value
        level = report.severity.value if report.severity else None
        return DeclareReportForm(
            self._rendering.line(report), self._library.type_choices(), self._library.severity_choices(), kind, level
        )

    async def add_form(self, report_id: int, *, by: Actor) -> AddReportForm:
        """The form to add it, with what this person may choose, the most alike first."""
        async with self._work.read() as unit:
            report = await self._judged_by(unit, report_id, by)
            found = await unit.incidents.newest_open(OFFERED, await unit.participants.open_to(by.id))
            incidents = [one for one in found if _fits(report, one)]
            reports = [one for one in await unit.reports.newest_open(OFFERED) if is_like(report, one)]
        first = {one.key for one in await self._rendering.similar(report, incidents, at_least=1)}
        ordered = sorted(incidents, key=lambda one: one.key not in first)
        return AddReportForm(
            self._rendering.line(report),
            tuple(summary(one) for one in ordered),
            tuple(self._rendering.line(one) for one in reports),
        )

    async def dismiss_form(self, report_id: int, *, by: Actor) -> DismissForm:
        """The form to dismiss it."""
        async with self._work.read() as unit:
            return DismissForm(self._rendering.line(await self._judged_by(unit, report_id, by)))

    async def disagree_form(self, report_id: int, *, by: Actor) -> DisagreeForm:
        """The form to disagree with."""
        async with self._work.read() as unit:
            report = await unit.reports.get(report_id)
            if report is None or not report.dismissals or not await self._has_said(unit, report, by):
                raise NotFound(NO_SUCH)
        reason = report.dismissals[-1]["reason"]
        return DisagreeForm(self._rendering.line(report), reason)

    async def _has_said(self, unit: Unit, report: Report, by: Actor) -> bool:
        said = [report, *await unit.reports.together_with(report.key)]
        return any(one.reported_by == str(by) for one in said)

    async def _open_one(self, report_id: int, by: Actor) -> Report:
        async with self._work.read() as unit:
            report = await self._circle.get(unit, report_id, by)
            require_open(report.key, report.state, await name_of(unit, report.settled_by or report.reported_by))
        return report

    async def _judged_by(self, unit: Unit, report_id: int, by: Actor) -> Report:
        report = await self._circle.get(unit, report_id, by)
        require_open(report.key, report.state, await name_of(unit, report.settled_by or report.reported_by))
        require_other(report.key, report.state, str(by), dismissers(report))
        return report


def _fits(report: Report, incident: Incident) -> bool:
    is_open_enough = incident.is_private or not report.is_private
    return is_open_enough and report.is_drill is incident.is_drill
