"""The outbox keeps its promises: every reaction runs, in order within its lane, and trouble dams nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from bot.domain.errors import ChatRateLimited, ChatRefused, ChatUnavailable, ChatUncertain, StorageUnavailable
from bot.domain.events import CardPosted, ChannelOpened, Fact, IncidentDeclared
from bot.domain.timeline import EntryKind
from bot.services.failing import DAM_PATIENCE, OWN_FAULT_TRIES, PATIENCE, NotYet
from bot.services.leases import LEASE
from storage.database import Database
from storage.owed import OutboxRow, OutboxState
from tests.clock import FRIDAY
from tests.services.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    database = Database(f"sqlite:///{tmp_path / 'outbox.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    yield Bench(database)
    await database.dispose()


async def test_facts_of_a_failed_transaction_owe_nothing(bench: Bench) -> None:
    """What was not committed has no reactions."""

    async def fail() -> None:
        async with bench.work() as unit:
            unit.tell(IncidentDeclared(1))
            raise RuntimeError("no commit")

    with pytest.raises(RuntimeError):
        await fail()
    assert await bench.rows() == []


async def test_a_lane_runs_in_order_and_once(bench: Bench) -> None:
    """Reactions of one lane run one after another, each once."""
    number = await bench.incident()
    await bench.tell(IncidentDeclared(number), ChannelOpened(number), IncidentDeclared(number))
    await bench.worker.drain()
    assert [name for name in bench.names() if name != "free"] == ["first", "second", "first"]
    assert bench.names().count("free") == 1
    assert {row.state for row in await bench.rows()} == {OutboxState.DONE}


async def test_lanes_of_other_incidents_run_side_by_side(bench: Bench) -> None:
    """One incident's stuck reaction holds up no other incident."""
    stuck, fine = await bench.incident(), await bench.incident()
    bench.plan["first"] = [ChatRateLimited(600)]
    await bench.tell(IncidentDeclared(stuck), ChannelOpened(stuck))
    await bench.worker.drain()
    await bench.tell(IncidentDeclared(fine), ChannelOpened(fine))
    await bench.worker.drain()
    assert [(n, i) for n, i, _ in bench.log if i == fine and n != "free"] == [("first", fine), ("second", fine)]
    assert ("second", stuck) not in [(n, i) for n, i, _ in bench.log]


async def test_429_waits_exactly_as_told(bench: Bench) -> None:
    """Not a second earlier, and the next try does not look first: the call surely had no effect."""
    number = await bench.incident()
    bench.plan["first"] = [ChatRateLimited(30)]
    await bench.tell(IncidentDeclared(number))
    await bench.worker.drain()
    bench.clock.forward(seconds=29)
    await bench.worker.drain()
    assert bench.names() == ["first"]
    bench.clock.forward(seconds=1)
    await bench.worker.drain()
    assert bench.names() == ["first", "first"]
    assert not bench.log[1][2].once.look_first


@pytest.mark.parametrize(("error", "looks"), [(ChatUncertain("no_answer"), True), (ChatUnavailable("down"), False)])
async def test_a_lost_answer_is_looked_for(bench: Bench, error: Exception, looks: bool) -> None:
    """After an uncertain try the next one looks before it repeats; after one that surely failed it need not."""
    number = await bench.incident()
    bench.plan["first"] = [error]
    await bench.tell(IncidentDeclared(number))
    await bench.worker.drain()
    bench.clock.forward(minutes=2)
    await bench.worker.drain()
    first, second = bench.log[0][2].once, bench.log[1][2].once
    assert (first.look_first, second.look_first) == (False, looks)
    assert first.key == second.key


async def test_a_refusal_is_noted_and_dams_nothing(bench: Bench) -> None:
    """Slack's final no becomes a line that people can read, and the lane goes on."""
    number = await bench.incident()
    bench.plan["first"] = [ChatRefused("restricted_action")]
    await bench.tell(IncidentDeclared(number), ChannelOpened(number))
    await bench.worker.drain()
    assert [row.state for row in await bench.rows()][:2] == [OutboxState.REFUSED, OutboxState.DONE]
    async with bench.store.read() as unit:
        entries = await unit.timeline.of(number)
    assert [(entry.kind, entry.data["code"]) for entry in entries] == [(EntryKind.PROBLEM, "restricted_action")]


