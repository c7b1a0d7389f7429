"""Evidence is compared with its record each day; what was altered is told to those who have to act, once."""

from __future__ import annotations

from sqlalchemy import text

from bot.domain.custody import How
from bot.domain.exhibits import ExhibitWish, FileBytes
from bot.domain.incident import Role
from bot.domain.notices.evidence import EvidenceAlarm
from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from tests.services.seats import seat
from tests.workshop import Workshop

ADMIN = Actor.person("UADMIN")


async def kept(workshop: Workshop, **answers: object) -> int:
    """An incident with two exhibits, led by ULENA."""
    number = await workshop.declare(**answers)
    await seat(workshop, number, "ULENA", Role.LEAD)
    wishes = [ExhibitWish(body="what it said"), ExhibitWish(files=(FileBytes("a.csv", b"one,two"),))]
    for place, wish in enumerate(wishes):
        await workshop.services.keeping.keep(number, wish, by=ADMIN, how=How.HTTP, key=f"{number}:{place}")
    return number


async def alter(workshop: Workshop, column: str, exhibit: int) -> None:
    """Change a row behind Andon's back."""
    async with workshop.database.engine.begin() as connection:
        statement = text(f"UPDATE exhibits SET {column} = {column} || '!' WHERE id = :id")  # noqa: S608
        await connection.execute(statement, {"id": exhibit})


async def look(workshop: Workshop) -> None:
    """A day goes by, the look is made, and what follows from it happens."""
    workshop.clock.forward(hours=25)
    await workshop.services.checking.look()
    await workshop.settle()


def alarms(workshop: Workshop, user_id: str) -> list[EvidenceAlarm]:
    """What this person was told of altered evidence."""
    return [said for said in workshop.chat.dms(user_id) if isinstance(said, EvidenceAlarm)]


async def test_what_was_altered_is_told_once(workshop: Workshop) -> None:
    """Admins and the lead hear it, with the exhibit named; the same again is silent, something more is told."""
    number = await kept(workshop)
    await look(workshop)
    assert not alarms(workshop, "UADMIN")
    await alter(workshop, "body", 1)
    await look(workshop)
    for user_id in ("UADMIN", "ULENA"):
        (said,) = alarms(workshop, user_id)
        assert "X1" in said.findings[0]
    await look(workshop)
    assert len(alarms(workshop, "UADMIN")) == 1
    await alter(workshop, "title", 2)
    await look(workshop)
    assert len(alarms(workshop, "UADMIN")) == 2
    assert alarms(workshop, "UADMIN")[-1].total == 2
    async with workshop.work.read() as unit:
        lines = [one.text for one in await unit.timeline.of(number) if one.kind is EntryKind.PROBLEM]
    assert len(lines) == 2
    assert "not as it was kept" in lines[0]


async def test_each_is_looked_at_once_a_day(workshop: Workshop) -> None:
    """A second look within the day opens nothing; a record whose end mark is gone is looked at all the same."""
    number = await kept(workshop)
    await workshop.services.checking.look()
    await alter(workshop, "body", 1)
    await workshop.services.checking.look()
    await workshop.settle()
    assert not alarms(workshop, "UADMIN")
    async with workshop.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM custody_heads"))
    await look(workshop)
    (said,) = alarms(workshop, "UADMIN")
    assert said.summary.incident_id == number
    assert any("end mark" in finding for finding in said.findings)


async def test_asked_for_by_a_person(workshop: Workshop) -> None:
    """Whoever may see the incident may ask; what is found is told to the others, too."""
    number = await kept(workshop)
    rae = Actor.person("URAE")
    assert (await workshop.services.checking.check(number, by=rae)).verified.is_sound
    await alter(workshop, "body", 2)
    found = await workshop.services.checking.check(number, by=rae)
    await workshop.settle()
    assert any("X2" in finding.sentence for finding in found.verified.findings)
    assert alarms(workshop, "ULENA")


async def test_private_evidence_is_told_to_those_who_may_see_it(workshop: Workshop) -> None:
    """An admin whom only the policy file names is no part of a private incident, and hears nothing of it."""
    workshop.person("UINES", email="ines@kestrel.example")
    await workshop.services.directory.prepare()
    await kept(workshop, is_private=True)
    await kept(workshop)
    await alter(workshop, "body", 1)
    await look(workshop)
    assert not alarms(workshop, "UINES")
    assert alarms(workshop, "ULENA")
    await alter(workshop, "body", 3)
    await look(workshop)
    assert len(alarms(workshop, "UINES")) == 1
