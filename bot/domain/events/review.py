"""Facts about the review of an incident and its action items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class ReviewBooked(Fact):
    """The review was booked, moved or called off, with the reason of the last two."""

    moved: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewInvited(Fact):
    """Somebody is to come, at another time than they knew, or not at all (no ``starts_at``)."""

    user_id: str
    starts_at: datetime | None
    minutes: int
    moved: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class ReviewFileMade(Fact):
    """There is a file for the channel."""

    file_id: int


@dataclass(frozen=True, slots=True)
class ReviewFileUploaded(Fact):
    """The file's bytes are with Slack, in nobody's sight yet."""

    file_id: int


@dataclass(frozen=True, slots=True)
class ReviewClosed(Fact):
    """The review is closed."""

    by: str


@dataclass(frozen=True, slots=True)
class ActionChanged(Fact):
    """An action item was given, moved, done or dropped."""

    item_id: int


@dataclass(frozen=True, slots=True)
class ActionGiven(Fact):
    """An action item is somebody's, who did not take it themselves."""

    item_id: int
    user_id: str


@dataclass(frozen=True, slots=True)
class ActionTakenBack(Fact):
    """An action item is no longer somebody's; the message that gave it to them says so."""

    item_id: int
    user_id: str
    channel_id: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class ActionsDue(Fact):
    """One person is to be reminded of these action items."""

    user_id: str
    item_ids: list[int]


@dataclass(frozen=True, slots=True)
class OwnerLost(Fact):
    """Whoever promised an action item has left."""

    item_id: int


@dataclass(frozen=True, slots=True)
class HookOwed(Fact):
    """A change of an action item is to be told to the configured webhook."""

    change_id: int
