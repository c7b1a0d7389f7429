"""Reviews and action items on both databases: what is typed, and who plans a reminder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.incident import Severity
from bot.domain.postmortem import ActionKind
from storage.action_items import ActionItem
from storage.database import Database
from storage.incidents import Incident
from storage.store import Store

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


async def incident(store: Store) -> int:
    """A bare incident."""
    async with store.begin() as unit:
        made = Incident(
            declared_key="k",
            title="t",
            what_happened="t",
            severity=Severity.SEV2,
            declared_by="person:U1",
            declared_at=NOW,
        )
        unit.session.add_all([made])
        await unit.session.flush()
    return made.key


async def test_what_is_typed_takes_the_place_of_what_was(database_url: str) -> None:
    """One text for each person and field; what is saved is forgotten, and nobody else's."""
    database = Database(database_url)
    store = Store(database)
    number = await incident(store)
    for user_id, texts in (("U1", {"impact": "a", "summary": "b"}), ("U2", {"impact": "c"}), ("U1", {"impact": "d"})):
        async with store.begin() as unit:
            await unit.reviews.keep_typed(number, user_id, texts, NOW)
    async with store.begin() as unit:
        typed = {field: draft.text for field, draft in (await unit.reviews.typed(number, "U1")).items()}
        await unit.reviews.forget_typed(number, "U1", ["impact"])
    assert typed == {"impact": "d", "summary": "b"}
    async with store.read() as unit:
        assert {(one.user_id, one.field) for one in await unit.reviews.unsaved(number)} == {
            ("U1", "summary"),
            ("U2", "impact"),
        }
    await database.dispose()


async def test_a_reminder_is_planned_by_one(database_url: str) -> None:
    """Two lookers that saw the same item: the second finds it planned; what is done is planned by nobody."""
    database = Database(database_url)
    store = Store(database)
    number = await incident(store)
    async with store.begin() as unit:
        item = ActionItem(
            incident_id=number,
            text="t",
            kind=ActionKind.DETECT,
            owner_id="U1",
            due_at=NOW,
            added_by="person:U1",
            added_at=NOW,
        )
        await unit.action_items.add(item)
        assert [item.key] == list(await unit.action_items.due(NOW))
    later = NOW + timedelta(days=1)
    planned = []
    for _ in range(2):
        async with store.begin() as unit:
            planned.append(await unit.action_items.plan(item.key, None, later))
    assert planned == [True, False]
    async with store.begin() as unit:
        assert [] == list(await unit.action_items.due(NOW)) != list(await unit.action_items.due(later))
        found = await unit.action_items.get(item.key)
        assert found is not None
        found.done_at = NOW
    async with store.begin() as unit:
        assert [] == list(await unit.action_items.due(later))
        assert not await unit.action_items.plan(item.key, later, later)
    await database.dispose()
