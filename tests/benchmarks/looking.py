"""Looking: what each scheduled tick costs with very many open incidents, with nothing due and with a little."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, text, update
from sqlmodel import col, select

from bot.jobs.ticks import ticks
from bot.stage import Stage, staged
from storage import schema
from storage.escalations import EscalationStep
from storage.incidents import Incident
from tests.benchmarks.crowd import FIRST, crowd
from tests.benchmarks.rows import Goal, Row, median
from tests.clock import FRIDAY
from tests.databases import address_of, database, installed_server

FEW, MANY, DUE = 100, 10_000, 50
AT_MOST_TWICE = Goal("<=", 2.0, "ratio")
Look = Callable[[], Awaitable[object]]


async def measure(runs: int = 15) -> AsyncIterator[Row]:
    """Each tick among many incidents, beside the same among few, on both engines."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        urls = (f"sqlite:///{one}/andon.db", f"sqlite:///{other}/andon.db")
        async for row in compared("SQLite", urls, FEW, MANY, runs):
            yield row
    with installed_server(is_durable=True) as server, database(server) as one, database(server) as other:
        async for row in compared("PostgreSQL", (address_of(server, one), address_of(server, other)), FEW, MANY, runs):
            yield row


async def compared(engine: str, urls: tuple[str, str], few: int, many: int, runs: int) -> AsyncIterator[Row]:
    """The rows of one engine; the urls are of two empty databases."""
    async with _crowded(urls[0], few) as small, _crowded(urls[1], many) as large:
        name = f"{many:,} open incidents, {engine}"
        waiting = await _waiting(large), await _waiting(small)
        yield Row(f"waiting steps of {name}", waiting[0], "count", floor=waiting[1])
        for (tick, mine), theirs in zip(_looks(large).items(), _looks(small).values(), strict=True):
            pairs = [(await _cost(mine), await _cost(theirs)) for _ in range(runs)]
            yield _row(f"tick {tick}, {name}", pairs)
        due = min(few // 2, DUE)
        pairs = [
            (await _cost_of_due(large, due, run), await _cost_of_due(small, due, run))
            for run in range(max(1, runs // 5))
        ]
        yield _row(f"tick escalations, {due} due, {name}", pairs)


@asynccontextmanager
async def _crowded(url: str, count: int) -> AsyncIterator[Stage]:
    """So many open incidents, an hour old and at rest; nothing looks by itself."""
    await schema.upgrade(url)
    with tempfile.TemporaryDirectory() as directory:
        async with staged(Path(directory), start=FRIDAY, database_url=url) as stage:
            rae = stage.person("rae")
            await rae.types("support", "/incident now The one that all are copies of")
            await stage.forward(minutes=4)
            await crowd(stage.andon.database, 1, count - 1)
            async with stage.andon.database.session() as session:
                hour_ago = stage.now() - timedelta(hours=1)
                await session.exec(update(Incident).values(declared_at=hour_ago))
                if not stage.andon.database.is_sqlite:  # what its autovacuum does by itself before long
                    await session.exec(text("ANALYZE"))  # type: ignore[call-overload]
            await stage.settle()
            yield stage


def _looks(stage: Stage) -> dict[str, Look]:
    """Every tick that looks into the database, and the outbox's own look."""
    looks: dict[str, Look] = {tick.name: tick.look for tick in ticks(stage.andon.services) if tick.name != "directory"}
    return looks | {"outbox": stage.andon.outbox.drain}


async def _waiting(stage: Stage) -> int:
    async with stage.andon.database.session(read_only=True) as session:
        waiting = select(func.count()).where(col(EscalationStep.next_look_at).is_not(None))
        return (await session.exec(waiting)).one()


async def _cost_of_due(stage: Stage, count: int, run: int) -> float:
    """A look at one step each of so many incidents; each run takes another of their steps."""
    async with stage.andon.database.session() as session:
        steps = select(EscalationStep).where(
            col(EscalationStep.incident_id).between(FIRST, FIRST + count - 1),
            col(EscalationStep.next_look_at).is_not(None),
        )
        by_incident: dict[int, list[int]] = {}
        for step in (await session.exec(steps.order_by(col(EscalationStep.id)))).all():
            by_incident.setdefault(step.incident_id, []).append(step.number)
        due = [numbers[run % len(numbers)] for numbers in by_incident.values()]
        now = stage.now()
        await session.exec(update(EscalationStep).where(col(EscalationStep.id).in_(due)).values(next_look_at=now))
    return await _cost(_looks(stage)["escalations"])


async def _cost(look: Look) -> float:
    started = time.perf_counter()
    await look()
    return time.perf_counter() - started


def _row(name: str, pairs: list[tuple[float, float]]) -> Row:
    ours, floor = (median(pair[side] for pair in pairs) for side in (0, 1))
    return Row(name, ours * 1000, "ms", len(pairs), floor * 1000, AT_MOST_TWICE)
