"""The auditor mends what is missing once, tells people once where that did not help, and is silent otherwise."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from sqlmodel import col, delete, select, update

from bot.domain.errors import ChatRefused, ChatUnavailable, StorageUnavailable
from bot.domain.escalation import StepState
from bot.domain.incident import ChannelState, Severity
from bot.domain.notices.audit import AuditProblem, Lack
from bot.services import auditor
from storage.audits import Audits
from storage.captures import Capture
from storage.escalations import EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.owed import OutboxRow, OutboxState
from tests.workshop import Workshop


async def incident(workshop: Workshop, number: int) -> Incident:
    async with workshop.work.read() as unit:
        found = await unit.incidents.get(number)
    assert found is not None
    return found


async def look(workshop: Workshop, **later: float) -> None:
    """Some time passes, then the auditor looks and what it owes is carried out."""
    workshop.clock.forward(**later)
    await workshop.services.auditor.look()
    await workshop.settle()


async def forget_outbox(workshop: Workshop) -> None:
    """As if every owed reaction had been given up."""
    async with workshop.work() as unit:
        await unit.session.exec(update(OutboxRow).values(state=OutboxState.GIVEN_UP))


async def problems(workshop: Workshop, number: int) -> list[AuditProblem]:
    """What its people were told of lacks."""
    channel_id = (await incident(workshop, number)).channel_id or "DURAE"
    return [notice for notice in workshop.chat.in_channel(channel_id) if isinstance(notice, AuditProblem)]


async def test_a_healthy_incident_is_left_alone(workshop: Workshop) -> None:
    """Where nothing is missing, looking for an hour changes and says nothing."""
    number = await workshop.declare()
    said = len(workshop.chat.said)
    await look(workshop, minutes=3)
    after_first = await incident(workshop, number)
    for _ in range(5):
        await look(workshop, minutes=10)
    assert len(workshop.chat.said) == said
    assert (await incident(workshop, number)).model_dump() == after_first.model_dump()


async def test_a_missing_channel_is_opened_once_more(workshop: Workshop) -> None:
    """A channel whose opening was lost is opened after two minutes, with everything that follows, exactly once."""
    workshop.chat.fail("open_channel", *[ChatUnavailable("unreachable")])
    number = await workshop.declare()
    assert (await incident(workshop, number)).channel_id is None
    await forget_outbox(workshop)
    await look(workshop, minutes=1)
    assert (await incident(workshop, number)).channel_id is None
    for _ in range(3):
        await look(workshop, minutes=2)
    found = await incident(workshop, number)
    assert found.channel_state is ChannelState.OPEN
    assert found.card_ts is not None
    assert len(workshop.chat.channels) == 1
    assert await problems(workshop, number) == []


async def test_a_channel_still_owed_is_not_owed_twice(workshop: Workshop) -> None:
    """While the outbox still tries, the auditor adds nothing."""
    workshop.chat.fail("open_channel", ChatUnavailable("unreachable"))
    await workshop.declare()
    workshop.clock.forward(minutes=3)
    await workshop.services.auditor.look()
    async with workshop.work.read() as unit:
        owed = (await unit.session.exec(select(OutboxRow).where(col(OutboxRow.reaction) == "channels.open"))).all()
    assert len(owed) == 1


async def test_what_cannot_be_mended_is_told_once(workshop: Workshop) -> None:
    """A card that Slack refuses is posted once more, then people hear of it, once."""
    number = await workshop.declare()
    async with workshop.work() as unit:
        stored = await unit.incidents.get(number)
        assert stored is not None
        stored.card_ts = None
    workshop.chat.fail("post", ChatRefused("restricted_action"))
    for _ in range(6):
        await look(workshop, minutes=3)
    (told,) = await problems(workshop, number)
    assert told.lack is Lack.CARD


async def test_without_a_channel_whoever_declared_is_told(workshop: Workshop) -> None:
    """Where there is no channel to tell it in, the declarer hears that there is none."""
    workshop.chat.fail("open_channel", *[ChatUnavailable("unreachable")] * 2)
    number = await workshop.declare()
    await forget_outbox(workshop)
    await look(workshop, minutes=3)
    await forget_outbox(workshop)
    for _ in range(3):
        await look(workshop, minutes=3)
    assert [told.lack for told in await problems(workshop, number)] == [Lack.CHANNEL]


async def test_a_grave_incident_gets_its_promise_back(workshop: Workshop) -> None:
    """An open SEV1 without a next update is given the one policy asks for."""
    number = await workshop.declare(severity=Severity.SEV1)
    async with workshop.work() as unit:
        await unit.session.exec(update(Incident).values(next_update_at=None))
    await look(workshop, minutes=3)
    promised = (await incident(workshop, number)).next_update_at
    assert promised is not None
    assert promised > workshop.clock.now()


async def test_a_grave_incident_with_nothing_scheduled_is_planned_again(workshop: Workshop) -> None:
    """An open SEV1 whose ladder was lost gets it back."""
    number = await workshop.declare(severity=Severity.SEV1)
    async with workshop.work() as unit:
        await unit.session.exec(delete(EscalationAsk))
        await unit.session.exec(delete(EscalationStep))
    await look(workshop, minutes=3)
    async with workshop.work.read() as unit:
        assert any(step.next_look_at for step in await unit.escalations.of(number))
    assert await problems(workshop, number) == []


async def test_a_ladder_with_nothing_left_to_ask_is_told_once(workshop: Workshop) -> None:
    """Where everything was asked and stood down and the SEV1 is still open, its people hear that nobody will be asked."""
    number = await workshop.declare(severity=Severity.SEV1)
    for _ in range(4):
        async with workshop.work() as unit:
            gone = {"state": StepState.STOOD_DOWN, "next_look_at": None, "stood_down_at": workshop.clock.now()}
            await unit.session.exec(update(EscalationStep).values(**gone))
        await look(workshop, minutes=3)
    assert [told.lack for told in await problems(workshop, number)] == [Lack.LADDER]


async def test_messages_waiting_in_vain_are_told_when_they_can_be(workshop: Workshop) -> None:
    """What is owed for more than ten minutes is told once; when it has gone out by then, nobody is bothered."""
    number = await workshop.declare()
    workshop.chat.fail("set_topic", *[ChatUnavailable("unreachable")] * 100)
    async with workshop.work() as unit:
        stuck = await unit.session.exec(select(OutboxRow).where(col(OutboxRow.reaction) == "channels.set_topic"))
        row = stuck.one()
        row.state, row.due_at = OutboxState.PENDING, workshop.clock.now() + timedelta(hours=2)
    for _ in range(3):
        await look(workshop, minutes=11)
    assert [told.lack for told in await problems(workshop, number)] == [Lack.OUTBOX]


async def promiseless(workshop: Workshop, count: int) -> list[int]:
    """So many grave incidents of which nobody was promised an update; their numbers."""
    numbers = [await workshop.declare(f"Case {n}", severity=Severity.SEV1) for n in range(count)]
    workshop.clock.forward(minutes=3)
    await forget_outbox(workshop)
    async with workshop.work() as unit:
        await unit.session.exec(update(Incident).values(next_update_at=None))
    return numbers


async def mended(workshop: Workshop) -> list[int]:
    """Of which incidents an update is promised."""
    async with workshop.work.read() as unit:
        return [found.key for found in await unit.incidents.open_ones() if found.next_update_at is not None]


async def test_each_look_sees_its_part_and_all_are_seen(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many open incidents a look takes some, the next those that follow, and then it begins anew."""
    monkeypatch.setattr(auditor, "PART", 2)
    numbers = await promiseless(workshop, 5)
    for seen in (2, 4, 5):
        await workshop.services.auditor.look()
        assert sorted(await mended(workshop)) == numbers[:seen]
    async with workshop.work() as unit:
        await unit.session.exec(update(Incident).values(next_update_at=None))
    await workshop.services.auditor.look()
    assert sorted(await mended(workshop)) == numbers[:2]