async def test_our_own_fault_is_given_up_loudly(bench: Bench) -> None:
    """A poison row is tried a few times, then given up where people see it, and others go on."""
    number, other = await bench.incident(), await bench.incident()
    bench.plan["first"] = [ValueError("bug")] * OWN_FAULT_TRIES
    await bench.tell(IncidentDeclared(number))
    for _ in range(OWN_FAULT_TRIES + 1):
        await bench.worker.drain()
        bench.clock.forward(minutes=2)
    await bench.tell(IncidentDeclared(other))
    await bench.worker.drain()
    assert [row.state for row in await bench.rows()] == [OutboxState.GIVEN_UP, OutboxState.DONE]


async def test_a_row_nobody_understands_is_given_up(bench: Bench) -> None:
    """A half-written or foreign row cannot stop the worker."""
    number = await bench.incident()
    async with bench.work() as unit:
        unit.outbox.add(
            OutboxRow(
                incident_id=number, fact="Gone", payload={}, reaction="hand.first", created_at=FRIDAY, due_at=FRIDAY
            )
        )
    await bench.tell(IncidentDeclared(number))
    for _ in range(OWN_FAULT_TRIES + 1):
        await bench.worker.drain()
        bench.clock.forward(minutes=2)
    assert [row.state for row in await bench.rows()] == [OutboxState.GIVEN_UP, OutboxState.DONE]


async def test_slack_down_is_outlasted_until_patience_ends(bench: Bench) -> None:
    """An hour without Slack loses nothing; after a day it is given up and said so."""
    number = await bench.incident()
    bench.is_slack_up = False
    bench.plan["first"] = [ChatUnavailable("down")] * 100_000
    await bench.tell(IncidentDeclared(number))
    for _ in range(60):
        await bench.worker.drain()
        bench.clock.forward(minutes=1, seconds=10)
    assert [row.state for row in await bench.rows()] == [OutboxState.PENDING]
    bench.clock.forward(hours=PATIENCE.total_seconds() / 3600)
    await bench.worker.drain()
    assert [row.state for row in await bench.rows()] == [OutboxState.GIVEN_UP]


async def test_slack_is_back_for_all_at_once(bench: Bench) -> None:
    """After an outage nobody waits out a back-off that has grown to a minute: the first success calls the others."""
    one, other = await bench.incident(), await bench.incident()
    bench.is_slack_up = False
    bench.plan["first"] = [ChatUnavailable("unreachable")] * 100_000
    await bench.tell(IncidentDeclared(one), IncidentDeclared(other))
    for _ in range(4 * 60):
        await bench.worker.drain()
        bench.clock.forward(seconds=1)
    bench.is_slack_up = True
    bench.plan["first"] = []
    while {OutboxState.PENDING} == {row.state for row in await bench.rows()}:
        bench.clock.forward(seconds=1)
        await bench.worker.drain()
    assert {OutboxState.DONE} == {row.state for row in await bench.rows()}


