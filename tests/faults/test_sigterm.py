"""SIGTERM with the worst going on: the program is gone in time with exit code 0, and the next start finishes all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from storage import schema
from tests.faults.postgres import own_server
from tests.faults.test_disk import limit
from tests.faults.test_killed import is_done, once
from tests.program import Program, workspace

IN_TIME = 25.0  # a supervisor that kills after thirty seconds, as ours does, never has to


async def stops_in_time(program: Program) -> None:
    """It leaves by itself, contented."""
    began = asyncio.get_running_loop().time()
    assert await program.stop() == 0
    assert asyncio.get_running_loop().time() - began < IN_TIME


async def declared(sandbox: Sandbox) -> None:
    """Somebody is told that it is declared."""
    rae = sandbox.person("rae")
    await rae.types("support", "/incident now The shop bot gives 99% off")
    assert "is declared" in rae.ephemerals("support")[-1].text


async def finished_after_a_start(program: Program, sandbox: Sandbox) -> None:
    """What was promised is kept, once."""
    await program.start()
    await sandbox.until(lambda: is_done(sandbox, 1, sandbox.person("rae")), 60)
    once(sandbox, 1)
    assert await program.stop() == 0


@pytest.mark.whole
async def test_while_slack_hangs(tmp_path: Path) -> None:
    """No call is ever answered: it does not wait for them for ever."""
    async with workspace() as sandbox:
        program = Program(sandbox, tmp_path)
        await program.start()
        sandbox.faults.add("*", "hang", times=1000)
        await declared(sandbox)
        await sandbox.until(lambda: sandbox.traffic.calls("conversations.create"))
        await stops_in_time(program)
        sandbox.faults.clear()
        await finished_after_a_start(program, sandbox)


@pytest.mark.whole
async def test_while_nothing_can_be_written(tmp_path: Path) -> None:
    """The disk is full: what cannot be settled is looked for at the next start."""
    async with workspace() as sandbox:
        program = Program(sandbox, tmp_path)
        await program.start()
        sandbox.faults.latency = 0.05
        await declared(sandbox)
        limit(program, 1)
        await stops_in_time(program)
        await finished_after_a_start(program, sandbox)


@pytest.mark.whole
@pytest.mark.parametrize("how", ["gone", "frozen"])
async def test_while_the_database_does_not_answer(tmp_path: Path, how: str) -> None:
    """PostgreSQL is gone, or there and silent: neither keeps the program from leaving."""
    with own_server() as server:
        await schema.upgrade(server.address)
        async with workspace() as sandbox:
            program = Program(sandbox, tmp_path, DATABASE_URL=server.address)
            await program.start()
            sandbox.faults.latency = 0.05
            await declared(sandbox)
            with server.stopped() if how == "gone" else server.frozen():
                await stops_in_time(program)
            await finished_after_a_start(program, sandbox)
