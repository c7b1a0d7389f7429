"""The running ladder on real databases: due once, answered once, stopped by the act that makes it pointless."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import AlreadyDone, BadInput, ChatRefused, IllegalMove, NotAllowed, NotFound
from bot.domain.escalation import RungKind, StepState, Why
from bot.domain.incident import IncidentType, Role, Severity
from bot.domain.notices import Notice
from bot.domain.notices.escalation import Asked, Asking
from bot.domain.people import Actor, Profile
from bot.domain.timeline import EntryKind
from bot.services.choices import Choices
from bot.services.container import Services
from bot.services.outbox import OutboxWorker
from bot.services.ports import Once, Posted
from bot.services.work import Work
from playbooks.library import Library
from storage.database import Database
from storage.escalations import AskState, EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.store import Store
from storage.timeline import TimelineEntry
from tests.services.seats import seat
from tests.workshop import Workshop, open_workshop

DUTY = ("lena", "liam", "hana", "mateo", "mina", "grace", "gus", "gwen", "cory", "cleo", "ines", "emil")
EXECUTIVES = ("UINES", "UGWEN", "UHANA")


def user(handle: str) -> str:
    return f"U{handle.upper()}"


async def staff(workshop: Workshop, *missing: str) -> None:
    """Everybody whom the policies name is known to Slack, save those missing."""
    for handle in DUTY:
        if handle not in missing:
            workshop.chat.people[user(handle)] = Profile(
                user(handle), handle.title(), email=f"{handle}@kestrel.example"
            )
    await workshop.services.directory.refresh()


async def look(workshop: Workshop, **span: float) -> None:
    """Time goes by from one due instant to the next, as it does while Andon runs."""
    end = workshop.clock.now() + timedelta(**span)
    while True:
        await workshop.services.raising.raise_due()
        await workshop.settle()
        async with workshop.work.read() as unit:
            due = await unit.escalations.next_look()
        if workshop.clock.now() >= end and (due is None or due > end):
            return
        workshop.clock.set(min(end, max(due or end, workshop.clock.now())))


async def sleep(workshop: Workshop, **span: float) -> None:
    """Andon is down for so long, then looks."""
    workshop.clock.forward(**span)
    await workshop.services.raising.raise_due()
    await workshop.settle()


async def begin(workshop: Workshop, severity: Severity | None = Severity.SEV1, **answers: object) -> int:
    number = await workshop.declare(severity=severity, **answers)
    await look(workshop, minutes=0)
    return number


def asked(workshop: Workshop, user_id: str) -> list[Asking]:
    """Every ask that reached somebody, as it was first said."""
    said = [one.notice for one in workshop.chat.said if one.channel_id == f"D{user_id}"]
    return [notice for notice in said if isinstance(notice, Asking)]


def waiting(workshop: Workshop, user_id: str) -> list[Asking]:
    """Messages to somebody that still have buttons."""
    return [notice for notice in workshop.chat.dms(user_id) if isinstance(notice, Asking)]


def answered(workshop: Workshop, user_id: str) -> list[Asked]:
    return [notice for notice in workshop.chat.dms(user_id) if isinstance(notice, Asked)]


async def incident(workshop: Workshop, number: int) -> Incident:
    async with workshop.work.read() as unit:
        found = await unit.incidents.get(number)
    assert found is not None
    return found


async def channel(workshop: Workshop, number: int) -> list[Asking]:
    """What the channel was asked."""
    channel_id = (await incident(workshop, number)).channel_id
    said = [one.notice for one in workshop.chat.said if one.channel_id == channel_id]
    return [notice for notice in said if isinstance(notice, Asking)]


async def rows(workshop: Workshop, number: int) -> Sequence[EscalationStep]:
    async with workshop.work.read() as unit:
        return await unit.escalations.of(number)


async def asks(workshop: Workshop, number: int) -> Sequence[EscalationAsk]:
    async with workshop.work.read() as unit:
        return await unit.escalations.asks_of(number)


async def step(workshop: Workshop, number: int, key: str) -> EscalationStep:
    """The newest turn of a rung."""
    return [row for row in await rows(workshop, number) if row.key == key][-1]


def whys(notices: Sequence[Asking]) -> list[Why]:
    return [reason.why for notice in notices for reason in notice.reasons]


async def test_everyone_on_the_first_rung_is_asked_once(workshop: Workshop) -> None:
    """At SEV1 the four on duty and the three executives each get one message, however often we look."""
    await staff(workshop)
    await begin(workshop)
    for _ in range(5):
        await workshop.services.raising.raise_due()
        await workshop.settle()
    for handle in ("lena", "mateo", "grace", "cory"):
        assert [notice.kind for notice in asked(workshop, user(handle))] == [RungKind.PAGE], handle
    for user_id in EXECUTIVES:
        assert [notice.kind for notice in asked(workshop, user_id)] == [RungKind.EXECUTIVE]
    assert not asked(workshop, "ULIAM")
    assert not asked(workshop, "UEMIL")


async def test_silence_climbs_from_person_to_person(workshop: Workshop) -> None:
    """Nobody answers at SEV1: secondary after 5 min, manager after 10, executive on call after 15, channel after 20."""
    await staff(workshop)
    number = await begin(workshop)
    for handle, minutes in (("liam", 5), ("hana", 5), ("emil", 5)):
        before = len(asked(workshop, user(handle)))
        await look(workshop, minutes=minutes - 1)
        assert len(asked(workshop, user(handle))) == before, handle
        await look(workshop, minutes=1)
        fresh = asked(workshop, user(handle))[before:]
        assert Why.NOT_ACKNOWLEDGED in whys(fresh), handle
    await look(workshop, minutes=5)
    assert Why.NOBODY_REACHABLE in whys(await channel(workshop, number))


async def test_an_acknowledgement_stands_later_rungs_down(workshop: Workshop) -> None:
    """Lena has it: the incident is acknowledged, and secondary, manager and channel are never asked while it counts."""
    await staff(workshop)
    number = await begin(workshop)
    workshop.clock.forward(minutes=2)
    await workshop.services.asks.acknowledge(waiting(workshop, "ULENA")[0].batch, by=Actor.person("ULENA"))
    await workshop.settle()
    assert (await incident(workshop, number)).acknowledged_at == workshop.clock.now()
    (line,) = answered(workshop, "ULENA")
    assert (line.answer, line.by) == ("acknowledged", "person:ULENA")
    assert line.until == workshop.clock.now() + timedelta(minutes=30)
    await look(workshop, minutes=27)
    assert not asked(workshop, "ULIAM")
    assert Why.NOT_ACKNOWLEDGED not in whys(asked(workshop, "UHANA"))
    assert Why.NOBODY_REACHABLE not in whys(await channel(workshop, number))


async def test_a_second_press_changes_nothing(workshop: Workshop) -> None:
    """Whoever presses twice hears when and by whom it was answered."""
    await staff(workshop)
    number = await begin(workshop)
    batch = waiting(workshop, "ULENA")[0].batch
    await workshop.services.asks.acknowledge(batch, by=Actor.person("ULENA"))
    before = [row.model_dump() for row in await rows(workshop, number)]
    workshop.clock.forward(minutes=3)
    with pytest.raises(AlreadyDone, match=r"This was acknowledged by Lena at .* Nothing was changed\."):
        await workshop.services.asks.acknowledge(batch, by=Actor.person("ULENA"))
    assert [row.model_dump() for row in await rows(workshop, number)] == before


async def test_two_press_at_once(workshop: Workshop) -> None:
    """Lena and Liam both say they have it in the same instant: one does, the other's message says who."""
    await staff(workshop)
    number = await begin(workshop)
    await look(workshop, minutes=5)
    presses = [
        workshop.services.asks.acknowledge(waiting(workshop, user_id)[0].batch, by=Actor.person(user_id))
        for user_id in ("ULENA", "ULIAM")
    ]
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    await workshop.settle()
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, AlreadyDone)]
    assert not waiting(workshop, "ULENA")
    assert not waiting(workshop, "ULIAM")
    entries = [entry for entry in await timeline(workshop, number) if entry.data.get("answer") == "acknowledged"]
    assert len(entries) == 2 - sum(isinstance(one, AlreadyDone) for one in outcomes)


