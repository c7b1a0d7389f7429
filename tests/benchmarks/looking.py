"""Looking: what the scheduled ticks cost when nothing is due, with few open incidents and with many."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bot.jobs.ticks import Tick, ticks
from tests.benchmarks.crowd import crowd
from tests.benchmarks.rows import Goal, Row, median
from tests.office import Office, open_office

FEW, MANY = 100, 2_000


async def measure(few: int = FEW, many: int = MANY, runs: int = 15) -> AsyncIterator[Row]:
    """Each tick with many incidents, beside the same with few."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        async with open_office(Path(one)) as small, open_office(Path(other)) as large:
            for office, count in ((small, few), (large, many)):
                await office.declare()
                await crowd(office.andon.database, 1, count - 1)
                await office.settle()
            for mine, theirs in zip(_looks(large), _looks(small), strict=True):
                costs = await _paired(mine, theirs, runs)
                name = f"tick {mine.name}, {many:,} open incidents"
                yield Row(name, costs[0] * 1000, "ms", runs, costs[1] * 1000, Goal("<=", 2.0, "ratio"))


def _looks(office: Office) -> list[Tick]:
    return [tick for tick in ticks(office.services) if tick.on_settle]


async def _paired(mine: Tick, theirs: Tick, runs: int) -> tuple[float, float]:
    many, few = [], []
    for _ in range(runs):
        few.append(await _cost(theirs))
        many.append(await _cost(mine))
    return median(many), median(few)


async def _cost(tick: Tick) -> float:
    started = time.perf_counter()
    await tick.look()
    return time.perf_counter() - started
