"""Acknowledging: how long Slack waits for the receipt of a declare: idle, in a burst, and with a Slack that hangs."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from tests.benchmarks.declaring import recorded
from tests.benchmarks.memory import resident
from tests.benchmarks.rows import Goal, Row, median, percentile
from tests.benchmarks.sides import Side, andon, floor

PEOPLE = ("rae", "lena", "liam", "mateo", "mina", "grace", "cory", "ines", "hana", "emil")
SOON, LATE = Goal("<=", 100), Goal("<=", 3000)
NONE = Goal("<=", 0)
ONE_EACH = ("conversations.create", "conversations.invite", "conversations.setTopic", "pins.add")
ENDLESS = 1_000_000


@dataclass(frozen=True, slots=True)
class Burst:
    """Seconds until each was acknowledged (for ever, where it was not), and until all that follows was done."""

    acks: list[float]
    lost: int
    seconds: float


async def measure(idle: int = 20, burst: int = 100, runs: int = 2) -> AsyncIterator[Row]:
    """`/incident now`, one after another and all at once, beside a bare program that acknowledges unread."""
    async with andon() as ours, floor(await recorded(ours)) as bare:
        for row in _rows("idle", [(await _one_by_one(ours, idle), await _one_by_one(bare, idle))]):
            yield row
        for side in (ours, bare):
            side.sandbox.faults.latency = 0.15
        pairs = [(await _burst(ours, burst), await _burst(bare, burst)) for _ in range(runs)]
        for row in (*_rows(f"burst of {burst} at 150 ms", pairs), _done(pairs)):
            yield row
        if (megabytes := resident(ours.program.pid)) is not None:
            yield Row(f"resident memory after {runs} bursts of {burst}", megabytes, "MB")
        for side in (ours, bare):
            side.sandbox.faults.latency = 0.0
            side.sandbox.faults.add("*", "hang", times=ENDLESS)
        pair = (await _burst(ours, burst, hangs=True), await _burst(bare, burst, hangs=True))
        for row in _rows(f"burst of {burst} while Slack hangs", [pair]):
            yield row


def _rows(when: str, pairs: Sequence[tuple[Burst, Burst]]) -> Iterable[Row]:
    name, runs, count = f"acknowledgement, {when}", len(pairs), len(pairs[0][0].acks)
    for share, goal in ((0.5, None), (0.95, SOON), (1.0, LATE)):
        ours, bare = (median(percentile(pair[side].acks, share) * 1000 for pair in pairs) for side in (0, 1))
        label = "max" if share == 1.0 else f"p{share * 100:.0f}"
        yield Row(f"{name}: {label}", ours, "ms", runs * count, bare, goal)
    late = sum(1 for ours, _ in pairs for seconds in ours.acks if seconds * 1000 > LATE.limit)
    yield Row(f"{name}: over 3 s", late, "count", runs * count, goal=NONE)
    yield Row(f"{name}: lost", sum(ours.lost for ours, _ in pairs), "count", runs * count, goal=NONE)


def _done(pairs: Sequence[tuple[Burst, Burst]]) -> Row:
    ours, bare = (median(pair[side].seconds for pair in pairs) for side in (0, 1))
    return Row("burst: until everything is done in Slack", ours, "s", len(pairs), bare)


async def _one_by_one(side: Side, count: int) -> Burst:
    side.sandbox.traffic.clear()
    before, started = _stored(side), time.monotonic()
    for number in range(count):
        await _one(side, number)
        await side.quiet(0.3)
    acks = _acks(side)
    return Burst(acks, _lost(side, acks, before), time.monotonic() - started)


async def _burst(side: Side, count: int, *, hangs: bool = False) -> Burst:
    """All at once. Where Slack hangs, nothing that follows comes to an end."""
    side.sandbox.traffic.clear()
    before = _stored(side)
    await asyncio.gather(*(_one(side, number) for number in range(count)))
    if not hangs:
        await side.done(lambda: all(_made(side, method) >= count for method in ONE_EACH))
    acks, entries = _acks(side), side.sandbox.traffic.entries
    seconds = max(entry.ended or 0.0 for entry in entries) - entries[0].started
    return Burst(acks, _lost(side, acks, before), seconds)


def _made(side: Side, method: str) -> int:
    return sum(1 for entry in side.sandbox.traffic.calls(method) if entry.ok)


async def _one(side: Side, number: int) -> None:
    await side.person(PEOPLE[number % len(PEOPLE)]).command("/incident", f"now The bot promised refund {number}")


def _acks(side: Side) -> list[float]:
    """Seconds; one that was never acknowledged took for ever."""
    commands = side.sandbox.traffic.deliveries("/incident")
    return [float("inf") if entry.ack_seconds is None else entry.ack_seconds for entry in commands]


def _lost(side: Side, acks: Sequence[float], before: int) -> int:
    """Never acknowledged, or acknowledged and not in the database."""
    acknowledged = sum(1 for seconds in acks if seconds < float("inf"))
    return len(acks) - min(acknowledged, _stored(side) - before)


def _stored(side: Side) -> int:
    """How many incidents the database has by now; the floor has none."""
    file = side.directory / "andon.db"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as database:
        found: tuple[int] = database.execute("SELECT count(*) FROM incidents").fetchone()
        return found[0]
