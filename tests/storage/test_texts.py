"""Texts on both databases: two replicas remind once; of two approvals each counts; what ends between looks is planned."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from bot.domain.incident import IncidentType, Role
from bot.domain.notices.brief import Brief
from bot.domain.notices.texts import TextReminder
from tests.services.test_texts import GRACE, LENA, Desk, desk_of
from tests.workshop import Workshop, on_database


async def test_two_replicas_remind_and_brief_once(database_url: str) -> None:
    """Both look at the same instant, several times: one reminder, one brief, and both approvals."""
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(on_database(database_url)) for _ in range(2)]
        desk = await desk_of(here)
        shown = await desk.written()
        there_too = Desk(there, desk.number)
        await asyncio.gather(desk.approve(shown, GRACE), there_too.approve(shown, LENA))
        wish = await here.services.briefing.wish("8:00", by=here.person("UINES"))
        assert wish.next_at is not None
        for replica in (here, there):
            replica.clock.forward(minutes=20)
        for _ in range(2):
            await asyncio.gather(*(replica.services.wanting.look() for replica in (here, there)))
        for replica in (here, there):
            replica.clock.set(wish.next_at)
        await asyncio.gather(*(replica.services.briefing.look() for replica in (here, there)))
        for replica in (here, there):
            await replica.settle()
        told = [said.now for replica in (here, there) for said in replica.chat.said]
        assert 1 == sum(isinstance(notice, TextReminder) for notice in told)
        assert 1 == sum(isinstance(notice, Brief) for notice in told)
        async with here.work.read() as unit:
            (whole,) = await unit.texts.of([desk.number])
        assert {Role.LEGAL, Role.LEAD} == {approval.role for approval in whole.approvals}


async def test_what_ends_between_two_looks_is_still_owed_its_closing_note(database_url: str) -> None:
    """Resolved and closed at once: reminded of what is owed after the end, and of nothing else; cancelled: of nothing."""
    async with on_database(database_url) as workshop:
        ended, cancelled, never_seen = [await desk_of(workshop) for _ in range(3)]
        await closed(never_seen)
        for desk in (ended, cancelled):
            assert desk.number in await unplanned(workshop)
        await workshop.services.wanting.look()
        assert [] == await unplanned(workshop)
        await workshop.services.lifecycle.change_type(ended.number, IncidentType.MISINFORMATION, "it lies", by=LENA)
        await closed(ended)
        await workshop.services.closing.cancel(cancelled.number, "no incident", by=LENA)
        assert [ended.number] == await unplanned(workshop)
        await workshop.services.wanting.look()
        assert [] == await unplanned(workshop)
        workshop.clock.forward(hours=13)
        await workshop.services.wanting.look()
        await workshop.settle()
        told = [said.now.wanted.name for said in workshop.chat.said if isinstance(said.now, TextReminder)]
        assert ["closing_note"] == told


async def unplanned(workshop: Workshop) -> list[int]:
    """Incidents whose clocks are not those of what they are."""
    async with workshop.work.read() as unit:
        return list(await unit.texts.clocks.unplanned(10))


async def closed(desk: Desk) -> None:
    """It is contained, resolved and closed in one breath."""
    services = desk.workshop.services
    await services.lifecycle.contain(desk.number, "switched off", by=LENA)
    await services.lifecycle.resolve(desk.number, "the fix holds", by=LENA)
    await services.closing.close(desk.number, "over", by=LENA)