async def timeline(workshop: Workshop, number: int) -> list[TimelineEntry]:
    async with workshop.work.read() as unit:
        return [entry for entry in await unit.timeline.of(number) if entry.kind is EntryKind.ESCALATION]


async def test_an_acknowledgement_expires_and_asks_again(workshop: Workshop) -> None:
    """At SEV1 it counts 30 minutes; then the same person is asked again, and silence climbs again."""
    await staff(workshop)
    await begin(workshop)
    await workshop.services.asks.acknowledge(waiting(workshop, "ULENA")[0].batch, by=Actor.person("ULENA"))
    await look(workshop, minutes=29)
    assert len(asked(workshop, "ULENA")) == 1
    await look(workshop, minutes=1)
    assert [notice.reasons[0].times for notice in waiting(workshop, "ULENA")] == [2]
    await look(workshop, minutes=5)
    assert Why.NOT_ACKNOWLEDGED in whys(asked(workshop, "ULIAM"))


async def test_it_expires_after_an_hour_at_sev2_and_never_at_sev3(workshop: Workshop) -> None:
    """The policy's two expiries, and none where it names none."""
    await staff(workshop)
    await begin(workshop, Severity.SEV2)
    await workshop.services.asks.acknowledge(waiting(workshop, "ULENA")[0].batch, by=Actor.person("ULENA"))
    await look(workshop, minutes=59)
    pages = [notice for notice in asked(workshop, "ULENA") if notice.kind is RungKind.PAGE]
    assert len(pages) == 1
    await look(workshop, minutes=1)
    pages = [notice for notice in asked(workshop, "ULENA") if notice.kind is RungKind.PAGE]
    assert len(pages) == 2


