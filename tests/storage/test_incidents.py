"""New incidents as rows, on both databases: numbered as they came, and none of them when one was there already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.incident import ChannelState, IncidentType, Phase, Severity
from storage.database import Database
from storage.incidents import Incident, TakenMeanwhile
from storage.store import Store
from tests.clock import FRIDAY

MANY = 200


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A database with the current schema."""
    database = Database(database_url)
    yield Store(database)
    await database.dispose()


def row(key: str) -> dict[str, Any]:
    """What has no default."""
    return {
        "declared_key": key,
        "title": key,
        "what_happened": "w",
        "severity": Severity.SEV3,
        "declared_by": "person:U1",
        "declared_at": FRIDAY,
    }


async def test_a_burst_is_numbered_as_it_came(store: Store) -> None:
    """As many as are taken at once; what is not said is as a new incident has it."""
    keys = [f"key {number * 7919 % MANY}" for number in range(MANY)]
    async with store.begin() as unit:
        added = await unit.incidents.add_all([row(key) for key in keys])
    assert keys == sorted(added, key=lambda key: added[key].key)
    one = added[keys[0]]
    assert (IncidentType.UNSURE, Phase.TRIAGE, ChannelState.WANTED) == (one.type, one.phase, one.channel_state)
    assert ([], {}, False, None) == (one.secondary_types, one.facts, one.is_drill, one.closed_at)


async def test_none_is_kept_when_one_was_there_already(store: Store) -> None:
    """Whoever comes second is told, and leaves nothing."""
    async with store.begin() as unit:
        await unit.incidents.add_all([row("first")])
    with pytest.raises(TakenMeanwhile):
        async with store.begin() as unit:
            await unit.incidents.add_all([row("second"), row("first")])
    async with store.read() as unit:
        assert ["first"] == list((await unit.session.exec(select(col(Incident.declared_key)))).all())
