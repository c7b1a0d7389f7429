"""Seats for tests whose subject is not how people get them."""

from __future__ import annotations

from bot.domain.incident import Role
from bot.domain.people import Actor
from storage.roles import RoleTenure, TenureState
from tests.workshop import Workshop


async def seat(workshop: Workshop, incident_id: int, user_id: str, role: Role = Role.LEAD) -> Actor:
    """Somebody known to Slack who holds this role and has access."""
    actor = workshop.person(user_id)
    async with workshop.work() as unit:
        now = workshop.clock.now()
        tenure = RoleTenure(
            incident_id=incident_id,
            role=role,
            user_id=user_id,
            state=TenureState.HELD,
            from_at=now,
            given_by=str(actor),
        )
        await unit.roles.add(tenure)
        await unit.people.keep(workshop.chat.people[user_id], now)
        await unit.participants.let_in(incident_id, [user_id], now)
    return actor