async def test_a_dead_database_is_not_asked_all_the_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something was about to be due when the database went: it is asked once a second, not as fast as it fails."""
    number = await bench.incident()
    bench.plan["first"] = [ChatRateLimited(1)]
    await bench.tell(IncidentDeclared(number))
    await bench.worker.drain()
    await bench.worker.drain()
    bench.clock.forward(seconds=2)
    tries: list[int] = []

    async def fail() -> int:
        tries.append(1)
        raise StorageUnavailable("gone")

    monkeypatch.setattr(bench.worker, "_take", fail)
    working = asyncio.create_task(bench.worker.run())
    for _ in range(200):
        await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await bench.worker.stop()
    assert len(tries) == 1


async def test_the_end_of_an_outage_is_looked_for(bench: Bench) -> None:
    """Nobody has to be due for it to be noticed; while Slack is away looking changes nothing."""
    number = await bench.incident()
    bench.is_slack_up = False
    bench.plan["first"] = [ChatUnavailable("unreachable")] * 12
    await bench.tell(IncidentDeclared(number))
    while bench.plan["first"]:
        bench.clock.forward(seconds=30)
        await bench.worker.drain()
    for is_up, state in ((False, OutboxState.PENDING), (True, OutboxState.DONE)):
        bench.is_slack_up = is_up
        await bench.worker.look_for_slack()
        await bench.worker.drain()
        assert [row.state for row in await bench.rows()] == [state]


async def test_a_rate_limit_is_kept_all_the_same(bench: Bench) -> None:
    """What Slack told to wait is not called by the end of an outage."""
    one, other = await bench.incident(), await bench.incident()
    bench.plan["first"] = [ChatUnavailable("unreachable"), ChatRateLimited(600)]
    await bench.tell(IncidentDeclared(one), IncidentDeclared(other))
    for _ in range(10):
        await bench.worker.drain()
        bench.clock.forward(seconds=1)
    assert sorted(row.state for row in await bench.rows()) == [OutboxState.DONE, OutboxState.PENDING]


async def test_who_fails_while_slack_returns_keeps_its_lane(bench: Bench) -> None:
    """A last failure just before Slack answers again is no reason to set it aside: what comes behind it still waits."""
    number = await bench.incident()
    bench.is_slack_up = False
    bench.plan["first"] = [ChatUnavailable("unreachable")] * 100_000
    await bench.tell(IncidentDeclared(number), IncidentDeclared(number))
    while (await bench.rows())[0].created_at + DAM_PATIENCE > bench.clock.now():
        await bench.worker.drain()
        bench.clock.forward(seconds=30)
    bench.is_slack_up = True
    bench.plan["first"] = [ChatUnavailable("unreachable")]
    bench.clock.forward(minutes=1, seconds=10)
    await bench.worker.drain()
    assert [(row.state, row.lane is None) for row in await bench.rows()] == [(OutboxState.PENDING, False)] * 2
    bench.clock.forward(minutes=1, seconds=10)
    await bench.worker.drain()
    assert [row.state for row in await bench.rows()] == [OutboxState.DONE] * 2


async def test_not_yet_waits_and_is_hurried(bench: Bench) -> None:
    """What needs the channel waits for it and runs as soon as it is there."""
    number = await bench.incident()
    bench.plan["free"] = [NotYet()]
    await bench.tell(ChannelOpened(number))
    await bench.worker.drain()
    assert bench.names().count("free") == 1
    async with bench.work() as unit:
        await unit.outbox.hurry(number, bench.clock.now())
    await bench.worker.drain()
    assert bench.names().count("free") == 2


async def test_coalescing_reactions_collapse(bench: Bench) -> None:
    """Ten changes of the same picture are drawn once."""
    number = await bench.incident()
    for _ in range(10):
        await bench.tell(CardPosted(number))
    await bench.worker.drain()
    assert bench.names() == ["whole"]


async def test_a_dead_workers_rows_go_to_another_under_doubt(bench: Bench) -> None:
    """A lease that ran out passes the row on; the heir looks first and the dead one's late word counts nothing."""
    number = await bench.incident()
    await bench.tell(IncidentDeclared(number))
    bench.gate = asyncio.Event()
    frozen = asyncio.create_task(bench.worker.drain())
    await bench.ran.wait()
    heir = bench.another_worker()
    await heir.drain()
    assert len(bench.log) == 1
    bench.clock.forward(seconds=LEASE.total_seconds() + 1)
    hurried = asyncio.create_task(heir.drain())
    bench.ran.clear()
    await bench.ran.wait()
    assert bench.log[1][2].once.look_first
    bench.gate.set()
    await asyncio.gather(frozen, hurried)
    rows = await bench.rows()
    assert [(row.state, row.attempts) for row in rows] == [(OutboxState.DONE, 2)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([IncidentDeclared, ChannelOpened]), max_size=8), st.integers(1, 3))
async def test_everything_told_is_done_once_by_any_number_of_workers(told: list[type[Fact]], workers: int) -> None:
    """However many workers look, each reaction runs exactly once and lanes keep their order."""
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/x.db")
        async with database.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        bench = Bench(database)
        number = await bench.incident()
        await bench.tell(*(kind(number) for kind in told))
        await asyncio.gather(*(bench.another_worker().drain() for _ in range(workers)))
        await bench.worker.drain()
        names = {IncidentDeclared: "first", ChannelOpened: "second"}
        assert [name for name in bench.names() if name != "free"] == [names[kind] for kind in told]
        assert bench.clock.now() - FRIDAY == timedelta()
        await database.dispose()
