"""What alerts led to, written down: groups, signals, reports opened and folded, lines on the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.domain.alerts.alert import digest
from bot.domain.alerts.thresholds import Act
from bot.domain.events import AlertNoted, ReportChanged, ReporterOwed
from bot.domain.events.alerts import AlertNews
from bot.domain.incident import Severity
from bot.domain.people import Actor, ActorKind
from bot.domain.report import ReportState
from bot.domain.timeline import EntryKind
from bot.services.alerts.judging import FLOOD, Judging, Scene, source_scope
from bot.services.alerts.parts import Did, Part, Sent
from bot.services.alerts.telling import declaration, flood_report, report
from bot.services.incidents import Incidents
from bot.services.reports.opening import Reports
from playbooks.alerts import AlertsFile, clock
from storage.alerts import AlertBody, AlertGroup, AlertSignal
from storage.incidents import Incident
from storage.store import Unit

WORDS = {AlertNews.ATTACHED: "{}", AlertNews.RESOLVED: "Over, says the sender: {}", AlertNews.DECLARED: "{}"}
FLOOD_LINE = "A flood of alerts from {}: they are counted, and not listed one by one."


class Keeping:
    """Writes one batch within the caller's transaction."""

    def __init__(self, incidents: Incidents, reports: Reports, judging: Judging, policy: AlertsFile) -> None:
        self._incidents = incidents
        self._reports = reports
        self._judging = judging
        self._policy = policy
        self._more: Counter[int] = Counter()
        self._gravest: dict[int, Severity] = {}

    async def keep(self, unit: Unit, scene: Scene, batch: Sequence[Sent]) -> None:
        """Keep all of it."""
        floods = [self._flood_row(scene, source) for source in sorted({part.source for part in scene.parts})]
        rows = {row["key"]: row for row in (*(_row(scene, part) for part in scene.parts), *floods)}
        groups = await unit.alerts.hold(list(rows.values())) if rows else {}
        for part in scene.parts:
            await self._settle(unit, scene, part, groups)
        await self._fold_all(unit)
        await unit.alerts.add([row for part in scene.parts for row in _signals(scene, part, groups[part.key])])
        await unit.alerts.tally(scene.counted, scene.now)
        for sent in batch:
            if sent.looks_at is None:
                body = AlertBody(source=sent.source, sha256=sent.sha256, size=sent.size, received_at=scene.now)
                await unit.alerts.keep_body(body)
            elif not sent.alerts:
                await self._let_be(unit, sent.looks_at)

    async def _settle(self, unit: Unit, scene: Scene, part: Part, groups: dict[str, AlertGroup]) -> None:
        group = groups[part.key]
        await self._see_anew(unit, scene, part, group)
        incident = self._judging.incident_of(scene, group)
        part.incident_id = incident.key if incident else None
        if part.is_over:
            await self._resolve(unit, scene, part, groups)
        else:
            await self._lead_somewhere(unit, scene, part, groups)
            _remember(scene, part, group)

    async def _see_anew(self, unit: Unit, scene: Scene, part: Part, group: AlertGroup) -> None:
        """What the group led to since it was looked at, in this batch or by another replica."""
        if group.report_id is not None and group.report_id not in scene.reports:
            report = await unit.reports.get(group.report_id)
            scene.reports |= {report.key: report} if report is not None else {}
        if group.incident_id is not None and group.incident_id != part.before:
            incident = await unit.incidents.get(group.incident_id)
            if incident is not None and incident.is_open and not incident.is_private:
                scene.open_incidents.append(incident)

    async def _lead_somewhere(self, unit: Unit, scene: Scene, part: Part, groups: dict[str, AlertGroup]) -> None:
        group, act = groups[part.key], part.verdict.act
        if part.incident_id is None:
            part.incident_id = await self._incident(unit, scene, part)
        if part.incident_id is not None:
            await self._attach(unit, scene, part, group)
            return
        known = self._judging.report_of(scene, group)
        if known is not None:
            part.report_id = known.key
            self._fold(part, group)
        elif act is not Act.KEEP:
            await self._report(unit, scene, part, groups)
        elif not part.firing:
            part.did = Did.REPEATED

    async def _incident(self, unit: Unit, scene: Scene, part: Part) -> int | None:
        """The incident that policy wants for alerts that belong to none yet: one that is open, or a new one."""
        if part.verdict.act is Act.ATTACH:
            same = scene.on(part.latest.system)
            return same.key if same else None
        if part.verdict.act is not Act.DECLARE:
            return None
        found = scene.on(part.latest.system, part.verdict.type)
        if found is None:
            found = await self._declare(unit, scene, part)
            scene.open_incidents.append(found)
            part.did = Did.DECLARED
        return found.key

    async def _declare(self, unit: Unit, scene: Scene, part: Part) -> Incident:
        """Two replicas that hear of one thing at once declare it once: both name it by what was there before."""
        system = part.latest.system
        about = digest("system", system) if system else digest("group", part.key)
        last = scene.last.get(system, 0) if system else part.before
        key = f"alert:{about}:{last}"
        return await self._incidents.declare_in(unit, declaration(part, scene.now), by=_actor(part), key=key)

    async def _attach(self, unit: Unit, scene: Scene, part: Part, group: AlertGroup) -> None:
        incident_id = part.incident_id or 0
        is_new = group.incident_id != incident_id or group.resolved_at is not None
        part.report_id = group.report_id
        if group.report_id is not None and group.incident_id != incident_id:
            await self._hand_over(unit, scene, group.report_id, part)
        group.incident_id = incident_id
        if part.did is Did.DECLARED:
            unit.tell(AlertNoted(incident_id, group.number, AlertNews.DECLARED, part.sent.sha256))
            return
        part.did = Did.ATTACHED if part.firing or is_new else Did.REPEATED
        if is_new:
            await self._note(unit, scene, part, group, AlertNews.ATTACHED)

    async def _hand_over(self, unit: Unit, scene: Scene, report_id: int, part: Part) -> None:
        """A report that still waits waits no longer: what it is about has become an incident."""
        known = await unit.reports.get(report_id, lock=True)
        if known is None or not known.is_open:
            return
        known.state = ReportState.DECLARED if part.did is Did.DECLARED else ReportState.ADDED
        known.incident_id, known.settled_by, known.settled_at = part.incident_id, str(_actor(part)), scene.now
        known.due_at = None
        unit.tell(ReportChanged(known.key))
        for said in (known, *await unit.reports.together_with(known.key)):
            said.incident_id = part.incident_id
            if said.reporter_id is not None:
                await unit.participants.follow(part.incident_id or 0, said.reporter_id, scene.now)
                unit.tell(ReporterOwed(known.key, said.reporter_id))

    def _fold(self, part: Part, group: AlertGroup) -> None:
        part.did = Did.FOLDED if part.firing else Did.REPEATED
        if part.report_id is not None and (part.firing or group.resolved_at):
            self._add(part.report_id, part, len(part.firing))

    def _add(self, report_id: int, part: Part, signals: int) -> None:
        """More of a report: a batch folds into each but once."""
        self._more[report_id] += signals
        severity, known = part.verdict.severity, self._gravest.get(report_id)
        if severity is not None and (known is None or severity.is_worse_than(known)):
            self._gravest[report_id] = severity

    async def _fold_all(self, unit: Unit) -> None:
        for report_id, signals in self._more.items():
            await self._reports.fold_in(unit, report_id, severity=self._gravest.get(report_id), signals=signals)

    async def _report(self, unit: Unit, scene: Scene, part: Part, groups: dict[str, AlertGroup]) -> None:
        group = groups[part.key]
        part.did = Did.REPORTED
        if self._judging.is_flood(scene, part.source):
            await self._into_flood(unit, scene, part, groups[_flood_key(part.source)])
        else:
            key = f"alert:{part.key}:{group.report_id or 0}"
            made = await self._reports.open_in(unit, report(part, scene.now), by=_actor(part), key=key)
            part.report_id = made.report_id
            if len(part.firing) > 1 and not made.was_already:
                self._add(made.report_id, part, len(part.firing) - 1)
        group.report_id = part.report_id

    async def _into_flood(self, unit: Unit, scene: Scene, part: Part, flood: AlertGroup) -> None:
        """One report for as long as it goes on."""
        goes_on = scene.now - flood.last_at <= clock(self._policy.flood.within)
        if flood.report_id is None or not goes_on:
            told = flood_report(part, self._policy.flood.over, str(self._policy.flood.within))
            key = f"alert:{flood.key}:{flood.report_id or 0}"
            made = await self._reports.open_in(unit, told, by=_actor(part), key=key)
            flood.report_id, flood.first_at = made.report_id, scene.now
            signals = len(part.firing) - 1
        else:
            part.did, signals = Did.FOLDED, len(part.firing)
        if signals > 0:
            self._add(flood.report_id, part, signals)
        part.report_id = flood.report_id
        flood.last_at, flood.alerts = scene.now, flood.alerts + len(part.firing)

    async def _resolve(self, unit: Unit, scene: Scene, part: Part, groups: dict[str, AlertGroup]) -> None:
        """It is marked, and nothing else: that a machine calls it over closes no incident and judges no report."""
        group, flood = groups[part.key], groups[_flood_key(part.source)]
        part.did, part.report_id = Did.RESOLVED, group.report_id
        group.due_at, group.last_at = None, scene.now
        if group.resolved_at is not None:
            return
        group.resolved_at = scene.now
        if part.incident_id is not None:
            await self._note(unit, scene, part, group, AlertNews.RESOLVED)
        elif group.report_id is not None and group.report_id != flood.report_id:
            await self._reports.fold_in(unit, group.report_id, is_resolved=True)

    async def _note(self, unit: Unit, scene: Scene, part: Part, group: AlertGroup, news: AlertNews) -> None:
        """A line on the timeline and in the channel; during a flood one for all."""
        incident_id, text, key = part.incident_id or 0, WORDS[news].format(part.latest.title), None
        if self._judging.is_flood(scene, part.source):
            window = clock(self._policy.flood.within).total_seconds()
            key = f"{incident_id}:flood:{part.source}:{int(scene.now.timestamp() // window)}"
            if await unit.timeline.by_source(key) is not None:
                return
            text, news = FLOOD_LINE.format(part.source), AlertNews.FLOOD
        data = {"alert_group": group.number, "sha256": part.sent.sha256}
        unit.timeline.note(incident_id, EntryKind.ALERT, text, by=_actor(part), at=scene.now, data=data, source_key=key)
        unit.tell(AlertNoted(incident_id, group.number, news, part.sent.sha256))

    async def _let_be(self, unit: Unit, key: str) -> None:
        for group in (await unit.alerts.groups([key], lock=True)).values():
            group.due_at = None

    def _flood_row(self, scene: Scene, source: str) -> dict[str, Any]:
        long_ago = scene.now - clock(self._policy.flood.within) * 2
        row = AlertGroup(
            key=_flood_key(source), source=source, title=FLOOD, first_at=long_ago, last_at=long_ago, is_flood=True
        )
        return row.model_dump(exclude={"id"})


