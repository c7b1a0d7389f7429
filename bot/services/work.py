"""One transaction: state, its timeline entry and the facts that follow, all or nothing.

The facts become outbox rows in the same transaction, one per reaction; whoever runs them is woken after the commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.domain import events
from bot.domain.events import AnyFact
from bot.services import leases
from bot.services.ports import Clock
from bot.services.reaction import Reaction
from bot.services.reactions import REACTIONS
from storage.owed import OutboxRow
from storage.store import Store, Unit

FACTS: dict[str, type[AnyFact]] = {
    name: kind for name, kind in vars(events).items() if isinstance(kind, type) and issubclass(kind, AnyFact)
}


class Work:
    """Opens units of work: ``async with work() as unit`` to change, ``work.read()`` to look."""

    def __init__(
        self, store: Store, clock: Clock, reactions: Mapping[type[AnyFact], tuple[Reaction, ...]] = REACTIONS
    ) -> None:
        self._store = store
        self._clock = clock
        self._reactions = reactions
        self._listeners: list[Callable[[], None]] = []

    def when_owed(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after every commit that left reactions owed."""
        self._listeners.append(wake)

    def leave_owed(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` no more: from now on somebody else carries out what is owed here."""
        if wake in self._listeners:
            self._listeners.remove(wake)

    def now(self) -> datetime:
        """The present instant."""
        return self._clock.now()

    @property
    def trouble(self) -> str | None:
        """Why a write failed a moment ago; None when none did."""
        return self._store.trouble.reason

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Unit]:
        """A unit to change things in; commits on leaving and wakes the outbox, or leaves nothing behind.

        A reaction whose lease ends before the commit surely can leaves nothing behind either, and raises LeaseLost.
        """
        async with self._store.begin() as unit:
            yield unit
            if unit.facts:
                await self._owe(unit)
                if not self._listeners:  # nobody here carries it out
                    await unit.outbox.ring()
            if (lease := leases.held()) is not None:
                lease.assert_ours(self._store.database.longest_idle.total_seconds())
        if unit.facts:
            for wake in self._listeners:
                wake()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A unit for looking only."""
        async with self._store.read() as unit:
            yield unit

    async def _owe(self, unit: Unit) -> None:
        owed = [(fact, reaction) for fact in unit.facts for reaction in self._reactions[type(fact)]]
        waiting = await unit.outbox.waiting({_place(fact, reaction) for fact, reaction in owed if reaction.coalesce})
        rows: list[dict[str, Any]] = []
        for fact, reaction in owed:
            if reaction.coalesce:
                if (place := _place(fact, reaction)) in waiting:
                    continue
                waiting.add(place)
            rows.append(_columns(fact, reaction, self.now()))
        await unit.outbox.add_all(rows)


def outbox_row(fact: AnyFact, reaction: Reaction, now: datetime) -> OutboxRow:
    """The row that owes one reaction to one fact."""
    return OutboxRow(**_columns(fact, reaction, now))


def _columns(fact: AnyFact, reaction: Reaction, now: datetime) -> dict[str, Any]:
    payload = _adapter(type(fact)).dump_python(fact, mode="json")
    return {
        "incident_id": fact.about,
        "fact": type(fact).__name__,
        "payload": payload,
        "reaction": reaction.name,
        "lane": _lane(fact, reaction, payload),
        "created_at": now,
        "due_at": now + reaction.after,
    }


def _lane(fact: AnyFact, reaction: Reaction, payload: Mapping[str, Any]) -> str | None:
    return f"{fact.owner}:{reaction.lane.format(**payload)}" if reaction.lane else None


def _place(fact: AnyFact, reaction: Reaction) -> tuple[int | str, str]:
    """Where one coalescing reaction stands for all: the incident, or the lane of what belongs to none."""
    return fact.about or f"{fact.owner}:{reaction.lane or ''}", reaction.name


def revive(name: str, payload: dict[str, Any]) -> AnyFact:
    """The fact a row was written for. Raises KeyError or ValueError for a row no longer understood."""
    fact: AnyFact = _adapter(FACTS[name]).validate_python(payload)
    return fact


_adapters: dict[type[AnyFact], TypeAdapter[Any]] = {}


def _adapter(kind: type[AnyFact]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
