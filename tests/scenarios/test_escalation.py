"""The ladder as people meet it on the wire: executives, pages, reminders, silence, downtime."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.incident import Role
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from tests.office import Office, open_office
from tests.scenarios.seats import seat

SEV1 = {"How bad is it?": "Someone is being hurt or losing money, or could be soon"}
PRIVATE = {"Who may see it?": "Only the people working on it"}


@pytest.fixture
async def any_office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    """The office on SQLite, then on PostgreSQL."""
    async with open_office(tmp_path, database_url) as opened:
        yield opened


async def press(office: Office, person: Person, where: Seen, label: str) -> None:
    """Press a button and let everything happen."""
    await person.presses(where, label)
    await office.settle()


async def say(office: Office, person: Person, channel: str, line: str) -> None:
    """Type a line and let everything happen."""
    await person.types(channel, line)
    await office.settle()


def dms(person: Person, *containing: str) -> list[Seen]:
    """What Andon told this person with all of these words, without marks for bold."""
    shown = [replace(seen, text=seen.text.replace("*", "")) for seen in person.direct_messages]
    return [seen for seen in shown if all(word in seen.text for word in containing)]


def wanting(person: Person, label: str = "Acknowledge") -> list[Seen]:
    """Direct messages that still have this button."""
    return [seen for seen in dms(person) if label in seen.buttons]


def posts(person: Person, channel: str, containing: str) -> list[Seen]:
    return [seen for seen in person.sees(channel) if containing in seen.text]


async def downtime(office: Office, **span: float) -> None:
    """Andon stands still for so long; then it looks again."""
    office.clock.forward(**span)
    await office.settle()


async def test_an_executive_reads_one_screen_and_acknowledges(any_office: Office) -> None:
    """What, to whom, how bad, who leads, what is wanted by when; pressing leaves one line and no button."""
    office = any_office
    await office.declare(**SEV1)
    ines = office.person("ines")
    (asked,) = wanting(ines)
    for word in ("AI-0001", "99% off", "SEV1 critical", "Who leads\n:warning: nobody yet", "Harm stopped\nnot yet"):
        assert word in asked.text, asked.text
    assert "acknowledge that you know by" in asked.text
    assert "Why you get this: policy wants you told at this severity (at once)." in asked.text
    assert asked.buttons == ("Acknowledge", "Delegate to…", "Join", "Mute until next update")
    assert "You are being told about an AI incident: AI-0001, SEV1" in asked.notification
    await ines.presses(asked, "Acknowledge")
    await ines.presses(asked, "Acknowledge")
    await office.settle()
    (now,) = [seen for seen in dms(ines) if seen.ts == asked.ts]
    assert "acknowledged by @Ines" in now.text
    assert "It counts until" in now.text
    assert not now.buttons
    assert "This was acknowledged by Ines" in ines.ephemerals()[-1].text
    assert len(dms(ines, "acknowledged by")) == 1


async def test_delegating(office: Office) -> None:
    """Gwen delegates to Otto: he gets the same screen and who sent it, she sees to whom it went."""
    await office.declare(**SEV1)
    gwen, otto = office.person("gwen"), office.person("otto")
    (asked,) = wanting(gwen)
    await press(office, gwen, asked, "Delegate to…")
    await gwen.fills(person="dana")
    await gwen.submits()
    assert gwen.modal is not None
    assert "the account is deactivated" in str(gwen.modal.errors)
    await gwen.fills(person="otto")
    await gwen.submits()
    await office.settle()
    assert gwen.modal is None
    assert dms(gwen, "delegated to @Otto")
    (given,) = wanting(otto)
    assert "@Gwen delegated it to you." in given.text
    await press(office, otto, given, "Acknowledge")
    assert dms(otto, "acknowledged by @Otto")


async def test_joining_and_muting(office: Office) -> None:
    """*Join* brings the executive into the channel and leaves the question open; *Mute* answers it until the update."""
    channel = await office.declare(**SEV1)
    ines = office.person("ines")
    assert ines.id not in office.sandbox.channel(channel).members
    await press(office, ines, wanting(ines)[0], "Join")
    assert ines.id in office.sandbox.channel(channel).members
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident update We are stopping it.")
    await press(office, ines, wanting(ines)[0], "Mute until next update")
    assert dms(ines, "acknowledged by @Ines", "quiet")
    await office.forward(minutes=29)
    assert not wanting(ines)
    await office.forward(minutes=2)
    assert len(wanting(ines)) == 1


async def test_two_people_press_at_once(office: Office) -> None:
    """Lena and Liam take it in the same moment: one of them leads, neither message keeps a button."""
    await office.declare(**SEV1)
    await office.forward(minutes=5)
    lena, liam = office.person("lena"), office.person("liam")
    await asyncio.gather(*(person.presses(wanting(person, "Take lead")[0], "Take lead") for person in (lena, liam)))
    await office.settle()
    async with office.store.read() as unit:
        assert len(await unit.roles.held(1, Role.LEAD)) == 1
    assert not wanting(lena, "Take lead")
    assert not wanting(liam, "Take lead")


async def test_silence_climbs_and_ends_in_the_channel(any_office: Office) -> None:
    """Nobody answers: Liam, Hana, Emil are asked in turn; then the channel is told in plain words."""
    office = any_office
    channel = await office.declare(**SEV1)
    rae = office.person("rae")
    for handle, minutes in (("liam", 5), ("hana", 5), ("emil", 5)):
        person = office.person(handle)
        assert not dms(person, "nobody has acknowledged it yet")
        await office.forward(minutes=minutes)
        assert len(dms(person, "nobody has acknowledged it yet")) == 1, handle
    await office.forward(minutes=5)
    (post,) = posts(rae, channel, "obody on duty has answered or could be reached")
    assert "Please act, or call somebody who can." in post.text
    assert "Take lead" in post.buttons
    await press(office, rae, post, "Take lead")
    assert not [seen for seen in posts(rae, channel, "Please act") if "Take lead" in seen.buttons]
    for handle in ("lena", "liam"):
        assert not wanting(office.person(handle), "Take lead"), handle


async def test_it_asks_again_when_the_acknowledgement_runs_out(office: Office) -> None:
    """At SEV1 after 30 minutes, saying that it is the second time."""
    await office.declare(**SEV1)
    ines = office.person("ines")
    await press(office, ines, wanting(ines)[0], "Acknowledge")
    await office.forward(minutes=29)
    assert not wanting(ines)
    await office.forward(minutes=1)
    (again,) = wanting(ines)
    assert "asked for the 2nd time" in again.text


async def test_not_me_and_accounts_that_are_gone(office: Office) -> None:
    """Mateo passes on and Mina is asked at once; Lena's account was closed, so Liam is."""
    office.sandbox.workspace.users[office.person("lena").id].deleted = True
    await office.declare(**SEV1)
    liam, mateo, mina = (office.person(handle) for handle in ("liam", "mateo", "mina"))
    assert len(wanting(liam, "Take lead")) == 1
    assert "passed on, since whoever was asked before has not taken it" in wanting(liam)[0].text
    await press(office, mateo, wanting(mateo, "Take technical")[0], "Not me")
    assert dms(mateo, "passed on", "The next person is asked.")
    assert len(wanting(mina, "Take technical")) == 1


