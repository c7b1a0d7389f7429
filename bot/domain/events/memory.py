"""What is remembered, marked, taken out and read again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class AuthorMet(Fact):
    """Somebody whose name is not known yet wrote in the channel."""

    user_id: str


@dataclass(frozen=True, slots=True)
class MarkPlaced(Fact):
    """Somebody marked a message for the timeline or as evidence (``mark`` is a ``messages.Mark``)."""

    channel_id: str
    ts: str
    mark: str
    user_id: str


@dataclass(frozen=True, slots=True)
class MarkKept(Fact):
    """A marked message stands on the timeline or among the exhibits."""

    channel_id: str
    ts: str
    mark: str


@dataclass(frozen=True, slots=True)
class MarkWithdrawn(Fact):
    """The last pin was taken off a message; its line is not shown any more."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class MessageRedacted(Fact):
    """A message was taken out of the record; its original still stands in Slack."""

    channel_id: str
    ts: str
    by: str


@dataclass(frozen=True, slots=True)
class HistoryOwed(Fact):
    """A page of the channel's history is to be read, from ``cursor`` on, below the message ``before``."""

    run: int
    page: int
    cursor: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class ThreadOwed(Fact):
    """A thread is to be read, from ``cursor`` on, above the reply ``after``."""

    run: int
    thread_ts: str
    cursor: str | None
    after: str
