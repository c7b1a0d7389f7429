"""The agenda: stories and tests spare themselves the looks that would find nothing, and none other."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.domain.incident import IncidentType, Severity
from bot.jobs.ticks import ticks
from bot.services.review.items import Promise
from storage.agenda import Agenda
from storage.changes import Changes
from tests.services.seats import seat
from tests.workshop import Workshop


async def test_no_look_finds_what_is_not_on_the_agenda(workshop: Workshop) -> None:
    """Days of an incident: whenever nothing is to be looked at, none of the looks for what is due writes anything."""
    number = await workshop.declare(severity=Severity.SEV1, type=IncidentType.HARMFUL_OUTPUT)
    lena = await seat(workshop, number, "ULENA")
    profile = await workshop.services.directory.profile("ULENA")
    soon = workshop.clock.now() + timedelta(minutes=20)
    await workshop.services.tasks.add(number, "Call the vendor", profile, soon, by=lena, key="k")
    wish = Promise("A limit outside the model", owner_id="ULENA", due=soon + timedelta(days=9))
    await workshop.services.action_items.add(number, wish, by=lena, key="k")
    await workshop.services.briefing.wish("daily 8:00", by=lena)
    changes, found, vain = Changes(workshop.database), Counter[str](), 0
    for _ in range(60):
        is_wanted, written = await is_to_be_looked_at(workshop), changes.count
        for tick in ticks(workshop.services):
            if tick.finds == "the due":
                before = changes.count
                await tick.look()
                found[tick.name] += changes.count > before
        assert is_wanted or changes.count == written, workshop.clock.now()
        vain += not is_wanted
        await workshop.settle()
        if changes.count == written:
            await to_the_next_instant(workshop)
    assert vain > 10
    assert {"escalations", "playbook", "tasks", "texts", "briefs", "action items"} <= set(+found)


async def is_to_be_looked_at(workshop: Workshop) -> bool:
    """What the agenda says of now."""
    async with workshop.work.read() as unit:
        return await Agenda(unit.session).is_to_be_looked_at(workshop.clock.now())


async def to_the_next_instant(workshop: Workshop) -> None:
    """Time moves on to what is due next."""
    async with workshop.work.read() as unit:
        due = await Agenda(unit.session).next_after(workshop.clock.now())
    assert due is not None
    workshop.clock.set(due)