async def test_reminders_say_why_and_can_be_snoozed(office: Office) -> None:
    """The reminder names rule and timer; at SEV1 a snooze needs a reason; the third goes to the manager."""
    channel = await office.declare(**SEV1)
    lena = await seat(office, "lena")
    await office.forward(minutes=15)
    (asked,) = dms(lena, "No first update has been sent (after 15m)")
    assert "Why you get this: the timers of the escalation policy" in asked.text
    assert "Send update" in asked.buttons
    await press(office, lena, asked, "Snooze…")
    await lena.submits()
    assert lena.modal is not None
    assert "reason" in lena.modal.errors
    await lena.fills(reason="The vendor calls back")
    await lena.submits()
    await office.settle()
    assert dms(lena, "snoozed by @Lena until")
    await office.forward(minutes=10)
    await say(office, lena, channel, "/incident snooze 15m x")
    assert "10, 20 or 30" in lena.ephemerals(channel)[-1].text
    for _ in range(2):
        await say(office, lena, channel, "/incident snooze 10 still waiting")
        await office.forward(minutes=10)
    assert dms(lena, "put off too often")
    assert dms(office.person("hana"), "no first update has been sent")


async def test_commands_for_it_all(office: Office) -> None:
    """`ack` answers what one was asked, `escalations` tells who has it and what comes; both explain themselves."""
    channel = await office.declare(**SEV1)
    lena, otto = office.person("lena"), office.person("otto")
    await say(office, lena, channel, "/incident ack")
    assert "You have AI-0001" in lena.ephemerals(channel)[-1].text
    await say(office, lena, "general", "/incident ack AI-0001")
    assert "Nothing about AI-0001 waits for your answer" in lena.ephemerals("general")[-1].text
    await say(office, otto, "support", "/incident escalations AI-0001")
    listing = otto.ephemerals("support")[-1].text
    assert "acknowledged by @Lena" in listing
    assert "the harm is not contained yet" in listing
    await say(office, lena, channel, "/incident snooze soon")
    assert "Say for how many minutes" in lena.ephemerals(channel)[-1].text


