"""Reports as values that notices carry, and the forms and lists that people ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.incident import IncidentType
from bot.domain.notices.incident import Summary
from bot.domain.notices.reports import (
    AddReportForm,
    DeclareReportForm,
    DisagreeForm,
    DismissForm,
    Judgement,
    ReportLine,
    ReportList,
    ReportReceipt,
    ReportSource,
)
from bot.domain.people import Actor
from bot.domain.permissions import Verb, may
from bot.domain.report import require_open, require_other
from bot.services.access import Access
from bot.services.guards import name_of
from bot.services.reports.circle import NO_SUCH, Circle
from bot.services.reports.matching import Candidate, Sign, alike
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.reports import Report
from storage.store import Unit

OFFERED = 40


class Reading:
    """Shows reports to whoever may see them."""

    def __init__(self, work: Work, access: Access, circle: Circle, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._circle = circle
        self._library = library
        self._command = command

    def line(self, report: Report) -> ReportLine:
        """The report in one line."""
        is_known = report.type is not IncidentType.UNSURE
        return ReportLine(
            report_id=report.key,
            reference=report.reference,
            title=report.title,
            state=report.state,
            reported_by=report.reported_by,
            reported_at=report.reported_at,
            waits_since=report.waits_since,
            signals=report.signals,
            severity=report.severity,
            type_name=self._library.type_name(report.type) if is_known else None,
            system_name=self._library.system_name(report.system),
            is_private=report.is_private,
            is_drill=report.is_drill,
            looked_by=report.looked_by,
        )

    def version(self, system: str | None) -> str:
        """The version that the catalogue says is in use."""
        known = self._library.system(system)
        model = known.model if known else None
        return f"{' '.join(filter(None, (model.name, model.version)))}, by the catalogue" if model else ""

    async def receipt(self, report_id: int, *, was_already: bool, by: Actor) -> ReportReceipt:
        """What whoever reported reads at once."""
        async with self._work.read() as unit:
            report = await self._circle.get(unit, report_id, by)
        return ReportReceipt(self.line(report), self._command, was_already)

    async def listing(self, *, by: Actor, settled: bool = False) -> ReportList:
        """Reports that wait, oldest first; or the latest of any state. Private ones only for whoever may see them."""
        async with self._work.read() as unit:
            found = await (unit.reports.latest() if settled else unit.reports.open_ones())
            is_in = await self._circle.is_in(unit, by)
        seen = [one for one in found if not one.is_private or is_in or one.reported_by == str(by)]
        return ReportList(tuple(self.line(one) for one in seen), self._command)

    async def source(self, report_id: int, *, by: Actor) -> ReportSource:
        """The reported message. Raises NotFound where there is none, or the report may not be seen."""
        async with self._work.read() as unit:
            report = await self._circle.get(unit, report_id, by)
        if not report.source:
            raise NotFound(NO_SUCH)
        return ReportSource(self.line(report), str(report.source.get("text", "")))

    async def declare_form(self, report_id: int, *, by: Actor) -> DeclareReportForm:
        """The form to declare it."""
        report = await self._open_one(report_id, by)
        kind = None if report.type is IncidentType.UNSURE else report.type.value
        level = report.severity.value if report.severity else None
        return DeclareReportForm(
            self.line(report), self._library.type_choices(), self._library.severity_choices(), kind, level
        )

    async def add_form(self, report_id: int, *, by: Actor) -> AddReportForm:
        """The form to add it, with what this person may choose, the most alike first."""
        async with self._work.read() as unit:
            report = await self._judged_by(unit, report_id, by)
            incidents = [one for one in await unit.incidents.open_ones() if await self._fits(unit, report, one, by)]
            reports = [one for one in await unit.reports.open_ones() if is_like(report, one)]
        first = {one.key for one in self.similar(report, incidents, at_least=1)}
        ordered = sorted(incidents, key=lambda one: one.key not in first)
        return AddReportForm(
            self.line(report),
            tuple(summary(one) for one in ordered[:OFFERED]),
            tuple(self.line(one) for one in reports[:OFFERED]),
        )

    async def dismiss_form(self, report_id: int, *, by: Actor) -> DismissForm:
        """The form to dismiss it."""
        async with self._work.read() as unit:
            return DismissForm(self.line(await self._judged_by(unit, report_id, by)))

    async def disagree_form(self, report_id: int, *, by: Actor) -> DisagreeForm:
        """The form to disagree with."""
        async with self._work.read() as unit:
            report = await unit.reports.get(report_id)
            if report is None or not report.dismissals or not await self._has_said(unit, report, by):
                raise NotFound(NO_SUCH)
        reason = report.dismissals[-1]["reason"]
        return DisagreeForm(self.line(report), reason)

    def similar(self, report: Report, incidents: Sequence[Incident], at_least: int | None = None) -> list[Incident]:
        """Incidents that are perhaps what it reports, the most alike first."""
        candidates = [Candidate(one, Sign(one.what_happened, one.system, one.type)) for one in incidents]
        return alike(_sign(report), candidates, at_least or self._library.triage.alike)

    def same(self, report: Report, others: Sequence[Report]) -> list[Report]:
        """Reports that perhaps say the same, the most alike first."""
        candidates = [Candidate(one, _sign(one)) for one in others if is_like(report, one)]
        return alike(_sign(report), candidates, self._library.triage.alike)

    async def incident_for(self, unit: Unit, report: Report, actor: Actor) -> Summary | None:
        """What it became or was added to, if the actor may see it."""
        incident = await unit.incidents.get(report.incident_id) if report.incident_id else None
        is_seen = incident is not None and await self._access.sees(unit, incident, actor)
        return summary(incident) if incident is not None and is_seen else None

    async def _fits(self, unit: Unit, report: Report, incident: Incident, by: Actor) -> bool:
        if report.is_drill is not incident.is_drill or (report.is_private and not incident.is_private):
            return False
        if not incident.is_private:
            return True
        return may(Verb.NOTE, incident.is_private, await self._access.standings(unit, incident, by))

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


def dismissers(report: Report) -> set[str]:
    """Whoever dismissed it, in their stored form."""
    return {str(one["by"]) for one in report.dismissals}


def judgements(stored: Sequence[dict[str, Any]]) -> tuple[Judgement, ...]:
    """Dismissals or disputes as notices carry them."""
    return tuple(Judgement(one["by"], datetime.fromisoformat(one["at"]), one["reason"]) for one in stored)


def is_like(report: Report, other: Report) -> bool:
    """Whether two reports may be put together at all."""
    same_kind = (report.is_private, report.is_drill) == (other.is_private, other.is_drill)
    return same_kind and other.is_open and other.id != report.id


def _sign(report: Report) -> Sign:
    return Sign(report.what_happened, report.system, report.type)
