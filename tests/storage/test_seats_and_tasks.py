"""What seats and tasks rely on, on both databases: one person in a seat, one reminder per due instant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.incident import Phase, Role, Severity
from storage.database import Database
from storage.incidents import Incident
from storage.roles import RoleTenure, TenureState
from storage.store import Store
from storage.tasks import Task

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
LATE = NOW - timedelta(minutes=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A database with one incident."""
    database = Database(database_url)
    kept = Store(database)
    async with kept.begin() as unit:
        incident = Incident(
            declared_key="k",
            title="t",
            what_happened="t",
            severity=Severity.SEV2,
            declared_by="person:U1",
            declared_at=NOW,
        )
        unit.session.add_all([incident])
        await unit.session.flush()
    yield kept
    await database.dispose()


def tenure(user_id: str, role: Role, state: TenureState = TenureState.HELD) -> RoleTenure:
    """Somebody in a seat."""
    return RoleTenure(incident_id=1, role=role, user_id=user_id, state=state, given_by=f"person:{user_id}", from_at=NOW)


def task(number: int, **changes: object) -> Task:
    """A late task of Mateo's."""
    known = {"owner_id": "UMATEO", "due_at": LATE, "text": "check", "created_at": NOW, "created_by": "person:U1"}
    return Task(incident_id=1, number=number, given_by="person:U1", **(known | changes))  # type: ignore[arg-type]


async def test_a_seat_has_one_holder(store: Store) -> None:
    """The database itself refuses a second lead; technical may have several; history does not count."""
    async with store.begin() as unit:
        await unit.roles.add(tenure("UOLD", Role.LEAD, TenureState.ENDED))
        await unit.roles.add(tenure("ULENA", Role.LEAD))
        await unit.roles.add(tenure("UMATEO", Role.TECHNICAL))
        await unit.roles.add(tenure("UMINA", Role.TECHNICAL))
    with pytest.raises(IntegrityError):
        async with store.begin() as unit:
            await unit.roles.add(tenure("ULIAM", Role.LEAD))


async def test_several_workers_claim_a_late_task_once(store: Store) -> None:
    """However many look at once, each due instant is claimed by one of them; a new one can be claimed again."""
    async with store.begin() as unit:
        for number in range(1, 6):
            await unit.tasks.add(task(number))

    async def look() -> list[int]:
        async with store.begin() as unit:
            return [found.number for found in await unit.tasks.claim_overdue(NOW)]

    claimed = [number for found in await asyncio.gather(*(look() for _ in range(4))) for number in found]
    assert sorted(claimed) == [1, 2, 3, 4, 5]
    async with store.begin() as unit:
        first = await unit.tasks.by_number(1, 1)
        assert first is not None
        first.due_at = NOW
    assert await look() == [1]


async def test_what_is_not_claimed(store: Store) -> None:
    """Done, dropped, not due, without time; of nobody while nobody leads; and everything once the incident is closed."""
    async with store.begin() as unit:
        for number, changes in enumerate(
            (
                {"done_at": NOW},
                {"dropped_at": NOW},
                {"due_at": NOW + timedelta(minutes=1)},
                {"due_at": None},
                {"owner_id": None},
            ),
            1,
        ):
            await unit.tasks.add(task(number, **changes))
        assert await unit.tasks.claim_overdue(NOW) == []
        await unit.roles.add(tenure("ULENA", Role.LEAD))
        assert [found.number for found in await unit.tasks.claim_overdue(NOW)] == [5]
        await unit.tasks.add(task(6))
        incident = await unit.incidents.get(1)
        assert incident is not None
        incident.phase = Phase.CLOSED
        await unit.roles.keep()
        assert await unit.tasks.claim_overdue(NOW) == []


async def test_what_is_left_to_do_rests_with_its_incident(store: Store) -> None:
    """Closed, a late task is met by one look and by no other; the incident reopened, it reminds, also of before."""
    async with store.begin() as unit:
        incident = await unit.incidents.get(1)
        assert incident is not None
        await unit.tasks.add(task(1))
        await unit.tasks.add(task(2, due_at=NOW + timedelta(hours=1)))
        await unit.tasks.add(task(3, done_at=NOW, nudged_for=LATE))
        await unit.tasks.add(task(4, owner_id=None))
        assert [found.number for found in await unit.tasks.claim_overdue(NOW)] == [1]
        incident.phase = Phase.CLOSED
    for looks in range(2):
        async with store.begin() as unit:
            assert await unit.tasks.claim_overdue(NOW + timedelta(hours=2 + looks)) == []
            assert [found.nudged_for == found.due_at for found in await unit.tasks.of(1)] == [True] * 4
    async with store.begin() as unit:
        incident = await unit.incidents.get(1)
        assert incident is not None
        incident.phase = Phase.REVIEW
        await unit.tasks.take_up(1)
    async with store.begin() as unit:
        assert [found.number for found in await unit.tasks.claim_overdue(NOW + timedelta(hours=4))] == [1, 2]
