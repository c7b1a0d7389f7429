"""From too bad to over: severity, phase, contained, resolved, endings, as people meet them on the wire."""

from __future__ import annotations

import pytest

from bot.domain.incident import IncidentType, Outcome, Phase, Severity
from bot.sandbox.people import Person
from tests.office import Office
from tests.scenarios.seats import seat


async def say(office: Office, person: Person, channel: str, line: str) -> None:
    """Type a line and let everything happen."""
    await person.types(channel, line)
    await office.settle()


def bot_says(person: Person, channel: str) -> list[str]:
    """What Andon said in the channel, as this person reads it."""
    return [seen.text for seen in person.sees(channel) if "set the channel topic" not in seen.text]


async def test_the_whole_way_by_one_line_commands(office: Office) -> None:
    """Every verb has a one-line form; the channel shows each change once; nothing is said twice to the person."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    before = len(bot_says(lena, channel))
    for line in (
        "/incident sev 1 more users hit",
        "/incident type prompt-attack because a jailbreak is going around",
        "/incident contained 20 probes refused since the flag is off",
        "/incident phase remediation the prompt is being fixed",
        "/incident resolved 500 evals pass",
        "/incident close The coupon tool checks its input now.",
    ):
        await say(office, lena, channel, line)
    said = [text for text in bot_says(lena, channel)[before:] if "Post-mortem" not in text]
    assert len(said) == 6, "\n".join(said)
    assert "SEV1 critical" in said[0]
    assert "SEV2 high" in said[0]
    assert "more users hit" in said[0]
    assert "20 probes refused" in said[2]
    assert "Contained" in said[2]
    assert "is closed" in said[5]
    incident = await office.incident()
    assert (incident.severity, incident.type) == (Severity.SEV1, IncidentType.PROMPT_ATTACK)
    assert (incident.phase, incident.outcome) == (Phase.CLOSED, Outcome.RESOLVED)
    assert lena.ephemerals(channel) == []
    card = next(seen for seen in lena.sees(channel) if seen.ts == incident.card_ts)
    assert not card.buttons
    assert "The coupon tool checks its input now." in card.text
    announced = next(seen for seen in lena.sees("ai-incidents") if "AI-0001" in seen.text)
    assert not announced.buttons
    told = office.person("rae").direct_messages[-1].text
    assert "What you reported" in told
    assert "resolved and closed" in told


async def test_the_same_by_forms(office: Office) -> None:
    """Commands without their words open the form; handing it in closes it and does the same."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    forms: tuple[tuple[str, dict[str, str]], ...] = (
        ("sev", {"severity": "SEV1", "reason": "more users hit"}),
        ("type", {"type": "drift", "reason": "quality fell"}),
        ("phase", {"phase": "containment", "reason": "flag is next"}),
        ("contained", {"how": "20 probes refused"}),
        ("resolved", {"how": "evals pass"}),
        ("close", {"note": "Fixed."}),
        ("reopen", {"reason": "it is back"}),
        ("cancel", {"reason": "a test account"}),
    )
    for command, values in forms:
        await say(office, lena, channel, f"/incident {command}")
        assert lena.modal is not None, command
        await lena.fills(values)
        await lena.submits()
        await office.settle()
        assert lena.modal is None, (command, lena.modal and lena.modal.errors)
    assert (await office.incident()).outcome is Outcome.CANCELLED


async def test_a_bystander_asks_and_the_lead_confirms(office: Office) -> None:
    """Who may not decide asks in the channel; one press of the lead carries it and the button goes."""
    channel = await office.declare(by="rae")
    lena, rae = await seat(office, "lena"), office.person("rae")
    await say(office, rae, channel, "/incident sev 1 orders still flow")
    asked = next(seen for seen in lena.sees(channel) if "Confirm SEV1" in seen.buttons)
    await rae.presses(asked, "Confirm SEV1")
    await office.settle()
    assert "Only whoever holds a role" in rae.ephemerals(channel)[-1].text
    await lena.presses(asked, "Confirm SEV1")
    await office.settle()
    assert (await office.incident()).severity is Severity.SEV1
    shown = next(seen for seen in lena.sees(channel) if seen.ts == asked.ts)
    assert not shown.buttons
    assert "Confirmed by" in shown.text


async def test_lowering_an_uncontained_sev1_asks_for_a_statement(office: Office) -> None:
    """The one-line command opens the form, keeps the reason, and is refused without the statement."""
    channel = await office.declare(severity="SEV1")
    lena = await seat(office, "lena")
    await office.forward(minutes=16)
    await say(office, lena, channel, "/incident sev 2 only internal users")
    assert lena.modal is not None
    assert lena.modal.values["Why?"] == "only internal users"
    await lena.submits()
    assert lena.modal is not None
    assert "nobody is being hurt" in str(lena.modal.errors)
    await lena.fills(nobody_hurt=["yes"])
    await lena.submits()
    await office.settle()
    assert (await office.incident()).severity is Severity.SEV2


async def test_a_form_handed_in_after_a_merge(office: Office) -> None:
    """What was open when the incident was merged answers where it goes on, and keeps what was typed."""
    first, second = await office.declare("The returns bot lies"), await office.declare("The same returns bot")
    lena = await seat(office, "lena", 1)
    await seat(office, "lena", 2)
    mateo = await seat(office, "mateo", 1, "technical")
    await say(office, mateo, first, "/incident update")
    await mateo.fills(text="We know more now")
    await say(office, lena, first, "/incident merge AI-0002 it is the same bot")
    assert (await office.incident(1)).merged_into_id == 2
    await mateo.submits()
    assert mateo.modal is not None
    assert "was merged into AI-0002 (#ai-0002" in str(mateo.modal.errors)
    assert mateo.modal.values["Update"] == "We know more now"
    assert any("goes on in" in text and f"#{second}" in text for text in bot_says(lena, first))
    assert any("Merged into this one" in text for text in bot_says(lena, second))
    card_ts = (await office.incident(1)).card_ts
    card = next(seen for seen in lena.sees(first) if seen.ts == card_ts)
    assert "Goes on in" in card.text
    assert not card.buttons


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/incident sev 7 why", "is no severity"),
        ("/incident type dritf because", "Did you mean `drift`"),
        ("/incident phase nowhere", "is no phase"),
        ("/incident merge AI-0001 x", "which goes into which"),
        ("/incident merge AI-0099 x", "no such incident"),
        ("/incident resolved all good", "not contained yet"),
        ("/incident reopen x", "is open"),
    ],
)
async def test_what_cannot_be_says_why(office: Office, line: str, sentence: str) -> None:
    """A wrong word is answered to the person alone, with what they typed, and changes nothing."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    before = (await office.incident()).model_dump()
    await say(office, lena, channel, line)
    answer = lena.ephemerals(channel)[-1].text
    assert sentence in answer
    assert line.removeprefix("/incident ") in answer
    assert (await office.incident()).model_dump() == before


async def test_hostile_words_stay_words(office: Office) -> None:
    """Mentions, links and markup in a reason ping nobody and are nobody's link, in channel, card and direct message."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident close <!channel> *x* <https://evil.example|click> \u202eabc 💥")
    await lena.fills(why_anyway="<!here> because")
    await lena.submits()
    await office.settle()
    for seen in [*lena.sees(channel), *office.person("rae").direct_messages]:
        assert "<!channel>" not in str(seen.blocks)
        assert "<!here>" not in str(seen.blocks)
        assert "|click>" not in str(seen.blocks)
