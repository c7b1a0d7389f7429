"""What looks are found by: indexes of what is due, on both databases, and rows of a version that knew none of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, inspect, text

from bot.domain.incident import ChannelState, Phase, Severity
from bot.jobs.ticks import ticks
from storage import migrating, schema
from storage.audits import WHOLE, Part
from storage.captures import Capture
from storage.database import Database
from storage.incidents import Incident
from storage.store import Store
from tests.workshop import Workshop, on_database

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
# A day's worth, each row of which changes with every call to Slack; and the latest thousand only.
READ_WHOLE = {"paces", "escalation_asks"}
FOUND_BY = {
    "escalations": ["ix_escalation_steps_due (next_look_at<?"],
    "auditor": [
        "ix_incidents_open (id>?",
        "ix_incidents_bare (declared_at<?",
        "ix_outbox_due (state=?",
        "ix_obligations_silent (incident_id>?",
    ],
    "clocks": ["ix_obligations_waiting (remind_at"],
    "tasks": ["ix_tasks_unsaid (due_at<?"],
    "texts": ["ix_incidents_unplanned (id>?", "ix_text_clocks_waiting (look_at<?"],
    "briefs": ["ix_brief_hours_next_at (next_at<?"],
    "sweep": ["ix_outbox_due (state=? AND due_at<?", "ix_drafts_kept_at (kept_at<?"],
    "backfill": ["ix_captures_due_at (due_at<?"],
}
OLD_COLUMNS = "channel_id, incident_id, since_at, run, is_running, owed"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A database with the current schema."""
    database = Database(database_url)
    yield Store(database)
    await database.dispose()


@pytest.fixture
async def workshop(database_url: str) -> AsyncIterator[Workshop]:
    """Services on either database."""
    async with on_database(database_url) as opened:
        yield opened


def incident(number: int, phase: Phase = Phase.TRIAGE, **more: Any) -> Incident:
    """One that lacks nothing but what is said."""
    known = {
        "declared_key": f"k{number}",
        "title": "t",
        "what_happened": "w",
        "severity": Severity.SEV3,
        "declared_by": "person:U1",
        "declared_at": NOW,
        "closed_at": NOW if phase is Phase.CLOSED else None,
        "channel_id": f"C{number}",
        "channel_state": ChannelState.OPEN,
        "card_ts": "1",
    }
    return Incident(id=number, phase=phase, **(known | more))


async def test_looks_read_no_table(workshop: Workshop) -> None:
    """Every look finds what it looks for by an index, so that it costs what is due and not what there is."""
    await workshop.declare(severity=Severity.SEV1)
    for tick in ticks(workshop.services):
        asked: list[tuple[str, Any]] = []
        with listening(workshop.database, asked):
            await tick.look()
        plan = [step for statement, values in asked for step in await steps(workshop, statement, values)]
        if tick.name in FOUND_BY:
            assert set() == read_whole(plan) - READ_WHOLE, plan
            for index in FOUND_BY[tick.name]:
                wanted = index if workshop.database.is_sqlite else f"{index.split()[0]} "
                assert any(wanted in step for step in plan), (wanted, plan)


async def test_steps_nobody_can_read_are_few_among_many(workshop: Workshop) -> None:
    """What every scrape of the metrics asks for reads no ladder."""
    await workshop.declare(severity=Severity.SEV1)
    asked: list[tuple[str, Any]] = []
    with listening(workshop.database, asked):
        async with workshop.work.read() as unit:
            assert [] == await unit.audits.unreadable_steps()
    ((statement, values),) = asked
    plan = await steps(workshop, statement, values)
    assert any("ix_escalation_steps_unreadable" in step for step in plan), plan


@contextmanager
def listening(database: Database, asked: list[tuple[str, Any]]) -> Iterator[None]:
    """What is asked of the database meanwhile, inserts apart."""

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and not many:
            asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def steps(workshop: Workshop, statement: str, values: Any) -> list[str]:
    """What the database does to carry out this statement."""
    is_sqlite = workshop.database.is_sqlite
    async with workshop.database.session() as session:
        connection = await session.connection()
        if not is_sqlite:  # tables this small are read whole unless that is forbidden
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        plan = (await connection.exec_driver_sql(f"{explain} {statement}", values)).all()
    return [str(row[-1]).strip().removeprefix("->").strip() for row in plan]


def read_whole(plan: list[str]) -> set[str]:
    """The tables that are read from their first row to the last; parts of the statement itself are none."""
    seen = [found[1] for step in plan if (found := re.match(r"(?:SCAN|Seq Scan on) (\w+)", step))]
    return {name for name in seen if not name.startswith(("anon_", "CONSTANT"))}


