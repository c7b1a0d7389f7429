"""A lease is kept while its holder lives, and whoever lost it without knowing does nothing any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.events import CardPosted, Fact, IncidentDeclared
from bot.services import leases
from bot.services.leases import LEASE, Lease, LeaseLost, acting, holding
from bot.services.outbox import OutboxWorker
from bot.services.reaction import Attempt
from storage.database import Database
from storage.incidents import Incident
from storage.owed import OutboxState
from tests.services.bench import Bench

A_NAP = LEASE.total_seconds() + 1


class Machine:
    """The clock that counts on while everything sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def sleeps(self, seconds: float) -> None:
        """Nobody noticed how the time passed."""
        self.seconds += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that can be put to sleep."""
    made = Machine()
    monkeypatch.setattr(leases, "boot_clock", lambda: made.seconds)
    monkeypatch.setattr("bot.services.outbox.boot_clock", lambda: made.seconds)
    return made


@pytest.fixture
async def bench(database_url: str) -> AsyncIterator[Bench]:
    """A work bench on SQLite, then on PostgreSQL."""
    database = Database(database_url)
    yield Bench(database)
    await database.dispose()


class Hand:
    """A worker whose one reaction waits at a gate before it acts."""

    def __init__(self, bench: Bench, **options: timedelta) -> None:
        self.acts = 0
        self.begun, self.gate = asyncio.Event(), asyncio.Event()
        self.worker = OutboxWorker(bench.work, self, **options)
        self.hand = self

    async def first(self, fact: Fact, _: Attempt) -> None:
        """Act upon the world, in the end."""
        self.begun.set()
        await self.gate.wait()
        async with acting():
            self.acts += 1


async def _begin(bench: Bench, hand: Hand) -> asyncio.Task[None]:
    await bench.tell(IncidentDeclared(await bench.incident()))
    running = asyncio.create_task(hand.worker.drain())
    await hand.begun.wait()
    return running


async def _let_go(bench: Bench) -> None:
    """The time of a lease passes for the database."""
    async with bench.work() as unit:
        await unit.outbox.free(bench.clock.now())


async def test_who_slept_past_its_lease_does_not_act(bench: Bench, machine: Machine) -> None:
    """Frozen right before its call, resumed after another replica has done it: nothing is done twice."""
    frozen, heir = Hand(bench), Hand(bench)
    running = await _begin(bench, frozen)
    machine.sleeps(A_NAP)
    await _let_go(bench)
    heir.gate.set()
    await heir.worker.drain()
    frozen.gate.set()
    await running
    assert (0, 1) == (frozen.acts, heir.acts)
    assert [(OutboxState.DONE, 2)] == [(row.state, row.attempts) for row in await bench.rows()]


async def test_who_slept_and_was_not_missed_tries_again(bench: Bench, machine: Machine) -> None:
    """Nobody has taken over: the same replica does it, under a new lease and looking first."""
    hand = Hand(bench)
    running = await _begin(bench, hand)
    machine.sleeps(A_NAP)
    hand.gate.set()
    await running
    assert 1 == hand.acts
    assert [(OutboxState.DONE, 2, 0)] == [(row.state, row.attempts, row.clean_attempts) for row in await bench.rows()]


async def test_who_slept_past_its_lease_commits_nothing(bench: Bench, machine: Machine) -> None:
    """What a reaction would write late is left undone, with the facts that would follow."""
    number = await bench.incident()
    lease = Lease(machine.seconds + LEASE.total_seconds())

    async def write() -> None:
        async with bench.work() as unit:
            incident = await unit.incidents.get(number, lock=True)
            assert incident is not None
            incident.title = "too late"
            unit.tell(CardPosted(number))
            machine.sleeps(A_NAP)

    with holding(lease), pytest.raises(LeaseLost):
        await write()
    async with bench.work.read() as unit:
        stored = await unit.incidents.get(number)
    assert isinstance(stored, Incident) and "t" == stored.title
    assert [] == await bench.rows()


async def test_an_act_ends_with_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that still waits when the lease ends is cut off: it is not sent late."""
    monkeypatch.setattr(leases, "MARGIN", 0.0)
    monkeypatch.setattr(leases, "LEAST", 0.01)

    async def wait() -> None:
        async with acting():
            await asyncio.Event().wait()

    with holding(Lease(leases.boot_clock() + 0.05)), pytest.raises(TimeoutError):
        await wait()
    with holding(Lease(leases.boot_clock() - 0.05)), pytest.raises(LeaseLost):
        await asyncio.wait_for(wait(), 5)


