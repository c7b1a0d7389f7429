"""Notices about the playbook: the checklist, one step, reminders, forms, suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Phase, Role
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.playbook import Gate


class StepState(StrEnum):
    """What became of a step."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepItem:
    """One step as screens show it. ``evidence``, ``actions`` and ``tell`` are words; ``waits_for`` are numbers."""

    step_id: int
    number: int
    key: str
    text: str
    phase: Phase
    role: Role
    due_at: datetime
    state: StepState
    owner_id: str | None = None
    is_late: bool = False
    waits_for: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    gate: Gate | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The playbook of an incident: every step in its order, and the next few of them that can be done now."""

    summary: Summary
    type_name: str
    version: str
    items: tuple[StepItem, ...]
    coming: tuple[StepItem, ...]
    command: str


@dataclass(frozen=True, slots=True)
class ChecklistPost(Notice):
    """The checklist in the channel, edited in place."""

    checklist: Checklist


@dataclass(frozen=True, slots=True)
class ChecklistScreen(Notice):
    """All of it, phase by phase."""

    checklist: Checklist


@dataclass(frozen=True, slots=True)
class StepReceipt(Notice):
    """What whoever settled or assigned a step hears."""

    summary: Summary
    item: StepItem


@dataclass(frozen=True, slots=True)
class StepForYou(Notice):
    """Told privately to whom a step was assigned."""

    summary: Summary
    item: StepItem
    given_by: str


@dataclass(frozen=True, slots=True)
class StepsLate(Notice):
    """The reminder: steps past their time, all in one message, and why it comes to this person."""

    summary: Summary
    items: tuple[StepItem, ...]
    why: str


@dataclass(frozen=True, slots=True)
class StepDropForm(Notice):
    """Asks why a step is not needed."""

    summary: Summary
    item: StepItem


@dataclass(frozen=True, slots=True)
class StepAssignForm(Notice):
    """Asks who sees to a step."""

    summary: Summary
    item: StepItem


@dataclass(frozen=True, slots=True)
class SuggestForm(Notice):
    """Asks what should change in the playbook. ``choices`` are keys and texts of the incident's steps."""

    summary: Summary
    choices: tuple[tuple[str, str], ...]
    text: str = ""
