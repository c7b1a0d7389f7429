"""What capture relies on, on PostgreSQL: the same statements, and two replicas that hear the same thing at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel

from bot.domain.incident import Severity
from bot.domain.messages import Reacted, Seen
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from storage.captures import Capture, Completeness
from storage.database import Database
from storage.incidents import Incident
from storage.store import Store

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
CHANNEL, TS = "C0123ABCD", "1700000000.000100"


@pytest.fixture
async def store(empty_postgres_url: str) -> AsyncIterator[Store]:
    """PostgreSQL with one incident and its channel."""
    database = Database(empty_postgres_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    kept = Store(database)
    async with kept.begin() as unit:
        incident = Incident(
            declared_key="k",
            title="t",
            what_happened="t",
            severity=Severity.SEV2,
            declared_by="person:U1",
            declared_at=NOW,
            channel_id=CHANNEL,
        )
        unit.session.add_all([incident])
        await unit.session.flush()
    yield kept
    await database.dispose()


async def test_two_replicas_hearing_one_message_keep_one(store: Store) -> None:
    """The same message, its edit and its reaction taken in by ten units at once are one record, and nobody fails."""
    first = Seen(CHANNEL, TS, "one", "U1")
    edited = Seen(CHANNEL, TS, "two", "U1", version="1700000050.000000")
    pin = Reacted(CHANNEL, TS, "pushpin", "U1", NOW, is_added=True)

    async def hear(number: int) -> None:
        async with store.begin() as unit:
            await unit.messages.take(1, [first, edited] if number % 2 else [edited, first], NOW)
            await unit.reactions.change(1, [pin])

    await asyncio.gather(*(hear(number) for number in range(10)))
    async with store.read() as unit:
        assert ["two"] == [row.text for row in await unit.messages.of(1)]
        assert ["one"] == [version.text for version in await unit.messages.versions_of(1)]
        assert 1 == len(await unit.reactions.of(1))
        assert Completeness(1, 0, 0, 1, 0, 0, 0, 0) == await unit.captures.completeness(1)


async def test_gaps_redaction_and_pages_mean_the_same_there(store: Store) -> None:
    """Noticing deletions, redacting, finding due channels and paging the timeline work as on SQLite."""
    async with store.begin() as unit:
        for incident_id, channel_id in await unit.captures.unwatched(NOW - timedelta(days=14)):
            await unit.captures.watch(
                [Capture(channel_id=channel_id, incident_id=incident_id, since_at=NOW, due_at=None)]
            )
        rows = await unit.messages.take(1, [Seen(CHANNEL, TS, "secret", "U1")], NOW)
        await unit.messages.redact(rows[TS], by="person:U1", reason="r", at=NOW)
        for number in range(3):
            unit.timeline.note(1, EntryKind.NOTE, f"note {number}", by=ANDON, at=NOW)
    async with store.begin() as unit:
        gone = await unit.messages.mark_gone(
            CHANNEL, thread_ts=None, above="0", below=None, present=[], recorded_before=NOW + timedelta(1), at=NOW
        )
        await unit.captures.want_all(NOW, NOW - timedelta(days=14))
        due = await unit.captures.due(NOW, 10)
        newest = await unit.timeline.page(1, before_id=None, limit=2)
        older = await unit.timeline.page(1, before_id=newest[0].id, limit=2)
    assert 1 == gone
    assert [CHANNEL] == [capture.channel_id for capture, _, _ in due]
    assert (["note 1", "note 2"], ["note 0"]) == ([e.text for e in newest], [e.text for e in older])
