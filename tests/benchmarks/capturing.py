"""Capturing: messages per second into the record, each kept so that it survives a power cut before it is acknowledged."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.messages import Heard, Seen
from playbooks.library import Library
from storage import schema
from storage.database import Database
from tests.benchmarks.declaring import declare
from tests.benchmarks.inserting import into_postgres, into_sqlite
from tests.benchmarks.rows import Goal, Row, median
from tests.benchmarks.script import Script
from tests.benchmarks.sides import Side, andon, floor
from tests.databases import address_of, database, installed_server
from tests.workshop import Workshop

AT_ONCE = 64  # Slack does not wait for one acknowledgement before it sends the next event
CONNECTIONS = 15  # as many as Andon has to PostgreSQL
Insert = Callable[[int], Awaitable[float]]


async def measure(count: int = 1_000, runs: int = 3) -> AsyncIterator[Row]:
    """Several people write at once: into the service, and over the wire, on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory() as name, installed_server(is_durable=True) as server:
        directory = Path(name)

        async def bare_sqlite(count: int) -> float:
            return await asyncio.to_thread(into_sqlite, directory, count)

        async def bare_postgres(count: int) -> float:
            return await into_postgres(server, count, CONNECTIONS)

        with database(server) as one, database(server) as other:
            engines: tuple[tuple[str, tuple[str, str], Insert, int], ...] = (
                (
                    "SQLite",
                    (f"sqlite:///{directory / 'one.db'}", f"sqlite:///{directory / 'other.db'}"),
                    bare_sqlite,
                    500,
                ),
                ("PostgreSQL", (address_of(server, one), address_of(server, other)), bare_postgres, 1_000),
            )
            for engine, (service_url, wire_url), insert, least in engines:
                yield await _service(engine, service_url, insert, Goal(">=", least), count, runs)
                yield await _wire(engine, wire_url, Goal(">=", least), count, runs)


async def _service(engine: str, url: str, insert: Insert, goal: Goal, count: int, runs: int) -> Row:
    async with _workshop(url) as workshop:
        channel = await channel_of(workshop, await workshop.declare())
        ours, bare = [], []
        for run in range(runs):
            bare.append(await insert(count))
            ours.append(await _into_service(workshop, channel, run, count))
    return Row(f"capture into the service, {engine}", median(ours), "messages/s", runs * count, median(bare), goal)


async def _wire(engine: str, url: str, goal: Goal, count: int, runs: int) -> Row:
    await schema.upgrade(url)
    async with andon(DATABASE_URL=url) as andon_side, floor(Script()) as bare_side:
        channel = (await declare(andon_side, "capture")).usable[0].answer["channel"]["id"]
        ours, bare = [], []
        for _ in range(runs):
            ours.append(await _over_wire(andon_side, channel, count))
            bare.append(await _over_wire(bare_side, "general", count))
    return Row(f"capture over the wire, {engine}", median(ours), "messages/s", runs * count, median(bare), goal)


@asynccontextmanager
async def _workshop(url: str) -> AsyncIterator[Workshop]:
    await schema.upgrade(url)
    opened = Database(url)
    try:
        yield Workshop(opened, Library.load(None))
    finally:
        await opened.dispose()


async def channel_of(workshop: Workshop, number: int) -> str:
    """The id of an incident's channel."""
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None and incident.channel_id is not None
    return incident.channel_id


async def _into_service(workshop: Workshop, channel: str, run: int, count: int) -> float:
    waiting = iter(range(count))

    async def hear() -> None:
        for number in waiting:
            ts = f"{1_700_000_000 + run}.{number:06d}"
            seen = Seen(channel, ts, f"what was said, number {number}", "URAE")
            await workshop.services.capture.heard(Heard(channel, ts, (seen,)))

    started = time.perf_counter()
    await asyncio.gather(*(hear() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - started)


async def _over_wire(side: Side, channel: str, count: int) -> float:
    """People write in the sandbox; a message counts when it was acknowledged."""
    person, waiting = side.person("rae"), iter(range(count))

    async def write() -> None:
        for number in waiting:
            await person.says(channel, f"what was said, number {number}")

    started = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - started)
