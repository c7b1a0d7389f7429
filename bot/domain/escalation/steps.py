"""A running ladder: steps copied from the policy, where each stands, and the incident as steps see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.deadlines import Duration
from bot.domain.escalation.words import Anchor, Ask, Condition, Ending, RungKind, Why
from bot.domain.incident import Role, Severity


class StepState(StrEnum):
    """Where a step stands. Stood down is final."""

    PENDING = "pending"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    STOOD_DOWN = "stood_down"


class StandDownReason(StrEnum):
    """Why a step is no longer needed."""

    CONDITION = "condition"
    ANSWERED = "answered"
    SEVERITY = "severity"
    CLIMBED = "climbed"
    ENDED = "ended"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A rung with its instant: a copy, so that editing the policy moves no running ladder.

    ``key`` and ``turn`` name it within its incident; a rung that is needed anew is the same key with the next turn.
    """

    key: str
    turn: int = 1
    severity: Severity
    kind: RungKind
    ask: Ask
    after: Duration
    due_at: datetime
    why: Why
    unless: Condition = Condition.NEVER
    ends: Ending = Ending.RESOLVED
    anchor: Anchor = Anchor.DECLARED
    repeat: Duration | None = None
    max_repeats: int = 0
    climbs_to: Ask | None = None
    acknowledgement_expires: Duration | None = None

    @property
    def rung_key(self) -> str:
        """The policy's rung that it came from; a climbed step keeps it."""
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A planned step and what became of it.

    ``next_look_at`` is when it wants to be looked at: due, the next repeat, or the end of an acknowledgement; None for
    never. ``unanswered`` counts the times it was raised since anybody last answered.
    """

    plan: PlannedStep
    state: StepState = StepState.PENDING
    next_look_at: datetime | None
    times_raised: int = 0
    unanswered: int = 0
    snoozes: int = 0
    raised_at: datetime | None = None
    acknowledged_at: datetime | None = None
    stood_down_at: datetime | None = None
    stood_down_for: StandDownReason | None = None

    @property
    def is_live(self) -> bool:
        """Whether it may still ask anybody."""
        return self.state is not StepState.STOOD_DOWN

    def is_due(self, now: datetime) -> bool:
        """Whether it wants to be looked at."""
        return self.is_live and self.next_look_at is not None and self.next_look_at <= now

    def is_acknowledged(self, now: datetime) -> bool:
        """Whether somebody said "I have it" and that still counts."""
        return self.state is StepState.ACKNOWLEDGED and (self.next_look_at is None or now < self.next_look_at)


def begin(plan: PlannedStep) -> Step:
    """A step nobody has looked at yet."""
    return Step(plan=plan, next_look_at=plan.due_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An incident at one instant, as far as steps care. ``severity`` is in force; flags of progress only ever help."""

    now: datetime
    severity: Severity
    is_provisional: bool = False
    is_acknowledged: bool = False
    is_executive_informed: bool = False
    seated: frozenset[Role] = frozenset()
    updates_sent: int = 0
    next_update_at: datetime | None = None
    is_contained: bool = False
    is_resolved: bool = False
    is_closed: bool = False
    has_postmortem: bool = False
    is_review_booked: bool = False


def acknowledged(steps: Iterable[Step], now: datetime) -> bool:
    """Whether anybody who was paged has it now."""
    return any(step.plan.kind is RungKind.PAGE and step.is_acknowledged(now) for step in steps)


def executive_informed(steps: Iterable[Step], now: datetime) -> bool:
    """Whether any executive has acknowledged a notice, and that still counts."""
    return any(step.plan.kind is RungKind.EXECUTIVE and step.is_acknowledged(now) for step in steps)


def latest(steps: Iterable[Step]) -> dict[str, Step]:
    """The newest turn of every key."""
    newest: dict[str, Step] = {}
    for step in steps:
        if step.plan.key not in newest or newest[step.plan.key].plan.turn < step.plan.turn:
            newest[step.plan.key] = step
    return newest
