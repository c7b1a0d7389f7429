"""Calls at Slack's pace: who may go, who is told to come back, on one machine and on several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.errors import ChatRateLimited, StorageUnavailable
from bot.domain.notices.incident import ChannelAwaited, DeclaredReceipt
from bot.domain.pacing import Rule
from bot.domain.people import Profile
from bot.services.clock import SteerableClock
from bot.services.pacing import MANY, Change, Pacer, PacesInDatabase, PacesInMemory, waiting_as
from bot.services.sweeping import PACES_FOR
from storage.database import Database
from storage.store import Store
from tests.clock import FRIDAY
from tests.workshop import Workshop

RULE = Rule(2, 60_000)
ROOMY = Rule(100, 60_000)


@pytest.fixture
def clock() -> SteerableClock:
    return SteerableClock(FRIDAY)


@asynccontextmanager
async def pacers(url: str, clock: SteerableClock) -> AsyncIterator[tuple[Pacer, Pacer]]:
    """Two replicas on one database."""
    one, other = Database(url), Database(url)
    try:
        yield Pacer(PacesInDatabase(Store(one), clock)), Pacer(PacesInDatabase(Store(other), clock))
    finally:
        await one.dispose()
        await other.dispose()


async def asks(pacer: Pacer, holder: str, key: str = "m", rule: Rule = RULE) -> float:
    """Seconds after which this reaction may call; 0 when it has."""
    try:
        with waiting_as(holder):
            await pacer.enter(key, rule)
    except ChatRateLimited as limited:
        return limited.retry_after
    return 0


async def test_replicas_share_a_limit(database_url: str, clock: SteerableClock) -> None:
    """What one has used the other has not; both queue in one line, and a place is kept on either."""
    async with pacers(database_url, clock) as (one, other):
        assert (0, 0) == (await asks(one, "a"), await asks(other, "b"))
        assert 60 == await asks(one, "c")
        clock.forward(seconds=20)
        assert (40, 40) == (await asks(other, "d"), await asks(other, "c"))
        assert 40 < await asks(one, "e")
        clock.forward(seconds=40)
        assert (0, 0) == (await asks(other, "c"), await asks(one, "d"))
        assert 0 < await asks(other, "e")
        assert 0 == await asks(other, "a", key="another limit")


async def test_many_at_once_on_several_machines_pass_no_more_than_the_rule(
    postgres_url: str, clock: SteerableClock
) -> None:
    """The row is locked while it is changed: however they interleave, two go and the others come two by two."""
    async with pacers(postgres_url, clock) as (one, other):
        waits = await asyncio.gather(*(asks((one, other)[n % 2], str(n)) for n in range(20)))
    assert [2] * 10 == [sum(1 for wait in waits if window * 60 <= wait < (window + 1) * 60) for window in range(10)]


async def test_a_refusal_by_slack_holds_every_replica(database_url: str, clock: SteerableClock) -> None:
    """Before its time is over nobody calls, however much room the rule leaves."""
    async with pacers(database_url, clock) as (one, other):
        with waiting_as("a"):
            await one.enter("m", ROOMY)
            await one.refused("m", 30)
        assert 30 == await asks(other, "b", rule=ROOMY)
        assert 0 == await asks(other, "b", key="another limit")
        clock.forward(seconds=29)
        assert 1 == await asks(other, "b", rule=ROOMY)
        clock.forward(seconds=1)
        assert (0, 0) == (await asks(other, "b", rule=ROOMY), await asks(one, "a", rule=ROOMY))


async def test_one_run_is_told_to_come_back_once(clock: SteerableClock) -> None:
    """A reaction that calls a limit several times comes to its end; what it used, others wait for."""
    pacer = Pacer(PacesInMemory(clock))
    with waiting_as("batches"):
        for _ in range(5):
            await pacer.enter("m", RULE)
    assert 60 == await asks(pacer, "b")


async def test_what_nobody_owes_is_never_held_back(clock: SteerableClock) -> None:
    """A listener's call goes at once, and counts."""
    pacer = Pacer(PacesInMemory(clock))
    for _ in range(5):
        await pacer.enter("m", RULE)
    assert 60 == await asks(pacer, "b")


class NoDatabase:
    """Paces that cannot be reached."""

    async def change(self, key: str, change: Change) -> int:
        raise StorageUnavailable("it restarts")


async def test_without_a_database_people_are_served_and_reactions_wait() -> None:
    """A listener's call goes uncounted; a reaction, which could not be settled either, does not call."""
    pacer = Pacer(NoDatabase())
    await pacer.enter("m", RULE)
    await pacer.refused("m", 30)
    with pytest.raises(StorageUnavailable):
        await asks(pacer, "a")


