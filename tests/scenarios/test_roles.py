"""Who sits where: taken, offered, handed over, declined, taken over, given up, as people meet it on the wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain.incident import Role
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from storage.roles import How, RoleTenure, TenureState
from tests.office import Office

HARMFUL = {"What kind?": "Harmful or unsafe output"}


async def say(office: Office, person: Person, channel: str, line: str) -> None:
    """Type a line and let everything happen."""
    await person.types(channel, line)
    await office.settle()


async def press(office: Office, person: Person, where: Seen, label: str) -> None:
    """Press a button and let everything happen."""
    await person.presses(where, label)
    await office.settle()


def plain(seen: Seen) -> Seen:
    """The message without marks for bold."""
    return replace(seen, text=seen.text.replace("*", ""))


def last_post(person: Person, channel: str, containing: str = "") -> Seen:
    """The newest message of the channel with these words."""
    return [seen for seen in map(plain, person.sees(channel)) if containing in seen.text][-1]


def last_dm(person: Person, containing: str = "") -> Seen:
    """The newest message of Andon to the person with these words."""
    found = [seen for seen in map(plain, person.direct_messages) if containing in seen.text]
    assert found, "\n---\n".join(seen.text for seen in person.direct_messages) or f"{person.name} got nothing"
    return found[-1]


def last_answer(person: Person, channel: str) -> Seen:
    """The newest message that only this person sees."""
    return plain(person.ephemerals(channel)[-1])


async def history(office: Office, role: Role, number: int = 1) -> list[RoleTenure]:
    """Every tenure and offer of a role."""
    async with office.store.read() as unit:
        return [tenure for tenure in await unit.roles.history(number) if tenure.role is role]


async def led_by_lena(office: Office, **answers: str) -> tuple[str, Person]:
    """An incident that Lena leads."""
    channel = await office.declare(**answers)
    lena = office.person("lena")
    await say(office, lena, channel, "/incident take lead")
    return channel, lena


async def test_lead_is_taken_on_the_card(office: Office) -> None:
    """One press seats the lead: the card and the channel show it, and the instructions come privately, by type."""
    channel = await office.declare(**{"What kind?": "prompt_attack"})
    lena = office.person("lena")
    await press(office, lena, await card(office, lena), "Take lead")
    incident = await office.incident()
    assert incident.lead_seated_at == incident.acknowledged_at == office.clock.now()
    assert last_post(lena, channel, "is lead now")
    assert "@Lena" in (await card(office, lena)).text
    assert "Take lead" not in (await card(office, lena)).buttons
    guide = last_dm(lena, "You are lead")
    assert "Say in the channel that you lead" in guide.text
    assert "Bring security in" in guide.text
    announced = next(seen for seen in lena.sees("ai-incidents") if "AI-0001" in seen.text)
    assert "led by" in announced.text


async def card(office: Office, person: Person) -> Seen:
    """The card as this person sees it."""
    incident = await office.incident()
    return next(plain(seen) for seen in person.sees(await office.channel()) if seen.ts == incident.card_ts)


async def test_two_people_press_at_once(office: Office) -> None:
    """One of them leads; the other is told who was first, and nothing is doubled."""
    channel = await office.declare()
    lena, mateo = office.person("lena"), office.person("mateo")
    shown = await card(office, lena)
    await asyncio.gather(*(person.presses(shown, "Take lead") for person in (lena, mateo)))
    await office.settle()
    held = [tenure for tenure in await history(office, Role.LEAD) if tenure.state is TenureState.HELD]
    assert len(held) == 1
    second = mateo if held[0].user_id == lena.id else lena
    told = last_answer(second, channel)
    assert "is lead of AI-0001 since" in told.text
    assert "Nothing was changed" in told.text
    assert sum("is lead now" in plain(seen).text for seen in lena.sees(channel)) == 1


async def test_ticks_go_on_the_timeline_once(office: Office) -> None:
    """A ticked line shows when it was done and loses its button; pressing again changes nothing."""
    _, lena = await led_by_lena(office)
    guide = last_dm(lena, "You are lead")
    count = len(guide.buttons)
    await asyncio.gather(lena.presses(guide, "Done"), lena.presses(guide, "Done"))
    await office.settle()
    assert len(last_dm(lena, "You are lead").buttons) == count - 1
    async with office.store.read() as unit:
        ticked = [entry for entry in await unit.timeline.of(1) if "ticked" in entry.data]
    assert [entry.text for entry in ticked] == [
        (
            "lead: Say in the channel that you lead, and name a technical lead; "
            "see that legal and comms are seated where needed."
        )
    ]


async def test_nobody_is_silently_made_legal(office: Office) -> None:
    """Assigning asks: the person hears privately with what comes first, and sits only when they accept."""
    channel, lena = await led_by_lena(office)
    gus = office.person("gus")
    await say(office, lena, channel, "/incident legal @gus the regulator wrote this morning")
    assert not [tenure for tenure in await history(office, Role.LEGAL) if tenure.state is TenureState.HELD]
    offer = last_dm(gus, "asks you to be legal")
    assert "@Lena asks you" in offer.text
    assert "the regulator wrote" in offer.text
    assert "What comes first" in offer.text
    assert "_asked:_ @Gus" in (await card(office, lena)).text
    await press(office, gus, offer, "Accept")
    assert not last_dm(gus, "You accepted legal").buttons
    assert last_dm(gus, "You are legal").buttons
    assert not last_post(lena, channel, "accepted legal").buttons
    assert last_post(lena, channel, "is legal now")
    assert gus.id in office.sandbox.channel(channel).members
    (tenure,) = await history(office, Role.LEGAL)
    assert (tenure.how, tenure.given_by) == (How.ACCEPTED, f"person:{lena.id}")


async def test_only_the_asked_can_answer_and_a_no_is_told(office: Office) -> None:
    """Others' presses explain themselves; a decline reaches whoever asked and leaves the seat empty."""
    channel, lena = await led_by_lena(office)
    cleo, mateo = office.person("cleo"), office.person("mateo")
    await say(office, lena, channel, "/incident comms <@U07CLEO0001|cleo>")
    await press(office, mateo, last_post(mateo, channel, "to be comms"), "Accept")
    assert "Cleo Marchand was asked, so only they can answer" in last_answer(mateo, channel).text
    await press(office, cleo, last_dm(cleo, "asks you to be comms"), "Decline")
    assert "cannot be comms" in last_dm(lena).text
    assert "cannot be comms" in last_post(lena, channel, "comms").text
    assert not last_dm(cleo, "You declined comms").buttons
    (tenure,) = await history(office, Role.COMMS)
    assert tenure.state is TenureState.DECLINED