async def test_contained_harm_lets_acknowledgements_rest(workshop: Workshop) -> None:
    """Once the harm is stopped nobody is asked again whether they still have it."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    await workshop.services.asks.acknowledge(waiting(workshop, "UINES")[0].batch, by=Actor.person("UINES"))
    await workshop.services.lifecycle.contain(number, "flag off, 20 probes refused", by=lena)
    await look(workshop, minutes=45)
    assert len(asked(workshop, "UINES")) == 1


async def test_mute_lasts_until_the_next_update(workshop: Workshop) -> None:
    """*Mute* acknowledges until the next update is due, where that is later than the policy's expiry."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    due = workshop.clock.now() + timedelta(minutes=55)
    await workshop.services.updates.send(number, "We are on it.", by=lena, key="u1", next_due_at=due)
    await workshop.services.asks.acknowledge(waiting(workshop, "UINES")[0].batch, by=Actor.person("UINES"), mute=True)
    await workshop.settle()
    (line,) = answered(workshop, "UINES")
    assert (line.answer, line.until) == ("muted", due)
    await look(workshop, minutes=54)
    assert len(asked(workshop, "UINES")) == 1
    await look(workshop, minutes=2)
    assert len(asked(workshop, "UINES")) == 2


async def test_delegating_asks_somebody_else(workshop: Workshop) -> None:
    """The delegate gets the message and is named to the giver; their answer is the answer; nobody is asked for both."""
    await staff(workshop)
    number = await begin(workshop)
    otto = workshop.person("UOTTO", "Otto")
    batch = waiting(workshop, "UGWEN")[0].batch
    await workshop.services.asks.delegate(batch, otto.id, by=Actor.person("UGWEN"))
    await workshop.settle()
    (line,) = answered(workshop, "UGWEN")
    assert (line.answer, line.delegated_to) == ("delegated", "UOTTO")
    (ask,) = waiting(workshop, "UOTTO")
    assert (ask.delegated_by, ask.kind) == ("UGWEN", RungKind.EXECUTIVE)
    await workshop.services.asks.acknowledge(ask.batch, by=otto)
    await workshop.settle()
    assert (await step(workshop, number, "executive_notice")).state is StepState.ACKNOWLEDGED
    with pytest.raises(AlreadyDone, match="This was delegated by Gwen"):
        await workshop.services.asks.acknowledge(batch, by=Actor.person("UGWEN"))


