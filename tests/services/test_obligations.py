"""The law's clocks in an incident: proposed by what is known, decided by legal alone, spoken of in time, met with a text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import IncidentType, Phase, Role, Severity
from bot.domain.notices.law import AlterationWarning, ClockItem, ClockPost, ClocksForLegal, ClocksOverdue
from bot.domain.obligations.words import Decision, Step
from bot.domain.people import Actor
from bot.services.containment.requesting import Wish
from bot.services.law.deciding import Sent
from storage.obligations import Obligation
from tests.services.seats import seat
from tests.workshop import Workshop

NOTICE = Sent(recipient="Supervisory authority", text="On 20 November we became aware …", reference="B-2026-77")


async def leak(workshop: Workshop, **answers: object) -> tuple[int, Actor]:
    """A data exposure in the EU of which legal has been aware since now; its number and legal."""
    answers.setdefault("type", IncidentType.DATA_EXPOSURE)
    number = await workshop.declare("A reply shows another customer's address", **answers)
    grace = await seat(workshop, number, "UGRACE", Role.LEGAL)
    await establish(workshop, number, grace, regions="eu", personal_data="yes", aware_at="2026-11-20T16:30")
    return number, grace


async def establish(workshop: Workshop, number: int, by: Actor, **values: str) -> None:
    """Particulars, written down one after the other."""
    for key, value in values.items():
        reason = "known better now"
        await workshop.services.particulars.set(
            number, key, value, by=by, source_key=f"{number}{key}{value}", reason=reason
        )
    await workshop.settle()


async def clock(workshop: Workshop, number: int, name: str = "gdpr33") -> Obligation:
    """The incident's clock of this row."""
    async with workshop.work.read() as unit:
        return next(one for one in await unit.obligations.of(number) if one.clock == name)


async def names(workshop: Workshop, number: int) -> set[str]:
    """The rows that were proposed."""
    async with workshop.work.read() as unit:
        return {one.clock for one in await unit.obligations.of(number)}


async def decide(
    workshop: Workshop, number: int, by: Actor, decision: Decision = Decision.APPLIES, why: str = ""
) -> ClockItem:
    """Legal's word on the 72 hours."""
    one = await clock(workshop, number)
    key = f"decide{number}{decision}{why}"
    found = await workshop.services.obligations.decide(one.key, decision, why, by=by, source_key=key)
    await workshop.settle()
    return found.clock


async def look(workshop: Workshop) -> None:
    """The tick, and what it owes."""
    await workshop.services.clock_reminders.look()
    await workshop.settle()


def told(workshop: Workshop, user_id: str, kind: type = ClocksForLegal) -> Sequence[ClocksForLegal]:
    """What one person was told of clocks."""
    return [notice for notice in workshop.chat.dms(user_id) if isinstance(notice, kind)]


async def test_what_is_known_proposes_and_legal_hears_it(workshop: Workshop) -> None:
    """The type proposes at once, a region narrows nothing that was proposed, a fact adds; legal is told, nobody decides."""
    number = await workshop.declare("A reply shows an address", type=IncidentType.DATA_EXPOSURE)
    assert {"gdpr33", "ukgdpr33", "gdpr33_processor"} <= await names(workshop, number)
    grace = await seat(workshop, number, "UGRACE", Role.LEGAL)
    before = await names(workshop, number)
    await establish(workshop, number, grace, regions="eu", high_risk_to_people="yes")
    assert await names(workshop, number) - before == {"gdpr34"}
    assert ["gdpr34"] == [one.clock for one in told(workshop, "UGRACE")[-1].clocks]
    async with workshop.work.read() as unit:
        assert {Decision.PROPOSED} == {one.decision for one in await unit.obligations.of(number)}
    assert (await clock(workshop, number)).due_strict is None
    await establish(workshop, number, grace, aware_at="2026-11-20T16:30")
    assert str((await clock(workshop, number)).due_strict)[:16] == "2026-11-23 16:30"
    assert "speaks against it" in (await clock(workshop, number, "ukgdpr33")).because


