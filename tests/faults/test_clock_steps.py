"""Andon's clock is two hours ahead, and is set back or forward: nothing stops for as long, nothing happens twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.domain.pacing import Pace, Rule, close, record, take
from bot.services.clock import SteerableClock
from bot.services.leases import LEASE
from storage.escalations import EscalationAsk
from storage.owed import OutboxRow, OutboxState
from tests.faults.test_killed import is_done, once
from tests.office import Office
from tests.scenarios.seats import seat

HOURS = 2


class WrongClock:
    """What Andon takes for the time: Slack's, and so many hours more."""

    def __init__(self, right: SteerableClock) -> None:
        self._right = right
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The instant, as it seems."""
        return self._right.now() + self.ahead

    def step(self, *, hours: int) -> None:
        """Somebody sets it."""
        self.ahead += timedelta(hours=hours)


@pytest.fixture
def clock(office: Office) -> Iterator[WrongClock]:
    """Andon's own clock, apart from Slack's."""
    wrong = WrongClock(office.clock)
    office.services.work._clock = wrong
    yield wrong
    wrong.ahead = timedelta()


async def asks(office: Office, number: int = 1) -> list[EscalationAsk]:
    """Everybody who was asked so far."""
    async with office.store.read() as unit:
        return list(await unit.escalations.asks_of(number))


async def owed(office: Office) -> list[OutboxRow]:
    """What is not done."""
    async with office.store.read() as unit:
        return list(await unit.outbox.unfinished_since(office.clock.now() + timedelta(days=1)))


@pytest.mark.parametrize("hours", [HOURS, -HOURS])
async def test_a_lost_answer_is_found_by_a_wrong_clock(office: Office, clock: WrongClock, hours: int) -> None:
    """Hours ahead of Slack or behind it, what an earlier try left there is recognised: one channel, one card, one DM."""
    clock.step(hours=hours)
    for method in ("conversations.create", "chat.postMessage"):
        office.sandbox.faults.add(method, "cut", times=3 if method == "chat.postMessage" else 1)
    rae = office.person("rae")
    await rae.types("support", "/incident now The shop bot gives 99% off")
    await office.forward(minutes=3)
    once(office.sandbox, 1)
    assert is_done(office.sandbox, 1, rae)


async def test_what_waits_to_be_tried_again_does_not_wait_for_the_old_clock(office: Office, clock: WrongClock) -> None:
    """Slack is down when the clock is set back: all is tried within a minute, not two hours later."""
    clock.step(hours=HOURS)
    office.sandbox.faults.add("*", "server_error", times=6)
    rae = office.person("rae")
    await rae.types("support", "/incident now The shop bot gives 99% off")
    await office.andon.outbox.drain()
    assert await owed(office)
    clock.step(hours=-HOURS)
    await office.forward(minutes=2)
    assert await owed(office) == []
    assert is_done(office.sandbox, 1, rae)


async def test_a_lease_does_not_outlast_the_clock_it_was_begun_by(office: Office, clock: WrongClock) -> None:
    """What a dead replica had begun two hours ahead is taken over as soon as ever."""
    channel = await office.declare()
    async with office.services.work() as unit:
        rows = await unit.outbox.claim("dead", clock.now(), LEASE, 1)
        assert rows == []
    clock.step(hours=HOURS)
    lena = await seat(office, "lena")
    await lena.types(channel, "/incident update The codes are switched off")
    async with office.services.work() as unit:
        assert await unit.outbox.claim("dead", clock.now(), LEASE, 99)
    clock.step(hours=-HOURS)
    await office.forward(minutes=2)
    assert await owed(office) == []
    assert sum("switched off" in seen.text for seen in lena.sees(channel)) >= 1


async def test_a_reaction_that_runs_is_not_taken_again(office: Office, clock: WrongClock) -> None:
    """Set forward in the middle of a call: every lease seems over, and nobody acts twice all the same."""
    office.sandbox.faults.add("conversations.create", "slow", seconds=0.3)
    rae = office.person("rae")
    await rae.types("support", "/incident now The shop bot gives 99% off")
    await office.andon.outbox._take()
    await office.sandbox.until(lambda: office.sandbox.traffic.calls("conversations.create"))
    clock.step(hours=HOURS)
    await office.settle()
    assert len(office.sandbox.traffic.calls("conversations.create")) == 1
    posted = [str(call.args.get("metadata")) for call in office.sandbox.traffic.calls("chat.postMessage")]
    assert posted
    assert len(set(posted)) == len(posted)


@pytest.mark.whole
async def test_a_ladder_goes_on_at_its_pace(office: Office, clock: WrongClock) -> None:
    """A grave incident declared and asked about by a clock two hours ahead: set right, nobody is forgotten for so long."""
    plain, stepped = await asked_within(office, None), await asked_within(office, clock)
    assert plain
    assert stepped == plain


async def asked_within(office: Office, clock: WrongClock | None) -> list[tuple[str, int, int]]:
    """Who is asked at which of twenty minutes; with a clock it is set back after seven minutes."""
    began = office.clock.now()
    if clock is not None:
        clock.step(hours=HOURS)
    handle = "rae" if clock is None else "cleo"
    await office.declare("The shop bot gives 99% off", by=handle, severity="SEV1")
    number = 1 if clock is None else 2
    found: list[tuple[str, int, int]] = []
    for minute in range(21):
        if clock is not None and minute == 7:
            clock.step(hours=-HOURS)
        await office.forward(minutes=1)
        known = [(user, round_) for user, round_, _ in found]
        passed = (office.clock.now() - began) // timedelta(minutes=1)
        found += [
            (ask.user_id, ask.round, passed)
            for ask in await asks(office, number)
            if (ask.user_id, ask.round) not in known
        ]
    await office.person(handle).types(await office.channel(number), "/incident cancel only a rehearsal")
    await office.settle()
    return found


def test_paces_do_not_wait_for_a_clock_that_was_set_back() -> None:
    """Calls, queues and refusals noted two hours ahead hold nobody back for long."""
    rule, ahead = Rule(1, 60_000), HOURS * 3_600_000
    now = 1_000_000_000
    pace = record(Pace(), rule, now + ahead)
    pace, _ = take(pace, rule, now + ahead, "queued")
    pace = close(pace, now + ahead + 30_000, "refused")
    _, at = take(pace, rule, now, "new")
    assert at == now


async def test_messages_keep_slacks_order(office: Office, clock: WrongClock) -> None:
    """What is captured is ordered by Slack's own instants, whatever our clock did in between."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    for text, hours in (("one", HOURS), ("two", -HOURS), ("three", -HOURS), ("four", HOURS)):
        await lena.says(channel, text)
        clock.step(hours=hours)
        office.clock.forward(seconds=5)
    await office.forward(minutes=10)
    async with office.store.read() as unit:
        kept = await unit.messages.of(1)
    assert [message.text for message in kept] == ["one", "two", "three", "four"]
    assert [message.deleted_at for message in kept] == [None] * 4
    assert {row.state for row in await owed(office)} <= {OutboxState.PENDING}
