"""Three replicas on one PostgreSQL, one killed and one frozen in the middle of a burst: each effect exactly once."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.benchmarks.crowd import FIRST
from tests.faults.crew import Crew
from tests.program import workspace

LEAD = timedelta(seconds=1.5)  # between planning the steps and their instant


async def _ordeal(sandbox: Sandbox, crew: Crew, *, steps: int, declares: int, patience: float) -> None:
    """Steps fall due and declares arrive; one replica is killed and one frozen; later it goes on."""
    _, killed, frozen = crew.replicas
    await crew.start()
    await sandbox.sockets.connected(3)
    await crew.declare([0])
    await crew.settled(patience)
    sandbox.faults.latency = 0.1
    await crew.plan_steps(steps, datetime.now(UTC) + LEAD)
    await sandbox.until(crew.told, timeout=patience)
    declaring = asyncio.create_task(crew.declare(range(1, declares + 1)))
    await sandbox.until(lambda: len(sandbox.traffic.calls("conversations.create")) > declares // 8, timeout=patience)
    frozen.send(signal.SIGSTOP)
    await killed.stop(signal.SIGKILL)
    await declaring
    await sandbox.until(lambda: len(crew.told()) == steps, timeout=patience)
    await crew.settled(patience)
    frozen.send(signal.SIGCONT)
    await crew.declare(range(declares + 1, declares + 7))
    await crew.settled(patience)
    assert [0, -signal.SIGKILL, 0] == await crew.stop()
    assert Counter(range(FIRST, FIRST + steps)) == crew.told()
    await crew.check_each_once()


async def test_one_killed_one_frozen(tmp_path: Path, postgres_url: str) -> None:
    """Two dozen steps and nine declares, with a short lease."""
    async with workspace() as sandbox, Crew(sandbox, tmp_path, postgres_url, 3, ANDON_LEASE_SECONDS="6") as crew:
        await _ordeal(sandbox, crew, steps=24, declares=9, patience=60)


@pytest.mark.whole
@pytest.mark.timeout(1200)
async def test_one_killed_one_frozen_in_a_great_burst(tmp_path: Path, postgres_url: str) -> None:
    """A thousand steps and two hundred declares, with the lease that operators have."""
    async with workspace() as sandbox, Crew(sandbox, tmp_path, postgres_url, 3) as crew:
        await _ordeal(sandbox, crew, steps=1000, declares=200, patience=500)