async def test_only_legal_decides(workshop: Workshop) -> None:
    """The lead, an admin and the command line are told who may; a private incident tells a stranger nothing."""
    number, grace = await leak(workshop)
    lena, admin = await seat(workshop, number, "ULENA"), workshop.person("UADMIN")
    one = await clock(workshop, number)
    service = workshop.services.obligations
    for somebody in (lena, admin):
        with pytest.raises(NotAllowed, match="Only whoever holds legal in the incident can decide on clocks"):
            await service.decide(one.key, Decision.APPLIES, "", by=somebody, source_key="no")
        with pytest.raises(NotAllowed):
            await service.sent(one.key, NOTICE, by=somebody, source_key="no")
        assert not (await service.listing(number, by=somebody)).may_decide
    assert (await service.listing(number, by=grace)).may_decide
    assert (await clock(workshop, number)).decision is Decision.PROPOSED
    private, _ = await leak(workshop, is_private=True)
    hidden, stranger = await clock(workshop, private), workshop.person("USTRANGER")
    for attempt in (
        service.listing(private, by=stranger),
        service.decide_form(hidden.key, by=stranger),
        service.decide(hidden.key, Decision.APPLIES, "", by=stranger, source_key="x"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_72_hour_clock_started_decided_and_met(workshop: Workshop) -> None:
    """It applies, runs in both forms, is met with the exact text; the same submission is one notice; more are kept beside."""
    number, grace = await leak(workshop)
    item = await decide(workshop, number, grace)
    assert item.is_running
    assert (str(item.due_strict)[:16], item.due_statutory) == ("2026-11-23 16:30", item.due_strict)
    channel = workshop.chat.in_channel(next(iter(workshop.chat.channels)))
    assert [Decision.APPLIES] == [post.clock.decision for post in channel if isinstance(post, ClockPost)]
    workshop.clock.forward(hours=40)
    service, one = workshop.services.obligations, await clock(workshop, number)
    for _ in range(2):
        met = await service.sent(one.key, NOTICE, by=grace, source_key="s1")
    assert met.clock.sent_at == workshop.clock.now()
    await service.sent(one.key, Sent(recipient="Supervisory authority", text="More."), by=grace, source_key="s2")
    await workshop.settle()
    async with workshop.work.read() as unit:
        kept = await unit.obligations.notices(number)
    assert [(sent.version, sent.text, sent.reference) for sent in kept] == [
        (1, NOTICE.text, "B-2026-77"),
        (2, "More.", ""),
    ]
    assert len({sent.sha256 for sent in kept}) == 2
    posts = [
        post for post in workshop.chat.in_channel(next(iter(workshop.chat.channels))) if isinstance(post, ClockPost)
    ]
    assert [post.sent.version for post in posts if post.sent] == [1, 2]
    assert NOTICE.text not in repr(posts)
    with pytest.raises(IllegalMove, match="it applied"):
        await service.decide(one.key, Decision.DOES_NOT_APPLY, "no", by=grace, source_key="d9")
    workshop.clock.forward(hours=100)
    await look(workshop)
    spoken = {one.clock for notice in told(workshop, "UGRACE") for one in notice.clocks}
    assert "ukgdpr33" in spoken
    assert "gdpr33" not in spoken, "what was met is not spoken of again"


async def test_not_applying_wants_a_reason_and_can_be_changed(workshop: Workshop) -> None:
    """Every word of legal is kept; the last one holds; what does not apply is not spoken of."""
    number, grace = await leak(workshop)
    with pytest.raises(BadInput, match="Say why it does not apply"):
        await decide(workshop, number, grace, Decision.DOES_NOT_APPLY)
    await decide(workshop, number, grace, Decision.DOES_NOT_APPLY, "the address was our own office's")
    assert (await clock(workshop, number)).remind_at is None
    with pytest.raises(IllegalMove, match="decide first that it applies"):
        await workshop.services.obligations.sent((await clock(workshop, number)).key, NOTICE, by=grace, source_key="s")
    await decide(workshop, number, grace, Decision.APPLIES, "a second tenant turned up")
    one = await clock(workshop, number)
    assert one.remind_at is not None
    with pytest.raises(AlreadyDone, match="applies already"):
        await workshop.services.obligations.decide(
            one.key, Decision.APPLIES, "a second tenant turned up", by=grace, source_key="again"
        )
    async with workshop.work.read() as unit:
        assert ["does_not_apply", "applies"] == [word.what for word in await unit.obligations.decisions(number)]


async def test_a_row_hardly_known_asks_counsel_first(workshop: Workshop) -> None:
    """Nothing is decided on a row of low confidence before legal wrote down what counsel said."""
    number, grace = await leak(workshop)
    service = workshop.services.obligations
    added = await service_add(workshop, number, grace, "in_certin")
    assert added.needs_counsel
    with pytest.raises(BadInput, match="what counsel said of it first"):
        await service.decide(added.obligation_id, Decision.APPLIES, "", by=grace, source_key="c1")
    await service.decide(added.obligation_id, Decision.UNDECIDED, "counsel is asked", by=grace, source_key="c2")
    said = await service.counsel(
        added.obligation_id, "Outside counsel: not a body corporate in India", by=grace, source_key="c3"
    )
    assert not said.clock.needs_counsel
    done = await service.decide(
        added.obligation_id, Decision.DOES_NOT_APPLY, "no service in India", by=grace, source_key="c4"
    )
    assert done.clock.decision is Decision.DOES_NOT_APPLY
    async with workshop.work.read() as unit:
        lines = " ".join(entry.text for entry in await unit.timeline.of(number))
    assert "counsel was asked about India CERT-In" in lines
    assert "body corporate" not in lines, "what counsel said is legal's own"


async def service_add(workshop: Workshop, number: int, by: Actor, name: str) -> ClockItem:
    """A clock that legal adds by hand."""
    return (await workshop.services.proposing.add(number, name, by=by)).clock


async def test_reminders_at_half_three_quarters_nine_tenths_and_over(workshop: Workshop) -> None:
    """Legal hears each once however often anybody looks; executives only when it is over, each once."""
    for handle in ("gwen", "ines", "hana"):
        workshop.person(f"U{handle.upper()}", email=f"{handle}@kestrel.example")
    await workshop.services.directory.prepare()
    number, grace = await leak(workshop, severity=Severity.SEV3)
    await decide(workshop, number, grace)
    others = [one.key for one in await all_clocks(workshop, number) if one.clock != "gdpr33"]
    for key in others:
        await workshop.services.obligations.decide(key, Decision.DOES_NOT_APPLY, "no", by=grace, source_key=f"n{key}")
    begun = len(told(workshop, "UGRACE"))
    seen = []
    for hours in (35, 2, 17, 11, 8):
        workshop.clock.forward(hours=hours)
        for _ in range(3):
            await look(workshop)
        seen.append((len(told(workshop, "UGRACE")) - begun, (await clock(workshop, number)).said))
    assert seen == [(0, Step.NOTHING), (1, Step.HALF), (2, Step.THREE_QUARTERS), (3, Step.NEARLY), (4, Step.OVERDUE)]
    assert len(told(workshop, "UGWEN", ClocksOverdue)) == 1
    assert [] == told(workshop, "UHANA", ClocksOverdue)
    assert (await clock(workshop, number)).remind_at is None


async def all_clocks(workshop: Workshop, number: int) -> Sequence[Obligation]:
    """Every clock of the incident."""
    async with workshop.work.read() as unit:
        return await unit.obligations.of(number)


async def test_executives_are_spared_in_drills_and_private_incidents(workshop: Workshop) -> None:
    """In a drill nobody of them hears; of a private incident only who may see it."""
    workshop.person("UGWEN", email="gwen@kestrel.example")
    await workshop.services.directory.prepare()
    for answers in ({"is_private": True}, {}):
        number, grace = await leak(workshop, **answers)
        await decide(workshop, number, grace)
        async with workshop.work() as unit:
            incident = await unit.incidents.get(number, lock=True)
            assert incident is not None
            incident.is_drill = not answers
        workshop.clock.forward(hours=80)
        await look(workshop)
        assert (await clock(workshop, number)).said is Step.OVERDUE
    assert [] == told(workshop, "UGWEN", ClocksOverdue)


async def test_a_corrected_start_moves_the_clock(workshop: Workshop) -> None:
    """Awareness turns out to be earlier: due earlier, spoken of anew; the first version is kept."""
    number, grace = await leak(workshop)
    await decide(workshop, number, grace)
    workshop.clock.forward(hours=40)
    await look(workshop)
    assert (await clock(workshop, number)).said is Step.HALF
    await establish(workshop, number, grace, aware_at="2026-11-19T20:30")
    one = await clock(workshop, number)
    assert str(one.due_strict)[:16] == "2026-11-22 20:30"
    assert one.said is Step.NOTHING
    await look(workshop)
    assert (await clock(workshop, number)).said is Step.THREE_QUARTERS
    assert timedelta(hours=72) == one.due_strict - one.started_at  # type: ignore[operator]


async def test_a_notice_starts_the_clock_that_follows_it(workshop: Workshop) -> None:
    """The intermediate report is due 72 hours after the initial one was sent."""
    number, grace = await leak(workshop)
    await establish(workshop, number, grace, major_ict_incident="yes", dora_classified_at="2026-11-20T16:30")
    first = await clock(workshop, number, "dora_initial")
    assert str(first.due_strict)[:16] == "2026-11-20 20:30"
    assert (await clock(workshop, number, "dora_intermediate")).due_strict is None
    workshop.clock.forward(hours=3)
    service = workshop.services.obligations
    await service.decide(first.key, Decision.APPLIES, "", by=grace, source_key="x1")
    await service.sent(first.key, NOTICE, by=grace, source_key="x2")
    await workshop.settle()
    following = await clock(workshop, number, "dora_intermediate")
    assert following.due_strict == workshop.clock.now() + timedelta(hours=72)


async def test_whoever_takes_legal_hears_what_waits(workshop: Workshop) -> None:
    """Of a private incident nobody is told until somebody holds legal, and then they are."""
    workshop.person("UGUS", email="grace@kestrel.example")
    await workshop.services.directory.prepare()
    number = await workshop.declare("A private leak", type=IncidentType.DATA_EXPOSURE, is_private=True)
    assert [] == told(workshop, "UGUS")
    async with workshop.work() as unit:
        await unit.participants.let_in(number, ["UGUS"], workshop.clock.now())
    await workshop.services.roles.take(number, Role.LEGAL, by=Actor.person("UGUS"))
    await workshop.settle()
    assert {"gdpr33", "ukgdpr33"} <= {one.clock for one in told(workshop, "UGUS")[-1].clocks}


async def test_the_data_for_the_form_is_versioned(workshop: Workshop) -> None:
    """Unknowns say so; the same facts are the same version; a new fact is a new one; only legal gets it, as a file."""
    number, grace = await leak(workshop)
    exporting = workshop.services.exporting_law
    first = await exporting.make(number, by=grace)
    assert (first.version, first.is_new) == (1, True)
    assert "| People affected | not yet known | OECD (10-14);" in first.markdown
    assert "| Aware since | 2026-11-20 16:30 UTC |" in first.markdown
    again = await exporting.make(number, by=grace)
    assert (again.version, again.is_new, again.markdown) == (1, False, first.markdown)
    await workshop.services.particulars.set(
        number, "people_affected", "1120", by=grace, source_key="n1", is_confirmed=False
    )
    await decide(workshop, number, grace, Decision.APPLIES, "<!channel> [click](https://evil.example)")
    second = await exporting.make(number, by=grace, to_slack=True)
    assert second.version == 2
    assert "| People affected | about 1,120 (not confirmed) |" in second.markdown
    assert "GDPR, Art. 33**, to The lead supervisory authority: applies" in second.markdown
    assert "](https://evil" not in second.markdown
    assert "<!channel>" not in second.markdown
    await workshop.settle()
    assert ["AI-0001-authorities-v2.md"] == [name for name, _ in workshop.chat.files.values()]
    assert [channel for _, channel in workshop.chat.shared] == ["DUGRACE"]
    lena = await seat(workshop, number, "ULENA")
    with pytest.raises(NotAllowed):
        await exporting.make(number, by=lena)


async def test_the_postmortem_tells_the_clocks_with_their_decisions(workshop: Workshop) -> None:
    """What applied, what did not and why, what was sent under which reference; never the text nor counsel's word."""
    number, grace = await leak(workshop)
    await decide(workshop, number, grace)
    service = workshop.services.obligations
    await service.sent((await clock(workshop, number)).key, NOTICE, by=grace, source_key="s1")
    other = await clock(workshop, number, "contract_customer")
    await service.decide(other.key, Decision.DOES_NOT_APPLY, "no such clause", by=grace, source_key="d1")
    draft = await workshop.services.postmortems.text("AI-0001", "md")
    told_of = draft[draft.index("## 10. Notifications") :].split("## 11")[0]
    line = next(line for line in told_of.splitlines() if line.startswith("| GDPR, Art. 33 "))
    assert "yes" in line
    assert "2026-11-23 16:30" in line
    assert "B-2026-77" in line
    assert "no: no such clause" in told_of
    assert "undecided" in told_of
    assert NOTICE.text not in draft


async def test_altering_the_system_before_an_authority_was_told_is_warned_of(workshop: Workshop) -> None:
    """Where a clock forbids it and nothing was sent: on the form, at remediation and at resolved; afterwards no more."""
    number, grace = await leak(workshop)
    lena, lifecycle = await seat(workshop, number, "ULENA"), workshop.services.lifecycle
    added = await service_add(workshop, number, grace, "mdr")
    await workshop.settle()
    await lifecycle.contain(number, "twenty probes refused", by=lena)
    assert ["MDR, Art. 87(3)"] == [one.name for one in (await lifecycle.resolved_form(number, by=lena)).untold]
    await lifecycle.move(number, Phase.REMEDIATION, "the prompt is changed", by=lena)
    await workshop.settle()
    channel = next(iter(workshop.chat.channels))
    warned = [notice for notice in workshop.chat.in_channel(channel) if isinstance(notice, AlterationWarning)]
    assert [("Remediation begins", "National competent authority for devices")] == [
        (notice.what, notice.untold[0].authority) for notice in warned
    ]
    service = workshop.services.obligations
    await service.decide(added.obligation_id, Decision.APPLIES, "", by=grace, source_key="m1")
    await service.sent(added.obligation_id, NOTICE, by=grace, source_key="m2")
    assert () == (await lifecycle.resolved_form(number, by=lena)).untold
    await lifecycle.resolve(number, "the fix holds", by=lena)
    await workshop.settle()
    after = [notice for notice in workshop.chat.in_channel(channel) if isinstance(notice, AlterationWarning)]
    assert after == warned


async def test_the_auditor_finds_a_clock_without_a_reminder(workshop: Workshop) -> None:
    """A running clock of which nobody would be reminded is reminded of again; one that was met is left alone."""
    number, grace = await leak(workshop)
    await decide(workshop, number, grace)
    async with workshop.work() as unit:
        for one in await unit.obligations.of(number):
            one.remind_at = None
    workshop.clock.forward(hours=37)
    await look(workshop)
    assert (await clock(workshop, number)).said is Step.NOTHING
    await workshop.services.auditor.look()
    await look(workshop)
    assert (await clock(workshop, number)).said is Step.HALF
    service = workshop.services.obligations
    await service.sent((await clock(workshop, number)).key, NOTICE, by=grace, source_key="s")
    async with workshop.work.read() as unit:
        assert number not in await unit.obligations.silent(0, None)


async def test_a_switch_that_changes_the_system_is_warned_of_when_it_is_asked_for(workshop: Workshop) -> None:
    """Switching the bot off is safe and says nothing; taking a source out of its index is warned of before it is run."""
    number, grace = await leak(workshop, system="support-answers")
    await service_add(workshop, number, grace, "mdr")
    mateo = await seat(workshop, number, "UMATEO", Role.TECHNICAL)
    form = await workshop.services.containment.form(number, by=mateo)
    assert {"C06", "C13"} == {one.catalogue for one in form.actions if one.alters}
    assert ["National competent authority for devices"] == [one.authority for one in form.untold]
    for action in ("bot-off", "source-quarantined"):
        wish = Wish(action=action, why="it leaks", key=action, harm_cannot_wait="each minute leaks more")
        await workshop.services.requesting.request(number, wish, by=mateo)
        await workshop.settle()
    said = workshop.chat.in_channel(next(iter(workshop.chat.channels)))
    assert 1 == sum(isinstance(notice, AlterationWarning) for notice in said)
