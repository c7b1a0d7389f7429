"""Acknowledging: how long Slack waits for the receipt of a declare, idle and when fifty people pull the cord at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from bot.sandbox.server import Sandbox
from bot.sandbox.traffic import Entry
from tests.benchmarks.at_work import at_work
from tests.benchmarks.floor import open_floor
from tests.benchmarks.rows import Goal, Row, median, percentile

PEOPLE = ("rae", "lena", "liam", "mateo", "mina", "grace", "cory", "ines", "hana", "emil")
SOON, LATE = 0.1, 3.0


async def measure(idle: int = 20, burst: int = 50) -> AsyncIterator[Row]:
    """`/incident now`, one after another and all at once, beside a bare client that acknowledges everything unread."""
    async with open_floor(listening=True) as floor:
        bare_idle = [await _one(floor.sandbox, number) for number in range(idle)]
        bare_burst = await _many(floor.sandbox, burst)
    async with at_work() as stage:
        await _one(stage.sandbox, -1)
        acks = []
        for number in range(idle):
            await stage.settle()
            acks.append(await _one(stage.sandbox, number))
        await stage.settle()
        stage.sandbox.traffic.clear()
        stage.sandbox.faults.latency = 0.15
        busy = await _many(stage.sandbox, burst)
        await stage.settle()
        stage.sandbox.faults.latency = 0.0
        delivered = stage.sandbox.traffic.deliveries()
    for row in _rows("idle", acks, bare_idle):
        yield row
    for row in _rows(f"burst of {burst} at 150 ms", busy, bare_burst):
        yield row
    lost = sum(1 for entry in delivered if entry.ack_seconds is None)
    late = sum(1 for entry in delivered if (entry.ack_seconds or 0.0) > LATE)
    yield Row(f"acknowledgement, burst of {burst}: lost", lost, "count", len(delivered), goal=Goal("<=", 0))
    yield Row(f"acknowledgement, burst of {burst}: over 3 s", late, "count", len(delivered), goal=Goal("<=", 0))


def _rows(when: str, acks: list[float], bare: list[float]) -> Iterable[Row]:
    soon, late = Goal("<=", SOON * 1000), Goal("<=", LATE * 1000)
    name, runs = f"acknowledgement, {when}", len(acks)
    yield Row(f"{name}: p50", median(acks) * 1000, "ms", runs, median(bare) * 1000)
    yield Row(f"{name}: p95", percentile(acks, 0.95) * 1000, "ms", runs, percentile(bare, 0.95) * 1000, soon)
    yield Row(f"{name}: max", max(acks) * 1000, "ms", runs, max(bare) * 1000, late)


async def _one(sandbox: Sandbox, number: int) -> float:
    person = sandbox.person(PEOPLE[number % len(PEOPLE)])
    await person.command("/incident", f"now The bot promised refund {number}")
    return _seconds(sandbox.traffic.deliveries("/incident")[-1])


async def _many(sandbox: Sandbox, count: int) -> list[float]:
    before = len(sandbox.traffic.deliveries("/incident"))
    await asyncio.gather(*(_one(sandbox, number) for number in range(count)))
    return [_seconds(entry) for entry in sandbox.traffic.deliveries("/incident")[before:]]


def _seconds(entry: Entry) -> float:
    """One that was never acknowledged took for ever."""
    return entry.ack_seconds if entry.ack_seconds is not None else float("inf")
