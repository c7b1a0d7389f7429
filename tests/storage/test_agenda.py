"""The agenda knows every instant that something waits for, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Column, Integer, Table, insert, update
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.domain.incident import IncidentType, Phase, Severity
from storage.agenda import Agenda
from storage.columns import JsonObject
from storage.database import Database
from storage.store import Store, Unit
from tests.storage.test_looks import incident

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
INSTANTS = (
    "escalation_steps.next_look_at",
    "containment_runs.due_at",
    "text_clocks.look_at",
    "obligations.remind_at",
    "reports.due_at",
    "brief_hours.next_at",
    "alert_groups.due_at",
    "tasks.due_at",
    "playbook_steps.due_at",
    "action_items.chase_at",
)


@pytest.fixture
async def unit(database_url: str) -> AsyncIterator[Unit]:
    """A unit on a database with the current schema and no rows."""
    database = Database(database_url)
    async with Store(database).begin() as opened:
        yield opened
    await database.dispose()


@pytest.mark.parametrize("instant", INSTANTS)
async def test_each_is_looked_at_when_it_is_due(unit: Unit, instant: str) -> None:
    """Not before its instant, which is the next one; from then on until the look has moved it."""
    name, _, column = instant.partition(".")
    unit.session.add(incident(1, Phase.CLOSED))
    await unit.session.flush()
    table = SQLModel.metadata.tables[name]
    await (await unit.session.connection()).execute(insert(table).values(row(table) | {column: LATER}))
    agenda = Agenda(unit.session)
    assert (await agenda.next_after(NOW), await agenda.is_to_be_looked_at(NOW)) == (LATER, False)
    assert (await agenda.next_after(LATER), await agenda.is_to_be_looked_at(LATER)) == (None, True)
    if table.columns[column].nullable and name != "action_items":
        await (await unit.session.connection()).execute(update(table).values({column: None}))
        assert not await agenda.is_to_be_looked_at(LATER)


@pytest.mark.parametrize("unplanned", ["incidents.texts_for", "action_items.chase_at"])
async def test_what_was_never_planned_is_looked_at_now(unit: Unit, unplanned: str) -> None:
    """Texts of an incident that changed, and an item somebody has just promised."""
    name, _, column = unplanned.partition(".")
    unit.session.add(incident(1, texts_for=f"{Severity.SEV3} {IncidentType.UNSURE}"))
    await unit.session.flush()
    agenda = Agenda(unit.session)
    assert not await agenda.is_to_be_looked_at(NOW)
    table = SQLModel.metadata.tables[name]
    if name == "incidents":
        await (await unit.session.connection()).execute(update(table).values({column: None}))
    else:
        promised = {"owner_id": "U1", "due_at": LATER, column: None}
        await (await unit.session.connection()).execute(insert(table).values(row(table) | promised))
    assert await agenda.is_to_be_looked_at(NOW)


def row(table: Table) -> dict[str, Any]:
    """The least that a row of it has to say."""
    return {column.name: _least(column) for column in table.columns if not column.nullable and not column.default}


def _least(column: Column[Any]) -> Any:
    words: type[Any] = getattr(column.type, "kind", object)
    if issubclass(words, StrEnum):
        return next(iter(words))
    least = {UTCDateTime: NOW, Integer: 1, JsonObject: {}}
    return least.get(type(column.type), "x")
