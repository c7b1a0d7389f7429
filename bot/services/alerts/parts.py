"""What one transaction takes in: bodies, their alerts by group, and what is made of each group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.thresholds import Act, Verdict
from bot.domain.incident import reference
from bot.domain.report import reference as report_reference


class Did(StrEnum):
    """What became of alerts of one group."""

    KEPT = "kept"
    REPEATED = "repeated"
    REPORTED = "reported"
    FOLDED = "folded"
    ATTACHED = "attached"
    DECLARED = "declared"
    RESOLVED = "resolved"


@dataclass(slots=True)
class Sent:
    """A body as it came: its alerts and the hash of its bytes.

    ``looks_at``: nobody sent it; the time of the group of this key has come.
    """

    source: str
    alerts: Sequence[Alert]
    sha256: str
    size: int
    looks_at: str | None = None
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """The alerts of one group: ``firing`` and ``resolved`` are new, those with ``again`` were taken before.

    ``before``: the incident that the group had led to when it was looked at; 0 for none.
    """

    key: str
    source: str
    sent: Sent
    firing: list[Alert] = field(default_factory=list)
    again: list[Alert] = field(default_factory=list)
    resolved: list[Alert] = field(default_factory=list)
    resolved_again: list[Alert] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict(Act.KEEP))
    due_at: datetime | None = None
    before: int = 0
    did: Did = Did.KEPT
    incident_id: int | None = None
    report_id: int | None = None

    @property
    def latest(self) -> Alert:
        """The alert that stands for the group."""
        return (self.firing or self.again or self.resolved or self.resolved_again)[-1]

    @property
    def is_over(self) -> bool:
        """Whether all of it is resolved."""
        return not self.firing and not self.again

    def hear(self, verdict: Verdict) -> None:
        """The gravest verdict on any of its alerts is the group's."""
        if _grave(verdict) > _grave(self.verdict) or not self.verdict.why:
            self.verdict = verdict
        due = [at for at in (self.due_at, verdict.due_at) if at is not None]
        self.due_at = min(due, default=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a group, for whoever sent it."""

    title: str
    alerts: int
    did: Did
    where: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a body. ``new`` alerts were not known before."""

    sha256: str
    new: int
    repeated: int
    resolved: int
    outcomes: tuple[Outcome, ...]


def taken(sent: Sent) -> Taken:
    """What whoever sent it is told."""
    return Taken(
        sent.sha256,
        sum(len(part.firing) for part in sent.parts),
        sum(len(part.again) + len(part.resolved_again) for part in sent.parts),
        sum(len(part.resolved) for part in sent.parts),
        tuple(_outcome(part) for part in sent.parts),
    )


def where(incident_id: int | None, report_id: int | None) -> str:
    """The reference of an incident, else of a report."""
    return reference(incident_id) if incident_id else report_reference(report_id) if report_id else ""


def split(batch: Iterable[Sent], known: set[str]) -> list[Part]:
    """The parts of these bodies. An alert that was taken before, or stands twice, is new once."""
    seen = set(known)
    parts: list[Part] = []
    for sent in batch:
        by_key: dict[str, Part] = {}
        for one in sent.alerts:
            part = by_key.setdefault(one.group, Part(one.group, sent.source, sent))
            if one.key in seen:
                (part.again if one.is_firing else part.resolved_again).append(one)
            else:
                (part.firing if one.is_firing else part.resolved).append(one)
                seen.add(one.key)
        sent.parts = list(by_key.values())
        parts += sent.parts
    return parts


def _outcome(part: Part) -> Outcome:
    alerts = len(part.firing) + len(part.again) + len(part.resolved) + len(part.resolved_again)
    return Outcome(part.latest.title, alerts, part.did, where(part.incident_id, part.report_id), part.verdict.why)


def _grave(verdict: Verdict) -> tuple[int, int]:
    severity = verdict.severity
    return verdict.act.rank, -severity.rank if severity else -2