async def test_a_handover_is_complete_when_accepted(office: Office) -> None:
    """The receiver reads where things stand; until they accept the giver leads; then the seats have changed."""
    channel, lena = await led_by_lena(office)
    liam = office.person("liam")
    await say(office, lena, channel, "/incident note Orders stopped at 16:40")
    await say(office, lena, channel, "/incident task @mateo by friday check the coupon logs")
    await say(office, lena, channel, "/incident handoff @liam watch the base64 variant")
    assert [t.user_id for t in await history(office, Role.LEAD) if t.state is TenureState.HELD] == [lena.id]
    offer = last_dm(liam, "take over as lead")
    for words in ("watch the base64 variant", "Orders stopped", "check the coupon logs", "not contained yet"):
        assert words in offer.text, offer.text
    assert "Until they accept, it is" in last_post(lena, channel, "hands lead over").text
    await press(office, liam, offer, "Accept")
    before, after = await history(office, Role.LEAD)
    assert (before.state, before.ended_how, before.until_at) == (TenureState.ENDED, How.HANDED_OVER, after.from_at)
    assert (after.user_id, after.how, after.state) == (liam.id, How.HANDED_OVER, TenureState.HELD)
    assert last_post(lena, channel, "handed over by")
    assert not last_dm(lena, "You were lead").buttons