async def test_downtime_comes_late_once_and_folded(any_office: Office) -> None:
    """Away for two hours: the lead gets one message with every reason and how late it is, and no second one."""
    office = any_office
    await office.declare(**SEV1)
    lena = await seat(office, "lena")
    before = len(lena.direct_messages)
    await downtime(office, hours=2)
    fresh = lena.direct_messages[before:]
    (asked,) = [seen for seen in fresh if "Why you get this" in seen.text]
    for word in ("first update", "overdue", "not contained"):
        assert word in asked.text
    assert "This comes 1 h 50 min late: it was due at" in asked.text
    count = len(lena.direct_messages)
    await office.settle()
    assert len(lena.direct_messages) == count


async def test_the_act_that_makes_it_pointless_ends_it(office: Office) -> None:
    """Cancelled: every message of the ladder loses its buttons and says that it is no longer needed."""
    channel = await office.declare(**SEV1)
    ines, mateo = office.person("ines"), office.person("mateo")
    (asked,) = wanting(ines)
    await office.person("rae").types(channel, "/incident cancel a load test")
    await ines.presses(asked, "Acknowledge")
    await office.settle()
    assert "was closed as not an incident" in ines.ephemerals()[-1].text
    for person in (ines, mateo):
        assert dms(person, "no longer needed")
        assert not wanting(person)
    count = len(ines.direct_messages)
    await downtime(office, hours=30)
    assert len(ines.direct_messages) == count


async def test_a_private_incident_asks_only_its_people(office: Office) -> None:
    """Those asked are let in and read it; an outsider's list and answer show nothing."""
    await office.declare("Zanzibar records in an answer", **SEV1, **PRIVATE)
    ines, otto = office.person("ines"), office.person("otto")
    await press(office, ines, wanting(ines)[0], "Acknowledge")
    await say(office, ines, "general", "/incident escalations AI-0001")
    assert "Zanzibar" in ines.ephemerals("general")[-1].text
    await say(office, otto, "support", "/incident escalations AI-0001")
    assert "There is no such incident" in otto.ephemerals("support")[-1].text


async def test_a_drill_says_so_and_spares_executives(office: Office) -> None:
    """Every message of a drill's ladder carries the banner; the executive on call is not asked."""
    channel = await office.declare(**SEV1)
    async with office.services.work() as unit:
        incident = await unit.incidents.get(1, lock=True)
        assert incident is not None
        incident.is_drill = True
        await office.services.escalations.replan(unit, incident)
    before = len(office.person("emil").direct_messages)
    await office.forward(minutes=21)
    assert len(office.person("emil").direct_messages) == before
    for seen in dms(office.person("liam"), "AI-0001"):
        assert "[DRILL]" in seen.text, seen.text
    assert all("[DRILL]" in seen.text for seen in posts(office.person("rae"), channel, "Please act"))


async def test_hostile_text_is_shown_as_text(office: Office) -> None:
    """A title full of mentions and links pings nobody and links nowhere in what the ladder says."""
    await office.declare("<!channel> <@U1> <https://evil.example|here> *bold*", **SEV1)
    for person in (office.person("ines"), office.person("lena")):
        for message in office.sandbox.workspace.direct(office.sandbox.workspace.bot.id, person.id).messages.values():
            for bad in ("<!channel>", "<@U1>", "<https://evil"):
                assert bad not in str(message.blocks) + message.text
