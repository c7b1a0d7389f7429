"""Hostile text in the forms that need a system with switches, or somebody whom policy names: it is read, never acts."""

from __future__ import annotations

import pytest

from bot.sandbox.reading import Seen
from bot.slack import ids
from tests.office import Office
from tests.scenarios.hostile import LONG
from tests.scenarios.seats import seat
from tests.scenarios.test_hostile import Hands, check

BY_HAND, BY_WIRE = "people-answer", "codes-off"
HANDED_IN_HERE = {
    ids.SWITCH_FORM,
    ids.SWITCH_BACK_FORM,
    ids.SWITCH_HAND_FORM,
    ids.SWITCH_REFUSE_FORM,
    ids.PRIVILEGED_FORM,
}


class Floor:
    """Two people at the switches, whatever they type hostile."""

    def __init__(self, office: Office, channel: str) -> None:
        self.office, self.channel = office, channel
        self.mateo = Hands(office, office.person("mateo"), LONG)
        self.lena = Hands(office, office.person("lena"), LONG)

    def request(self, number: int) -> Seen:
        """A request as it stands in the channel."""
        return next(seen for seen in self.lena.person.sees(self.channel) if f"*{number}. " in seen.text)

    async def ask(self, action: str) -> None:
        """Ask for an action, with a reason that hurts."""
        person = self.mateo.person
        await person.types(self.channel, f"/incident contain {action}")
        await self.office.settle()
        assert person.modal is not None
        assert person.modal.callback_id == ids.SWITCH_FORM
        self.mateo.forms.add(ids.SWITCH_FORM)
        await person.fills({ids.REASON: LONG[:990], ids.HARM: LONG[:490]})
        await person.submits()
        await self.office.settle()

    async def press(self, hands: Hands, number: int, button: str) -> None:
        """Press a button of a request and hand in the form that it may open."""
        await hands.person.presses(self.request(number), button)
        await self.office.settle()
        if (modal := hands.person.modal) is not None:
            await hands.hand_in(modal)
        await self.office.settle()

    async def send_text(self, kind: str) -> None:
        """A text that the lead alone approves, every word of it hostile, marked as sent."""
        person = self.lena.person
        await self.lena.command(self.channel, f"texts {kind}")
        await self.office.settle()
        while person.modal is not None:
            await person.closes()
        post = next(seen for seen in person.sees(self.channel) if "Read, edit, approve…" in seen.buttons)
        await person.presses(post, "Read, edit, approve…")
        for button in ("Approve exactly this", "Mark as sent…"):
            await self.office.settle()
            assert person.modal is not None
            await person.presses(person.modal, button)
        await self.office.settle()
        assert person.modal is not None
        await self.lena.hand_in(person.modal)
        await self.office.settle()
        while person.modal is not None:
            await person.closes()


async def test_switches_and_privileged_notes_read_hostile_text(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked for, refused, done by hand, switched on again, noted under privilege: every form, every message, the draft."""
    channel = await office.declare("It lies", **{"Which AI system?": "Shop discount assistant"})
    await seat(office, "lena")
    await seat(office, "mateo", role="technical")
    await seat(office, "grace", role="legal")
    floor = Floor(office, channel)
    await floor.ask(BY_WIRE)
    await floor.press(floor.lena, 1, "Dry run")
    await floor.press(floor.lena, 1, "Refuse…")
    await floor.ask(BY_HAND)
    await floor.press(floor.lena, 2, "Approve")
    await floor.press(floor.mateo, 2, "It is done…")
    await floor.press(floor.mateo, 2, "Switch on again…")
    await floor.press(floor.lena, 3, "Refuse…")
    await floor.ask(BY_WIRE)
    office.sandbox.control.misbehave("discount-codes", "stuck")
    await floor.press(floor.lena, 4, "Approve")
    await office.forward(minutes=3)
    assert any("Containment failed" in seen.text for seen in floor.lena.person.sees(channel))
    grace = Hands(office, office.person("grace"), LONG)
    await grace.command(channel, "privileged")
    await grace.command(channel, "evidence sealed")
    await floor.send_text("internal_update")
    await floor.lena.command(channel, "texts")
    await floor.lena.command(channel, "brief")
    await floor.lena.command(channel, "containment")
    await floor.lena.command(channel, "postmortem")
    await office.settle()
    assert HANDED_IN_HERE <= floor.lena.forms | floor.mateo.forms | grace.forms
    check(office, caplog)
