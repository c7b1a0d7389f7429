"""The two sides of every comparison, each a process of its own with a Slack of its own: Andon, and the bare floor.

Both sandboxes live in the bench's process and note every instant, so that neither side is charged for them.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.benchmarks.script import Script
from tests.program import Program, workspace

# A receipt that comes late is measured, not given up; Slack itself would wait three seconds.
PATIENCE = 60.0
# Andon looks at its ladders several times a second; the floor does nothing by itself.
QUIET, SOON_QUIET = 0.8, 0.3


class BareProgram(Program):
    """The floor: :mod:`tests.benchmarks.bare`."""

    command = ("-m", "tests.benchmarks.bare")
    says_ready = "ready"


@dataclass(frozen=True, slots=True)
class Side:
    """A program at work in ``directory``, and the Slack it talks to."""

    sandbox: Sandbox
    program: Program
    directory: Path

    def person(self, handle: str) -> Person:
        """Somebody of the cast."""
        return self.sandbox.person(handle)

    async def quiet(self, seconds: float = QUIET) -> None:
        """Return when nothing is under way and nothing has crossed the wire for so long; the floor is quiet sooner."""
        traffic = self.sandbox.traffic
        seconds = min(seconds, SOON_QUIET) if isinstance(self.program, BareProgram) else seconds
        while True:
            try:
                await asyncio.wait_for(traffic.changed(), seconds)
            except TimeoutError:
                if all(entry.ended is not None for entry in traffic):
                    return

    async def done(self, is_done: Callable[[], object], within: float = 120.0) -> None:
        """Return when it is quiet after this became true, or when that takes too long."""
        given_up_at = time.monotonic() + within
        await self.quiet()
        while not is_done() and time.monotonic() < given_up_at:
            await self.quiet()


@asynccontextmanager
async def andon(**settings: str) -> AsyncIterator[Side]:
    """`andon run` on a fresh database, ready and at rest."""
    with tempfile.TemporaryDirectory() as name:
        sandbox, directory = workspace(patience=PATIENCE), Path(name)
        async with sandbox, running(Side(sandbox, Program(sandbox, directory, **settings), directory)) as side:
            await side.quiet()
            yield side


@asynccontextmanager
async def floor(script: Script) -> AsyncIterator[Side]:
    """A program that acknowledges everything at once and declares as ``script`` says."""
    with tempfile.TemporaryDirectory() as name:
        sandbox, directory = workspace(patience=PATIENCE), Path(name)
        script.write(directory / "script.json")
        async with sandbox, running(Side(sandbox, BareProgram(sandbox, directory), directory)) as side:
            yield side


@asynccontextmanager
async def running(side: Side) -> AsyncIterator[Side]:
    """The program of a side, started and in the end stopped; events it does not take are sent again."""
    await side.program.start()
    again = asyncio.create_task(side.sandbox.delivery.keep_redelivering())
    try:
        await side.sandbox.sockets.connected()
        yield side
    finally:
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
        await side.program.stop(signal.SIGKILL)  # what it still does for a Slack that hangs is not waited for