async def test_what_takes_long_stays_ours(bench: Bench, machine: Machine) -> None:
    """Beat by beat the lease is extended, in the database and here; a reaction may take many leases."""
    hand, other = Hand(bench), Hand(bench)
    running = await _begin(bench, hand)
    for _ in range(10):
        machine.sleeps(leases.beat(LEASE).total_seconds())
        bench.clock.forward(seconds=leases.beat(LEASE).total_seconds())
        await hand.worker._extend()
        await other.worker.drain()
    hand.gate.set()
    await running
    assert (1, 0) == (hand.acts, other.acts)
    assert [1] == [row.attempts for row in await bench.rows()]


async def test_a_beat_tells_who_was_robbed(bench: Bench, machine: Machine) -> None:
    """A replica that was frozen hears at its next beat that others have gone on without it."""
    frozen, heir = Hand(bench), Hand(bench)
    running = await _begin(bench, frozen)
    machine.sleeps(leases.beat(LEASE).total_seconds() + 2)
    await _let_go(bench)
    taken = asyncio.create_task(heir.worker.drain())
    await heir.begun.wait()
    await frozen.worker._extend()
    assert [0.0] == [lease.left for lease in frozen.worker._leases.values()]
    for hand in (frozen, heir):
        hand.gate.set()
    await asyncio.gather(running, taken)
    assert (0, 1) == (frozen.acts, heir.acts)


async def test_a_clock_that_jumps_makes_nobody_do_its_own_work_twice(bench: Bench, machine: Machine) -> None:
    """The machine's clock is set on by hours while a reaction runs: the worker knows what it is doing already."""
    hand = Hand(bench)
    running = await _begin(bench, hand)
    bench.clock.forward(hours=6)
    assert 0 == await hand.worker._take()
    hand.gate.set()
    await running
    assert [1] == [row.attempts for row in await bench.rows()]


async def test_clocks_that_differ_take_nobodys_work(postgres_url: str) -> None:
    """Leases are held by the database's clock: a replica whose own clock is wrong takes nothing over too early."""
    one, fast = Database(postgres_url), Database(postgres_url)
    bench, other = Bench(one), Bench(fast)
    other.clock.forward(hours=6)
    hand, hasty = Hand(bench), Hand(other)
    running = await _begin(bench, hand)
    await hasty.worker.drain()
    assert not hasty.begun.is_set()
    hand.gate.set()
    await running
    for database in (one, fast):
        await database.dispose()


async def test_a_transaction_that_stands_still_is_undone(postgres_url: str) -> None:
    """Frozen in the middle of a transaction: others get past its locks soon, and it commits nothing when it resumes."""
    frozen, other = (Database(postgres_url, longest_idle=timedelta(seconds=0.2)) for _ in range(2))
    number, trouble = await Bench(other).incident(), []

    async def stand_still(is_held: asyncio.Event, is_over: asyncio.Event) -> None:
        async with Bench(frozen).work() as unit:
            incident = await unit.incidents.get(number, lock=True)
            assert incident is not None
            incident.title = "too late"
            is_held.set()
            await is_over.wait()

    held, over = asyncio.Event(), asyncio.Event()
    standing = asyncio.create_task(stand_still(held, over))
    await held.wait()
    async with asyncio.timeout(5), Bench(other).work() as unit:
        incident = await unit.incidents.get(number, lock=True)
        assert incident is not None
        incident.title = "in time"
    over.set()
    trouble = await asyncio.gather(standing, return_exceptions=True)
    assert [True] == [isinstance(error, Exception) for error in trouble]
    async with Bench(other).work.read() as unit:
        stored = await unit.incidents.get(number)
    assert stored is not None and "in time" == stored.title
    for database in (frozen, other):
        await database.dispose()