async def test_the_first_to_accept_sits(office: Office) -> None:
    """Of two who were asked for one seat, by line or by button, one sits; the other's question is taken back."""
    channel, lena = await led_by_lena(office)
    liam, mateo = office.person("liam"), office.person("mateo")
    await say(office, lena, channel, "/incident handoff @mateo")
    await say(office, lena, channel, "/incident lead @liam")
    await say(office, liam, "general", "/incident accept AI-0001")
    assert "You accepted" in last_answer(liam, "general").text
    assert not last_dm(mateo, "No longer needed: lead").buttons
    assert not last_post(lena, channel, "@Mateo need not be lead any more").buttons
    await say(office, mateo, channel, "/incident accept")
    assert "Nobody is waiting for an answer of yours" in last_answer(mateo, channel).text
    await say(office, liam, channel, "/incident handoff @lena")
    await say(office, lena, channel, "/incident decline my shift is over")
    assert "my shift is over" in last_dm(liam, "cannot be lead").text
    assert [t.user_id for t in await history(office, Role.LEAD) if t.state is TenureState.HELD] == [liam.id]


async def test_a_handover_by_its_form(office: Office) -> None:
    """Without a name the form opens, with the draft; choosing somebody and sending it asks them."""
    channel, lena = await led_by_lena(office)
    await say(office, lena, channel, "/incident handoff")
    assert lena.modal is not None
    assert "not contained yet" in lena.modal.text
    await lena.fills({"Who takes over?": "liam", "Anything they should know besides?": "All calm."})
    await lena.submits()
    await office.settle()
    assert lena.modal is None
    assert "All calm." in last_dm(office.person("liam"), "take over as lead").text


async def test_a_held_seat_is_not_taken_by_accident(office: Office) -> None:
    """Taking it says who sits there, with two ways on: a polite one, and taking over for a stated reason."""
    channel, lena = await led_by_lena(office)
    mateo = office.person("mateo")
    await say(office, mateo, channel, "/incident take lead")
    told = last_answer(mateo, channel)
    assert told.buttons == ("Ask for a handover", "Take over anyway…"), told.buttons
    await press(office, mateo, told, "Ask for a handover")
    wish = last_dm(lena, "would take over as lead")
    await press(office, lena, wish, "Hand over…")
    assert lena.modal is not None
    await lena.closes()
    await press(office, mateo, told, "Take over anyway…")
    assert mateo.modal is not None
    await mateo.fills(reason="Lena does not answer for 20 minutes")
    await mateo.submits()
    await office.settle()
    assert [t.user_id for t in await history(office, Role.LEAD) if t.state is TenureState.HELD] == [mateo.id]
    assert last_post(lena, channel, "taken over from")
    assert last_post(lena, channel, "does not answer")
    assert "took over as lead" in last_dm(lena, "You are not lead now").text


async def test_only_few_give_away_a_taken_seat(office: Office) -> None:
    """Somebody who neither sits there nor leads is told who can; two people for one seat are refused."""
    channel, _ = await led_by_lena(office)
    mateo = office.person("mateo")
    await say(office, mateo, channel, "/incident lead @liam")
    assert "Lena Voss is lead of AI-0001. Only they, the lead or an admin" in last_answer(mateo, channel).text
    await say(office, mateo, channel, "/incident legal @grace @gus")
    assert "One person is legal at a time" in last_answer(mateo, channel).text


async def test_several_are_technical(office: Office) -> None:
    """Technical is asked of several at once, and several sit."""
    channel, lena = await led_by_lena(office)
    await say(office, lena, channel, "/incident technical @mateo @mina")
    for handle in ("mateo", "mina"):
        await press(office, office.person(handle), last_dm(office.person(handle), "to be technical"), "Accept")
    assert len([t for t in await history(office, Role.TECHNICAL) if t.state is TenureState.HELD]) == 2
    assert "@Mateo, @Mina" in (await card(office, lena)).text


async def test_who_cannot_hold_a_role(office: Office) -> None:
    """Each gets a clear sentence and what was typed back; nobody is asked."""
    channel, lena = await led_by_lena(office)
    for named, sentence in (
        ("@dana", "has left: the account is deactivated"),
        ("<@U07GRAFANA1|grafana>", "is a bot"),
        ("<@U0NOBODY|ghost>", "Slack knows nobody by the id U0NOBODY"),
        ("@ai-oncall", "is a group, and only a person"),
        ("<!channel>", "is a group"),
        ("somebody", "I do not know who “somebody” is"),
    ):
        await say(office, lena, channel, f"/incident legal {named}")
        told = last_answer(lena, channel).text
        assert sentence in told
        assert "What you typed" in told
    assert await history(office, Role.LEGAL) == []