@pytest.mark.parametrize("count", range(7))
async def test_parts_go_round(store: Store, count: int) -> None:
    """Part after part meets every open incident once, then the first again; closed ones between them do not count."""
    numbers = [number * 3 for number in range(1, count + 1)]
    async with store.begin() as unit:
        unit.session.add_all([incident(number, next_update_at=None, severity=Severity.SEV1) for number in numbers])
        unit.session.add_all([incident(number * 3 + 1, Phase.CLOSED) for number in range(9)])
    met: list[int] = []
    after = 0
    async with store.read() as unit:
        for _ in range(max(1, -(-count // 2))):
            part = await unit.audits.part(after, 2)
            found = await unit.audits.promiseless(part, NOW + timedelta(minutes=5))
            assert len(found) <= 2
            met += found
            after = part.upto or 0
        assert (0, numbers) == (after, met)
        assert numbers == await unit.audits.promiseless(WHOLE, NOW + timedelta(minutes=5))
        assert [] == await unit.audits.unwatched(Part(0, 2), NOW + timedelta(minutes=5))


async def test_what_lacks_channel_or_card_is_found_wherever_it_is(store: Store) -> None:
    """Without a channel or a card, open and not refused."""
    lacking = [
        incident(1, channel_state=ChannelState.WANTED, channel_id=None, card_ts=None),
        incident(2, card_ts=None),
        incident(3),
        incident(4, channel_state=ChannelState.REFUSED, channel_id=None, card_ts=None),
        incident(5, Phase.CLOSED, card_ts=None),
        incident(6, card_ts=None, declared_at=NOW + timedelta(minutes=9)),
    ]
    async with store.begin() as unit:
        unit.session.add_all(lacking)
    async with store.read() as unit:
        assert [1, 2] == await unit.audits.unfurnished(NOW + timedelta(minutes=2))


async def test_a_row_of_the_version_before_is_looked_at_at_once(store: Store) -> None:
    """A replica of it watches a channel without saying when to look again."""
    async with store.begin() as unit:
        unit.session.add_all([incident(1)])
        values = "VALUES ('C1', 1, '2026-11-20 16:30:00', 0, false, '[]')"
        await unit.session.exec(text(f"INSERT INTO captures ({OLD_COLUMNS}) {values}"))  # type: ignore[call-overload]
    async with store.begin() as unit:
        assert ["C1"] == [capture.channel_id for capture, _, _ in await unit.captures.due(NOW, 5)]
        assert [] == await unit.audits.unheard(WHOLE)


async def test_channels_that_nobody_will_look_at_are_found(store: Store) -> None:
    """Open ones without a capture, and those whose look was called off."""
    async with store.begin() as unit:
        unit.session.add_all([incident(1), incident(2), incident(3), incident(4, Phase.CLOSED), incident(5)])
        rows = [(1, None), (2, NOW), (4, None)]
        await unit.captures.watch(
            [Capture(channel_id=f"C{n}", incident_id=n, since_at=NOW, due_at=at) for n, at in rows]
        )
    async with store.read() as unit:
        assert [1, 3, 5] == await unit.audits.unheard(WHOLE)
        assert [3] == await unit.audits.unheard(Part(1, 4))


async def test_what_was_captured_before_the_upgrade_is_looked_at(database_url: str) -> None:
    """Channels of open incidents at once; those of closed ones rest, since every start wants what is still wanted."""
    migrate(database_url, "downgrade", "0002")
    engine = create_engine(schema._sync_url(database_url))
    store = Store(Database(database_url))
    with engine.begin() as connection:
        for number, phase in ((1, "triage"), (2, "closed")):
            connection.execute(_old_incident(connection, number, phase))
            values = f"VALUES ('C{number}', {number}, '2026-11-20 16:30:00', 0, false, '[]')"
            connection.execute(text(f"INSERT INTO captures ({OLD_COLUMNS}) {values}"))
    engine.dispose()
    migrate(database_url, "upgrade", "head")
    async with store.begin() as unit:
        assert ["C1"] == [capture.channel_id for capture, _, _ in await unit.captures.due(NOW, 5)]
    await store.database.dispose()


def migrate(url: str, work: str, to: str) -> None:
    """Move the schema."""
    engine = create_engine(schema._sync_url(url))
    with engine.connect() as connection:
        migrating.run(connection, work, to)
    engine.dispose()


def _old_incident(connection: Connection, number: int, phase: str) -> Any:
    there = {column["name"] for column in inspect(connection).get_columns("incidents")}
    values = {name: value for name, value in incident(number, Phase(phase)).model_dump().items() if name in there}
    return Incident.__table__.insert().values(**values)  # type: ignore[attr-defined]
