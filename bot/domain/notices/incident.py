"""Notices about the incident as a whole: its card, its announcement, what its reporter hears."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.containment.words import Direction, RunState
from bot.domain.evidence import Wanted
from bot.domain.incident import IncidentType, Outcome, Phase, Role, Severity
from bot.domain.notices import Notice


@dataclass(frozen=True, slots=True)
class Summary:
    """An incident in one line: enough for lists, links and sentences."""

    incident_id: int
    reference: str
    title: str
    severity: Severity
    is_provisional: bool
    phase: Phase
    channel_id: str | None
    is_private: bool = False
    is_drill: bool = False
    system: str | None = None
    type: IncidentType = IncidentType.UNSURE
    declared_at: datetime | None = None
    outcome: Outcome | None = None
    lead_id: str | None = None
    next_update_at: datetime | None = None
    contained_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be done in Slack, in words ("invite"), Slack's reason, and whom it was about."""

    what: str
    code: str
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class SwitchLine:
    """The latest containment action in one line."""

    title: str
    direction: Direction
    state: RunState
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """The running legal clock that is due first, if any, how many run and how many legal has yet to decide."""

    name: str = ""
    due_strict: datetime | None = None
    due_statutory: datetime | None = None
    is_over: bool = False
    running: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class IncidentCard(Notice):
    """The live message at the top of the channel. ``seats`` has every role, empty when nobody sits there.

    ``asked`` has who was asked to sit and has not answered; ``can_switch``: there are switches for the system.
    """

    summary: Summary
    what_happened: str
    declared_by: str
    type_name: str
    system_name: str | None
    seats: dict[Role, tuple[str, ...]]
    asked: dict[Role, tuple[str, ...]] = field(default_factory=dict)
    origin_permalink: str | None = None
    contained_by: str | None = None
    contained_how: str | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    closed_note: str | None = None
    merged_into: Summary | None = None
    exhibits: int = 0
    evidence: Wanted = field(default_factory=Wanted)
    seen_before: tuple[str, ...] = ()
    open_tasks: int = 0
    done_tasks: int = 0
    problems: tuple[Problem, ...] = ()
    can_switch: bool = False
    switch: SwitchLine | None = None
    clocks: ClockLine | None = None


@dataclass(frozen=True, slots=True)
class Announcement(Notice):
    """The post in the announce channel, edited in place. Never made for a private incident."""

    summary: Summary
    type_name: str
    system_name: str | None
    lead_id: str | None
    latest_update: str | None = None
    merged_into: Summary | None = None


@dataclass(frozen=True, slots=True)
class DeclaredReceipt(Notice):
    """What whoever declared hears at once: where it is, that they are not in trouble, what happens next."""

    summary: Summary
    was_already_declared: bool = False


@dataclass(frozen=True, slots=True)
class MoreQuestions(Notice):
    """After ``now``: the form's questions, asked in the channel."""

    summary: Summary
    asked_id: str


@dataclass(frozen=True, slots=True)
class ChannelTopic(Notice):
    """The channel's topic: plain text, one line."""

    summary: Summary
    lead_name: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelUnavailable(Notice):
    """The channel could not be made: told to whoever declared, with what still works."""

    summary: Summary
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelAwaited(Notice):
    """The channel has to wait for Slack's limits: told to whoever declared, with when it opens."""

    summary: Summary
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class DeclareForm(Notice):
    """The form to declare with, prefilled with what is known."""

    types: tuple[tuple[str, str, str], ...]
    severities: tuple[tuple[str, str], ...]
    systems: tuple[tuple[str, str], ...]
    what_happened: str = ""
    origin_channel_id: str | None = None
    source_excerpt: str | None = None
    source_key: str | None = None
    similar: tuple[Summary, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
