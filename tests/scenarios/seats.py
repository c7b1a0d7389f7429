"""Seats for scenarios whose subject is not how people get them."""

from __future__ import annotations

from bot.domain.incident import Role
from bot.domain.people import Actor
from bot.sandbox.people import Person
from storage.roles import RoleTenure, TenureState
from tests.office import Office


async def seat(office: Office, handle: str, number: int = 1, role: str = "lead") -> Person:
    """Somebody of the cast who holds this role and is in the channel."""
    person, channel = office.person(handle), await office.channel(number)
    now = office.clock.now()
    async with office.store.begin() as unit:
        tenure = RoleTenure(
            incident_id=number,
            role=Role(role),
            user_id=person.id,
            state=TenureState.HELD,
            from_at=now,
            given_by=str(Actor.person(person.id)),
        )
        await unit.roles.add(tenure)
        await unit.participants.let_in(number, [person.id], now)
    if person.id not in office.sandbox.channel(channel).members:
        await person.joins(channel)
    await office.settle()
    return person