async def test_giving_up_a_seat_leaves_it_to_be_taken(office: Office) -> None:
    """The channel hears it, with a button to take the seat; the topic says a lead is wanted again."""
    channel, lena = await led_by_lena(office)
    await say(office, lena, channel, "/incident release lead my train leaves")
    said = last_post(lena, channel, "no longer lead")
    assert "Nobody is lead now" in said.text
    assert "my train leaves" in said.text
    assert "lead wanted" in office.sandbox.channel(channel).topic.value
    await press(office, office.person("mateo"), said, "Take lead")
    tenures = await history(office, Role.LEAD)
    assert [t.user_id for t in tenures if t.state is TenureState.HELD] == [office.person("mateo").id]
    await say(office, lena, channel, "/incident release legal")
    assert "You are not legal of AI-0001" in last_answer(lena, channel).text


async def test_policy_asks_the_next_when_the_first_says_no(office: Office) -> None:
    """A type that wants legal has its roster asked, one after the other; when nobody is left the channel is."""
    channel = await office.declare(**HARMFUL)
    rae = office.person("rae")
    for handle in ("grace", "gus"):
        offer = last_dm(office.person(handle), "You are asked to be legal")
        assert "Why you: our policy wants legal at a SEV2" in offer.text
        await press(office, office.person(handle), offer, "Not me")
        assert "You declined legal" in last_dm(office.person(handle)).text
    gwen = office.person("gwen")
    await press(office, gwen, last_dm(gwen, "You are asked to be legal"), "Not me")
    asked = last_post(rae, channel, "nobody on its roster is left")
    await press(office, rae, asked, "Take legal")
    assert (await history(office, Role.LEGAL))[-1].user_id == rae.id


async def test_an_offer_ends_with_the_incident(office: Office) -> None:
    """Closing takes back what was asked; a button pressed before that was seen gets a clear sentence."""
    channel = await office.declare(**HARMFUL)
    grace, rae = office.person("grace"), office.person("rae")
    assert last_dm(grace, "You are asked to be legal").buttons
    await say(office, rae, channel, "/incident cancel it was a demo tenant")
    settled = last_dm(grace, "No longer needed: legal")
    assert not settled.buttons
    await say(office, rae, channel, "/incident take lead")
    assert "was closed as not an incident" in last_answer(rae, channel).text


async def test_a_private_incident_is_veiled_until_accepted(office: Office) -> None:
    """Whoever is asked from outside learns number and severity only; accepting lets them in."""
    channel = await office.declare("Salary data in the HR bot", **{"Who may see it?": "Only the people working on it"})
    rae, gus = office.person("rae"), office.person("gus")
    await say(office, rae, channel, "/incident legal @gus salaries of the board")
    offer = last_dm(gus, "asks you to be legal")
    assert "Salary" not in offer.text
    assert "salaries" not in offer.text
    assert "It is private" in offer.text
    assert "Salary" not in offer.notification
    assert channel not in gus.sidebar
    await press(office, gus, offer, "Accept")
    assert channel in gus.sidebar
    assert "Salary data" in last_dm(gus, "You are legal").text


async def test_commands_answer_where_the_result_is_not_seen(office: Office) -> None:
    """From elsewhere, with the number, the person is told; in the channel the channel is enough."""
    channel, lena = await led_by_lena(office)
    assert lena.ephemerals(channel) == []
    cory = office.person("cory")
    await say(office, cory, "general", "/incident take AI-0001 comms")
    assert "You are comms now" in last_answer(cory, "general").text


async def test_the_form_of_roles(office: Office) -> None:
    """`take` and `lead` without words open the form; whoever chooses themselves sits down at once."""
    channel = await office.declare()
    mateo = office.person("mateo")
    await say(office, mateo, channel, "/incident technical")
    await mateo.fills({"Who?": "mateo"})
    await mateo.submits()
    await office.settle()
    assert mateo.modal is None
    assert [t.user_id for t in await history(office, Role.TECHNICAL)] == [mateo.id]
    await say(office, mateo, channel, "/incident take")
    await mateo.fills({"Which role?": "Comms", "Who?": "dana"})
    await mateo.submits()
    assert mateo.modal is not None
    assert "has left" in str(mateo.modal.errors)
