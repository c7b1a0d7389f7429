"""Services on a real SQLite file with a fake chat and a steered clock: for tests of rules and services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import SQLModel, create_engine

from bot.domain.declaration import Declaration
from bot.domain.people import Actor, Profile
from bot.services.choices import Choices
from bot.services.clock import SteerableClock
from bot.services.container import Services
from bot.services.outbox import OutboxWorker
from bot.services.work import Work
from playbooks.library import Library
from storage.database import Database
from storage.store import Store
from tests.clock import FRIDAY
from tests.fakes import FakeChat


class Workshop:
    """A whole Andon without Slack: ``services``, ``chat``, ``clock``, and ``settle()`` to run what is owed."""

    def __init__(self, database: Database, library: Library, *, announce: str = "") -> None:
        self.database = database
        self.clock = SteerableClock(FRIDAY)
        self.chat = FakeChat()
        self.work = Work(Store(database), self.clock)
        here = database.url.database or "andon.db"
        files = str(Path(here).with_name("andon-evidence")) if database.is_sqlite else f"memory://{here}"
        choices = Choices(admins=("UADMIN",), announce=announce, evidence=files)
        self.services = Services(self.work, self.chat, library, choices)
        self.outbox = OutboxWorker(self.work, self.services)

    def person(self, user_id: str, name: str = "", **about: object) -> Actor:
        """Somebody known to Slack."""
        self.chat.people[user_id] = Profile(user_id, name or user_id.title(), **about)  # type: ignore[arg-type]
        return Actor.person(user_id)

    async def declare(self, text: str = "The shop bot gives 99% off", by: str = "URAE", **answers: object) -> int:
        """An incident, settled; its number."""
        if by not in self.chat.people:
            self.person(by)
        declaration = Declaration(text, **answers)  # type: ignore[arg-type]
        key = f"test-{len(self.chat.calls)}-{text}"
        declared = await self.services.incidents.declare(declaration, by=Actor.person(by), key=key)
        await self.settle()
        return declared.summary.incident_id

    async def settle(self) -> None:
        """Run everything owed and due."""
        await self.outbox.drain()


@asynccontextmanager
async def open_workshop(directory: Path, *, announce: str = "") -> AsyncIterator[Workshop]:
    """A workshop on a fresh database."""
    file = directory / "andon.db"
    file.write_bytes(_empty())
    async with on_database(f"sqlite:///{file}", announce=announce) as workshop:
        yield workshop


@cache
def _shipped() -> Library:
    return Library.load(None)


@cache
def _empty() -> bytes:
    """A SQLite file with every table and no rows; to make one takes longer than most tests."""
    with TemporaryDirectory() as directory:
        file = Path(directory, "andon.db")
        engine = create_engine(f"sqlite:///{file}")
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


@asynccontextmanager
async def on_database(url: str, *, announce: str = "") -> AsyncIterator[Workshop]:
    """A workshop on a database that has the schema; several on one are replicas."""
    database = Database(url)
    try:
        yield Workshop(database, _shipped(), announce=announce)
    finally:
        await database.dispose()
