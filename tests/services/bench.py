"""A work bench for outbox workers: real database, a service whose methods do what the test says."""

from __future__ import annotations

import asyncio
import uuid
from types import SimpleNamespace
from typing import Any

from sqlmodel import select

from bot.domain.errors import ChatUnavailable
from bot.domain.events import CardPosted, ChannelOpened, Fact, IncidentDeclared, ProblemNoted
from bot.domain.incident import Severity
from bot.services.clock import SteerableClock
from bot.services.outbox import OutboxWorker
from bot.services.reaction import Attempt, Reaction
from bot.services.work import Work
from storage.database import Database
from storage.incidents import Incident
from storage.owed import OutboxRow
from storage.store import Store
from tests.clock import FRIDAY


class Bench:
    """A work bench with one service, ``hand``, whose methods do what the test says."""

    def __init__(self, database: Database, *, runs: bool = False) -> None:
        self.clock = SteerableClock(FRIDAY, runs=runs)
        self.store = Store(database)
        self.log: list[tuple[str, int, Attempt]] = []
        self.plan: dict[str, list[Exception]] = {}
        self.gate: asyncio.Event | None = None
        self.is_slack_up = True
        self.ran = asyncio.Event()
        table = {
            IncidentDeclared: (Reaction("hand.first", lane="a"),),
            ChannelOpened: (Reaction("hand.second", lane="a"), Reaction("hand.free")),
            CardPosted: (Reaction("hand.whole", lane="a", coalesce=True),),
            ProblemNoted: (),
        }
        self.work = Work(self.store, self.clock, table)
        self.worker = self.another_worker()

    def another_worker(self, at_once: int = 32) -> OutboxWorker:
        """One more replica on the same database."""
        hand = SimpleNamespace(**{name: self._method(name) for name in ("first", "second", "free", "whole")})
        services = SimpleNamespace(hand=hand, chat=SimpleNamespace(check=self._check))
        return OutboxWorker(self.work, services, at_once=at_once)

    async def _check(self) -> None:
        if not self.is_slack_up:
            raise ChatUnavailable("down")

    def _method(self, name: str) -> Any:
        async def run(fact: Fact, attempt: Attempt) -> None:
            self.log.append((name, fact.incident_id, attempt))
            self.ran.set()
            if self.gate is not None:
                await self.gate.wait()
            if self.plan.get(name):
                raise self.plan[name].pop(0)

        return run

    async def incident(self) -> int:
        """A bare incident."""
        async with self.work() as unit:
            key = uuid.uuid4().hex
            stored = Incident(
                declared_key=key,
                title="t",
                what_happened="t",
                severity=Severity.SEV2,
                declared_by="person:U1",
                declared_at=self.clock.now(),
            )
            unit.session.add_all([stored])
            await unit.session.flush()
        return stored.key

    async def tell(self, *facts: Fact) -> None:
        """Make facts true."""
        async with self.work() as unit:
            for fact in facts:
                unit.tell(fact)

    async def rows(self) -> list[OutboxRow]:
        """All rows."""
        async with self.store.read() as unit:
            return list((await unit.session.exec(select(OutboxRow).order_by(OutboxRow.id))).all())  # type: ignore[arg-type]

    def names(self) -> list[str]:
        """What ran, in order."""
        return [name for name, _, _ in self.log]