async def test_limits_long_unused_are_forgotten(workshop: Workshop, clock: SteerableClock) -> None:
    """In memory when there are very many, in the database after a day; what is in use stays."""
    paces = PacesInMemory(clock)
    for number in range(MANY):
        await asks(Pacer(paces), "a", key=str(number))
    clock.forward(hours=1)
    await asks(Pacer(paces), "a", key="last")
    assert ["last"] == list(paces._paces)
    shared = Pacer(PacesInDatabase(Store(workshop.database), workshop.clock))
    await asks(shared, "a", key="old")
    workshop.clock.forward(seconds=PACES_FOR.total_seconds())
    await asks(shared, "a", key="new")
    workshop.clock.forward(seconds=1)
    async with workshop.work() as unit:
        assert 1 == await unit.paces.sweep(workshop.clock.now() - PACES_FOR)
    assert 0 == await asks(shared, "b", key="new")
    assert 0 < await asks(shared, "c", key="new")


async def test_who_waits_long_for_a_channel_hears_it_at_once(workshop: Workshop) -> None:
    """When Slack's limits hold the channel back, whoever declared is told until when, once, and then where it is."""
    workshop.chat.fail("open_channel", ChatRateLimited(180), ChatRateLimited(20))
    await workshop.declare()
    told = workshop.chat.dms("URAE")
    assert [ChannelAwaited] == [type(notice) for notice in told]
    assert isinstance(told[0], ChannelAwaited)
    assert 180 == (told[0].opens_at - FRIDAY).total_seconds()
    for _ in range(2):
        workshop.clock.forward(minutes=3)
        await workshop.settle()
    assert [ChannelAwaited, DeclaredReceipt] == [type(notice) for notice in workshop.chat.dms("URAE")]


async def test_having_waited_often_does_not_wear_out_a_reaction(workshop: Workshop) -> None:
    """Waits are no failures: after many of them a fault of our own is still tried again."""
    workshop.chat.fail("open_channel", *[ChatRateLimited(1)] * 6, RuntimeError("a bug"))  # type: ignore[list-item]
    number = await workshop.declare()
    for _ in range(10):
        workshop.clock.forward(seconds=60)
        await workshop.settle()
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None
    assert incident.channel_id is not None


async def test_one_that_waits_for_slack_stands_for_all_that_would_show_the_same(workshop: Workshop) -> None:
    """While the limit of edits holds the card back, what happens meanwhile makes no further edits."""
    number = await workshop.declare()
    lena = workshop.person("ULENA")
    workshop.chat.fail("edit", ChatRateLimited(60))
    for text in ("first", "second", "third"):
        await workshop.services.tasks.add(number, text, None, None, by=lena, key=text)
        await workshop.settle()
    async with workshop.work.read() as unit:
        owed = await unit.outbox.unfinished_since(workshop.clock.now() + timedelta(seconds=1))
    assert ["cards.refresh"] == [row.reaction for row in owed]
    workshop.clock.forward(seconds=60)
    await workshop.settle()
    assert 2 == workshop.chat.calls.count("edit")


async def test_a_roster_too_long_for_one_look_is_learned_in_several(workshop: Workshop) -> None:
    """Where Slack lets only a few be asked about, those never asked about come first, and it is not pestered."""
    directory, entries = workshop.services.directory, workshop.services.library.roster_entries()
    addresses = [entry for entry in entries if "@" in entry[1:]]
    for number, address in enumerate(addresses):
        workshop.person(f"U{number}", address, email=address)
    fine, asked = workshop.chat.find_by_email, 0

    async def three_a_look(email: str) -> Profile:
        nonlocal asked
        asked += 1
        if asked > 3:
            raise ChatRateLimited(30)
        return await fine(email)

    workshop.chat.find_by_email = three_a_look  # type: ignore[method-assign]
    for look in range(1, 5):
        asked = 0
        await directory.look_again()
        assert asked <= 4
        async with workshop.work.read() as unit:
            assert min(3 * look, len(addresses)) == len(await unit.directory.find(addresses))


async def test_a_short_wait_is_not_worth_a_message(workshop: Workshop) -> None:
    """Nobody is told about a few seconds, nor about a wait that was over before the message could go."""
    workshop.chat.fail("open_channel", ChatRateLimited(5))
    await workshop.declare()
    assert [] == workshop.chat.dms("URAE")
    workshop.chat.fail("open_channel", ChatRateLimited(180))
    workshop.chat.fail("dm", ChatRateLimited(200))
    await workshop.declare("Another")
    workshop.clock.forward(seconds=180)
    await workshop.settle()
    workshop.clock.forward(seconds=20)
    await workshop.settle()
    assert {DeclaredReceipt} == {type(notice) for notice in workshop.chat.dms("URAE")}
