"""Playbooks: the lines of a response, and what becomes of them in one incident. Pure.

A plan follows from a book, the incident's types, its severity and the instant of its declaration, and from nothing
else: in whatever order types and severities were set, the same plan comes out, and what people ticked stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from bot.domain.activities import Activity
from bot.domain.deadlines import BusinessCalendar, Duration, due_at
from bot.domain.incident import WORKING, IncidentType, Phase, Role, Severity

CORE = "core"
TIERS = ("T0", "T1", "T2", "T3", "T4", "T5", "T6")


class Gate(StrEnum):
    """What validates a fix before remediation is left."""

    STAGING_TEST = "staging_test"
    TRIGGER_GONE = "trigger_gone"
    NO_REGRESSION = "no_regression"


class Audience(StrEnum):
    """Who must know of what a line finds or does."""

    EXECUTIVES = "executives"
    AFFECTED = "affected"
    CUSTOMERS = "customers"
    REGULATORS = "regulators"
    SECURITY = "security"
    VENDOR = "vendor"
    OWNERS = "owners"
    STAFF = "staff"


PHASE_OF: Mapping[Activity, Phase] = {
    Activity.TRIAGE: Phase.TRIAGE,
    Activity.CONTAIN: Phase.CONTAINMENT,
    Activity.PRESERVE: Phase.CONTAINMENT,
    Activity.INVESTIGATE: Phase.INVESTIGATION,
    Activity.NOTIFY: Phase.INVESTIGATION,
    Activity.REMEDIATE: Phase.REMEDIATION,
    Activity.VALIDATE: Phase.REMEDIATION,
    Activity.RECOVER: Phase.RECOVERY,
    Activity.REVIEW: Phase.REVIEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a playbook. ``key`` is ``file.id`` and stays; ``after`` are keys of lines to be settled before."""

    key: str
    activity: Activity
    owner: Role
    tier: str
    text: str
    phase: Phase
    evidence: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    tell: tuple[Audience, ...] = ()
    after: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = tuple(Severity)
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A line as it stands in an incident's plan: by when, and in which order."""

    line: Line
    due_at: datetime
    rank: int

    @property
    def key(self) -> str:
        """The line's key."""
        return self.line.key


@dataclass(frozen=True)
class Book:
    """All playbooks and the times of their tiers, as they were at one moment."""

    lines: Mapping[str, tuple[Line, ...]]
    tiers: Mapping[str, Mapping[Severity, Duration]]

    def of(self, kinds: Iterable[IncidentType]) -> tuple[Line, ...]:
        """What every type begins with, then the lines of each type, in one order whatever theirs is."""
        named = set(kinds)
        wanted = (CORE, *(kind.value for kind in IncidentType if kind in named))
        return tuple(line for name in wanted for line in self.lines.get(name, ()))

    @cached_property
    def sha256(self) -> str:
        """The hash of everything in it."""
        return hashlib.sha256(self.dumped.encode()).hexdigest()

    def version(self, kind: IncidentType) -> str:
        """The hash of one playbook: the core, the type's lines and the times of the tiers."""
        one = Book({name: lines for name, lines in self.lines.items() if name in (CORE, kind.value)}, self.tiers)
        return one.sha256

    @cached_property
    def dumped(self) -> str:
        """The book as text, always the same for the same book; :meth:`parse` reads it back."""
        data = {
            "lines": {name: [_line_data(line) for line in lines] for name, lines in self.lines.items()},
            "tiers": {tier: {str(s): str(span) for s, span in spans.items()} for tier, spans in self.tiers.items()},
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> Book:
        """Read a dumped book. Raises ValueError or KeyError for anything else."""
        data = json.loads(text)
        tiers = {t: {Severity(s): Duration.parse(d) for s, d in spans.items()} for t, spans in data["tiers"].items()}
        return cls({name: tuple(map(_line, lines)) for name, lines in data["lines"].items()}, tiers)


def plan(
    book: Book, kinds: Iterable[IncidentType], severity: Severity, declared_at: datetime, calendar: BusinessCalendar
) -> tuple[Planned, ...]:
    """The lines that hold for such an incident, phase by phase, each with its due instant.

    A later tier is never due before an earlier one, whatever the calendar says.
    """
    due = _due_by_tier(book, severity, declared_at, calendar)
    wanted = [line for line in book.of(kinds) if severity in line.severities]
    ordered = sorted(wanted, key=lambda line: (WORKING.index(line.phase), line.tier))
    return tuple(Planned(line, due[line.tier], rank) for rank, line in enumerate(ordered))


def _due_by_tier(
    book: Book, severity: Severity, declared_at: datetime, calendar: BusinessCalendar
) -> dict[str, datetime]:
    due: dict[str, datetime] = {}
    latest = declared_at
    for tier in TIERS:
        latest = max(latest, due_at(declared_at, book.tiers[tier][severity], calendar))
        due[tier] = latest
    return due


@dataclass(frozen=True, slots=True)
class Held:
    """A line that an incident has already. ``is_settled``: done, or said not to be needed."""

    key: str
    due_at: datetime
    rank: int
    is_settled: bool = False
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What turns the lines an incident has into its plan. Settled lines are in none of these."""

    added: tuple[Planned, ...] = ()
    moved: tuple[Planned, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to change."""
        return bool(self.added or self.moved or self.withdrawn)


def replan(held: Iterable[Held], planned: Sequence[Planned]) -> Changes:
    """What to change so that the open lines are those of the plan. No tick is ever lost."""
    known = {line.key: line for line in held}
    wanted = {line.key for line in planned}
    moved = (
        new
        for new in planned
        if (old := known.get(new.key)) is not None
        and not old.is_settled
        and (old.is_withdrawn or old.due_at != new.due_at or old.rank != new.rank)
    )
    gone = (o.key for o in known.values() if not o.is_settled and not o.is_withdrawn and o.key not in wanted)
    return Changes(tuple(new for new in planned if new.key not in known), tuple(moved), tuple(gone))


def _line_data(line: Line) -> dict[str, Any]:
    return {name: value for name, value in asdict(line).items() if value not in ((), None)}


def _line(data: Mapping[str, Any]) -> Line:
    return Line(
        key=data["key"],
        activity=Activity(data["activity"]),
        owner=Role(data["owner"]),
        tier=data["tier"],
        text=data["text"],
        phase=Phase(data["phase"]),
        evidence=tuple(data.get("evidence", ())),
        actions=tuple(data.get("actions", ())),
        tell=tuple(Audience(name) for name in data.get("tell", ())),
        after=tuple(data.get("after", ())),
        severities=tuple(Severity(name) for name in data.get("severities", Severity)),
        gate=Gate(data["gate"]) if data.get("gate") else None,
    )
