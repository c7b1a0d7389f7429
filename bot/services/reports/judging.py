"""Reports judged: somebody looks, declares, adds, dismisses; and the reporter disagrees. Whoever is second is told so.

Everything here holds the report while it decides, so that of two people who press at once one decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.declaration import Declaration
from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed
from bot.domain.events import ReportChanged, ReportDisputed, ReporterOwed, ReportGrew
from bot.domain.incident import IncidentType, Severity
from bot.domain.lifecycle import reason
from bot.domain.notices.incident import Summary
from bot.domain.notices.reports import ReportDone
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.report import ReportState, may_dispute, require_open, require_other
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.details import Details
from bot.services.guards import name_of
from bot.services.guards import require_open as require_open_incident
from bot.services.incidents import Incidents, Noticed
from bot.services.reports.circle import Circle
from bot.services.reports.opening import Reports, source_of
from bot.services.reports.rendering import Rendering, dismissers
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.reports import Report
from storage.store import Unit

WHY_NOT = "Say why it is no incident, kindly: whoever reported it reads this, and may disagree."
WHY_SO = "Say what was missed: whoever looks next reads this."


@dataclass(frozen=True, slots=True)
class Finding:
    """What whoever declares a report says of it; what is None stays as it was reported."""

    type: IncidentType | None = None
    severity: Severity | None = None
    is_private: bool = False


class Judging:
    """Settles reports."""

    def __init__(
        self,
        work: Work,
        access: Access,
        circle: Circle,
        reports: Reports,
        rendering: Rendering,
        incidents: Incidents,
        details: Details,
    ) -> None:
        self._work = work
        self._access = access
        self._circle = circle
        self._reports = reports
        self._rendering = rendering
        self._incidents = incidents
        self._details = details

    async def look(self, report_id: int, *, by: Actor) -> ReportDone:
        """Somebody looks into it: nobody else is asked for a while."""
        async with self._work() as unit:
            report = await self._judged(unit, report_id, by)
            report.looked_by, report.looked_at = str(by), self._work.now()
            lasts = self._reports.look_lasts()
            self._reports.wait(report, look=lasts)
            unit.tell(ReportChanged(report.key))
        minutes = int(lasts.total_seconds() // 60)
        return self._done(report, f"You look into it. In {minutes} min others are asked, unless it is settled by then.")

    async def declare(self, report_id: int, finding: Finding, *, by: Actor) -> Summary:
        """Make it an incident, with what its reporters said and kept."""
        async with self._work() as unit:
            return summary(await self.declare_in(unit, report_id, finding, by=by))

    async def declare_in(self, unit: Unit, report_id: int, finding: Finding, *, by: Actor) -> Incident:
        """As :meth:`declare`, within the caller's transaction. Whoever dismissed it may, too: that is giving in."""
        report = await self._circle.get(unit, report_id, by, lock=True)
        await self._require_open(unit, report)
        declaration = self._declaration(report, finding)
        noticed = Noticed(report.reported_at, report.is_drill)
        key = f"report:{report.source_key}"[:255]
        incident = await self._incidents.declare_in(unit, declaration, by=by, key=key, noticed=noticed)
        await self._introduce(unit, report, incident)
        await self._settle(unit, report, ReportState.DECLARED, by, incident)
        return incident

    async def add_to(self, report_id: int, incident_id: int, *, by: Actor) -> ReportDone:
        """It is one more example of an incident that is open. Raises for one that is over, or less private."""
        async with self._work() as unit:
            report = await self._judged(unit, report_id, by)
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by, lock=True)
            await require_open_incident(unit, incident)
            _check_fit(report, incident)
            await self._example(unit, report, incident)
            await self._settle(unit, report, ReportState.ADDED, by, incident)
        return self._done(report, f"Added to {incident.reference}. Whoever reported it hears so, and how it ends.")

    async def put_with(self, report_id: int, other_id: int, *, by: Actor) -> ReportDone:
        """It says the same as another report that waits: what becomes of that one, becomes of this."""
        async with self._work() as unit:
            for one in sorted({report_id, other_id}):
                await unit.reports.get(one, lock=True)
            report = await self._judged(unit, report_id, by)
            other = await self._circle.get(unit, other_id, by)
            await self._require_open(unit, other)
            if report.key == other.key or (report.is_private, report.is_drill) != (other.is_private, other.is_drill):
                raise BadInput("These two cannot be put together: choose another.", field="into")
            for lesser in await unit.reports.together_with(report.key):
                lesser.same_as_id = other.key
            other.signals += report.signals
            report.same_as_id = other.key
            await self._settle(unit, report, ReportState.SAME, by, None)
            unit.tell(ReportGrew(other.key))
        return self._done(report, f"Put together with {other.reference}: what becomes of that one, becomes of this.")

    async def dismiss(self, report_id: int, why: str, *, by: Actor) -> ReportDone:
        """It is no incident, for a reason that its reporter hears and may disagree with."""
        async with self._work() as unit:
            report = await self._judged(unit, report_id, by)
            stated = reason(why, WHY_NOT)
            kept = {"by": str(by), "at": self._work.now().isoformat(), "reason": stated}
            report.dismissals = [*report.dismissals, kept]
            await self._settle(unit, report, ReportState.DISMISSED, by, None)
        return self._done(report, "Dismissed. Whoever reported it hears your reason, and may disagree.")

    async def disagree(self, report_id: int, why: str, *, by: Actor) -> ReportDone:
        """Its reporter holds something against the dismissal: it waits again, for somebody else."""
        async with self._work() as unit:
            report = await unit.reports.get(report_id, lock=True)
            if report is None or by.id not in await self._reporters(unit, report):
                report = await self._circle.get(unit, report_id, by)
                raise NotAllowed(f"Only whoever reported {report.reference} can disagree. You can declare it yourself.")
            if report.state is ReportState.DISPUTED:
                raise AlreadyDone(f"{report.reference} waits for somebody else already. Nothing was changed.")
            if not may_dispute(report.state, len(report.dismissals)):
                raise IllegalMove(
                    f"{report.reference} cannot be reopened by disagreeing any more. If you still think that it is an "
                    "incident, declare it: nobody can refuse that."
                )
            stated = reason(why, WHY_SO)
            kept = {"by": str(by), "at": self._work.now().isoformat(), "reason": stated}
            report.disputes = [*report.disputes, kept]
            report.state, report.looked_by, report.looked_at = ReportState.DISPUTED, None, None
            report.settled_by = report.settled_at = None
            self._reports.wait(report)
            unit.tell(ReportDisputed(report.key))
        return self._done(report, "It waits again, and somebody else judges it. You will hear what becomes of it.")

    async def note_ending(self, unit: Unit, incident: Incident) -> None:
        """What an incident's reports show says so when it is over. A hook."""
        for report in await unit.reports.of_incident(incident.key):
            unit.tell(ReportChanged(report.key))

    async def _judged(self, unit: Unit, report_id: int, by: Actor) -> Report:
        """The report, held, if it waits and this person may judge it."""
        report = await self._circle.get(unit, report_id, by, lock=True)
        await self._require_open(unit, report)
        require_other(report.key, report.state, str(by), dismissers(report))
        return report

    async def _require_open(self, unit: Unit, report: Report) -> None:
        require_open(report.key, report.state, await name_of(unit, report.settled_by or report.reported_by))

    async def _settle(
        self, unit: Unit, report: Report, state: ReportState, by: Actor, incident: Incident | None
    ) -> None:
        report.state, report.due_at = state, None
        report.settled_by, report.settled_at = str(by), self._work.now()
        if incident is not None:
            report.incident_id = incident.key
            report.is_private = report.is_private or incident.is_private
            await self._take_along(unit, report, incident)
        unit.tell(ReportChanged(report.key))
        for user_id in await self._reporters(unit, report):
            if user_id != by.id:
                unit.tell(ReporterOwed(report.key, user_id))

    async def _reporters(self, unit: Unit, report: Report) -> list[str]:
        """Whoever said it: in this report, and in those that were put together with it."""
        said = [report, *await unit.reports.together_with(report.key)]
        return list(dict.fromkeys(one.reporter_id for one in said if one.reporter_id))

    async def _introduce(self, unit: Unit, report: Report, incident: Incident) -> None:
        """The incident knows where it comes from; its reporters may see it and hear how it ends."""
        now = self._work.now()
        reporters = await self._reporters(unit, report)
        await unit.participants.let_in(incident.key, reporters, now)
        for user_id in reporters:
            await unit.participants.follow(incident.key, user_id, now)
        unit.timeline.note(
            incident.key,
            EntryKind.NOTE,
            f"Reported as {report.reference}: {report.title}",
            by=Actor.parse(report.reported_by),
            at=report.reported_at,
            data={"report": report.reference, "signals": report.signals},
            source_key=f"{incident.key}:report:{report.key}",
        )

    async def _take_along(self, unit: Unit, report: Report, incident: Incident) -> None:
        """What was put together with it becomes an example of the incident, too."""
        for lesser in await unit.reports.together_with(report.key):
            lesser.incident_id, lesser.is_private = incident.key, lesser.is_private or incident.is_private
            await self._example(unit, lesser, incident)
            unit.tell(ReportChanged(lesser.key))

    async def _example(self, unit: Unit, report: Report, incident: Incident) -> None:
        said_by = Actor.parse(report.reported_by)
        if report.reporter_id and incident.is_private:
            await unit.participants.let_in(incident.key, [report.reporter_id], self._work.now(), to_channel=False)
        await self._details.take_in(
            unit, incident, report.what_happened, by=said_by, key=f"report:{report.key}", source=source_of(report)
        )

    def _declaration(self, report: Report, finding: Finding) -> Declaration:
        known = {"report": report.reference, "model_version": report.model_version, "trace": report.trace_url}
        # What came from outside must not pass for a fact that a person set.
        said = {f"reported {name}": str(value) for name, value in report.details.items()}
        return Declaration(
            what_happened=report.what_happened,
            type=finding.type or report.type,
            severity=finding.severity or report.severity,
            system=report.system,
            is_private=report.is_private or finding.is_private,
            source=source_of(report),
            origin_channel_id=report.origin_channel_id,
            details={**said, **{name: value for name, value in known.items() if value}},
        )

    def _done(self, report: Report, sentence: str) -> ReportDone:
        return ReportDone(self._rendering.line(report), sentence)


def _check_fit(report: Report, incident: Incident) -> None:
    if report.is_private and not incident.is_private:
        raise BadInput(
            f"{report.reference} is private and everybody can read {incident.reference}. Declare it as a private "
            "incident instead.",
            field="into",
        )
    if report.is_drill is not incident.is_drill:
        raise BadInput("A drill and what really happened stay apart: choose another.", field="into")
