"""Capturing: messages per second into the record, each one commit that survives a power cut."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bot.domain.messages import Heard, Seen
from bot.stage import Stage
from tests.benchmarks.at_work import at_work
from tests.benchmarks.declaring import declare
from tests.benchmarks.floor import Floor, durable_inserts, open_floor
from tests.benchmarks.rows import Goal, Row, median
from tests.workshop import Workshop, open_workshop

AT_ONCE = 16
SLACKS_OWN_CEILING = 8.3


async def measure(count: int = 400, runs: int = 3) -> AsyncIterator[Row]:
    """Several people write at once; first into the service, then over the wire, on SQLite."""
    with tempfile.TemporaryDirectory() as directory:
        async with open_workshop(Path(directory)) as workshop:
            channel = await channel_of(workshop, await workshop.declare())
            ours, bare = [], []
            for run in range(runs):
                bare.append(durable_inserts(Path(directory), count))
                ours.append(await _into_service(workshop, channel, run, count))
    yield Row("capture, service on SQLite", median(ours), "messages/s", runs, median(bare), Goal(">=", 500))
    async with at_work() as stage, open_floor(listening=True) as floor:
        channel = (await declare(stage, "capture")).usable[0].answer["channel"]["id"]
        ours = [await _over_wire(stage, channel, count // 2) for _ in range(runs)]
        bare = [await _over_wire(floor, "general", count // 2) for _ in range(runs)]
    yield Row("capture, over the wire on SQLite", median(ours), "messages/s", runs, median(bare))


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


async def _over_wire(place: Stage | Floor, channel: str, count: int) -> float:
    """People write in the sandbox; a message counts when it was acknowledged."""
    person, waiting = place.sandbox.person("rae"), iter(range(count))

    async def write() -> None:
        for number in waiting:
            await person.says(channel, f"what was said, number {number}")

    started = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - started)