async def test_delegating_keeps_what_another_acknowledged(workshop: Workshop) -> None:
    """Ines has acknowledged until 17:00; Gwen delegating hers moves that not a minute."""
    await staff(workshop)
    number = await begin(workshop)
    await workshop.services.asks.acknowledge(waiting(workshop, "UINES")[0].batch, by=Actor.person("UINES"))
    before = (await step(workshop, number, "executive_notice")).next_look_at
    workshop.clock.forward(minutes=10)
    workshop.person("UOTTO", "Otto")
    await workshop.services.asks.delegate(waiting(workshop, "UGWEN")[0].batch, "UOTTO", by=Actor.person("UGWEN"))
    row = await step(workshop, number, "executive_notice")
    assert (row.state, row.next_look_at) == (StepState.ACKNOWLEDGED, before)


async def test_whom_nobody_can_delegate_to(workshop: Workshop) -> None:
    """Oneself, a bot and a closed account are refused under the field, and nothing is changed."""
    await staff(workshop)
    number = await begin(workshop)
    batch = waiting(workshop, "UINES")[0].batch
    workshop.person("UBOT", "Grafana", is_bot=True)
    workshop.person("UDANA", "Dana", is_deactivated=True)
    for wrong in ("UINES", "UBOT", "UDANA"):
        with pytest.raises(BadInput) as refused:
            await workshop.services.asks.delegate(batch, wrong, by=Actor.person("UINES"))
        assert refused.value.field == "person"
    assert {ask.state for ask in await asks(workshop, number)} == {AskState.ASKED}


async def test_not_me_asks_the_next_at_once(workshop: Workshop) -> None:
    """Lena passes it on: Liam is asked now rather than in five minutes; Mateo passes on to Mina."""
    await staff(workshop)
    await begin(workshop)
    for first, second in (("ULENA", "ULIAM"), ("UMATEO", "UMINA")):
        await workshop.services.asks.decline(waiting(workshop, first)[0].batch, by=Actor.person(first))
        await look(workshop, minutes=0)
        assert len(waiting(workshop, second)) == 1, second
        assert [line.answer for line in answered(workshop, first)] == ["declined"]
    assert waiting(workshop, "ULIAM")[0].reasons[0].after == ""
    await look(workshop, minutes=6)
    assert len([n for n in asked(workshop, "ULIAM") if n.kind is RungKind.PAGE]) == 1


