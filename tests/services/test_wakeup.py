"""Replicas wake each other: help comes at once when one of them is full, has nobody to work, or goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest

from bot.domain.errors import ChatRateLimited
from bot.domain.events import ChannelOpened
from bot.runtime import running
from bot.services import failing, outbox
from bot.services.wakeup import answer
from storage.database import Database
from storage.owed import OutboxState
from tests.services.bench import Bench

SOON = 20.0  # real seconds; whoever is not woken looks after an hour


@pytest.fixture
async def database(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A PostgreSQL on which nobody looks unless woken."""
    monkeypatch.setattr(outbox, "IDLE_LOOK", 3600.0)
    monkeypatch.setattr(failing, "backoff", lambda _: failing.timedelta(milliseconds=50))
    opened = Database(postgres_url)
    yield opened
    await opened.dispose()


class Replica:
    """A worker with a database connection, a work bench and a doorbell of its own."""

    def __init__(self, url: str, at_once: int) -> None:
        self.database = Database(url)
        self.bench = Bench(self.database)
        self.bench.work.leave_owed(self.bench.worker.wake)
        self.worker = self.bench.another_worker(at_once)
        self.moved = self.bench.ran
        self.rings = 0

    def wake(self) -> None:
        """Somebody rang."""
        self.rings += 1
        self.moved.set()
        self.worker.wake()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Replica]:
        """It listens and works inside."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.database.dispose)
            working = asyncio.create_task(self.worker.run())
            stack.push_async_callback(lambda: working)
            stack.push_async_callback(self.worker.stop)
            await stack.enter_async_context(running(answer(self.database, self.wake)))
            await until(lambda: self.rings, self.moved)
            yield self


async def until(condition: Callable[[], object], moved: asyncio.Event) -> None:
    """Return when it holds, which it can only begin to when ``moved`` is set."""
    async with asyncio.timeout(SOON):
        while not condition():
            await moved.wait()
            moved.clear()


async def test_who_is_full_is_helped_at_once(database: Database) -> None:
    """Thirty reactions owed to a replica that carries out two at a time: the other, woken, takes what it can."""
    url = database.url.render_as_string(hide_password=False)
    async with Replica(url, 2).at_work() as full, Replica(url, 32).at_work() as idle:
        full.bench.gate, full.bench.ran = asyncio.Event(), idle.moved
        incidents = [await full.bench.incident() for _ in range(15)]
        await full.bench.tell(*(ChannelOpened(number) for number in incidents))
        await until(lambda: len(full.bench.log) + len(idle.bench.log) == 30, idle.moved)
        assert 2 == len(full.bench.log)
        full.bench.gate.set()
    assert {OutboxState.DONE} == {row.state for row in await Bench(database).rows()}


async def test_who_has_nobody_to_work_rings(database: Database) -> None:
    """What the command line owes is begun at once by a replica that runs."""
    url = database.url.render_as_string(hide_password=False)
    async with Replica(url, 32).at_work() as replica:
        alone = Bench(database)
        alone.work.leave_owed(alone.worker.wake)
        await alone.tell(ChannelOpened(await alone.incident()))
        await until(lambda: len(replica.bench.log) == 2, replica.moved)


async def test_who_goes_hands_over(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stopping replica had no room for is begun by another at once, even if nobody called it for help."""
    monkeypatch.setattr(outbox, "RING_PAUSE", float("inf"))
    url = database.url.render_as_string(hide_password=False)
    async with Replica(url, 32).at_work() as heir, Replica(url, 1).at_work() as leaving:
        leaving.bench.gate = asyncio.Event()
        async with heir.worker._taking:  # or a look of its own, begun before, takes what is meant for the other
            await leaving.bench.tell(ChannelOpened(await leaving.bench.incident()))
            await until(lambda: leaving.bench.log, leaving.moved)
        async with running(leaving.worker.stop()):
            await until(lambda: heir.bench.log, heir.moved)
            leaving.bench.gate.set()
    assert [1, 1] == [len(leaving.bench.log), len(heir.bench.log)]


async def test_a_broken_doorbell_is_mended(database: Database, postgres_url: str) -> None:
    """PostgreSQL cuts whoever listens: they listen again by themselves, and look, since a ring may have been missed."""
    rang = asyncio.Event()
    async with running(answer(database, rang.set)):
        for _ in range(2):
            await asyncio.wait_for(rang.wait(), SOON)
            rang.clear()
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%' AND datname = %s"
                assert connection.execute(cut, [connection.info.dbname]).rowcount == 1
        await asyncio.wait_for(rang.wait(), SOON)


async def test_a_due_instant_is_met(database: Database) -> None:
    """Nobody looks idly, and yet what is due later begins when it is due."""
    bench = Bench(database, runs=True)
    bench.plan["free"] = [ChatRateLimited(1.5)]
    async with running(bench.worker.run()):
        await bench.tell(ChannelOpened(await bench.incident()))
        await until(lambda: bench.names().count("free") == 2, bench.ran)
        await bench.worker.stop()
