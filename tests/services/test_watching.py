"""When channels are looked at: never later than something is due, not again when nothing is, and in their turn."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, delete, update

from bot.domain.errors import ChatRefused
from bot.domain.incident import Phase
from bot.domain.people import Actor
from bot.services import backfill
from bot.services.backfill import LANE, PACE
from bot.services.watching import AFTERMATH, STALE, STUCK, YOUNG
from storage.captures import Capture
from storage.incidents import Incident
from storage.owed import UNFINISHED, OutboxRow, OutboxState
from tests.benchmarks.crowd import crowd
from tests.services.test_backfill import capture
from tests.workshop import Workshop

AHEAD = timedelta(minutes=1)
ADMIN = Actor.person("UADMIN")
# No sum of these is one of the spans that count, so that nothing falls due in the very instant of a look.
SPANS = {"a minute": 97, "an hour": 3671, "a shift": 25_201, "a fortnight": 1_300_007}
MOVES = (*SPANS, "wanted", "looked at", "read", "refused", "cursor lost", "rows lost", "closed", "reopened")


def is_due(capture: Capture, incident: Incident, now: datetime) -> bool:
    """The rule: what is wanted, young or stale is read; a run without progress is begun anew; the long closed rest."""
    if not incident.is_open and (incident.closed_at is None or incident.closed_at <= now - AFTERMATH):
        return False
    if capture.is_running:
        return capture.progressed_at is not None and capture.progressed_at < now - STUCK
    if capture.started_at is None and capture.since_at < now - YOUNG:
        return True
    is_stale = capture.finished_at is not None and capture.finished_at < now - STALE
    return capture.wanted_at is not None or (is_stale and incident.is_open)


class Channel:
    """One incident's channel and what may happen to it."""

    def __init__(self, workshop: Workshop, number: int) -> None:
        self.workshop = workshop
        self.number = number

    async def rows(self) -> tuple[Capture, Incident]:
        """Its capture and its incident, as they are stored."""
        async with self.workshop.work.read() as unit:
            incident = await unit.incidents.get(self.number)
        assert incident is not None
        return await capture(self.workshop, self.number), incident

    async def meets(self, move: str) -> None:
        """Time passes, or somebody acts, or something goes wrong."""
        if move in SPANS:
            self.workshop.clock.forward(seconds=SPANS[move])
        elif move == "looked at":
            await self._looked_at()
        elif move == "wanted":
            await self.workshop.services.backfill.check()
        elif move == "rows lost":
            await self._set(update(OutboxRow).values(state=OutboxState.GIVEN_UP))
        elif move in {"closed", "reopened"}:
            await self._turns(move)
        else:
            await self._read({"refused": "missing_scope", "cursor lost": "invalid_cursor"}.get(move))

    async def _turns(self, move: str) -> None:
        _, incident = await self.rows()
        if incident.is_open and move == "closed":
            await self._set(update(Incident).values(phase=Phase.CLOSED, closed_at=self.workshop.clock.now()))
        elif not incident.is_open and move == "reopened":
            await self.workshop.services.closing.reopen(self.number, "It does it again", by=ADMIN)

    async def _looked_at(self) -> None:
        before, incident = await self.rows()
        now = self.workshop.clock.now()
        await self.workshop.services.backfill.tick()
        after, _ = await self.rows()
        assert after.run - before.run == is_due(before, incident, now)
        assert after.due_at is None or after.due_at > now, "or every look would meet it again"

    async def _read(self, refusal: str | None) -> None:
        self.workshop.chat._failures.clear()
        if refusal:
            self.workshop.chat.fail("history", ChatRefused(refusal))
        await self.workshop.settle()

    async def _set(self, statement: object) -> None:
        async with self.workshop.work() as unit:
            await unit.session.exec(statement)  # type: ignore[call-overload]

    async def is_not_forgotten(self) -> None:
        """Whenever something is due, or will be though nothing more happens, a look comes by then."""
        found, incident = await self.rows()
        for seconds in (0, *SPANS.values()):
            instant = self.workshop.clock.now() + timedelta(seconds=seconds)
            if is_due(found, incident, instant):
                assert found.due_at is not None
                assert found.due_at <= instant


async def forget_all(workshop: Workshop) -> None:
    """Nothing of an earlier example is left to be looked at."""
    async with workshop.work() as unit:
        await unit.session.exec(delete(Capture))
        await unit.session.exec(update(OutboxRow).values(state=OutboxState.GIVEN_UP))


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.sampled_from(MOVES), min_size=3, max_size=14))
@example(moves=["a minute", "a minute", "looked at", "read", "closed", "a shift", "looked at", "reopened", "looked at"])
@example(moves=["wanted", "looked at", "closed", "a fortnight", "looked at", "reopened", "looked at", "read"])
@example(moves=["wanted", "looked at", "wanted", "looked at", "cursor lost", "looked at", "rows lost", "an hour"])
async def test_no_channel_is_forgotten(workshop: Workshop, moves: list[str]) -> None:
    """Whatever happens to a channel, it is read when the rule says so, never looked at too late nor over and over."""
    await forget_all(workshop)
    channel = Channel(workshop, await workshop.declare(f"The shop bot gives {len(workshop.chat.calls)}% off"))
    for move in moves:
        await channel.meets(move)
        await channel.is_not_forgotten()


async def test_ten_thousand_channels_wait_outside_the_outbox(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are to be read, no more are begun than the next minutes can carry, and all have their turn."""
    monkeypatch.setattr(backfill, "AHEAD", AHEAD)
    await workshop.declare()
    count = AHEAD // PACE + 20
    await crowd(workshop.database, 1, count, kinds=(Incident, Capture))
    workshop.clock.forward(minutes=3)
    await workshop.services.backfill.check()
    for _ in range(3):
        await workshop.services.backfill.tick()
        async with workshop.work.read() as unit:
            begun = await unit.outbox.waiting({(number, "backfill.read_page") for number in range(100_000, 101_000)})
        assert len(begun) <= AHEAD // PACE
    for _ in range(4):
        await workshop.settle()
        workshop.clock.forward(seconds=AHEAD.total_seconds())
        await workshop.services.backfill.tick()
    async with workshop.work.read() as unit:
        runs = [(await unit.captures.get(number)) for number in (1, *range(100_000, 100_000 + count))]
    assert {1} == {found.run for found in runs if found}


async def test_a_lane_is_as_late_as_its_latest_row(workshop: Workshop) -> None:
    """What keeps a pace counts from the latest row, waiting or done, and from no other lane's."""
    now = workshop.clock.now()
    async with workshop.work() as unit:
        assert await unit.outbox.last_due(LANE) is None
        for minute, state, lane in ((1, OutboxState.DONE, LANE), (2, OutboxState.DONE, LANE), (9, UNFINISHED[0], "x")):
            due_at = now + timedelta(minutes=minute)
            row = OutboxRow(fact="f", payload={}, reaction="r", lane=lane, state=state, created_at=now, due_at=due_at)
            unit.outbox.add(row)
    async with workshop.work() as unit:
        assert await unit.outbox.last_due(LANE) == now + timedelta(minutes=2)
        await unit.session.exec(update(OutboxRow).where(col(OutboxRow.id) == 1).values(state=OutboxState.CLAIMED))
        assert await unit.outbox.last_due(LANE) == now + timedelta(minutes=2)
        late = {"state": OutboxState.PENDING, "due_at": now + timedelta(minutes=7)}
        await unit.session.exec(update(OutboxRow).where(col(OutboxRow.id) == 1).values(**late))
        assert await unit.outbox.last_due(LANE) == now + timedelta(minutes=7)