async def test_whoever_cannot_be_reached_is_passed_over(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused direct message and an account that is gone both send the page on at once."""
    await staff(workshop, "mateo")
    direct = workshop.chat.dm

    async def dm(user_id: str, notice: Notice, *, once: Once) -> Posted:
        if user_id == "ULENA":
            raise ChatRefused("channel_not_found")
        return await direct(user_id, notice, once=once)

    monkeypatch.setattr(workshop.chat, "dm", dm)
    await begin(workshop)
    await look(workshop, minutes=0)
    assert len(asked(workshop, "ULIAM")) == 1
    assert len(asked(workshop, "UMINA")) == 1


async def test_nobody_reachable_goes_to_the_channel_once(workshop: Workshop) -> None:
    """With nobody on any roster the channel is told in one message for each look, and executives at once."""
    await staff(workshop, *[handle for handle in DUTY if handle != "ines"])
    number = await begin(workshop, Severity.SEV2, type=IncidentType.PROMPT_ATTACK)
    said = await channel(workshop, number)
    assert len(said) == 1
    assert Why.NOBODY_REACHABLE in whys(said)
    await look(workshop, minutes=29)
    assert whys(await channel(workshop, number)).count(Why.NOBODY_REACHABLE) == 1
    await look(workshop, minutes=16)
    assert len(asked(workshop, "UINES")) == 1
    entries = await timeline(workshop, number)
    assert any("unreachable" in entry.data for entry in entries)


async def test_no_executive_can_be_reached(workshop: Workshop) -> None:
    """Every executive's message is refused: the one on call is asked, then the channel."""
    await staff(workshop, "ines", "gwen", "hana")
    number = await begin(workshop)
    assert len(asked(workshop, "UEMIL")) == 1
    assert asked(workshop, "UEMIL")[0].kind is RungKind.EXECUTIVE
    await staff(workshop)
    assert Why.EXECUTIVE_SILENT not in whys(await channel(workshop, number))


async def test_reminders_say_why_and_repeat(workshop: Workshop) -> None:
    """The lead is reminded of what is missing, again where policy repeats; the older message loses its buttons."""
    await staff(workshop)
    number = await begin(workshop)
    await seat(workshop, number, "ULENA")
    await look(workshop, minutes=15)
    nudges = [notice for notice in waiting(workshop, "ULENA") if notice.kind is RungKind.NUDGE]
    assert Why.NO_FIRST_UPDATE in whys(nudges)
    await look(workshop, minutes=10)
    fresh = [notice for notice in waiting(workshop, "ULENA") if Why.NO_FIRST_UPDATE in whys([notice])]
    assert [reason.times for reason in fresh[0].reasons if reason.why is Why.NO_FIRST_UPDATE] == [2]
    assert len(fresh) == 1


def first_update(workshop: Workshop) -> Asking:
    """The reminder of the first update that waits for Lena."""
    return next(notice for notice in waiting(workshop, "ULENA") if Why.NO_FIRST_UPDATE in whys([notice]))


async def test_snoozing_within_limits(workshop: Workshop) -> None:
    """Ten, twenty or thirty minutes; at SEV1 with a reason; a page not at all; the third time it climbs."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    snooze = workshop.services.asks.snooze
    for user_id in ("UMATEO", "UINES"):
        with pytest.raises(IllegalMove, match="cannot be snoozed"):
            await snooze(waiting(workshop, user_id)[0].batch, 10, "busy", by=Actor.person(user_id))
    await look(workshop, minutes=15)
    batch = first_update(workshop).batch
    form = await workshop.services.asks.snooze_form(batch, by=lena)
    assert (form.minutes, form.needs_reason) == ((10, 20, 30), True)
    with pytest.raises(BadInput, match="10, 20 or 30") as refused:
        await snooze(batch, 15, "busy", by=lena)
    assert refused.value.field == "minutes"
    with pytest.raises(BadInput, match="needs a reason"):
        await snooze(batch, 10, " ", by=lena)
    for time in (1, 2):
        await snooze(first_update(workshop).batch, 10, "the vendor calls back", by=lena)
        await workshop.settle()
        (line,) = [one for one in answered(workshop, "ULENA") if one.at == workshop.clock.now() and one.by]
        assert (line.answer, line.until) == ("snoozed", workshop.clock.now() + timedelta(minutes=10))
        assert Why.NO_FIRST_UPDATE not in whys(waiting(workshop, "ULENA")), time
        await look(workshop, minutes=10)
    before = len(asked(workshop, "UHANA"))
    await snooze(first_update(workshop).batch, 10, "still waiting", by=lena)
    await look(workshop, minutes=0)
    assert Why.NO_FIRST_UPDATE in whys(asked(workshop, "UHANA")[before:])
    assert "climbed" in [line.answer for line in answered(workshop, "ULENA")]


async def test_an_update_ends_its_reminders_and_moves_the_next(workshop: Workshop) -> None:
    """After an update the first-update reminder is gone, and the overdue one comes at the newly promised time."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    due = workshop.clock.now() + timedelta(minutes=40)
    await workshop.services.updates.send(number, "On it.", by=lena, key="u1", next_due_at=due)
    await look(workshop, minutes=39)
    assert not {Why.NO_FIRST_UPDATE, Why.UPDATE_OVERDUE} & set(whys(asked(workshop, "ULENA")))
    await look(workshop, minutes=1)
    assert Why.UPDATE_OVERDUE in whys(waiting(workshop, "ULENA"))
    await workshop.services.updates.send(number, "Still on it.", by=lena, key="u2")
    await workshop.settle()
    assert Why.UPDATE_OVERDUE not in whys(waiting(workshop, "ULENA"))


async def test_a_severity_change_keeps_what_was_acknowledged(workshop: Workshop) -> None:
    """From SEV2 to SEV1: Lena's page stays hers, what SEV1 wanted earlier is asked now, nobody is asked twice."""
    await staff(workshop)
    number = await begin(workshop, Severity.SEV2, type=IncidentType.PROMPT_ATTACK)
    lena = Actor.person("ULENA")
    await workshop.services.asks.acknowledge(waiting(workshop, "ULENA")[0].batch, by=lena)
    await look(workshop, minutes=20)
    assert not asked(workshop, "UGWEN")
    await workshop.services.severities.change(number, Severity.SEV1, "money is lost", by=lena)
    await look(workshop, minutes=0)
    page = await step(workshop, number, "page_lead")
    assert (page.state, page.severity) == (StepState.ACKNOWLEDGED, Severity.SEV1)
    assert page.next_look_at == workshop.clock.now() + timedelta(minutes=30)
    assert len([n for n in asked(workshop, "ULENA") if Why.DECLARED in whys([n])]) == 1
    for user_id in EXECUTIVES:
        assert len(asked(workshop, user_id)) == 1, user_id
    assert len(asked(workshop, "UMATEO")) == 1
    assert not asked(workshop, "ULIAM")


async def test_what_ends_the_ladder(workshop: Workshop) -> None:
    """Containing ends the reminder of it; resolving what is left but the post-mortem; every ending ends everything."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    lifecycle = workshop.services.lifecycle
    await look(workshop, minutes=60)
    assert Why.NOT_CONTAINED in whys(waiting(workshop, "ULENA"))
    await lifecycle.contain(number, "flag off", by=lena)
    await workshop.settle()
    assert Why.NOT_CONTAINED not in whys(waiting(workshop, "ULENA"))
    await lifecycle.resolve(number, "evals pass", by=lena)
    await workshop.settle()
    left = {row.key for row in await rows(workshop, number) if row.next_look_at is not None}
    assert left == {"postmortem_meeting", "postmortem_draft"}
    await workshop.services.closing.close(number, "Done.", by=lena)
    await workshop.settle()
    assert [row.key for row in await rows(workshop, number) if row.next_look_at is not None] == []
    everybody = {one.channel_id for one in workshop.chat.said}
    assert [waiting(workshop, place.removeprefix("D")) for place in everybody if waiting(workshop, place[1:])] == []
    said = len(workshop.chat.said)
    await sleep(workshop, days=30)
    assert len(workshop.chat.said) == said


@pytest.mark.parametrize("how", ["cancel", "merge"])
async def test_cancelled_and_merged_ask_nobody(workshop: Workshop, how: str) -> None:
    """The executives' messages are condensed and nothing is asked any more; a late press says what became of it."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    batch = waiting(workshop, "UINES")[0].batch
    if how == "cancel":
        await workshop.services.closing.cancel(number, "a load test", by=lena)
    else:
        other = await workshop.declare("The same again", severity=Severity.SEV4)
        await workshop.services.merging.merge(number, other, "the same", by=lena)
    await workshop.settle()
    (line,) = answered(workshop, "UINES")
    assert (line.answer, line.by) == ("settled", None)
    with pytest.raises(IllegalMove, match="AI-0001"):
        await workshop.services.asks.acknowledge(batch, by=Actor.person("UINES"))
    await sleep(workshop, hours=5)
    assert len(asked(workshop, "UINES")) == 1


async def test_reopening_climbs_anew(workshop: Workshop) -> None:
    """A reopened incident asks again, counting from the reopening."""
    await staff(workshop)
    number = await begin(workshop)
    lena = await seat(workshop, number, "ULENA")
    await workshop.services.closing.cancel(number, "a load test", by=lena)
    await sleep(workshop, hours=3)
    await workshop.services.closing.reopen(number, "no, it is real", by=lena)
    await look(workshop, minutes=0)
    assert len(asked(workshop, "UINES")) == 2
    assert not asked(workshop, "UINES")[-1].reasons[0].late_by


async def test_downtime_is_delivered_once_late_and_folded(workshop: Workshop) -> None:
    """Andon was away for three hours: one message each, with every reason, and by how much it is late."""
    await staff(workshop)
    number = await begin(workshop)
    await seat(workshop, number, "ULENA")
    before = len(asked(workshop, "ULENA"))
    await sleep(workshop, hours=3)
    (fresh,) = asked(workshop, "ULENA")[before:]
    assert {Why.NO_FIRST_UPDATE, Why.UPDATE_OVERDUE, Why.NOT_CONTAINED} <= set(whys([fresh]))
    late = {reason.why: reason.late_by for reason in fresh.reasons}
    assert late[Why.NO_FIRST_UPDATE] == timedelta(minutes=165)
    assert late[Why.NOT_CONTAINED] == timedelta(minutes=120)
    said = len(workshop.chat.said)
    await sleep(workshop, minutes=0)
    assert len(workshop.chat.said) == said
    entries = [entry for entry in await timeline(workshop, number) if entry.data.get("why") == Why.NOT_CONTAINED]
    assert [entry.data["late_seconds"] for entry in entries] == [7200]


async def test_what_is_over_while_andon_was_away_is_not_told(workshop: Workshop) -> None:
    """A lead who sat down before Andon looked again is not told that a lead is missing."""
    await staff(workshop)
    number = await begin(workshop)
    workshop.clock.forward(hours=2)
    await seat(workshop, number, "ULENA")
    await sleep(workshop, minutes=0)
    assert not {Why.NO_LEAD, Why.NOT_ACKNOWLEDGED} & set(
        whys([*await channel(workshop, number), *asked(workshop, "ULIAM")])
    )


async def test_business_hours(workshop: Workshop) -> None:
    """A SEV3 of Friday 16:30 asks the secondary's turn on Monday; nobody is asked over the week-end."""
    await staff(workshop)
    await begin(workshop, Severity.SEV3)
    assert len(asked(workshop, "ULENA")) == 1
    await look(workshop, hours=12)
    said = len(workshop.chat.said)
    await look(workshop, hours=50)  # Sunday, 18:30
    assert len(workshop.chat.said) == said
    await look(workshop, hours=18)  # Monday, 12:30: four business hours are over
    assert Why.NOT_ACKNOWLEDGED in whys(asked(workshop, "UHANA"))


async def test_a_private_incident_lets_in_whom_it_asks(workshop: Workshop) -> None:
    """Those asked may see it from then on; nobody else may answer or look."""
    await staff(workshop)
    number = await begin(workshop, is_private=True)
    batch = waiting(workshop, "UINES")[0].batch
    otto = workshop.person("UOTTO")
    for forbidden in (
        workshop.services.asks.acknowledge(batch, by=otto),
        workshop.services.asks.listing(number, by=otto),
        workshop.services.asks.snooze(batch, 10, "x", by=otto),
    ):
        with pytest.raises(NotFound):
            await forbidden
    await workshop.services.asks.acknowledge(batch, by=Actor.person("UINES"))
    assert (await workshop.services.asks.listing(number, by=Actor.person("UINES"))).lines


async def test_outsiders_answer_for_nobody(workshop: Workshop) -> None:
    """A forged press of somebody who has no part in a public incident is refused."""
    await staff(workshop)
    await begin(workshop)
    with pytest.raises(NotAllowed):
        await workshop.services.asks.acknowledge(waiting(workshop, "UINES")[0].batch, by=workshop.person("UOTTO"))


async def test_drills_leave_executives_alone(workshop: Workshop) -> None:
    """A drill climbs to managers and the channel; executives are asked only where that was stated for it."""
    await staff(workshop)
    number = await workshop.declare(severity=Severity.SEV1)
    for facts, expected in (({}, False), ({"drill_asks_executives": True}, True)):
        async with workshop.work() as unit:
            stored = await unit.incidents.get(number, lock=True)
            assert stored is not None
            stored.is_drill, stored.facts = True, facts
            await workshop.services.escalations.replan(unit, stored)
        await look(workshop, minutes=16)
        for user_id in ("UEMIL", "UINES", "UGWEN"):
            assert bool(asked(workshop, user_id)) is expected, user_id
    assert Why.NOT_ACKNOWLEDGED in whys(asked(workshop, "UHANA"))


async def test_the_listing_says_who_was_asked_and_who_has_it(workshop: Workshop) -> None:
    """What is scheduled, who was asked, who acknowledged."""
    await staff(workshop)
    number = await begin(workshop)
    await workshop.services.asks.acknowledge(waiting(workshop, "ULENA")[0].batch, by=Actor.person("ULENA"))
    lines = (await workshop.services.asks.listing(number, by=Actor.person("URAE"))).lines
    page = next(line for line in lines if line.why is Why.DECLARED)
    assert (page.asked_ids, page.acknowledged_by, page.state) == (("ULENA",), "person:ULENA", StepState.ACKNOWLEDGED)
    notice = next(line for line in lines if line.why is Why.EXECUTIVE_NOTICE)
    assert notice.asked_ids == EXECUTIVES
    assert any(line.why is Why.NOT_CONTAINED and line.state is StepState.PENDING for line in lines)


@asynccontextmanager
async def two_workers(database_url: str) -> AsyncIterator[tuple[Workshop, Workshop]]:
    """Two Andons on one database, with one Slack and one clock."""
    databases = Database(database_url), Database(database_url)
    try:
        one, other = (Workshop(database, Library.load(None)) for database in databases)
        other.chat, other.clock = one.chat, one.clock
        other.work = Work(Store(other.database), one.clock)
        other.services = Services(other.work, one.chat, other.services.library, Choices())
        other.outbox = OutboxWorker(other.work, other.services)
        yield one, other
    finally:
        for database in databases:
            await database.dispose()


async def test_two_workers_ask_once(database_url: str) -> None:
    """Whoever looks, and at the same instant: each person is asked once for each round, on both databases."""
    async with two_workers(database_url) as (one, other):
        await staff(one)
        number = await one.declare(severity=Severity.SEV1)
        for _ in range(6):
            await asyncio.gather(*(worker.services.raising.raise_due() for worker in (one, other, one, other)))
            await asyncio.gather(one.outbox.drain(), other.outbox.drain())
            one.clock.forward(minutes=5)
        everybody = await asks(one, number)
        assert set(Counter((ask.step_id, ask.user_id, ask.round) for ask in everybody).values()) == {1}
        keys = [said.key for said in one.chat.said if isinstance(said.notice, Asking)]
        assert len(keys) == len(set(keys)) == len({ask.batch for ask in everybody})
        assert {"ULIAM", "UHANA", "UEMIL", "UINES"} <= {ask.user_id for ask in everybody}


ACTS = ("ack", "worse", "better", "lead", "update", "contain", "wait", "long wait")


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=6))
def test_no_order_of_acts_loses_or_doubles_an_ask(tmp_path_factory: pytest.TempPathFactory, acts: list[str]) -> None:
    """Whatever people do in whatever order: one ask per person and round, one message per batch, silence at the end."""

    async def live() -> None:
        async with open_workshop(tmp_path_factory.mktemp("ladder")) as workshop:
            await staff(workshop)
            number = await begin(workshop, Severity.SEV2)
            for act in acts:
                await _do(workshop, number, act)
                await look(workshop, minutes=0)
            counted = Counter((ask.step_id, ask.user_id, ask.round) for ask in await asks(workshop, number))
            assert set(counted.values()) == {1}
            said = [one for one in workshop.chat.said if isinstance(one.notice, Asking)]
            assert len(said) == len({one.key for one in said})
            await workshop.services.closing.cancel(number, "over", by=Actor.person("URAE"))
            await workshop.settle()
            assert not [one for one in said if isinstance(one.now, Asking)]
            count = len(workshop.chat.said)
            await sleep(workshop, days=1)
            assert len(workshop.chat.said) == count

    asyncio.run(live())


async def _do(workshop: Workshop, number: int, act: str) -> None:
    """One act of somebody; what is not possible now is refused and changes nothing."""
    lena = Actor.person("ULENA")
    try:
        match act:
            case "ack":
                await workshop.services.asks.acknowledge_own(number, by=lena)
            case "worse":
                await workshop.services.severities.change(number, Severity.SEV1, "worse", by=lena)
            case "better":
                await workshop.services.severities.change(number, Severity.SEV3, "better", by=lena)
            case "lead":
                await workshop.services.roles.take(number, Role.LEAD, by=lena)
            case "update":
                key = f"u{workshop.clock.now().timestamp()}"
                await workshop.services.updates.send(number, "Working on it.", by=lena, key=key)
            case "contain":
                await workshop.services.lifecycle.contain(number, "off", by=lena)
            case "wait":
                await look(workshop, minutes=12)
            case "long wait":
                await sleep(workshop, hours=2)
    except (AlreadyDone, BadInput, IllegalMove, NotAllowed):
        return
