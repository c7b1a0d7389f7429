"""Notices of the ladder: an executive's screen, a page, a nudge, and what each becomes once it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.escalation import Ask, RungKind, StepState, Why
from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is asked: the rule, how long it waited (empty: it was passed on early), by how much it is late."""

    why: Why
    after: str
    due_at: datetime
    late_by: timedelta = timedelta()
    times: int = 1
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Asking(Notice):
    """One message of the ladder. ``kind`` is the gravest of its steps; ``to_id`` empty for the channel.

    ``answer_by``: when silence sends it on to somebody else.
    """

    batch: int
    kind: RungKind
    to_id: str
    summary: Summary
    what_happened: str
    affected: str
    type_name: str
    system_name: str | None
    lead_id: str | None
    latest_update: str | None
    reasons: tuple[Reason, ...]
    snooze_minutes: tuple[int, ...] = ()
    delegated_by: str | None = None
    seat: Role | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked(Notice):
    """What an answered message becomes: one line, no buttons. ``until``: how long the answer counts."""

    summary: Summary
    kind: RungKind
    to_id: str
    answer: str
    by: str | None
    at: datetime | None
    until: datetime | None = None
    delegated_to: str | None = None


@dataclass(frozen=True, slots=True)
class LadderLine:
    """One step in the list of what is scheduled and what became of it.

    ``undelivered_ids``: who was asked and cannot know it, since Slack has not taken the message yet.
    """

    why: Why
    role: Role | None
    ask: Ask
    state: StepState
    has_climbed: bool
    due_at: datetime
    next_look_at: datetime | None
    raised_at: datetime | None
    asked_ids: tuple[str, ...]
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    undelivered_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderList(Notice):
    """The whole ladder of an incident."""

    summary: Summary
    lines: tuple[LadderLine, ...]


@dataclass(frozen=True, slots=True)
class DelegateForm(Notice):
    """Asks whom to delegate to."""

    batch: int
    reference: str


@dataclass(frozen=True, slots=True)
class SnoozeForm(Notice):
    """Asks for how long, and why."""

    batch: int
    reference: str
    minutes: tuple[int, ...]
    needs_reason: bool
