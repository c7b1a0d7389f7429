"""Pacing: no call goes to Slack that Slack's limits do not allow, whichever replica makes it.

A reaction that may not call yet is told when it may, and waits in the outbox. What has no place to wait, since a person
does (listeners) or nobody owes it (ticks), goes at once and is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.errors import ChatRateLimited, StorageUnavailable
from bot.domain.pacing import Pace, Rule, close, is_idle, record, take
from bot.services.ports import Clock
from storage import paces
from storage.store import Store

MANY = 1000  # paces remembered before those that nobody would miss are looked for
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
log = structlog.get_logger(__name__)

Change = Callable[[Pace, int], tuple[Pace, int]]


class Paces(Protocol):
    """Where paces are remembered: in one process, or for all replicas of a database."""

    async def change(self, key: str, change: Change) -> int:
        """Put the pace of a key through ``change``, which is given the present instant and gives one, too."""


class PacesInMemory:
    """For one program, the only one that works on its database."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paces: dict[str, Pace] = {}

    async def change(self, key: str, change: Change) -> int:
        """As Paces says."""
        now = _milliseconds(self._clock.now())
        if len(self._paces) >= MANY:
            self._paces = {known: pace for known, pace in self._paces.items() if not is_idle(pace, now)}
        self._paces[key], at = change(self._paces.get(key, Pace()), now)
        return at


class PacesInDatabase:
    """For any number of replicas on one database; each change is a short transaction of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def change(self, key: str, change: Change) -> int:
        """As Paces says. Raises StorageUnavailable."""
        async with self._store.begin() as unit:
            row = await unit.paces.lock(key, self._clock.now())
            now = self._clock.now()  # the lock may have been waited for
            pace, at = change(paces.read(row), _milliseconds(now))
            paces.write(row, pace, now)
        return at


@dataclass(slots=True)
class Turn:
    """One run of a reaction: under which name it waits, and which limits have let it through."""

    holder: str
    passed: set[str] = field(default_factory=set)


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def waiting_as(holder: str) -> Iterator[None]:
    """What runs inside may be told to come back, and keeps its places in every queue under this name until it does."""
    token = _turn.set(Turn(holder))
    try:
        yield
    finally:
        _turn.reset(token)


class Pacer:
    """Lets calls through one limit at a time."""

    def __init__(self, paces: Paces) -> None:
        self._paces = paces

    async def enter(self, key: str, rule: Rule) -> None:
        """Return when the call may go now; it counts as gone.

        Raises ChatRateLimited, without a call, with the seconds after which it may. Only the first call on a limit in
        one run of a reaction can meet that: a reaction that makes several would otherwise never come to its end.
        """
        turn = _turn.get()
        if turn is None:
            await self._note(key, lambda pace, now: (record(pace, rule, now), now))
            return
        if key in turn.passed:
            await self._paces.change(key, lambda pace, now: (record(pace, rule, now), now))
            return
        wait = await self._paces.change(key, lambda pace, now: _asked(pace, rule, now, turn.holder))
        if wait > 0:
            raise ChatRateLimited(wait / 1000)
        turn.passed.add(key)

    async def refused(self, key: str, seconds: float) -> None:
        """Slack limits us all the same: nobody goes before its time is over, and who was refused goes first then."""
        log.warning("Slack limits a call", limit=key, seconds=seconds)
        turn, span = _turn.get(), round(seconds * 1000)
        holder = turn.holder if turn else None
        await self._note(key, lambda pace, now: (close(pace, now + span, holder), now))

    async def _note(self, key: str, change: Change) -> None:
        try:
            await self._paces.change(key, change)
        except StorageUnavailable as error:
            # Nobody can come back for it later, and at worst Slack itself says that it is too much.
            log.warning("a call could not be counted", limit=key, reason=str(error))


def _asked(pace: Pace, rule: Rule, now: int, holder: str) -> tuple[Pace, int]:
    pace, at = take(pace, rule, now, holder)
    return pace, at - now


def _milliseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(milliseconds=1)
