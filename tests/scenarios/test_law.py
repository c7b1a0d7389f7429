"""A data leak and its 72 hours at the wire: established, proposed, decided by legal alone, shown, sent."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from storage.obligations import Obligation
from tests.office import Office
from tests.scenarios.hostile import PINGS, dangers
from tests.scenarios.seats import seat

TEXT = "On 20 November 2026 we became aware that a reply showed another customer's address."


async def leak(office: Office) -> str:
    """A data exposure that Lena leads and Grace advises as legal; its channel."""
    rae = office.person("rae")
    await rae.types("support", "/incident A reply shows another customer's address")
    await office.settle()
    await rae.fills({"What kind?": "Privacy or data exposure"})
    await rae.submits()
    await office.settle()
    await seat(office, "lena")
    await seat(office, "grace", role="legal")
    return await office.channel()


async def clock(office: Office, name: str = "gdpr33") -> Obligation:
    """The clock of this row."""
    async with office.store.read() as unit:
        return next(one for one in await unit.obligations.of(1) if one.clock == name)


async def establish(office: Office, who: Person, channel: str, words: str) -> None:
    """One line."""
    await who.types(channel, f"/incident particular {words}")
    assert who.error is None
    await office.settle()


def card(office: Office, channel: str) -> Seen:
    """The card as Grace sees it."""
    return next(seen for seen in office.person("grace").sees(channel) if "Declared by" in seen.text)


async def press_clock(office: Office, who: Person, channel: str, button: str) -> None:
    """Open the clocks and press the first such button."""
    await who.types(channel, "/incident clocks")
    await office.settle()
    await who.presses(who.modal, button)
    await office.settle()


async def aware(office: Office, grace: Person, channel: str) -> None:
    """By the forms, that we have been aware for forty hours; the clock runs from then."""
    await grace.types(channel, "/incident particular")
    await office.settle()
    await grace.fills({"What do you want to write down?": "Aware since"})
    await grace.submits()
    await office.settle()
    await grace.fills(
        {"Aware since": office.clock.now() - timedelta(hours=40), "Where is it known from?": "the second report"}
    )
    await grace.submits()
    await office.settle()
    assert "Aware since" in grace.modal.text
    await grace.closes()
    due = (await clock(office)).due_strict
    assert due is not None
    assert timedelta(hours=31) < due - office.clock.now() <= timedelta(hours=32)


async def test_72_hours_started_decided_and_met(office: Office) -> None:
    """From a line by legal to the card, the lead who is refused, the channel, a reminder at half time, and the notice."""
    channel = await leak(office)
    grace, lena = office.person("grace"), office.person("lena")
    assert "for legal to decide" in card(office, channel).text
    await establish(office, grace, channel, "regions eu")
    await establish(office, grace, channel, "personal_data yes")
    await aware(office, grace, channel)
    await lena.types(channel, "/incident clocks")
    await office.settle()
    assert "GDPR, Art. 33" in lena.modal.text
    assert "Decide…" not in lena.modal.text
    await lena.closes()
    await press_clock(office, grace, channel, "Decide…")
    assert "GDPR, Art. 33" in grace.modal.text
    await grace.fills({"Does it apply?": "It does not apply, because…"})
    await grace.submits()
    assert "Say why it does not apply" in str(grace.modal.errors)
    await grace.fills({"Does it apply?": "It applies", "Why?": f"an address is personal data {PINGS}"})
    await grace.submits()
    await office.settle()
    assert "applies" in grace.modal.text
    await grace.closes()
    await grace.closes()
    said = [seen.text for seen in lena.sees(channel) if "GDPR, Art. 33" in seen.text and "applies" in seen.text]
    assert said and "Europe/Brussels" in said[-1]
    assert ":scales: GDPR, Art. 33 due" in card(office, channel).text

    told = grace.direct_messages[-1]
    assert "half of its time has passed" in told.text
    await grace.presses(told, "Open the clocks")
    await office.settle()
    await grace.presses(grace.modal, "Sent…")
    await office.settle()
    await grace.fills({"Their reference": "B-2026-77", "The exact text": TEXT})
    await grace.submits()
    await office.settle()
    assert "sent" in grace.modal.text
    async with office.store.read() as unit:
        kept = await unit.obligations.notices(1)
    assert [(TEXT, "B-2026-77", "The lead supervisory authority")] == [
        (sent.text, sent.reference, sent.recipient) for sent in kept
    ]
    assert ":scales: GDPR" not in card(office, channel).text
    assert TEXT not in " ".join(seen.text for seen in lena.sees(channel))
    assert dangers(office) == []


async def test_counsel_is_asked_before_a_row_hardly_known(office: Office) -> None:
    """Legal adds such a clock; hostile words of counsel are kept and reach nobody; then the decision's form follows."""
    channel = await leak(office)
    grace = office.person("grace")
    await press_clock(office, grace, channel, "Add a clock…")
    await grace.fills({"Which clock?": "India CERT-In, Directions of 2022 (in_certin)"})
    await grace.submits()
    await office.settle()
    await grace.closes()
    await grace.closes()
    one = await clock(office, "in_certin")
    await grace.types(channel, "/incident clocks")
    await office.settle()
    await grace.presses(grace.modal, action_id=f"clock_decide:{one.key}")
    await office.settle()
    assert "Ask counsel first" in grace.modal.title
    await grace.fills({"Whom did you ask, and what did they say?": f"counsel says no {PINGS}"})
    await grace.submits()
    await office.settle()
    await grace.fills({"Does it apply?": "It does not apply, because…", "Why?": "no service in India"})
    await grace.submits()
    await office.settle()
    assert str((await clock(office, "in_certin")).decision) == "does_not_apply"
    seen = " ".join(seen.text for seen in office.person("lena").sees(channel))
    assert "counsel says no" not in seen
    assert dangers(office) == []
