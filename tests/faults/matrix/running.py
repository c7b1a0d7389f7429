"""Acting a story once: undisturbed, with faults, or with a kill."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.faults import FaultKind
from bot.sandbox.objects import Json
from bot.sandbox.server import Sandbox
from bot.stage import staged
from tests.clock import FRIDAY
from tests.faults.matrix.mask import Mask
from tests.faults.matrix.state import state
from tests.faults.matrix.stories import Story
from tests.faults.matrix.worlds import Killable, NeverSeen, Staged, World
from tests.program import Program, workspace

KEPT = ("users", "channels", "user_groups", "files", "canvases", "ephemerals", "views", "stacks", "homes")
SHORT = aiohttp.ClientTimeout(total=0.2)
RETRY_AFTER = 5
LOOKED = 20  # glances in a row without anything under way: every look of a start is over


@dataclass(frozen=True, order=True)
class Call:
    """One outbound call of a story: the n-th of its method that is about this."""

    method: str
    about: str
    nth: int

    def __str__(self) -> str:
        return f"{self.method} {self.about}" + (f" #{self.nth}" if self.nth > 1 else "")


@dataclass(frozen=True)
class Prepared:
    """The workspace and the database as they are when the disturbed part begins."""

    kept: dict[str, Any]
    database: Path
    at: datetime


@dataclass(frozen=True)
class Ended:
    """How a run ended: what there is, what must not be, which calls were made and which of them met their fault.

    ``early`` is what there was before the one start more that a run with the real program ends with.
    """

    state: Counter[str]
    early: Counter[str]
    problems: list[str]
    calls: list[Call]
    struck: int


async def prepare(story: Story, directory: Path, template: Path, at: datetime = FRIDAY) -> Prepared:
    """Lead up to the story, on the stage."""
    database = _copied(template, directory)
    async with staged(directory, start=at) as stage:
        world = Staged(stage, database)
        await story.prepare(world)
        await stage.forward(minutes=1)
        assert [] == world.problems()
        kept = {name: deepcopy(getattr(stage.sandbox.workspace, name)) for name in KEPT}
        until = stage.now()
    return Prepared(kept, database, until)


async def prepare_for_now(story: Story, directory: Path, template: Path) -> Prepared:
    """The same so that it ends at the real instant, at which the real program goes on with it."""
    lasts = (await prepare(story, directory, template)).at - FRIDAY
    return await prepare(story, directory / "now", template, datetime.now(UTC) - lasts)


async def act(
    story: Story, prepared: Prepared, directory: Path, calls: Sequence[Call] = (), kind: FaultKind | None = None
) -> Ended:
    """Act the story on the stage; each of the ``calls`` meets the fault once."""
    database = _copied(prepared.database, directory)
    with _impatience(kind):
        async with staged(directory, start=prepared.at, furnish=lambda sandbox: _furnish(sandbox, prepared)) as stage:
            world = Staged(stage, database)
            before = len(stage.sandbox.traffic)
            for call in calls:
                aim(stage.sandbox, call, kind or "error")
            lost = await _acted(story, world)
            return _ended(world, before, lost, state(stage.sandbox, database))


async def act_and_kill(
    story: Story, prepared: Prepared, directory: Path, calls: Sequence[Call] = (), kind: FaultKind | None = None
) -> Ended:
    """Act the story with the real program, killed while each of the ``calls`` hangs, and started again at once."""
    database = _copied(prepared.database, directory)
    async with workspace() as sandbox:
        _furnish(sandbox, prepared)
        program, world = Program(sandbox, directory), Killable(sandbox, database)
        await program.start()
        before = len(sandbox.traffic)
        for call in calls:
            aim(sandbox, call, kind or "hang")
        killing = asyncio.create_task(_kill_whenever_held(program, world))
        try:
            lost = await _acted(story, world)
            made, early = len(sandbox.traffic), state(sandbox, database)
            await _looked_once_more(program, world)
            return _ended(world, before, lost, early, made)
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            await program.stop(signal.SIGKILL)


def aim(sandbox: Sandbox, call: Call, kind: FaultKind) -> None:
    """Plan the fault for this one call."""
    mask, count = Mask(sandbox.workspace), 0

    def is_it(args: Json) -> bool:
        nonlocal count
        count += mask.call(args) == call.about
        return count == call.nth and mask.call(args) == call.about

    sandbox.faults.add(call.method, kind, where=is_it, retry_after=RETRY_AFTER)


async def _kill_whenever_held(program: Program, world: Killable) -> None:
    struck = world.sandbox.faults.struck
    while True:
        await world.sandbox.until(lambda: len(struck) > world.absences, timeout=600)
        world.is_up, world.absences = False, world.absences + 1
        await program.stop(signal.SIGKILL)
        await program.start()
        world.is_up = True


async def _looked_once_more(program: Program, world: Killable) -> None:
    """Start it again: every look is taken at a start, so that none has come in one run and not yet in another."""
    world.is_up = False
    await program.stop()
    await program.start()
    world.is_up = True
    await world.quiet(LOOKED)


async def _acted(story: Story, world: World) -> list[str]:
    try:
        await story.act(world)
        await world.quiet()
    except (NeverSeen, TimeoutError) as error:
        return [repr(error)]
    return []


def _ended(world: World, before: int, lost: list[str], early: Counter[str], after: int | None = None) -> Ended:
    sandbox = world.sandbox
    mask, seen = Mask(sandbox.workspace), Counter[tuple[str, str]]()
    calls = []
    for entry in list(sandbox.traffic)[before:after]:
        if entry.direction == "call":
            about = mask.call(entry.args)
            seen[entry.name, about] += 1
            calls.append(Call(entry.name, about, seen[entry.name, about]))
    found = state(sandbox, world.database)
    return Ended(found, early, [*lost, *world.problems()], sorted(calls), len(sandbox.faults.struck))


def _copied(database: Path, directory: Path) -> Path:
    directory.mkdir()
    return shutil.copy(database, directory / "andon.db")


def _furnish(sandbox: Sandbox, prepared: Prepared) -> None:
    vars(sandbox.workspace).update(deepcopy(prepared.kept))


@contextmanager
def _impatience(kind: FaultKind | None) -> Iterator[None]:
    """Calls that hang are given up soon; all others get the time that they get in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        if kind in ("hang", "hang_after"):
            patch.setattr("bot.main.PATIENCE", SHORT)
        yield
