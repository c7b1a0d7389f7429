"""Hostile text in every one-line command and every form there is: it is read, it never acts.

The lists come from the tables of the program, so that a new command or form joins by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.controls import FIELDS, find_field, options_of, places, words
from bot.sandbox.modal import Modal
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from bot.sandbox.refusal import Impossible
from bot.slack import app, ids
from bot.slack.listeners.commands import Subcommand
from tests.office import Office
from tests.scenarios.hostile import LONG, PINGS, dangers
from tests.scenarios.seats import seat

COMMANDS: tuple[Subcommand, ...] = tuple(command for room in app.ROOMS for command in getattr(room, "SUBCOMMANDS", ()))
FORMS = {value for name, value in vars(ids).items() if name.endswith("_FORM")}
ENDING_COMMANDS = ("cancel", "close", "merge")
# These need a system with switches, an approval, or whom policy names for privileged notes: test_hostile_switches.
ELSEWHERE = {
    ids.SWITCH_FORM,
    ids.SWITCH_BACK_FORM,
    ids.SWITCH_HAND_FORM,
    ids.SWITCH_REFUSE_FORM,
    ids.PRIVILEGED_FORM,
    ids.TEXT_SENT_FORM,
    ids.COUNSEL_FORM,  # for rows that are hardly known: test_law
}
# Each settles a report: test_reports hands them in.
ABOUT_REPORTS = {ids.REPORT_DECLARE_FORM, ids.REPORT_ADD_FORM, ids.REPORT_DISMISS_FORM, ids.REPORT_DISAGREE_FORM}
ENDING_FORMS = frozenset({ids.CANCEL_FORM, ids.MERGE_FORM, ids.CLOSE_FORM})
NEEDS_A_WORD_FIRST = {
    "sev": "1", "type": "drift because", "phase": "investigation", "snooze": "10", "takeover": "technical",
    "release": "technical", "done": "1", "assign": "1", "drop": "2", "lead": "@lena", "handoff": "@liam",
    "technical": "@mateo", "legal": "@grace", "comms": "@cory", "merge": "AI-0002", "invite": "@mina",
    "review": "book friday because", "actions": "drop A1",
}  # fmt: skip

BARE = tuple(command.name for command in COMMANDS if command.name != "release")
REVIEW = ("review why", "review book", "review cancel", f"action {PINGS}", "actions move A1", "actions drop A1")
LINES = (f"task {PINGS}", "", *REVIEW, *BARE, "review close", "assign 1", "drop 1", "resolved", "release", "take legal")

CLOCKS = ("particular people_affected", "clocks", "clocks", "clocks")  # added, decided, met


class Hands:
    """One person who tries everything that can be typed and pressed; ``forms`` are those they handed in."""

    def __init__(self, office: Office, person: Person, text: str) -> None:
        self.office, self.person, self.text = office, person, text
        self.forms: set[str] = set()
        self.pressed: set[str] = set()

    async def command(self, channel: str, line: str) -> None:
        """Type a command, hand in the form it may open, and be answered without an accident."""
        await self.person.types(channel, f"/incident {line}")
        assert self.person.error is None, f"{line[:60]}: {self.person.error}"
        await self.office.andon.desk.finish()
        await self.fill()

    async def press_everything(self, channel: str) -> None:
        """Press every button and menu entry that can be seen and was not pressed before."""
        for surface in self._surfaces(channel):
            for action_id, entry in _pressable(surface.blocks):
                await self._press(surface, action_id, entry)

    async def fill(self) -> None:
        """Press what stands in the open form, fill it with hostile text, hand it in, and leave nothing open of it."""
        if (modal := self.person.modal) is None:
            return
        for action_id, entry in _pressable(modal.blocks):
            await self._press(modal, action_id, entry)
            if self.person.modal is not None and self.person.modal.view is not modal.view:
                await self.fill()
            if not self._is_on_top(modal):
                return
        if modal.submit and modal.callback_id not in ENDING_FORMS:
            await self.hand_in(modal)
        if self._is_on_top(modal):
            await self.person.closes()

    def _is_on_top(self, modal: Modal) -> bool:
        return self.person.modal is not None and self.person.modal.view is modal.view

    async def _press(self, surface: Seen | Modal, action_id: str, entry: str | None) -> None:
        name = f"{action_id.partition(':')[0]}:{entry or action_id}"
        if name in self.pressed or action_id == ids.OPEN_LINK:
            return
        try:
            await self.person.presses(surface, entry, action_id=action_id)
        except Impossible:
            return  # it went when another was pressed
        self.pressed.add(name)
        assert self.person.error is None, f"{name}: {self.person.error}"
        await self.office.andon.desk.finish()
        if not isinstance(surface, Modal):
            await self.fill()

    async def hand_in(self, modal: Modal) -> None:
        self.forms.add(modal.callback_id)
        filled: set[str] = set()
        while empty := [place for place in places(modal.blocks) if place[0]["block_id"] not in filled]:
            block, element = empty[0]
            filled.add(block["block_id"])
            if element["type"] in FIELDS and block["type"] == "input":
                await self.person.fills({block["block_id"]: self._value(block["block_id"], element)})
                await self.office.andon.desk.finish()
        await self.person.submits()
        assert self.person.error is None, f"{modal.callback_id}: {self.person.error}"
        if ids.DUE in modal.errors and self._is_on_top(modal):
            is_picked = find_field(modal.blocks, ids.DUE)[1]["type"] == "datetimepicker"
            due = self.office.clock.now() + timedelta(days=2) if is_picked else "tomorrow"
            await self.person.fills({ids.DUE: due})
            await self.person.submits()
        await self.office.andon.desk.finish()
        assert "Something broke" not in (self.person.modal.text if self.person.modal else ""), modal.callback_id

    def _value(self, field: str, element: dict[str, Any]) -> Any:
        match element["type"]:
            case "plain_text_input":
                return self.text[: element.get("max_length", 3000)]
            case "users_select":
                return "mina"
            case "multi_users_select":
                return ["mina"]
            case "datetimepicker":
                return self.office.clock.now() + timedelta(minutes=0 if field == ids.AT else 45)
            case _:
                return (
                    [options_of(element)[0]["value"]] if "multi" in element["type"] else options_of(element)[0]["value"]
                )

    def _surfaces(self, channel: str) -> Iterator[Seen]:
        yield from reversed(self.person.direct_messages)
        for seen in self.person.sees(channel):
            yield seen
            yield from (reply for reply in self.person.sees(channel, thread=seen) if reply.ts != seen.ts)
        yield from self.person.ephemerals()


def _pressable(blocks: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """Actions and entries; what asks first ("Delegate to…") before what acts at once and settles it."""
    found: list[tuple[str, str, str | None]] = []
    for _, element in places(blocks):
        if element["type"] == "button" and not element.get("url"):
            found.append((words(element["text"]), element["action_id"], None))
        elif element["type"] == "overflow":
            found += [(words(o["text"]), element["action_id"], words(o["text"])) for o in element["options"]]
    found.sort(key=lambda one: not one[0].endswith("…"))
    return [(action_id, entry) for _, action_id, entry in found]


def check(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing acted, nobody was bothered whom nobody meant, and nothing of ours broke."""
    assert dangers(office) == []
    people = [office.person(handle) for handle in ("rae", "lena", "ines", "otto")]
    told = [seen for person in people for seen in (*person.ephemerals(), *person.direct_messages)]
    assert [seen.text for seen in told if "Something broke" in seen.text] == []
    assert not office.person("otto").direct_messages
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("text", [PINGS, pytest.param(LONG, marks=pytest.mark.whole)], ids=["pings", "long"])
async def test_every_command_reads_hostile_text(office: Office, text: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every subcommand, with hostile words where its own words are optional and after them where they are not."""
    channel = await office.declare(text[:2990])
    await office.declare(f"Another {text[:300]}")
    hands = Hands(office, await seat(office, "lena"), text)
    await hands.command(channel, f"task {PINGS}")
    await hands.command(channel, "task the second")
    for command in sorted(COMMANDS, key=lambda command: command.name in ENDING_COMMANDS):
        await hands.command(channel, f"{command.name} {text}")
        if word := NEEDS_A_WORD_FIRST.get(command.name):
            await hands.command(channel, f"{command.name} {word} {text}")
    await hands.command("general", text)
    await office.settle()
    check(office, caplog)


async def test_every_form_reads_hostile_text(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever can be pressed is pressed; every form there is opens, is filled with hostile text and handed in."""
    text = LONG
    channel = await office.declare(text[:2990], severity="SEV1")
    lena = await seat(office, "lena")
    advised = Hands(office, await seat(office, "grace", role="legal"), text)
    for line in CLOCKS:
        await advised.command(channel, line)
    await office.forward(minutes=50)
    handed_in = advised.forms
    for person in (office.person("ines"), lena, office.person("rae")):
        hands = Hands(office, person, text)
        is_inside = person.id in office.sandbox.channel(channel).members
        for lines in ((), LINES if person is lena else ()):
            for line in lines:
                await hands.command(channel, line)
            await hands.press_everything(channel if is_inside else "ai-incidents")
            await office.settle()
        await hands.command("general", "")
        handed_in |= hands.forms
    handed_in |= await _end(office, lena, text)
    missed = FORMS - ELSEWHERE - ABOUT_REPORTS - handed_in
    assert not missed, f"never handed in: {sorted(missed)}"
    check(office, caplog)


async def _end(office: Office, person: Person, text: str) -> set[str]:
    """The forms that end an incident, each handed in and reopened from."""
    channel = await office.declare("Another one")
    await seat(office, person.user.handle, number=int(channel.split("-")[1]))
    hands = Hands(office, person, text)
    for line in (f"contained {text}", *(verb for name in ENDING_COMMANDS for verb in (name, "reopen"))):
        await person.types(channel, f"/incident {line}")
        await office.settle()
        if (modal := person.modal) is not None:
            await hands.hand_in(modal)
        await office.settle()
        while person.modal is not None:
            await person.closes()
    return hands.forms
