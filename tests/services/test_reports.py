"""Reports: taken once, shown where they may be, judged by one, disputed, and never forgotten."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.declaration import SourceMessage
from bot.domain.errors import AlreadyDone, AndonError, BadInput, ChatRefused, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import Severity
from bot.domain.notices import Notice
from bot.domain.notices.closing import Ending
from bot.domain.notices.reports import ReportOutcome, ReportPost
from bot.domain.people import Actor, ActorKind
from bot.domain.report import NewReport, ReportState
from bot.services.ports import Once
from bot.services.reaction import Attempt
from bot.services.reports.judging import Finding
from bot.services.reports.lane import Lane
from storage.reports import Report
from storage.store import Store
from tests.services.seats import seat
from tests.workshop import Workshop, on_database

RAE, OTTO = Actor.person("URAE"), Actor.person("UOTTO")
LENA, MATEO, LIAM = Actor.person("ULENA"), Actor.person("UMATEO"), Actor.person("ULIAM")
GRAFANA = Actor(ActorKind.ALERT, "grafana")


async def people(workshop: Workshop) -> Workshop:
    """Those on triage duty, their backup, and two who are not."""
    for who in (RAE, OTTO, LENA, MATEO, LIAM, Actor.person("UHANA")):
        handle = who.id[1:].lower()
        workshop.person(who.id, handle.title(), email=f"{handle}@kestrel.example")
    await workshop.services.directory.prepare()
    return workshop


@pytest.fixture
async def desk(workshop: Workshop) -> Workshop:
    """A workshop whose people are known."""
    return await people(workshop)


async def report(
    desk: Workshop, text: str = "The bot gives 99 % off", by: Actor = RAE, key: str = "", **more: object
) -> int:
    """A report, settled; its number."""
    opened = await desk.services.reports.open(NewReport(text, **more), by=by, key=key or f"{by}:{text}")  # type: ignore[arg-type]
    await desk.settle()
    return opened.report_id


async def stored(desk: Workshop, number: int) -> Report:
    async with desk.work.read() as unit:
        found = await unit.reports.get(number)
    assert found is not None
    return found


def lane(desk: Workshop) -> list[ReportPost]:
    """What stands in the triage channel."""
    channel = next((one.id for one in desk.chat.channels.values() if one.name == "ai-triage"), "")
    return [notice for notice in desk.chat.in_channel(channel) if isinstance(notice, ReportPost)]


def posts(desk: Workshop, who: Actor) -> list[ReportPost]:
    """Reports shown to one person."""
    return [notice for notice in desk.chat.dms(who.id) if isinstance(notice, ReportPost)]


def outcomes(desk: Workshop, who: Actor) -> list[ReportOutcome]:
    return [notice for notice in desk.chat.dms(who.id) if isinstance(notice, ReportOutcome)]


async def wait(desk: Workshop, minutes: int) -> None:
    desk.clock.forward(minutes=minutes)
    await desk.services.report_waiting.ask_due()
    await desk.settle()


async def test_one_submission_is_one_report_and_no_incident(desk: Workshop) -> None:
    """The same key again gives the same report; the channel is made once; incidents keep their numbers."""
    first, again = await report(desk, key="form:1"), await report(desk, key="form:1")
    other = await report(desk, "The screener is slow", by=OTTO)
    assert (first, other) == (again, first + 1) and 2 == len(lane(desk))
    assert ["ai-triage"] == [channel.name for channel in desk.chat.channels.values()]
    assert {"ULENA", "UMATEO"} == desk.chat.members[next(iter(desk.chat.channels))]
    assert 1 == await desk.declare("The first incident")


async def test_replicas_take_one_submission_once(database_url: str) -> None:
    """Delivered to two of them at once, it is one report, told once."""
    async with on_database(database_url) as one, on_database(database_url) as two:
        opened = await asyncio.gather(
            *(desk.services.reports.open(NewReport("It lies"), by=RAE, key="form:1") for desk in (one, two))
        )
        assert 1 == len({each.report_id for each in opened}) and [False, True] == sorted(e.was_already for e in opened)


async def test_of_two_who_press_at_once_one_decides(database_url: str) -> None:
    """Declare and Dismiss in the same instant, on two replicas: one holds, the other is told what became of it."""
    async with on_database(database_url) as one, on_database(database_url) as two:
        await people(one)
        number = (await one.services.reports.open(NewReport("It lies"), by=RAE, key="form:1")).report_id
        answers = await asyncio.gather(
            one.services.judging.declare(number, Finding(), by=LENA),
            two.services.judging.dismiss(number, "It is satire", by=MATEO),
            return_exceptions=True,
        )
        (refused,) = [answer for answer in answers if isinstance(answer, BaseException)]
        assert isinstance(refused, AlreadyDone) and "R-0001 was" in refused.sentence
        found = await stored(one, number)
        assert (found.incident_id is None) == (found.state is ReportState.DISMISSED) == (len(found.dismissals) == 1)


async def test_a_flood_is_one_report_and_few_edits(desk: Workshop) -> None:
    """Twenty signals more: counted, the gravest severity kept, shown together; resolved marks and never settles."""
    number = await report(desk, by=GRAFANA, severity=Severity.SEV3)
    desk.chat.calls.clear()
    for _ in range(20):
        await desk.services.reports.fold(number, severity=Severity.SEV2)
    await desk.settle()
    desk.clock.forward(seconds=2)
    await desk.settle()
    assert (21, Severity.SEV2) == (lane(desk)[0].line.signals, lane(desk)[0].line.severity)
    assert ["edit"] == desk.chat.calls
    await desk.services.reports.fold(number, is_resolved=True)
    found = await stored(desk, number)
    assert found.quiet_since and found.is_open and 21 == found.signals


async def test_a_dismissal_is_told_disputed_and_judged_by_another(desk: Workshop) -> None:
    """The reporter hears the reason, disagrees once; the dismisser may not settle that; two judgements stand."""
    judging, number = desk.services.judging, await report(desk)
    with pytest.raises(BadInput, match="kindly"):
        await judging.dismiss(number, "  ", by=LENA)
    await judging.dismiss(number, "A price error of last week", by=LENA)
    await desk.settle()
    told = outcomes(desk, RAE)[-1]
    assert ("A price error of last week", True) == (told.reason, told.can_disagree)
    with pytest.raises(NotAllowed, match="Only whoever reported"):
        await judging.disagree(number, "It goes on", by=OTTO)
    await judging.disagree(number, "It goes on", by=RAE)
    with pytest.raises(AlreadyDone, match="waits for somebody else"):
        await judging.disagree(number, "It goes on", by=RAE)
    await desk.settle()
    assert 2 == len(lane(desk)) and ("UMATEO",) == lane(desk)[-1].calls
    for act in (
        judging.dismiss(number, "No", by=LENA),
        judging.look(number, by=LENA),
        judging.add_to(number, 1, by=LENA),
    ):
        with pytest.raises(NotAllowed, match="somebody else has to judge it"):
            await act
    await judging.dismiss(number, "The codes are from March", by=MATEO)
    await desk.settle()
    assert not outcomes(desk, RAE)[-1].can_disagree
    with pytest.raises(IllegalMove, match="declare it"):
        await judging.disagree(number, "No!", by=RAE)


async def test_whoever_dismissed_it_may_give_in(desk: Workshop) -> None:
    """Declaring after all needs nobody else: it is the way that harms nobody."""
    number = await report(desk)
    await desk.services.judging.dismiss(number, "No", by=LENA)
    await desk.services.judging.disagree(number, "But yes", by=RAE)
    assert "AI-0001" == (await desk.services.judging.declare(number, Finding(), by=LENA)).reference


async def test_nobody_looks_so_people_are_asked(desk: Workshop) -> None:
    """On duty after 15 minutes, the backup after 45; once each, and only the last of what fell due while Andon was down."""
    await report(desk)
    await wait(desk, 14)
    assert [] == posts(desk, LENA)
    await wait(desk, 1)
    await wait(desk, 1)
    assert 1 == len(posts(desk, LENA)) == len(posts(desk, MATEO)) and [] == posts(desk, LIAM)
    assert "for 15 min" in posts(desk, LENA)[0].why
    await report(desk, "Another one")
    await wait(desk, 120)
    assert 3 == len(posts(desk, LENA)) and 0 == len(posts(desk, LIAM))  # the last rung of each


async def test_who_looks_has_half_an_hour(desk: Workshop) -> None:
    """Nobody else is asked until it is over; then the ladder begins anew. What is settled asks nobody."""
    number = await report(desk)
    await desk.services.judging.look(number, by=LENA)
    await wait(desk, 44)
    assert [] == posts(desk, MATEO)
    await wait(desk, 1)
    assert 1 == len(posts(desk, MATEO))
    await desk.services.judging.dismiss(number, "No", by=LENA)
    await wait(desk, 600)
    shown = posts(desk, MATEO)
    assert 1 == len(shown) and not shown[0].line.is_open


async def test_a_dispute_that_nobody_looks_at_asks_others_than_the_dismisser(desk: Workshop) -> None:
    """The ladder begins anew with the dispute, and leaves out who has judged."""
    number = await report(desk)
    await desk.services.judging.dismiss(number, "No", by=LENA)
    desk.clock.forward(minutes=300)
    await desk.services.judging.disagree(number, "But yes", by=RAE)
    await wait(desk, 15)
    assert [] == posts(desk, LENA) and "disagrees" in posts(desk, MATEO)[0].why


async def test_without_a_channel_each_on_duty_is_shown_it(desk: Workshop) -> None:
    """Archived, and its name is taken: it comes by direct message and is settled everywhere at once."""
    await report(desk)
    desk.chat.fail("post", ChatRefused("is_archived"))
    desk.chat.channels = {key: one for key, one in desk.chat.channels.items() if one.name != "ai-triage"}
    desk.chat.fail("open_channel", ChatRefused("name_taken"))
    number = await report(desk, "The other one")
    assert 1 == len(posts(desk, LENA)) == len(posts(desk, MATEO))
    await desk.services.judging.dismiss(number, "No", by=LENA)
    await desk.settle()
    assert [ReportState.DISMISSED] * 2 == [posts(desk, who)[0].line.state for who in (LENA, MATEO)]
    await report(desk, "Later there is one again")
    assert ["Later there is one again"] == [post.line.title for post in lane(desk)]


async def test_a_private_report_is_seen_by_few(desk: Workshop) -> None:
    """Nothing in the channel; those on duty by direct message; nobody else by any door; never into what all can read."""
    number = await report(desk, "My manager pastes patient records", is_private=True)
    reading, judging = desk.services.report_reading, desk.services.judging
    assert [] == lane(desk) and 1 == len(posts(desk, LENA)) == len(posts(desk, MATEO)) and [] == posts(desk, OTTO)
    assert [] == list((await reading.listing(by=OTTO)).lines)
    assert [1, 1] == [len((await reading.listing(by=who)).lines) for who in (RAE, LENA)]
    for act in (
        judging.dismiss(number, "No", by=OTTO),
        judging.look(number, by=OTTO),
        reading.declare_form(number, by=OTTO),
    ):
        with pytest.raises(NotFound):
            await act
    public = await desk.declare("The bot is down")
    with pytest.raises(BadInput, match="R-0001 is private"):
        await judging.add_to(number, public, by=LENA)
    summary = await judging.declare(number, Finding(), by=LENA)
    await desk.settle()
    assert summary.is_private and outcomes(desk, RAE)[-1].incident is not None


async def test_a_private_report_that_nobody_could_be_shown_is_refused(workshop: Workshop) -> None:
    """Nobody on duty is known and there is no admin: it says so, and what to do instead."""
    workshop.services.access._admins = frozenset()
    with pytest.raises(BadInput, match="Declare it as a private incident") as refused:
        await workshop.services.reports.open(NewReport("x", is_private=True), by=RAE, key="1")
    assert "private" == refused.value.field


async def test_what_is_declared_privately_leaves_the_channel(desk: Workshop) -> None:
    """A report that everybody could read: its words go, and what it became is not named, neither there nor to others."""
    number = await report(desk, "Patient names in an answer")
    second = await report(desk, "Patient names in an answer, again", by=OTTO)
    await desk.services.judging.put_with(second, number, by=LENA)
    await desk.services.judging.declare(number, Finding(is_private=True), by=LENA)
    await desk.settle()
    assert lane(desk)[0].hidden and "" == lane(desk)[0].what_happened and None is lane(desk)[0].incident
    assert all(outcomes(desk, who)[-1].incident is not None for who in (RAE, OTTO))  # they are let in


async def test_the_same_is_suggested_and_put_together(desk: Workshop) -> None:
    """By system and words, never what is private; reporters of both hear what becomes of it, and are its examples."""
    incident = await desk.declare("Discount bot gives 99 % off codes", system="discount-assistant")
    await desk.declare("Discount bot gives 99 % off codes, secretly", system="discount-assistant", is_private=True)
    first = await report(desk, "The discount bot gives 99 % off codes", system="discount-assistant")
    second = await report(desk, "Discount bot gives codes: 99 % off", by=OTTO, system="discount-assistant")
    assert [incident] == [one.incident_id for one in lane(desk)[1].similar]
    assert [first] == [one.report_id for one in lane(desk)[1].same]
    await desk.services.judging.put_with(second, first, by=LENA)
    await desk.settle()
    assert "R-0001" == outcomes(desk, OTTO)[-1].same_as
    await desk.services.judging.add_to(first, incident, by=LENA)
    await desk.settle()
    assert [incident] * 2 == [
        one.incident.incident_id for who in (RAE, OTTO) if (one := outcomes(desk, who)[-1]).incident
    ]
    async with desk.work.read() as unit:
        kept = [one.body for one in await unit.evidence.of(incident)]
    assert {"The discount bot gives 99 % off codes", "Discount bot gives codes: 99 % off"} <= set(kept)


async def test_an_incident_that_closes_meanwhile_takes_nothing_in(desk: Workshop) -> None:
    """Adding to it is refused with what became of it; what was added shows its end, and its reporter hears it."""
    incident = await desk.declare("The bot gives 99 % off")
    lead = await seat(desk, incident, "ULENA")
    early, late = await report(desk), await report(desk, "It still does", by=OTTO)
    await desk.services.judging.add_to(early, incident, by=MATEO)
    await desk.services.closing.close(incident, "It was a typo", by=lead, why_anyway="a typo")
    await desk.settle()
    with pytest.raises(AndonError, match="AI-0001"):
        await desk.services.judging.add_to(late, incident, by=MATEO)
    assert (await stored(desk, late)).is_open
    shown = next(post for post in lane(desk) if post.line.report_id == early)
    assert shown.incident is not None and shown.incident.outcome is not None
    heard: list[Notice] = [notice for notice in desk.chat.dms("URAE") if isinstance(notice, Ending)]
    assert 1 == len(heard)


async def test_a_drill_stays_a_drill(desk: Workshop) -> None:
    """Marked wherever it shows, declared as one, and never put with what really happened."""
    real, drill = await report(desk), await report(desk, "The bot gives 99 % off!", is_drill=True)
    assert [] == list(lane(desk)[1].same) and lane(desk)[1].line.is_drill
    with pytest.raises(BadInput):
        await desk.services.judging.put_with(drill, real, by=LENA)
    assert (await desk.services.judging.declare(drill, Finding(), by=LENA)).is_drill


async def test_what_came_from_outside_sets_no_fact(desk: Workshop) -> None:
    """Labels of an alert stand with the incident as reported, never in the place of what a person established."""
    number = await report(desk, by=GRAFANA, details={"in_a_hurry": "yes", "affected": "9"}, model_version="v3")
    incident = await desk.services.judging.declare(number, Finding(), by=LENA)
    async with Store(desk.database).read() as unit:
        found = await unit.incidents.get(incident.incident_id)
    assert found is not None and "in_a_hurry" not in found.facts and "9" == found.facts["reported affected"]
    assert "v3" == found.facts["model_version"] and found.detected_at == (await stored(desk, number)).reported_at


async def test_a_redacted_message_leaves_its_report(desk: Workshop) -> None:
    """What an incident took out of its record cannot be shown from the triage channel either."""
    source = SourceMessage("C0SUPPORT", "1700000000.000001", "Ada Lovelace, card 4111")
    number = await report(desk, "It shows cards", source=source)
    assert "Ada Lovelace, card 4111" == (await desk.services.report_reading.source(number, by=LENA)).text
    summary = await desk.services.judging.declare(number, Finding(), by=LENA)
    lead = await seat(desk, summary.incident_id, "ULENA")
    await desk.services.redaction.redact(summary.incident_id, source.channel_id, source.ts, "a card", by=lead)
    await desk.settle()
    with pytest.raises(NotFound):
        await desk.services.report_reading.source(number, by=LENA)
    assert not lane(desk)[0].has_source and "4111" not in repr(await stored(desk, number))


async def test_a_channel_named_by_its_id_is_never_made(desk: Workshop) -> None:
    """Archived, it is done without; nobody asked for another."""
    number = await report(desk)
    lane_by_id = Lane(desk.work, desk.chat, desk.services.circle, "C0123456789")
    attempt = Attempt(Once("k", look_first=False, since=desk.clock.now()), 1)
    desk.chat.calls.clear()
    desk.chat.fail("post", ChatRefused("is_archived"))
    async with desk.work.read() as unit:
        notice = await desk.services.report_rendering.post(unit, await stored(desk, number))
    assert await lane_by_id.post(notice, attempt) is None and ["post"] == desk.chat.calls
    posted = await lane_by_id.post(notice, attempt)
    assert posted is not None and "C0123456789" == posted.channel_id