async def test_a_clock_set_back_is_looked_at_in_all(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was planned for by the wrong clock is moved along at once, also when the first look at it fails."""
    monkeypatch.setattr(auditor, "PART", 2)
    numbers = [await workshop.declare(f"Case {n}", severity=Severity.SEV1) for n in range(5)]
    await workshop.services.auditor.look()
    workshop.clock.forward(hours=-2)
    with monkeypatch.context() as broken:
        broken.setattr(Audits, "unfurnished", AsyncMock(side_effect=StorageUnavailable("gone")))
        with pytest.raises(StorageUnavailable):
            await workshop.services.auditor.look()
    await workshop.services.auditor.look()
    async with workshop.work.read() as unit:
        notes = [entry for number in numbers for entry in await unit.timeline.of(number) if "set back" in entry.text]
    assert [entry.incident_id for entry in notes] == numbers
    assert {entry.data["minutes"] for entry in notes} == {120}


async def test_a_channel_nobody_will_read_is_read(workshop: Workshop) -> None:
    """Opened by a version that did not say so, or reopened by one: it is watched as any other."""
    numbers = [await workshop.declare(f"Case {n}") for n in range(3)]
    async with workshop.work() as unit:
        await unit.session.exec(delete(Capture).where(col(Capture.incident_id) == numbers[0]))
        await unit.session.exec(update(Capture).where(col(Capture.incident_id) == numbers[1]).values(due_at=None))
    await look(workshop, minutes=3)
    await workshop.services.backfill.tick()
    workshop.clock.forward(minutes=3)
    await workshop.services.backfill.tick()
    async with workshop.work.read() as unit:
        captures = [await unit.captures.get(number) for number in numbers]
    assert [1, 1, 1] == [found.run for found in captures if found]


async def test_what_is_planned_for_later_is_not_late(workshop: Workshop) -> None:
    """A long row of channels to be read, each at its time, is no trouble to tell people of; one tried in vain is."""
    number = await workshop.declare()
    now = workshop.clock.now()
    async with workshop.work() as unit:
        stuck = await unit.session.exec(select(OutboxRow).where(col(OutboxRow.reaction) == "channels.set_topic"))
        row = stuck.one()
        row.state, row.attempts, row.due_at = OutboxState.PENDING, 0, now + timedelta(hours=2)
    for minutes, told in ((60, 0), (65, 0), (10, 1)):
        workshop.clock.forward(minutes=minutes)
        async with workshop.work.read() as unit:
            late = await unit.audits.late(workshop.clock.now() - timedelta(minutes=10), besides="")
        assert [number] * told == list(late)
