"""The office: a whole company on a sandbox Slack with the real Andon installed, and time that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.people import Person
from bot.stage import Stage, staged
from storage.incidents import Incident
from storage.store import Store
from tests.clock import FRIDAY


class Office:
    """People, a clock, and what Andon remembers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sandbox, self.andon, self.clock = stage.sandbox, stage.andon, stage.clock
        self.services = stage.andon.services
        self.settle, self.forward = stage.settle, stage.forward
        self.store = Store(stage.andon.database)

    def person(self, handle: str) -> Person:
        """Somebody of the cast by handle, ``rae`` or ``lena``."""
        return self.stage.person(handle)

    async def incident(self, number: int = 1) -> Incident:
        """What is stored of an incident."""
        async with self.store.read() as unit:
            found = await unit.incidents.get(number)
        assert found is not None, f"there is no incident {number}"
        return found

    async def channel(self, number: int = 1) -> str:
        """The name of an incident's channel."""
        name = (await self.incident(number)).channel_name
        assert name is not None, f"incident {number} has no channel"
        return name

    async def declare(self, text: str = "The shop bot gives 99% off", by: str = "rae", **answers: str) -> str:
        """Somebody declares through the form; the name of the channel that opens."""
        person = self.person(by)
        await person.types("support", "/incident " + text)
        await self.settle()
        await person.fills(**answers)
        await person.submits()
        await self.settle()
        async with self.store.read() as unit:
            newest = max((await unit.incidents.open_ones()), key=lambda incident: incident.key)
        assert newest.channel_name, "the incident has no channel"
        return newest.channel_name


@asynccontextmanager
async def open_office(directory: Path, database_url: str = "", *, limits: bool = False) -> AsyncIterator[Office]:
    """An office on a fresh database; at the end Andon must have behaved as Slack demands, with or without its limits."""
    async with staged(directory, start=FRIDAY, database_url=database_url, limits=limits) as stage:
        yield Office(stage)
        await stage.settle()
        assert stage.sandbox.violations == []
