"""Declaring many at once, twice, and on two replicas: each submission is one incident, and each is prepared once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.declaration import Declaration
from bot.domain.errors import BadInput
from bot.domain.events import IncidentDeclared
from bot.domain.incident import Role, Severity
from bot.domain.people import Actor
from bot.services.incidents import Declared
from bot.services.ports import Once
from bot.services.reaction import Attempt
from tests.workshop import Workshop, on_database

RAE = Actor.person("URAE")


async def declare(workshop: Workshop, number: int, text: str = "") -> Declared:
    """Somebody hands in a form."""
    declaration = Declaration(text or f"The bot lies, case {number}", severity=Severity.SEV1)
    return await workshop.services.incidents.declare(declaration, by=RAE, key=f"form-{number}")


async def test_many_at_once(workshop: Workshop) -> None:
    """Numbers without gaps in the order they came; each in a channel of its own with its declarer in it."""
    workshop.person("URAE")
    declared = await asyncio.gather(*(declare(workshop, number) for number in range(1, 31)))
    assert [found.summary.incident_id for found in declared] == list(range(1, 31))
    assert not any(found.was_already for found in declared)
    await workshop.settle()
    async with workshop.work.read() as unit:
        for found in declared:
            incident = await unit.incidents.get(found.summary.incident_id)
            assert incident is not None and incident.channel_id
            assert incident.title == f"The bot lies, case {incident.id}"
            assert (tie := await unit.participants.get(incident.key, "URAE")) and tie.has_access and tie.is_following
            assert await unit.escalations.of(incident.key)


async def test_one_form_twice_in_the_crowd(workshop: Workshop) -> None:
    """The same submission among others is one incident, and only the first is told that it is new."""
    workshop.person("URAE")
    declared = await asyncio.gather(*(declare(workshop, number) for number in (1, 2, 2, 3, 1)))
    assert [found.summary.incident_id for found in declared] == [1, 2, 2, 3, 1]
    assert [found.was_already for found in declared] == [False, False, True, False, True]
    again = await declare(workshop, 3)
    assert (again.summary.incident_id, again.was_already) == (3, True)


async def test_a_bad_one_in_the_crowd(workshop: Workshop) -> None:
    """What cannot be taken is told to whoever typed it and takes nobody with it."""
    workshop.person("URAE")
    attempts = [declare(workshop, 1), declare(workshop, 2, text="   "), declare(workshop, 3)]
    first, bad, last = await asyncio.gather(*attempts, return_exceptions=True)
    assert isinstance(bad, BadInput)
    assert isinstance(first, Declared) and isinstance(last, Declared)
    assert (first.summary.incident_id, last.summary.incident_id) == (1, 2)


async def test_preparing_twice_changes_nothing(workshop: Workshop) -> None:
    """Whoever prepares an incident a second time finds it done."""
    number = await workshop.declare(severity=Severity.SEV1)
    async with workshop.work.read() as unit:
        steps, ties = await unit.escalations.of(number), await unit.participants.of(number)
    attempt = Attempt(Once("again", look_first=True, since=workshop.clock.now()), 2)
    await workshop.services.incidents.prepare(IncidentDeclared(number), attempt)
    await workshop.settle()
    async with workshop.work.read() as unit:
        assert [row.model_dump() for row in await unit.escalations.of(number)] == [row.model_dump() for row in steps]
        assert [tie.model_dump() for tie in await unit.participants.of(number)] == [tie.model_dump() for tie in ties]


async def test_who_is_quicker_than_the_preparing_loses_no_step(workshop: Workshop) -> None:
    """An update sent before the incident was prepared: its ladder is as long as any, each step once."""
    rae, usual = workshop.person("URAE"), await workshop.declare(severity=Severity.SEV1)
    number = (await declare(workshop, 1)).summary.incident_id
    await workshop.services.roles.take(number, Role.COMMS, by=rae)
    await workshop.services.updates.send(number, "We are looking at it", by=rae, key="first")
    await workshop.settle()
    async with workshop.work.read() as unit:
        expected = sorted(row.key for row in await unit.escalations.of(usual))
        assert sorted(row.key for row in await unit.escalations.of(number)) == expected


async def test_the_channel_waits_for_no_preparing(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where preparing comes late, the opened channel has its people and its ladder all the same."""

    async def fails(*_: object) -> None:
        raise RuntimeError("late")

    monkeypatch.setattr(workshop.services.incidents, "prepare", fails)
    number = await workshop.declare(severity=Severity.SEV1)
    async with workshop.work.read() as unit:
        assert await unit.escalations.of(number)
        incident = await unit.incidents.get(number)
    assert incident is not None
    assert "URAE" in workshop.chat.members[incident.channel_id or ""]


async def test_two_replicas_take_one_form(postgres_url: str) -> None:
    """Slack delivers to both replicas at once: one incident, and neither person nor replica sees an error."""
    async with on_database(postgres_url) as one, on_database(postgres_url) as other:
        for number in range(1, 6):
            both = await asyncio.gather(declare(one, number), declare(other, number))
            assert both[0].summary.incident_id == both[1].summary.incident_id
            assert sorted(found.was_already for found in both) == [False, True]
