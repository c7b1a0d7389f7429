"""Texts on both databases: two replicas remind once and brief once; of two approvals at once each counts for its role."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from bot.domain.incident import Role
from bot.domain.notices.brief import Brief
from bot.domain.notices.texts import TextReminder
from tests.services.test_texts import GRACE, LENA, Desk, desk_of
from tests.workshop import on_database


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