def _row(scene: Scene, part: Part) -> dict[str, Any]:
    alert = part.latest
    row = AlertGroup(
        key=part.key,
        source=part.source,
        title=alert.title,
        system=alert.system,
        alert=alert.stored(),
        body_sha256=part.sent.sha256,
        first_at=scene.now,
        last_at=scene.now,
    )
    return row.model_dump(exclude={"id"})


def _remember(scene: Scene, part: Part, group: AlertGroup) -> None:
    alert = part.latest
    if part.sent.looks_at is None:
        group.title, group.system, group.alert = alert.title, alert.system, alert.stored()
        group.body_sha256, group.last_at, group.resolved_at = part.sent.sha256, scene.now, None
    group.alerts += len(part.firing)
    group.due_at = part.due_at if part.due_at is not None and part.due_at > scene.now else None


def _signals(scene: Scene, part: Part, group: AlertGroup) -> list[dict[str, Any]]:
    return [
        AlertSignal(
            key=one.key,
            group_id=group.number,
            status=one.status,
            started_at=one.started_at,
            received_at=scene.now,
            body_sha256=part.sent.sha256,
            act=part.verdict.act,
            report_id=part.report_id,
            incident_id=part.incident_id,
        ).model_dump(exclude={"id"})
        for one in (*part.firing, *part.resolved)
    ]


def _flood_key(source: str) -> str:
    return digest(source_scope(source))


def _actor(part: Part) -> Actor:
    return Actor(ActorKind.ALERT, part.source)
