"""Doing together what waits: nobody is forgotten, the bad fail alone, and order is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import StorageUnavailable
from bot.services.together import Together


class Kitchen:
    """Takes a moment for each batch; raises for what it cannot do, having done nothing of it."""

    def __init__(self, bad: frozenset[int] = frozenset()) -> None:
        self.done: list[int] = []
        self.batches = 0
        self._bad = bad

    async def do(self, batch: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if bad := self._bad & set(batch):
            raise ValueError(f"cannot do {min(bad)}")
        self.batches += 1
        self.done += batch


async def test_alone_nobody_waits() -> None:
    """One after the other is one batch each."""
    kitchen = Kitchen()
    together = Together(kitchen.do)
    for number in range(3):
        await together.add(number)
        assert kitchen.done[-1] == number
    assert kitchen.batches == 3


async def test_who_waits_is_taken_at_once() -> None:
    """The first goes alone; all who came meanwhile share the next ones, at most so many each."""
    kitchen = Kitchen()
    together = Together(kitchen.do, most=4)
    await asyncio.gather(*(together.add(number) for number in range(9)))
    assert kitchen.done == list(range(9))
    assert kitchen.batches == 3


@given(st.sets(st.integers(0, 11)))
async def test_a_bad_one_fails_only_for_itself(bad: set[int]) -> None:
    """Whatever is bad: it alone is told so, everything else is done once and in order."""
    kitchen = Kitchen(frozenset(bad))
    together = Together(kitchen.do, most=5)
    told = await asyncio.gather(*(together.add(number) for number in range(12)), return_exceptions=True)
    assert kitchen.done == [number for number in range(12) if number not in bad]
    assert bad == {number for number, error in enumerate(told) if isinstance(error, ValueError)}
    assert [str(told[number]) for number in sorted(bad)] == [f"cannot do {number}" for number in sorted(bad)]


async def test_a_dead_database_is_told_to_all_at_once() -> None:
    """Nobody is tried alone against a database that just could not take anything."""
    tries: list[int] = []

    async def fail(batch: Sequence[int]) -> None:
        await asyncio.sleep(0)
        tries.append(len(batch))
        raise StorageUnavailable("gone")

    together = Together(fail)
    told = await asyncio.gather(*(together.add(number) for number in range(9)), return_exceptions=True)
    assert all(isinstance(error, StorageUnavailable) for error in told)
    assert tries == [9]


async def test_who_goes_away_is_served_all_the_same() -> None:
    """A caller that is cancelled takes nothing back and disturbs nobody; the next is served as before."""
    kitchen = Kitchen()
    together = Together(kitchen.do)
    first = asyncio.create_task(together.add(1))
    second = asyncio.create_task(together.add(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    await together.add(3)
    assert kitchen.done == [1, 2, 3]
