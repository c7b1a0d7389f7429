"""The SQL condition of what a person may see is the twin of the rule in the domain."""

from __future__ import annotations

import random
from pathlib import Path

from sqlmodel import SQLModel, select

from bot.domain.incident import Role, Severity
from bot.domain.people import Actor
from bot.domain.permissions import may_see
from bot.services.access import Access
from storage.cards import visible_to
from storage.database import Database
from storage.incidents import Incident
from storage.participants import Participant
from storage.roles import RoleTenure, TenureState
from storage.store import Store, Unit
from tests.clock import FRIDAY

PEOPLE = ("UANN", "UBEA", "UCARA")
INCIDENTS = 60


async def random_world(unit: Unit, seed: int) -> None:
    """Incidents, public and private, with every combination of ties that can come about."""
    chance = random.Random(seed)
    for number in range(INCIDENTS):
        incident = Incident(
            declared_key=f"{seed}-{number}",
            title="t",
            what_happened="t",
            severity=Severity.SEV2,
            is_private=chance.random() < 0.7,
            declared_by=str(Actor.person(chance.choice(PEOPLE))),
            declared_at=FRIDAY,
        )
        unit.session.add_all([incident])
        await unit.session.flush()
        for user_id in PEOPLE:
            if chance.random() < 0.4:
                tie = {"has_access": chance.random() < 0.5, "is_following": chance.random() < 0.5}
                unit.session.add(Participant(incident_id=incident.key, user_id=user_id, since_at=FRIDAY, **tie))
            if chance.random() < 0.4:
                state, role = chance.choice(list(TenureState)), chance.choice(list(Role))
                tenure = RoleTenure(
                    incident_id=incident.key, role=role, user_id=user_id, state=state, given_by="bot:andon"
                )
                await unit.roles.add(tenure)


async def test_the_query_sees_what_the_rule_allows(tmp_path: Path) -> None:
    """For every person and incident, the list's condition and the permissions agree: following alone opens nothing."""
    database = Database(f"sqlite:///{tmp_path}/andon.db")
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    access, store = Access(()), Store(database)
    async with store.begin() as unit:
        await random_world(unit, seed=7)
    async with store.read() as unit:
        incidents = (await unit.session.exec(select(Incident))).all()
        for user_id in PEOPLE:
            shown = set((await unit.session.exec(select(Incident.id).where(visible_to(user_id)))).all())
            allowed = {
                incident.id
                for incident in incidents
                if may_see(incident.is_private, await access.standings(unit, incident, Actor.person(user_id)))
            }
            assert shown == allowed
            assert 0 < len(shown) < INCIDENTS
    await database.dispose()
