"""Drafting: a post-mortem of ever longer incidents, from storage alone."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

from bot.domain.messages import Seen, SeenFile, instant_of
from tests.benchmarks.capturing import channel_of
from tests.benchmarks.rows import Goal, Row, median
from tests.benchmarks.statements import counted
from tests.workshop import Workshop, open_workshop

SIZES = (100, 1_000, 10_000)
READS = {"history", "replies", "message", "profile", "permalink", "find_channel"}
AT_ONCE = 500
START = 1_700_000_000


async def measure(sizes: tuple[int, ...] = SIZES, runs: int = 3) -> AsyncIterator[Row]:
    """Each size beside the smallest one's cost per message, as the floor."""
    per_message = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory() as directory:
            async with open_workshop(Path(directory)) as workshop:
                number = await workshop.declare()
                await _talk(workshop, number, size)
                workshop.chat.calls.clear()
                seconds, statements, extra = await _drafts(workshop, number, runs)
                reads = sum(1 for call in workshop.chat.calls if call in READS)
        per_message = per_message or seconds / size
        name = f"post-mortem of {size:,} messages"
        goal = Goal("<=", 1.0) if size == max(sizes) else None
        yield Row(f"{name}: time", seconds, "s", runs, floor=per_message * size, goal=goal)
        yield Row(f"{name}: statements", statements, "count", runs)
        yield Row(f"{name}: Slack reads", reads, "count", runs, goal=Goal("<=", 0))
    yield Row(f"{name}: extra memory", extra, "MB", 1, goal=Goal("<=", 50))


async def _drafts(workshop: Workshop, number: int, runs: int) -> tuple[float, int, float]:
    """Median seconds, statements of one, and the most memory it took beside what stood before."""
    taken = []
    reference = f"AI-{number:04d}"
    for _ in range(runs):
        with counted(workshop.database) as asked:
            started = time.perf_counter()
            await workshop.services.postmortems.text(reference, "md")
            taken.append(time.perf_counter() - started)
    tracemalloc.start()
    await workshop.services.postmortems.text(reference, "md")
    extra = tracemalloc.get_traced_memory()[1] / 1_000_000
    tracemalloc.stop()
    return median(taken), len(asked), extra


async def _talk(workshop: Workshop, number: int, size: int) -> None:
    """So many messages: a third of them in threads, every tenth edited, every twentieth with a file."""
    channel = await channel_of(workshop, number)
    sightings = [_said(channel, count) for count in range(size)]
    edits = [_said(channel, count, version=f"{START + size + count}.000000") for count in range(0, size, 10)]
    for start in range(0, size, AT_ONCE):
        async with workshop.work() as unit:
            await unit.messages.take(number, sightings[start : start + AT_ONCE], instant_of(f"{START}.0"))
    for start in range(0, len(edits), AT_ONCE):
        async with workshop.work() as unit:
            await unit.messages.take(number, edits[start : start + AT_ONCE], instant_of(f"{START}.0"))


def _said(channel: str, count: int, version: str = "") -> Seen:
    files = (SeenFile(f"F{count}", f"trace-{count}.json", "application/json", 1000),) if count % 20 == 0 else ()
    parent = count - count % 30
    return Seen(
        channel,
        f"{START + count}.000000",
        f"<@ULENA> what was {'meant' if version else 'said'}, number {count}: refunds are <https://a.example|stopped>",
        f"U{count % 12:03d}",
        thread_ts=f"{START + parent}.000000" if count % 3 == 0 and count != parent else None,
        version=version,
        files=files,
    )
