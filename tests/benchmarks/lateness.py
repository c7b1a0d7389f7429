"""Lateness: a thousand steps that fall due within one minute, each a direct message to an executive."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update
from sqlmodel import col, select

from bot.domain.escalation import RungKind
from bot.sandbox import seed
from bot.sandbox.traffic import Entry
from storage.captures import Capture
from storage.database import Database
from storage.escalations import EscalationStep
from storage.incidents import Incident
from storage.participants import Participant
from tests.benchmarks.crowd import FIRST, channel_id, crowd
from tests.benchmarks.declaring import Declared, declare
from tests.benchmarks.rows import Goal, Row, percentile
from tests.benchmarks.script import Script, Timed
from tests.benchmarks.sides import Side, andon, floor

MINUTE = timedelta(minutes=1)
LEAD = timedelta(seconds=8)  # to start, and to come to rest, before the first is due


async def measure(count: int = 1_000) -> AsyncIterator[Row]:
    """From each step's due instant to the arrival of its message, beside a bare program that sets a timer for each."""
    async with andon() as ours:
        declared = await declare(ours, "the one that all are copies of")
        await ours.program.stop()
        due = await _prepare(ours, declared.usable[0].answer["channel"]["id"], count)
        ours.sandbox.traffic.clear()
        await ours.program.start()
        async with floor(Script(timed=[_timed(declared, number, at) for number, at in due.items()])) as bare:
            await asyncio.sleep((max(due.values()) - datetime.now(UTC)).total_seconds())
            for side in (ours, bare):
                await side.done(lambda side=side: len(_arrived(side)) >= count)
            mine, theirs = (_late(side, due) for side in (ours, bare))
    name = f"lateness of {count:,} steps due in one minute"
    for label, share, goal in (("p50", 0.5, None), ("p99", 0.99, Goal("<=", 1000)), ("max", 1.0, None)):
        yield Row(f"{name}: {label}", percentile(mine, share), "ms", len(mine), percentile(theirs, share), goal)
    yield Row(f"{name}: not asked exactly once", _wrong(ours, due), "count", count, goal=Goal("<=", 0))


async def _prepare(side: Side, channel: str, count: int) -> dict[int, datetime]:
    """A crowd whose only steps are these; when each is due, by the number of its incident."""
    _add_channels(side, channel, count)
    database = Database(f"sqlite:///{side.directory / 'andon.db'}")
    try:
        await crowd(database, 1, count, kinds=(Incident, Participant, Capture))
        async with database.session() as session:
            of_executives = select(EscalationStep).where(col(EscalationStep.kind) == RungKind.EXECUTIVE)
            step = (await session.exec(of_executives)).first()
            assert step is not None
            await session.exec(update(EscalationStep).values(next_look_at=None))
            start = datetime.now(UTC) + LEAD
            due = {FIRST + number: start + number * MINUTE / count for number in range(count)}
            rows = [_step(step, number, instant) for number, instant in due.items()]
            await session.exec(insert(EscalationStep), params=rows)
    finally:
        await database.dispose()
    return due


def _add_channels(side: Side, template: str, count: int) -> None:
    workspace = side.sandbox.workspace
    like = workspace.channels[template]
    for number in range(FIRST, FIRST + count):
        copy = replace(like, id=channel_id(template, number), name=f"{like.name[:60]}-{number}")
        workspace.channels[copy.id] = copy


def _step(template: EscalationStep, number: int, instant: datetime) -> dict[str, object]:
    plan = template.plan | {"due_at": instant.isoformat()}
    again = {"incident_id": number, "due_at": instant, "next_look_at": instant, "plan": plan}
    return template.model_dump(exclude={"id"}) | again


def _timed(declared: Declared, number: int, at: datetime) -> Timed:
    """What the ladder asked of a person, as it would be asked of an executive for another incident."""
    asks = (e for e in declared.calls if e.name == "chat.postMessage" and e.args["channel"].startswith(("D", "U")))
    args = json.dumps({**next(asks).args, "channel": seed.INES})
    return Timed(at.timestamp(), "chat.postMessage", re.sub(r"AI-\d+", f"AI-{number}", args))


def _asks(side: Side) -> list[tuple[int, Entry]]:
    """Direct messages that were taken, by the incident they name."""
    calls = [entry for entry in side.sandbox.traffic.calls("chat.postMessage") if entry.ok]
    found = [(re.search(r"AI-(\d+)", str(entry.args)), entry) for entry in calls]
    return [(int(named[1]), entry) for named, entry in found if named]


def _arrived(side: Side) -> dict[int, datetime]:
    return {number: entry.at for number, entry in reversed(_asks(side)) if number >= FIRST}


def _late(side: Side, due: dict[int, datetime]) -> list[float]:
    """Milliseconds."""
    return [(at - due[number]).total_seconds() * 1000 for number, at in _arrived(side).items()]


def _wrong(side: Side, due: dict[int, datetime]) -> int:
    asked = Counter(number for number, _ in _asks(side))
    return sum(1 for number in due if asked[number] != 1)
