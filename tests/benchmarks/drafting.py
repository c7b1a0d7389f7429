"""Drafting: a post-mortem of ever longer incidents, and of one among the incidents of a year, from storage alone."""

from __future__ import annotations

import gc
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot.domain.people import Actor
from storage.messages import Message, MessageFile, MessageVersion
from tests.benchmarks.crowd import COPIED, crowd
from tests.benchmarks.rows import Goal, Row, median
from tests.benchmarks.statements import counted
from tests.benchmarks.talk import talk
from tests.workshop import Workshop, open_workshop

SIZES = (100, 1_000, 10_000)
YEAR, USUAL = 500, 100
READS = {"history", "replies", "message", "profile", "permalink", "find_channel"}
NONE = Goal("<=", 0)
LINEAR = Goal("<=", 1.25, "ratio")


@dataclass(frozen=True, slots=True)
class Drafted:
    """Median seconds, and how many statements one asks."""

    seconds: float
    statements: int


async def measure(sizes: tuple[int, ...] = SIZES, runs: int = 5) -> AsyncIterator[Row]:
    """Each size, its time per message beside that of the size before."""
    gc.collect()
    gc.freeze()  # as `andon run` does once it is ready
    shorter: float | None = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as directory:
            async with open_workshop(Path(directory)) as workshop:
                number = await workshop.declare()
                await talk(workshop.work, number, size)
                drafted = await _drafted(workshop, number, runs)
                reads = await _reads(workshop, number)
                extra = await _extra_megabytes(workshop, number)
        name, is_longest = f"post-mortem of {size:,} messages", size == max(sizes)
        each = drafted.seconds * 1_000_000 / size
        yield Row(f"{name}: time", drafted.seconds * 1000, "ms", runs, goal=Goal("<=", 1000) if is_longest else None)
        yield Row(f"{name}: time per message", each, "µs", runs, shorter, LINEAR if shorter else None)
        yield Row(f"{name}: statements", drafted.statements, "count", runs)
        yield Row(f"{name}: Slack reads", reads, "count", goal=NONE)
        yield Row(f"{name}: extra memory", extra, "MB", goal=Goal("<=", 50) if is_longest else None)
        shorter = each
    async for row in _year(runs):
        yield row


async def _year(runs: int, size: int = 1_000) -> AsyncIterator[Row]:
    """One incident by itself, then the same among the incidents of a year."""
    with tempfile.TemporaryDirectory() as directory:
        async with open_workshop(Path(directory)) as workshop:
            number, usual = await workshop.declare("this one"), await workshop.declare("one of many")
            await talk(workshop.work, number, size)
            await talk(workshop.work, usual, USUAL)
            alone = await _drafted(workshop, number, runs)
            await crowd(workshop.database, usual, YEAR, kinds=(*COPIED, Message, MessageVersion, MessageFile))
            among = await _drafted(workshop, number, runs)
    name = f"post-mortem of {size:,} messages among {YEAR} incidents of {USUAL} messages"
    yield Row(f"{name}: time", among.seconds * 1000, "ms", runs, alone.seconds * 1000, LINEAR)
    yield Row(f"{name}: statements", among.statements, "count", runs, alone.statements, Goal("<=", 1.0, "ratio"))


async def _drafted(workshop: Workshop, number: int, runs: int) -> Drafted:
    taken = []
    for _ in range(runs):
        with counted(workshop.database) as asked:
            started = time.perf_counter()
            await workshop.services.postmortems.text(f"AI-{number:04d}", "md")
            taken.append(time.perf_counter() - started)
    return Drafted(median(taken), len(asked))


async def _reads(workshop: Workshop, number: int) -> int:
    """What a draft that somebody wants reads from Slack, until it is compiled, uploaded and shared."""
    workshop.chat.calls.clear()
    await workshop.services.postmortems.want(number, by=Actor.person("URAE"))
    await workshop.settle()
    return sum(1 for call in workshop.chat.calls if call in READS)


async def _extra_megabytes(workshop: Workshop, number: int) -> float:
    """The most that Python held for a draft beside what it held before."""
    tracemalloc.start()
    await workshop.services.postmortems.text(f"AI-{number:04d}", "md")
    extra = tracemalloc.get_traced_memory()[1] / 1_000_000
    tracemalloc.stop()
    return extra
