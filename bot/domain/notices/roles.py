"""Notices about the four seats: offers, who sits, handovers, and what whoever sits is to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.timeline import EntryKind


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Seating(StrEnum):
    """How somebody came to sit."""

    TAKEN = "taken"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed over"
    TAKEN_OVER = "taken over"


class Undecided(StrEnum):
    """What is still open when an incident is handed over."""

    SEVERITY = "severity"
    TYPE = "type"
    CONTAINMENT = "containment"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """Something recent that whoever takes over should know."""

    at: datetime
    kind: EntryKind
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class HandoverTask:
    """A task that is still open."""

    number: int
    text: str
    owner_id: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Handover:
    """Where things stand, drawn from the record."""

    lines: tuple[HandoverLine, ...]
    tasks: tuple[HandoverTask, ...]
    more_tasks: int
    next_update_at: datetime | None
    undecided: tuple[Undecided, ...]
    empty_roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class RoleOffer(Notice):
    """Told privately to whoever is asked. ``is_veiled`` keeps what a private incident is about until they accept."""

    summary: Summary
    type_name: str
    tenure_id: int
    role: Role
    does: str
    given_by: str
    instructions: tuple[str, ...]
    state: OfferState
    note: str = ""
    hands_over: bool = False
    handover: Handover | None = None
    is_veiled: bool = False


@dataclass(frozen=True, slots=True)
class OfferPost(Notice):
    """The same offer where everybody sees it."""

    summary: Summary
    tenure_id: int
    role: Role
    user_id: str
    given_by: str
    state: OfferState
    note: str = ""
    holder_id: str | None = None
    handover: Handover | None = None


@dataclass(frozen=True, slots=True)
class OfferDeclined(Notice):
    """Told to whoever had offered."""

    summary: Summary
    role: Role
    user_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SeatTaken(Notice):
    """Somebody sits. ``former_id`` held the seat before them."""

    summary: Summary
    role: Role
    user_id: str
    how: Seating
    former_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeatReleased(Notice):
    """Somebody gave their seat up."""

    summary: Summary
    role: Role
    user_id: str
    reason: str
    is_empty: bool


@dataclass(frozen=True, slots=True)
class SeatLost(Notice):
    """Told to whoever held a seat that somebody else took over."""

    summary: Summary
    role: Role
    taker_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SeatHeld(Notice):
    """The seat somebody wanted to take is taken: who sits there, and two ways on."""

    summary: Summary
    role: Role
    tenure_id: int
    holder_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class HandoverWanted(Notice):
    """Somebody asks the holder of a seat for it."""

    summary: Summary
    role: Role
    tenure_id: int
    asker_id: str


@dataclass(frozen=True, slots=True)
class SeatUnfilled(Notice):
    """Nobody on the roster is left to ask."""

    summary: Summary
    role: Role


@dataclass(frozen=True, slots=True)
class RoleGuide(Notice):
    """What whoever sits is to do: a checklist. ``ticked`` holds when each line was done, by its index."""

    summary: Summary
    type_name: str
    tenure_id: int
    role: Role
    does: str
    instructions: tuple[str, ...]
    ticked: dict[int, datetime]
    is_over: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RoleForm(Notice):
    """Asks who is to hold which role."""

    summary: Summary
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class TakeOverForm(Notice):
    """Asks why a seat is taken over without a handover."""

    summary: Summary
    role: Role
    holder_id: str


@dataclass(frozen=True, slots=True)
class HandoverForm(Notice):
    """Asks to whom a role goes; shows where things stand."""

    summary: Summary
    roles: tuple[Role, ...]
    handover: Handover
    role: Role
    receiver_id: str | None = None
    note: str = ""
