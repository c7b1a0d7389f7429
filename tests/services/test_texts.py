"""Texts: begun from what is established, approved by two people to the letter, sent by whoever may speak, then final."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import IncidentType, Role, Severity
from bot.domain.notices.brief import Brief
from bot.domain.notices.texts import TextDelivered, TextForm, TextPost, TextReminder, TextShown, TextsWrong
from bot.domain.obligations.words import Decision
from bot.domain.people import Actor
from bot.domain.texts.words import TextState, Wording
from bot.domain.timeline import EntryKind
from bot.services.comms.writing import Typed
from playbooks.communications import Communications, Place
from storage.obligations import Obligation
from tests.services.seats import seat
from tests.workshop import Workshop

KEYS = count()
PEOPLE = {"ULENA": Role.LEAD, "UGRACE": Role.LEGAL, "UCORY": Role.COMMS}
LENA, GRACE, CORY, RAE = (Actor.person(user_id) for user_id in (*PEOPLE, "URAE"))


@dataclass
class Desk:
    """A workshop with an incident, led by ULENA, legal UGRACE, comms UCORY."""

    workshop: Workshop
    number: int

    async def established(self, key: str, value: str, reason: str = "") -> None:
        services = self.workshop.services
        await services.particulars.set(self.number, key, value, by=LENA, source_key=f"p{next(KEYS)}", reason=reason)
        await self.workshop.settle()

    async def form(self, name: str = "customer_notice", by: Actor = CORY) -> TextForm:
        return await self.workshop.services.writing.form(self.number, name, by=by)

    def typed(self, form: TextForm, **fields: str) -> Typed:
        said = {one.key: one.text for one in form.sections} | fields
        about = {"template": form.kind.name, "text_id": form.text_id, "base": form.base}
        return Typed(incident_id=self.number, fields=said, key=f"t{next(KEYS)}", **about)  # type: ignore[arg-type]

    async def save(self, form: TextForm, by: Actor = CORY, **fields: str) -> TextShown:
        saved = await self.workshop.services.writing.save(self.typed(form, **fields), by=by)
        await self.workshop.settle()
        assert isinstance(saved, TextShown)
        return saved

    async def written(self, name: str = "customer_notice", by: Actor = CORY, **fields: str) -> TextShown:
        return await self.save(await self.form(name, by), by, **(fields or {"what": "Wrong discounts were shown."}))

    async def approve(self, shown: TextShown, by: Actor) -> TextShown:
        assert shown.item.version_id is not None
        return await self.workshop.services.text_deciding.approve(shown.item.version_id, by=by)

    async def sent(self, shown: TextShown, place: str = "email", by: Actor = CORY, **more: object) -> TextShown:
        assert shown.item.version_id is not None
        sending = self.workshop.services.sending
        done = await sending.mark_sent(shown.item.version_id, place, "612 accounts", by=by, **more)  # type: ignore[arg-type]
        await self.workshop.settle()
        return done

    async def lines(self) -> list[str]:
        async with self.workshop.work.read() as unit:
            return [entry.text for entry in await unit.timeline.of(self.number) if entry.kind is EntryKind.TEXT]


async def practise(workshop: Workshop, number: int) -> None:
    async with workshop.work() as unit:
        incident = await unit.incidents.get(number, lock=True)
        assert incident is not None
        incident.is_drill = True


async def desk_of(workshop: Workshop, *, is_drill: bool = False, **declared: object) -> Desk:
    answers: dict[str, object] = {"severity": Severity.SEV1, "system": "discount-assistant"}
    number = await workshop.declare(**{**answers, **declared})  # type: ignore[arg-type]
    if is_drill:
        await practise(workshop, number)
    for user_id, role in PEOPLE.items():
        await seat(workshop, number, user_id, role)
    return Desk(workshop, number)


@pytest.fixture
async def desk(workshop: Workshop) -> Desk:
    """A SEV1 on the discount assistant."""
    return await desk_of(workshop)


@contextmanager
def policy(rules: Communications, **changed: object) -> Iterator[None]:
    """Policy with something changed. All tests read the shipped files once, so it is as before afterwards."""
    before = {name: getattr(rules, name) for name in changed}
    try:
        for name, value in changed.items():
            object.__setattr__(rules, name, value)
        yield
    finally:
        for name, value in before.items():
            object.__setattr__(rules, name, value)


async def test_a_customer_notice_from_draft_to_sent(desk: Desk) -> None:
    """What is known is in place, the rest says so; two people approve, whoever speaks sends, and then it is final."""
    await desk.established("people_affected", "612")
    form = await desk.form()
    who = next(one.text for one in form.sections if one.key == "who")
    assert who.startswith("612 accounts are affected") and ("UCORY",) == form.kind.speaker_ids
    shown = await desk.save(form, you="Check your last order.")
    assert (Role.LEGAL, Role.LEAD) == shown.item.missing
    with pytest.raises(BadInput, match="legal and lead must approve"):
        await desk.sent(shown)
    await desk.approve(shown, GRACE)
    with pytest.raises(AlreadyDone, match="Somebody else approves as lead"):
        await desk.approve(shown, GRACE)
    with pytest.raises(BadInput, match="lead must approve what it says now"):
        await desk.sent(shown)
    await desk.approve(shown, LENA)
    with pytest.raises(NotAllowed, match="Only whoever holds comms speaks"):
        await desk.sent(shown, by=GRACE)
    done = await desk.sent(shown)
    assert (TextState.SENT, "E-mail") == (done.item.state, done.item.place)
    assert await desk.sent(shown) == done, "the same act delivered again changes nothing"
    with pytest.raises(AlreadyDone, match="it stays as it was sent"):
        await desk.workshop.services.writing.edit_form(shown.item.text_id, by=CORY)
    assert "not yet known" in "".join(said for _, said in done.sections) and "Check your last order." in str(done)
    lines = await desk.lines()
    assert 1 == sum("sent by E-mail" in line for line in lines) and 2 == sum("approved as" in line for line in lines)


async def test_an_approval_never_outlives_the_text_it_approved(desk: Desk) -> None:
    """An edit takes every approval back, even when it is undone; who saw the older words cannot approve the newer."""
    shown = await desk.written()
    await desk.approve(shown, GRACE)
    await desk.approve(shown, LENA)
    same = await desk.save(await desk.workshop.services.writing.edit_form(shown.item.text_id, by=CORY))
    assert (1, ()) == (same.item.version, same.item.missing), "the same words are the same text"
    edit = await desk.workshop.services.writing.edit_form(shown.item.text_id, by=CORY)
    newer = await desk.save(edit, what="Something else.")
    assert (2, (Role.LEGAL, Role.LEAD)) == (newer.item.version, newer.item.missing)
    with pytest.raises(AlreadyDone, match="Ucory has edited it since: it is version 2 now, you saw version 1"):
        await desk.approve(shown, LENA)
    with pytest.raises(AlreadyDone, match="edited it since"):
        await desk.sent(shown)
    edit = await desk.workshop.services.writing.edit_form(shown.item.text_id, by=CORY)
    undone = await desk.save(edit, what="Wrong discounts were shown.")
    assert shown.item.sha256 == undone.item.sha256 and (Role.LEGAL, Role.LEAD) == undone.item.missing
    with pytest.raises(BadInput, match="legal and lead"):
        await desk.sent(undone)


async def test_nothing_that_was_typed_is_lost(desk: Desk) -> None:
    """Whoever saves second gets the form back as typed and saves after the first; every version stays; twice is once."""
    shown = await desk.written()
    writing = desk.workshop.services.writing
    first, second = [await writing.edit_form(shown.item.text_id, by=by) for by in (CORY, LENA)]
    await desk.save(first, what="Cory's words.")
    back = await writing.save(desk.typed(second, what="Lena's words."), by=LENA)
    assert isinstance(back, TextForm) and back.overtaken is not None
    assert "Lena's words." in [one.text for one in back.sections] and 2 == back.overtaken.version
    typed = desk.typed(back)
    for _ in range(2):
        await writing.save(typed, by=LENA)
    async with desk.workshop.work.read() as unit:
        said = [version.fields["what"] for version in await unit.texts.versions(shown.item.text_id)]
    assert ["Wrong discounts were shown.", "Cory's words.", "Lena's words."] == said
    with pytest.raises(BadInput, match="3,000 fit"):
        await desk.save(await desk.form(), what="x" * 3001)
    form = await desk.form()
    with pytest.raises(BadInput, match="Write something first"):
        await desk.save(form, **{one.key: " " for one in form.sections})


async def test_a_correction_names_the_texts_it_makes_wrong(desk: Desk) -> None:
    """One value, two texts: both are named in the channel, sent or not; one that never held it is not."""
    await desk.established("people_affected", "640")
    notice, brief = await desk.written(), await desk.written("internal_update")
    await desk.written("partner_notice", LENA, ids="gpt", window="today")
    await desk.approve(notice, GRACE)
    await desk.approve(notice, LENA)
    await desk.sent(notice)
    await desk.established("people_affected", "612", "counted twice")
    (told,) = [said.now for said in desk.workshop.chat.said if isinstance(said.now, TextsWrong)]
    assert {notice.item.text_id, brief.item.text_id} == {item.text_id for item in told.items}
    assert {("640", "612")} == {(one.said, one.now) for item in told.items for one in item.stale}
    now = await desk.workshop.services.texts.shown(notice.item.text_id, by=CORY)
    assert now.item.stale and "640" in str(now.sections), "what was sent stays as it was sent"


async def test_advice_stops_nobody(desk: Desk) -> None:
    """The wording is pointed out while writing and when saved; it is saved and sent all the same."""
    form = await desk.form()
    typed = desk.typed(form, what="The root cause is probably Lena, 9,000 saw it.", you="Wait.", remedy="None.")
    checked = await desk.workshop.services.writing.check(typed, by=CORY)
    found = {hint.rule for hint in checked.hints}
    assert {Wording.CAUSE, Wording.SPECULATION, Wording.NUMBER} <= found and checked.is_checked
    async with desk.workshop.work.read() as unit:
        assert [] == list(await unit.texts.of([desk.number])), "a look saves nothing"
    shown = await desk.workshop.services.writing.save(typed, by=CORY)
    assert isinstance(shown, TextShown) and shown.hints
    await desk.approve(shown, GRACE)
    await desk.approve(shown, LENA)
    assert TextState.SENT is (await desk.sent(shown)).item.state


async def test_andon_posts_only_where_policy_says_and_never_of_a_drill(workshop: Workshop) -> None:
    """A configured channel gets the text once; a drill's or a private incident's is refused there, and so is elsewhere."""
    workshop.chat.channels["all-hands"] = type("C", (), {"id": "C0ALLHANDS", "name": "all-hands"})()  # type: ignore[assignment]
    rules = workshop.services.library.communications
    with policy(rules, places=(*rules.places, Place(name="all_hands", title="#all-hands", slack="all-hands"))):
        for declared, is_posted in (({}, True), ({"is_drill": True}, False), ({"is_private": True}, False)):
            before = [said for said in workshop.chat.said if isinstance(said.now, TextDelivered)]
            desk = await desk_of(workshop, **declared)
            shown = await desk.written("internal_update")
            await desk.approve(shown, LENA)
            if not is_posted:
                form = await workshop.services.sending.form(shown.item.text_id, by=LENA)
                assert "all_hands" not in [name for name, _ in form.places]
                with pytest.raises(IllegalMove, match="is posted there"):
                    await desk.sent(shown, "all_hands", LENA)
            else:
                await desk.sent(shown, "all_hands", LENA)
            after = [said for said in workshop.chat.said if isinstance(said.now, TextDelivered)]
            assert len(before) + is_posted == len(after)


async def test_an_internal_update_goes_out_as_an_update(desk: Desk) -> None:
    """Once approved it is the incident's update, with the next one promised; twice is once; legal's texts never are."""
    shown = await desk.written("internal_update", need="Nothing.")
    await desk.approve(shown, LENA)
    for _ in range(2):
        await desk.sent(shown, "update", LENA)
    async with desk.workshop.work.read() as unit:
        (update,) = await unit.updates.of(desk.number)
        incident = await unit.incidents.get(desk.number)
    assert "Nothing." in update.text and incident is not None and update.next_due_at == incident.next_update_at
    secret = await desk.written("regulator_notice", GRACE, what="A secret of ours.")
    await desk.approve(secret, GRACE)
    with pytest.raises(IllegalMove, match="only a few may read is posted there"):
        await desk.sent(secret, "update", GRACE)


async def test_when_it_was_sent_cannot_be_to_come_or_before_it_was_written(desk: Desk) -> None:
    """A time that cannot be is refused with the reason; where nobody knows is too."""
    shown, now = await desk.written(), desk.workshop.clock.now()
    await desk.approve(shown, GRACE)
    await desk.approve(shown, LENA)
    with pytest.raises(BadInput, match="in the future"):
        await desk.sent(shown, at=now + timedelta(hours=1))
    with pytest.raises(BadInput, match="cannot have been sent before"):
        await desk.sent(shown, at=now - timedelta(hours=1))
    with pytest.raises(BadInput, match="Choose where"):
        await desk.sent(shown, "moon")


async def test_texts_of_legal_are_open_to_legal_and_the_lead_alone(desk: Desk) -> None:
    """Comms and admins see that a notice to an authority is there, and not a word of it; the channel sees none of any."""
    shown = await desk.written("regulator_notice", GRACE, what="A secret of ours.")
    for who in (CORY, Actor.person("UADMIN")):
        with pytest.raises(NotAllowed, match="open only to whoever holds lead or legal"):
            await desk.workshop.services.texts.shown(shown.item.text_id, by=who)
    listed = await desk.workshop.services.texts.listing(desk.number, by=CORY)
    assert 1 == len(listed.items) and "regulator_notice" not in [kind.name for kind in listed.kinds]
    posted = [said.now for said in desk.workshop.chat.said if isinstance(said.now, TextPost)]
    assert posted and "A secret" not in str(posted)
    assert (await desk.workshop.services.texts.shown(shown.item.text_id, by=LENA)).sections


async def test_what_policy_has_no_longer_can_still_be_read(desk: Desk) -> None:
    """A text whose kind is gone stays readable for legal and the lead, closed to the rest, and nobody can change it."""
    shown, services = await desk.written(what="Wrong discounts."), desk.workshop.services
    rules = services.library.communications
    with policy(rules, templates={name: one for name, one in rules.templates.items() if name != "customer_notice"}):
        assert "Wrong discounts." in str((await services.texts.shown(shown.item.text_id, by=GRACE)).sections)
        assert 1 == len((await services.texts.listing(desk.number, by=CORY)).items)
        with pytest.raises(NotAllowed, match="open only to"):
            await services.texts.shown(shown.item.text_id, by=CORY)
        with pytest.raises(NotFound, match="has no text “customer_notice” any more"):
            await services.writing.edit_form(shown.item.text_id, by=GRACE)


async def test_strangers_to_a_private_incident_meet_nothing(workshop: Workshop) -> None:
    """List, text and brief of a private incident are closed to whoever has no access, and not said to be there."""
    desk = await desk_of(workshop, is_private=True)
    shown, services = await desk.written(), workshop.services
    stranger = workshop.person("UOTTO")
    for act in (
        services.texts.listing(desk.number, by=stranger),
        services.texts.shown(shown.item.text_id, by=stranger),
        services.writing.form(desk.number, "T1", by=stranger),
        services.text_deciding.approve(shown.item.version_id or 0, by=stranger),
        services.briefing.one(desk.number, by=stranger),
    ):
        with pytest.raises(NotFound):
            await act
    assert () == (await services.briefing.everything(by=stranger)).lines
    assert 1 == len((await services.briefing.everything(by=LENA)).lines)


async def test_comms_is_reminded_until_it_is_sent_or_not_needed(desk: Desk) -> None:
    """Half-way to ready and when overdue, once each; with a reason that none is needed nobody is asked again."""
    workshop = desk.workshop

    async def told(minutes: int) -> list[tuple[str, bool]]:
        workshop.clock.forward(minutes=minutes)
        for _ in range(2):
            await workshop.services.wanting.look()
        await workshop.settle()
        found = [n for n in workshop.chat.dms("UCORY") if isinstance(n, TextReminder)]
        return [(one.wanted.name, one.is_late) for one in found]

    assert [] == await told(10)
    assert [("holding_statement", False)] == await told(6)
    assert [("holding_statement", False)] == await told(10)
    assert [("holding_statement", False), ("holding_statement", True)] == await told(40)
    writing = workshop.services.writing
    with pytest.raises(BadInput, match="Say why no such text"):
        await writing.not_needed(desk.number, "customer_notice", " ", by=CORY, key="n1")
    for _ in range(2):
        await writing.not_needed(desk.number, "customer_notice", "nobody outside saw it", by=CORY, key="n2")
    assert 2 == len(await told(600))
    assert 1 == sum("No customer notice is needed: nobody outside saw it" in line for line in await desk.lines())


async def test_corrections_are_wanted_only_of_wrong_content(workshop: Workshop) -> None:
    """The type says which texts are wanted; another type or severity plans anew, and what is settled stays settled."""
    desk = await desk_of(workshop, type=IncidentType.PROMPT_ATTACK)

    async def wanted() -> set[str]:
        await workshop.services.wanting.look()
        return {one.name for one in (await workshop.services.texts.listing(desk.number, by=CORY)).wanted}

    assert {"holding_statement", "customer_notice"} == await wanted()
    await workshop.services.writing.not_needed(desk.number, "holding_statement", "no", by=CORY, key="x")
    await workshop.services.lifecycle.change_type(desk.number, IncidentType.MISINFORMATION, "it lies", by=LENA)
    assert {"customer_notice", "correction_notice"} == await wanted()


async def test_the_brief_begins_with_decisions_and_comes_at_their_hour(desk: Desk) -> None:
    """Decisions first, once a day at eight where they are, and nothing when nothing grave is open."""
    workshop = desk.workshop
    await desk.established("people_affected", "612")
    await desk.written()
    drill = await workshop.declare("A practice", severity=Severity.SEV1)
    await practise(workshop, drill)
    ines = workshop.person("UINES", timezone="Europe/Lisbon")
    brief = await workshop.services.briefing.everything(by=ines)
    assert ["612"] == [line.people for line in brief.lines] and drill not in {
        line.summary.incident_id for line in brief.lines
    }
    assert any("Approve what we say" in one.what for one in brief.decisions)
    said = await workshop.services.briefing.wish("daily 8:00", by=ines)
    assert said.next_at is not None and ("Europe/Lisbon", 8) == (said.zone, said.next_at.hour)
    for _ in range(3):
        workshop.clock.set(said.next_at)
        await workshop.services.briefing.look()
        await workshop.settle()
    daily = [notice for notice in workshop.chat.dms("UINES") if isinstance(notice, Brief)]
    assert 1 == len(daily) and daily[0].is_daily
    await workshop.services.briefing.wish("off", by=ines)
    workshop.clock.forward(hours=30)
    await workshop.services.briefing.look()
    await workshop.settle()
    assert 1 == len([n for n in workshop.chat.dms("UINES") if isinstance(n, Brief)])


async def test_the_brief_tells_legal_clocks(desk: Desk) -> None:
    """A clock that runs is told with its strict end; one that legal has not decided is a decision; one met is neither."""
    now = desk.workshop.clock.now()
    told: dict[str, object] = {"incident_id": desk.number, "proposed_at": now, "due_strict": now + timedelta(hours=72)}
    async with desk.workshop.work() as unit:
        for number, (decision, sent_at) in enumerate(
            ((Decision.APPLIES, None), (Decision.UNDECIDED, None), (Decision.APPLIES, now)), 1
        ):
            row = {"instrument": "GDPR", "article": f"Article {number}"}
            known = {"number": number, "clock": f"c{number}", "row": row, "decision": decision, "sent_at": sent_at}
            unit.session.add(Obligation(**told, **known))
    brief = await desk.workshop.services.briefing.one(desk.number, by=LENA)
    assert (("GDPR Article 1", now + timedelta(hours=72)),) == brief.lines[0].clocks
    assert ["Must we notify: GDPR Article 2?"] == [one.what for one in brief.decisions if "notify" in one.what]
    assert brief.decisions[0].by_when == now + timedelta(hours=72)


async def test_the_post_mortem_keeps_what_was_sent(desk: Desk) -> None:
    """Every sent text to the letter with who approved it; of one that is open to a few only that it was sent."""
    notice = await desk.written(what="Wrong *discounts* <b>were</b> shown.")
    for approver in (GRACE, LENA):
        await desk.approve(notice, approver)
    await desk.sent(notice)
    secret = await desk.written("regulator_notice", GRACE, what="A secret of ours.")
    await desk.approve(secret, GRACE)
    await desk.sent(secret, "portal", GRACE)
    await desk.workshop.services.writing.not_needed(desk.number, "holding_statement", "no", by=CORY, key="n")
    for form in ("md", "html"):
        said = await desk.workshop.services.postmortems.text(f"AI-{desk.number:04d}", form)
        assert "What people outside were told" in said and "not needed: no" in said and "Ugrace, Ulena" in said
        assert notice.item.sha256 in said and "Kept apart" in said and "A secret of ours" not in said
        assert "discounts" in said and "<b>were</b>" not in said
