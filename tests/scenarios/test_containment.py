"""The jailbroken shop bot: its code tool is switched off by two people, seen to have moved, and on again by two."""

from __future__ import annotations

import aiohttp

from bot.domain.containment.words import RunState
from bot.sandbox.reading import Seen
from storage.switches import ContainmentRun
from tests.office import Office

SYSTEM = "Shop discount assistant"


async def declared(office: Office, severity: str = "Someone is being hurt or losing money, or could be soon") -> str:
    """An incident on the assistant, led by Lena, Mateo technical; its channel."""
    rae = office.person("rae")
    await rae.types("support", "/incident The chat gives everybody 99 % off")
    await office.settle()
    await rae.fills({"Which AI system?": SYSTEM, "How bad is it?": severity})
    await rae.submits()
    await office.settle()
    channel = await office.channel()
    for handle, role in (("lena", "lead"), ("mateo", "technical")):
        await office.person(handle).types(channel, f"/incident take {role}")
        await office.settle()
    return channel


async def run(office: Office, number: int = 1) -> ContainmentRun:
    async with office.store.read() as unit:
        found = await unit.switches.by_number(1, number)
    assert found is not None
    return found


def request(office: Office, channel: str, number: int = 1) -> Seen:
    """The request as it stands in the channel."""
    return next(seen for seen in office.person("lena").sees(channel) if f"*{number}. " in seen.text)


async def ask(office: Office, channel: str, **more: object) -> None:
    """Mateo asks by the button on the card."""
    mateo, card_ts = office.person("mateo"), (await office.incident()).card_ts
    card = next(seen for seen in mateo.sees(channel) if seen.ts == card_ts)
    await mateo.presses(card, "Contain…")
    await office.settle()
    await mateo.fills(
        {
            "What should be done?": "Take the discount code tool from the assistant (C12)",
            "What do you see that makes it necessary?": "orders with 99 % off go out",
            "Why can the harm not wait for evidence?": "640 orders so far, more each minute",
            **more,
        }
    )
    await mateo.submits()
    await office.settle()


async def test_two_people_switch_the_tool_off_and_on_again(office: Office) -> None:
    """From the button on the card to the switch that really moved, the incident contained, and back on by two."""
    channel = await declared(office)
    mateo, lena = office.person("mateo"), office.person("lena")
    control = office.sandbox.control
    await ask(office, channel)
    asked = request(office, channel)
    assert "waiting for approval" in asked.text and "orders with 99 % off" in asked.text
    assert ("Approve", "Refuse…", "Dry run") == asked.buttons

    await mateo.presses(asked, "Approve")
    await office.settle()
    assert (
        "asked for this yourself" in mateo.ephemerals(channel)[-1].text and not control.switch("discount-codes").is_off
    )

    await lena.presses(asked, "Dry run")
    await office.settle()
    shown = lena.ephemerals(channel)[-1].text
    assert "features/discount-codes/environments/production/off" in shown and "[UNLEASH_TOKEN]" in shown
    assert not control.calls

    await lena.presses(request(office, channel), "Approve")
    await office.settle()
    assert control.switch("discount-codes").is_off and "moved; watched until it holds" in request(office, channel).text
    assert (await office.incident()).contained_at is None

    await office.forward(minutes=16)
    contained = request(office, channel)
    assert "moved, seen, held" in contained.text and ("Switch on again…",) == contained.buttons
    card_ts = (await office.incident()).card_ts
    card = next(seen for seen in lena.sees(channel) if seen.ts == card_ts)
    assert "Take the discount code tool from the assistant: moved, seen, held" in card.text

    await lena.presses(contained, "Switch on again…")
    await office.settle()
    await lena.fills({"Why is it safe to switch it on again?": "the price limit is live outside the model"})
    await lena.submits()
    await office.settle()
    await mateo.presses(request(office, channel, 2), "Approve")
    await office.settle()
    assert not control.switch("discount-codes").is_off
    assert "switched on again" in request(office, channel).text and () == request(office, channel).buttons
    assert [RunState.ROLLED_BACK] * 2 == [(await run(office, number)).state for number in (1, 2)]


async def test_the_status_page_shows_the_switch(office: Office) -> None:
    """Anybody sees on a plain page that the switch moved, when, and every other one that did not."""
    channel = await declared(office)
    await ask(office, channel)
    await office.person("lena").types(channel, "/incident approve 1")
    await office.settle()
    async with aiohttp.ClientSession() as session, session.get(f"{office.sandbox.base_url}/control") as answer:
        page = await answer.text()
    assert 200 == answer.status and "<script" not in page
    assert "discount-codes" in page and "switched off by POST unleash.kestrel.example" in page and "never moved" in page


async def test_one_line_and_the_list(office: Office) -> None:
    """Asked for in one line, what is wanted first is asked for in the form; the list shows it; a typo is met."""
    channel = await declared(office)
    mateo = office.person("mateo")
    await mateo.types(channel, "/incident contain codes-of orders go out")
    await office.settle()
    assert "has no action “codes-of”; it has codes-off" in mateo.ephemerals(channel)[-1].text
    await office.person("mateo").reacts(mateo.sees(channel)[0], "receipt")
    await office.settle()
    await mateo.types(channel, "/incident contain codes-off orders go out")
    await office.settle()
    assert mateo.modal is not None
    assert "Keep E01 Prompts and inputs" in mateo.modal.text
    assert "Switch the discount assistant off" not in mateo.modal.text.partition("What should be done?")[0]
    await mateo.fills({"Why can the harm not wait for evidence?": "they ship"})
    await mateo.submits()
    await office.settle()
    assert "orders go out" in request(office, channel).text
    await mateo.types(channel, "/incident containment")
    await office.settle()
    assert "1. Take the discount code tool" in mateo.ephemerals(channel)[-1].text.replace("*", "")


async def test_broken_glass_is_ratified(office: Office) -> None:
    """At SEV1 one person runs it at once; the channel shows that nobody has ratified it, and somebody does."""
    channel = await declared(office)
    await ask(office, channel, **{"Run it at once on my word alone; somebody ratifies it within 30 minutes": ["alone"]})
    assert office.sandbox.control.switch("discount-codes").is_off
    assert "not ratified yet" in request(office, channel).text
    await office.forward(minutes=31)
    assert any("nobody has ratified it" in seen.text for seen in office.person("lena").sees(channel))
    await office.person("lena").presses(request(office, channel), "Ratify")
    await office.settle()
    assert "ratified by" in request(office, channel).text


async def test_a_switch_that_did_not_move_is_said_loudly(office: Office) -> None:
    """200 and nothing moved: the channel and the lead hear it, the card does not say contained."""
    channel = await declared(office)
    office.sandbox.control.misbehave("discount-codes", "stuck")
    await ask(office, channel)
    await office.person("lena").types(channel, "/incident approve 1")
    await office.forward(minutes=3)
    lena = office.person("lena")
    assert any("Containment failed" in seen.text for seen in lena.sees(channel))
    assert any("Containment failed" in seen.text for seen in lena.direct_messages)
    assert (await office.incident()).contained_at is None
