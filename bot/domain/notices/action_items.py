"""Notices about action items: the item, the list, the reminders, the forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.action_items import ActionState
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.postmortem import ActionKind


@dataclass(frozen=True, slots=True)
class ActionItemLine:
    """One action item as screens show it. ``moves`` counts how often its due date was moved."""

    item_id: int
    text: str
    kind: ActionKind
    owner_id: str | None
    due_at: datetime | None
    state: ActionState
    is_late: bool = False
    owner_left: bool = False
    moves: int = 0
    step: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str = ""
    incident_id: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ActionForm(Notice):
    """One promise to make; ``due_at`` is what policy suggests, ``steps`` those of the playbook it may come from."""

    summary: Summary
    due_at: datetime | None
    steps: tuple[tuple[str, str], ...] = ()
    text: str = ""
    owner_id: str | None = None
    under: str = ""


@dataclass(frozen=True, slots=True)
class ActionMoveForm(Notice):
    """Asks by when instead, or who instead, and why."""

    summary: Summary
    item: ActionItemLine
    under: str = ""


@dataclass(frozen=True, slots=True)
class ActionDropForm(Notice):
    """Asks why an action item is dropped."""

    summary: Summary
    item: ActionItemLine
    under: str = ""


@dataclass(frozen=True, slots=True)
class ActionItemList(Notice):
    """All action items of an incident, open ones first."""

    summary: Summary
    items: tuple[ActionItemLine, ...]
    command: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class ActionReceipt(Notice):
    """What whoever added or changed an item hears: how it was understood."""

    summary: Summary
    item: ActionItemLine
    was_changed: bool = False


@dataclass(frozen=True, slots=True)
class ActionForYou(Notice):
    """Told privately to the owner, once. ``is_yours`` is false once it was given to somebody else."""

    summary: Summary
    item: ActionItemLine
    given_by: str
    is_yours: bool = True


@dataclass(frozen=True, slots=True)
class ActionsChased(Notice):
    """The reminder: action items of one person that are due soon or past their date."""

    summary: Summary
    items: tuple[ActionItemLine, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class OwnerLeft(Notice):
    """Told to the lead: whoever promised this has left, and somebody else has to."""

    summary: Summary
    item: ActionItemLine
    owner_name: str
    why_you: str


@dataclass(frozen=True, slots=True)
class ActionItemTable:
    """Action items of any incidents, for the terminal and for files."""

    items: tuple[ActionItemLine, ...]
    now: datetime
    names: dict[str, str] = field(default_factory=dict)
