"""Several replicas look at the same instant: nobody fails because another was first, and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.domain.events import TasksOverdue
from bot.domain.people import Actor, Profile
from bot.domain.timeline import EntryKind
from bot.services.choices import Choices
from bot.services.container import Services
from bot.services.directory import FRESH_FOR
from bot.services.outbox import OutboxWorker
from bot.services.work import Work
from storage.captures import Capture
from storage.store import Store
from tests.workshop import Workshop, on_database

RAE = Actor.person("URAE")


@pytest.fixture
async def replicas(postgres_url: str) -> AsyncIterator[list[Workshop]]:
    """Three Andons on one PostgreSQL, with one Slack and one clock."""
    async with AsyncExitStack() as stack:
        all_three = [await stack.enter_async_context(on_database(postgres_url, announce="incidents")) for _ in range(3)]
        first = all_three[0]
        for other in all_three[1:]:
            other.chat, other.clock = first.chat, first.clock
            other.work = Work(Store(other.database), first.clock)
            choices = Choices(admins=("UADMIN",), announce="incidents")
            other.services = Services(other.work, first.chat, first.services.library, choices)
            other.outbox = OutboxWorker(other.work, other.services)
        for entry in first.services.library.roster_entries():
            first.chat.people[entry] = Profile(entry, entry.partition("@")[0], email=entry)
        yield all_three


async def all_at_once(replicas: list[Workshop], do: Callable[[Workshop], Awaitable[object]]) -> None:
    """Each does it, twice, side by side."""
    await asyncio.gather(*(do(replica) for replica in replicas * 2))


async def settle(replicas: list[Workshop]) -> None:
    """Everything owed is carried out by whoever is first."""
    await asyncio.gather(*(replica.settle() for replica in replicas))


async def test_the_first_start_of_all(replicas: list[Workshop]) -> None:
    """On an empty database three learn the same people and the same channel."""
    await all_at_once(replicas, lambda replica: replica.services.directory.prepare())
    async with replicas[0].work.read() as unit:
        assert [] == [why for why in (await replicas[0].services.directory.problems(unit)).values() if "yet" in why]


async def test_slack_is_asked_once_who_people_are(replicas: list[Workshop]) -> None:
    """Looking again costs Slack one question per entry, however many replicas there are; what is fresh costs none."""
    chat, directory = replicas[0].chat, replicas[0].services.directory
    await directory.prepare()
    for passed, asked in ((timedelta(), 0), (FRESH_FOR, len(directory._entries))):
        replicas[0].clock.forward(seconds=passed.total_seconds())
        chat.calls.clear()
        await all_at_once(replicas, lambda replica: replica.services.directory.look_again())
        assert asked == sum(call in {"find_by_email", "group_members", "profile"} for call in chat.calls)


async def test_auditors_mend_once_and_accuse_nobody(replicas: list[Workshop]) -> None:
    """Three see the same lack; one mends it, and whoever comes later finds nothing missing any more."""
    first = replicas[0]
    first.chat.people["URAE"] = Profile("URAE", "Rae")
    number = await first.declare()
    async with first.work() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        incident.card_ts = incident.card_digest = None
    first.clock.forward(minutes=3)
    first.chat.calls.clear()
    await all_at_once(replicas, lambda replica: replica.services.auditor.look())
    await settle(replicas)
    assert 1 == first.chat.calls.count("post")
    healthy = await first.declare("The shop bot insults customers")
    await replicas[1].services.auditor._furnish(healthy)  # it had looked a moment before all was there
    async with first.work.read() as unit:
        entries = [entry for one in (number, healthy) for entry in await unit.timeline.of(one)]
    assert [number] == [entry.incident_id for entry in entries if entry.kind is EntryKind.PROBLEM]


async def test_owners_are_reminded_once(replicas: list[Workshop]) -> None:
    """A late task reminds its owner once, whoever notices."""
    first = replicas[0]
    first.chat.people["URAE"] = Profile("URAE", "Rae")
    number = await first.declare()
    due = first.clock.now() + timedelta(hours=1)
    owner = first.chat.people["URAE"]
    await first.services.tasks.add(number, "Call the vendor", owner, due, by=RAE, key="k")
    first.clock.forward(hours=2)
    await all_at_once(replicas, lambda replica: replica.services.tasks.nudge_due())
    async with first.work.read() as unit:
        owed = await unit.outbox.unfinished_since(first.clock.now() + timedelta(seconds=1))
    assert 1 == sum(row.fact == TasksOverdue.__name__ for row in owed)


async def test_a_channel_is_watched_once(replicas: list[Workshop]) -> None:
    """Three connect at the same instant and each wants every channel read again."""
    first = replicas[0]
    first.chat.people["URAE"] = Profile("URAE", "Rae")
    numbers = [await first.declare(f"The shop bot insults customers {n}") for n in range(3)]
    await all_at_once(replicas, lambda replica: replica.services.backfill.check())
    await all_at_once(replicas, lambda replica: replica.services.backfill.tick())
    async with first.work.read() as unit:
        captures = [await unit.captures.get(number) for number in numbers]
    assert [1, 1, 1] == [capture.run for capture in captures if isinstance(capture, Capture)]


async def test_a_held_incident_bars_nobodys_way(replicas: list[Workshop]) -> None:
    """While one replica is busy with an incident, another looks at all the others and comes back to it."""
    first, other = replicas[:2]
    first.chat.people["URAE"] = Profile("URAE", "Rae")
    numbers = [await first.declare(f"The shop bot insults customers {n}", severity=None) for n in range(3)]
    first.clock.forward(minutes=6)
    async with first.work() as unit:
        assert await unit.incidents.get(numbers[0], lock=True) is not None
        async with asyncio.timeout(10):
            await other.services.raising.raise_due()
        async with other.work.read() as seen:
            assert [numbers[0]] == list(await seen.escalations.due_incidents(first.clock.now(), 10))
    await other.services.raising.raise_due()
    async with other.work.read() as seen:
        assert [] == list(await seen.escalations.due_incidents(first.clock.now(), 10))
