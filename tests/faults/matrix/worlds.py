"""Where a story is acted: on the stage with a steered clock, or with the real program that may be killed.

People act as soon as they see what they need, however much of the rest is still under way.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.stage import Stage
from tests.faults.matrix.state import DUE, FAILED, UNFINISHED, rows

SPAN = timedelta(minutes=4)  # on the steered clock: longer than any repetition takes, too short for the next reminder
PATIENCE, GLANCE = 60.0, 0.05  # real seconds
LOOKS = 3  # as many in a row show that nothing happens any more
APOLOGY = "Slack did not let me"


class NeverSeen(AssertionError):
    """Something that people wait for did not come."""


class World(ABC):
    """A workspace with people in it, and Andon."""

    def __init__(self, sandbox: Sandbox, database: Path) -> None:
        self.sandbox, self.database = sandbox, database
        self.absences = 0

    def person(self, handle: str) -> Person:
        """Somebody of the cast."""
        return self.sandbox.person(handle)

    @property
    def channel(self) -> str:
        """The name of the incident's channel; empty while there is none."""
        names = (channel.name for channel in self.sandbox.workspace.channels.values())
        return next((name for name in names if name.startswith("ai-0001")), "")

    @abstractmethod
    async def until(self, seen: Callable[[], object]) -> None:
        """Return as soon as this is to be seen. Raises NeverSeen."""

    @abstractmethod
    async def quiet(self) -> None:
        """Return when nothing is under way any more."""

    @abstractmethod
    async def rest(self) -> None:
        """Return when nothing is under way at this moment."""

    async def do(self, person: Person, act: Callable[[], Awaitable[object]], seen: Callable[[], object]) -> None:
        """Somebody acts and sees what comes of it.

        When Slack says that it failed, or Andon was gone meanwhile, and nothing comes of it, they try again.
        """
        absences = self.absences
        await act()
        if person.error is None:
            try:
                await self.until(seen)
            except NeverSeen:
                if absences == self.absences:
                    raise
            else:
                return
        await self.rest()
        if not seen():
            await act()
            await self.until(seen)

    async def insist(self, person: Person, act: Callable[[], Awaitable[object]], seen: Callable[[], object]) -> None:
        """Somebody acts on a form until they see what they want; each time it fails they are told so."""
        while not seen():
            told = self._apologies(person)
            await self.do(person, act, lambda told=told: seen() or self._apologies(person) > told)

    def _apologies(self, person: Person) -> int:
        return sum(APOLOGY in seen.text for seen in person.direct_messages)

    def problems(self) -> list[str]:
        """What must not be there in the end, whatever the state is like."""
        stuck = [f"unfinished: {row}" for row in rows(self.database, UNFINISHED)]
        failed = [f"not carried out: {row}" for row in rows(self.database, FAILED)]
        return [*stuck, *failed, *(f"violation: {one}" for one in self.sandbox.violations)]


class Seen(Exception):
    """The clock need not move on."""


class Staged(World):
    """On the stage."""

    def __init__(self, stage: Stage, database: Path) -> None:
        super().__init__(stage.sandbox, database)
        self._stage = stage
        self._end = stage.now() + SPAN

    async def until(self, seen: Callable[[], object]) -> None:
        """Time moves on, from one due instant to the next, until it is seen."""

        def look() -> None:
            if seen():
                raise Seen

        try:
            await self._stage.until(self._end, look)
        except Seen:
            return
        raise NeverSeen(f"{seen.__qualname__} waited in vain")

    async def rest(self) -> None:
        """Time does not move on."""
        await self._stage.settle()

    async def quiet(self) -> None:
        """At the same instant in every run, so that they differ by nothing but what went wrong; or soon after it."""
        await self._stage.until(self._end)
        for _ in range(10):
            if not rows(self.database, UNFINISHED):
                break
            await self._stage.forward(seconds=5)
        self._end += SPAN


class Killable(World):
    """With the real program, on real time; ``absences`` counts how often it was away, which it is while not ``is_up``."""

    def __init__(self, sandbox: Sandbox, database: Path) -> None:
        super().__init__(sandbox, database)
        self.is_up = True

    async def until(self, seen: Callable[[], object]) -> None:
        """Wait until it is seen; once Andon was away, no longer than anything is under way."""
        quiet = 0
        async with asyncio.timeout(PATIENCE):
            while not seen():
                quiet = quiet + 1 if await self._is_quiet() and self.absences else 0
                if quiet > LOOKS:
                    raise NeverSeen(f"{seen.__qualname__} waited in vain")

    async def quiet(self, looks: int = LOOKS) -> None:
        """Nothing is owed or due, and nothing crosses the wire."""
        quiet = 0
        async with asyncio.timeout(PATIENCE):
            while quiet < looks:
                quiet = quiet + 1 if await self._is_quiet() else 0

    async def rest(self) -> None:
        """The same as being quiet, since nothing can be put off here."""
        await self.quiet()

    async def _is_quiet(self) -> bool:
        before = len(self.sandbox.traffic)
        await asyncio.sleep(GLANCE)
        await self._redeliver()
        await self.sandbox.delivery.settled()
        is_still = self.is_up and before == len(self.sandbox.traffic)
        return is_still and not rows(self.database, UNFINISHED) and not rows(self.database, DUE)

    async def _redeliver(self) -> None:
        """Slack sends again what nobody has acknowledged, sooner than it really would."""
        if not self.sandbox.sockets.connections:
            return
        for dispatch in self.sandbox.delivery.waiting:
            dispatch.due_at = self.sandbox.workspace.instant()
        await self.sandbox.delivery.redeliver_due()
