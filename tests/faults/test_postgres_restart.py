"""PostgreSQL is restarted under the real program: it recovers by itself, nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox import Person, Sandbox
from storage import schema
from tests.faults.postgres import Server, own_server
from tests.faults.test_disk import cpu_seconds, ready
from tests.faults.test_killed import is_done, once
from tests.program import Program, workspace

SECONDS_TO_RECOVER = 5.0


@pytest.fixture
def server() -> Iterator[Server]:
    """A server to restart, with the tables; its own for each test, as the sandbox gives the same ids each time."""
    with own_server() as found:
        asyncio.run(schema.upgrade(found.address))
        yield found


async def declares(rae: Person, words: str) -> bool:
    """Whether somebody who types this is told that it is declared; otherwise they are told why not."""
    before = len(rae.ephemerals("support"))
    await rae.types("support", f"/incident now {words}")
    told = "\n".join(seen.text for seen in rae.ephemerals("support")[before:])
    assert "is declared" in told or rae.error or "database" in told, told
    return "is declared" in told


def announced(sandbox: Sandbox, words: str) -> list[int]:
    """The numbers of the incidents that say this."""
    messages = sandbox.channel("ai-incidents").messages.values()
    return [int(m.text.partition("AI-")[2][:4]) for m in messages if words in m.text + str(m.blocks)]


@pytest.mark.parametrize("mode", ["fast", pytest.param("immediate", marks=pytest.mark.whole)])
async def test_restarted_while_somebody_declares(tmp_path: Path, server: Server, mode: str) -> None:
    """Whoever was told "declared" gets everything once, whoever was not is told why; it is over by itself in seconds."""
    async with workspace() as sandbox:
        program, rae, promised = Program(sandbox, tmp_path, DATABASE_URL=server.address), sandbox.person("rae"), []
        await program.start()
        assert await declares(rae, f"Before {mode}")
        restarting = asyncio.create_task(asyncio.to_thread(server.restart, mode))
        while not restarting.done():
            words = f"Amid {mode} {len(promised)}"
            promised += [words] if await declares(rae, words) else []
        began = asyncio.get_running_loop().time()
        while not await declares(rae, f"After {mode}"):
            assert asyncio.get_running_loop().time() - began < SECONDS_TO_RECOVER
        for words in (f"Before {mode}", *promised, f"After {mode}"):
            await sandbox.until(lambda words=words: announced(sandbox, words), 30)
            (number,) = announced(sandbox, words)
            await sandbox.until(lambda number=number: is_done(sandbox, number, rae), 30)
            once(sandbox, number)
        assert (await ready(program))[0] in {200, 503}
        assert await program.stop() == 0
        assert sandbox.violations == []


@pytest.mark.whole
async def test_gone_for_a_while(tmp_path: Path, server: Server) -> None:
    """While there is no server it says so at /readyz and to people, computes next to nothing, and then goes on."""
    async with workspace() as sandbox:
        program, rae = Program(sandbox, tmp_path, DATABASE_URL=server.address), sandbox.person("rae")
        await program.start()
        with server.stopped():
            busy = cpu_seconds(program)
            assert not await declares(rae, "Nobody is there")
            assert (await ready(program))[0] == 503
            assert cpu_seconds(program) - busy < 1
        began = asyncio.get_running_loop().time()
        while not await declares(rae, "It is back"):
            assert asyncio.get_running_loop().time() - began < SECONDS_TO_RECOVER
        await sandbox.until(lambda: announced(sandbox, "It is back"), 30)
        assert announced(sandbox, "Nobody is there") == []
        assert await program.stop() == 0
