"""Limits: how long bursts of declares take while Slack's published limits hold, beside what those limits allow.

Time is the workspace's, moved from one due instant to the next: what is measured is waiting, not computing.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.stage import staged
from tests.benchmarks.rows import Goal, Row
from tests.burst import Burst, burst
from tests.clock import FRIDAY

BURSTS = (20, 100)


async def measure(bursts: Sequence[int] = BURSTS) -> AsyncIterator[Row]:
    """Bursts on fresh workspaces, each beside a client that sends the same calls as early as it is let."""
    for count in bursts:
        for row in _rows(count, await _burst(count)):
            yield row


async def _burst(count: int) -> Burst:
    with tempfile.TemporaryDirectory() as directory:
        async with staged(Path(directory), start=FRIDAY, limits=True) as stage:
            return await burst(stage, count)


def _rows(count: int, done: Burst) -> tuple[Row, ...]:
    name, all_of_them = f"{count} declares at once under Slack's limits", Goal(">=", count)
    took, floor = done.took.total_seconds() / 60, done.floor.total_seconds() / 60
    return (
        Row(f"{name}: until all is done", took, "min", floor=floor, goal=Goal("<=", 1.2, "ratio")),
        Row(f"{name}: complete", done.furnished, "count", goal=all_of_them),
        Row(f"{name}: people told where", done.told, "count", goal=all_of_them),
        Row(f"{name}: calls Slack refused", done.refused, "count", len(done.calls)),
    )
