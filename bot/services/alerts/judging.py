"""What policy makes of alerts that have just come: thresholds counted, floods seen, open incidents looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.alerts.alert import Alert, severity_of
from bot.domain.alerts.thresholds import Act, Rule, judge, misfit, scope
from bot.domain.incident import IncidentType
from bot.domain.report import OPEN, ReportState
from bot.services.alerts.parts import Part, Sent, split
from playbooks.alerts import AlertsFile, clock
from storage.alerts import AlertGroup
from storage.incidents import Incident
from storage.reports import Report
from storage.store import Unit

FLOOD = ""  # the name under which a source's alerts are counted, whatever the rules say
Place = tuple[str, str]


@dataclass(slots=True)
class Scene:
    """What was there when alerts came. Private incidents and drills are none of a machine's business.

    ``last`` is the newest incident there ever was of each system.
    """

    now: datetime
    parts: list[Part]
    open_incidents: list[Incident]
    reports: dict[int, Report]
    last: dict[str, int]
    before: Counter[Place] = field(default_factory=Counter)
    counted: Counter[Place] = field(default_factory=Counter)

    def on(self, system: str | None, kind: IncidentType | None = None) -> Incident | None:
        """The gravest open incident of a system; with ``kind`` only one whose type does not contradict it."""
        return next((one for one in self.open_incidents if system and one.system == system and _like(one, kind)), None)

    def open_one(self, incident_id: int | None) -> Incident | None:
        """The incident by number, if it is open and for everybody."""
        return next((one for one in self.open_incidents if one.key == incident_id), None)

    def times(self, rule: str, where: str) -> int:
        """How many are counted by now."""
        return self.before[rule, where] + self.counted[rule, where]


class Judging:
    """Looks at everything once and judges each group."""

    def __init__(self, policy: AlertsFile) -> None:
        self._policy = policy
        self._rules = [threshold.rule() for threshold in policy.rules]
        self._words = policy.words()

    async def scene(self, unit: Unit, batch: Sequence[Sent], now: datetime) -> Scene:
        """What is there, and what the policy makes of it."""
        alerts = [one for sent in batch for one in sent.alerts]
        parts = split(batch, await unit.alerts.known({one.key for one in alerts}))
        groups = await unit.alerts.groups({part.key for part in parts})
        for part in parts:
            part.before = (groups[part.key].incident_id or 0) if part.key in groups else 0
        report_ids = {group.report_id for group in groups.values() if group.report_id}
        reports = [await unit.reports.get(report_id) for report_id in sorted(report_ids)]
        # Before the open ones: what is declared in between is then either found open, or named as somebody named it.
        last = await unit.alerts.last_incidents({one.system for one in alerts if one.system})
        scene = Scene(
            now,
            parts,
            [one for one in await unit.incidents.open_ones() if not one.is_private and not one.is_drill],
            {report.key: report for report in reports if report is not None},
            last,
        )
        await self._count_before(unit, scene)
        for part in parts:
            self._judge(scene, part)
        return scene

    def is_flood(self, scene: Scene, source: str) -> bool:
        """Whether more came from this source of late than people can read one by one."""
        return scene.times(FLOOD, source_scope(source)) > self._policy.flood.over

    def report_of(self, scene: Scene, group: AlertGroup | None) -> Report | None:
        """The report that more of the same belongs to: one still open, or judged but a while ago.

        What was dismissed stays so when it is said again; after ``same_within`` of silence it is asked anew.
        """
        report = scene.reports.get(group.report_id) if group is not None and group.report_id else None
        if report is None or group is None or scene.now - group.last_at > clock(self._policy.same_within):
            return None
        return report if report.state in OPEN | {ReportState.DISMISSED, ReportState.SAME} else None

    def incident_of(self, scene: Scene, group: AlertGroup | None) -> Incident | None:
        """The open incident that more of the same belongs to."""
        if group is None:
            return None
        report = scene.reports.get(group.report_id) if group.report_id else None
        return scene.open_one(group.incident_id) or scene.open_one(report.incident_id if report else None)

    async def _count_before(self, unit: Unit, scene: Scene) -> None:
        wanted = {(rule.id, scope(one)): rule for one in _firing(scene) for rule in self._counting(one)}
        for (name, where), rule in wanted.items():
            scene.before[name, where] = await unit.alerts.tallied(name, where, scene.now - rule.within)
        since = scene.now - clock(self._policy.flood.within)
        for source in {part.source for part in scene.parts}:
            where = source_scope(source)
            scene.before[FLOOD, where] = await unit.alerts.tallied(FLOOD, where, since)

    def _judge(self, scene: Scene, part: Part) -> None:
        for one in part.firing:
            scene.counted[FLOOD, source_scope(part.source)] += 1
            for rule in self._counting(one):
                scene.counted[rule.id, scope(one)] += 1
            self._hear(scene, part, one)
        for one in part.again:
            self._hear(scene, part, one)

    def _hear(self, scene: Scene, part: Part, one: Alert) -> None:
        part.hear(
            judge(
                self._rules,
                one,
                now=scene.now,
                seen=lambda rule: scene.times(rule.id, scope(one)),
                words=self._words,
                otherwise=self._policy.otherwise,
            )
        )

    def _counting(self, one: Alert) -> list[Rule]:
        severity = severity_of(one.severity_word, self._words)
        return [rule for rule in self._rules if rule.counts() and misfit(rule, one, severity) is None]


def source_scope(source: str) -> str:
    """What a flood is counted by."""
    return f"source {source}"


def _firing(scene: Scene) -> list[Alert]:
    return [one for part in scene.parts for one in (*part.firing, *part.again)]


def _like(incident: Incident, kind: IncidentType | None) -> bool:
    return kind is None or IncidentType.UNSURE in (kind, incident.type) or incident.type is kind


__all__ = ["FLOOD", "Act", "Judging", "Scene", "source_scope"]
