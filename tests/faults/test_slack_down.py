"""Slack is down and people go on by the command line: it hears everything afterwards, once and in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import Role
from bot.errands import escalations, incidents
from bot.errands.incidents import Wish
from bot.errands.seat import Told, seated
from bot.sandbox.reading import Seen
from bot.settings import Settings
from tests.faults.test_killed import announcements, channels
from tests.office import Office, open_office

PEOPLE = ("rae", "lena", "liam", "mateo", "mina", "grace", "gus", "cory", "cleo", "ines", "gwen", "hana", "emil")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Outage:
    """The office, and a terminal on the machine with its database."""

    def __init__(self, office: Office, url: str) -> None:
        self.office = office
        self._settings = Settings.load({"DATABASE_URL": url}, env_file=None, needs_slack=False)

    async def types(self, who: str, errand: Callable[..., Awaitable[Told]], *words: Any, **options: Any) -> Told:
        """Somebody runs one command, with a connection of its own to the database."""
        async with seated(self._settings, who, self.office.clock) as seat:
            return await errand(seat, *words, **options)

    async def pass_by(self, minutes: int) -> None:
        """Time goes on, and Andon tries in vain what it owes."""
        self.office.clock.forward(minutes=minutes)
        await self.office.andon.settle()

    async def slack_is_back(self) -> None:
        """Whatever waits to be tried again is tried, and what follows from it."""
        for _ in range(3):
            self.office.clock.forward(seconds=70)
            await self.office.settle()


@pytest.fixture
async def outage(tmp_path: Path, database_url: str) -> AsyncIterator[Outage]:
    """A company with an incident that lena leads in Slack."""
    async with open_office(tmp_path, database_url) as office:
        name = await office.declare("The search bot invents products", severity="SEV3")
        lena = office.person("lena")
        await lena.presses(next(seen for seen in lena.sees(name) if "Take lead" in seen.buttons), "Take lead")
        await office.settle()
        yield Outage(office, database_url)


async def work_through_the_hour(outage: Outage) -> None:
    """One incident from the cord to its end, one that stays open, one that Slack had known before."""
    for _ in range(2):
        wish = Wish("The shop bot gives 99% off", severity="SEV1", key="shop")
        await outage.types("rae", incidents.declare, wish)
    await outage.types("cory", incidents.declare, Wish("The mail bot signs as the CEO", severity="SEV1"))
    await outage.pass_by(10)
    await outage.types("lena", incidents.take, "AI-0002", Role.LEAD)
    await outage.types("lena", incidents.update, "AI-0002", "We look at the codes", due="50m")
    await outage.types("lena", incidents.update, "AI-0001", "The index is rebuilt", due="50m")
    await outage.pass_by(10)
    await outage.types("lena", incidents.contained, "AI-0002", "no code works")
    await outage.pass_by(20)
    await outage.types("lena", incidents.update, "AI-0002", "The limit is in the shop now")
    await outage.types("lena", incidents.resolved, "AI-0002", "tried a hundred codes")
    await outage.types("lena", incidents.close, "AI-0002", "The shop refuses such codes")
    await outage.pass_by(20)


@on_sqlite
async def test_an_hour_of_work_without_slack(outage: Outage) -> None:
    """One channel, card, announcement, pin and file each; all is told once, in the order in which it happened."""
    office = outage.office
    async with office.sandbox.unreachable():
        calls = len(office.sandbox.traffic)
        await work_through_the_hour(outage)
        waiting = (await outage.types("rae", incidents.listing, limit=20, with_closed=True)).data["waiting_for_slack"]
        assert waiting["reactions"] > 5
        assert "unreachable" in waiting["answer"]
        assert len(office.sandbox.traffic) == calls
    await outage.slack_is_back()

    for number in (1, 2, 3):
        (channel,) = channels(office.sandbox, number)
        assert (1, 1) == (len(channel.pins), len(announcements(office.sandbox, number)))
    rae, shop = office.person("rae"), await office.channel(2)
    story = [
        "*AI-0002: The shop bot gives 99% off*",
        "@Lena is *lead* now.",
        "We look at the codes",
        "no code works",
        "The limit is in the shop now",
        "tried a hundred codes",
        "*AI-0002 is closed*",
        "*Post-mortem draft, version 1*",
    ]
    assert order(rae.sees(shop), *story) == story
    assert order(rae.sees(await office.channel(1)), "The index is rebuilt") == ["The index is rebuilt"]
    heard = ["We look at the codes", "The limit is in the shop now", "is resolved and closed"]
    assert order(rae.direct_messages, *heard) == heard
    assert order(rae.direct_messages, "The index is rebuilt") == ["The index is rebuilt"]
    assert ["AI-0002.md"] == [file.name for file in office.sandbox.workspace.files.values()]
    assert [] == [said for said, times in said_by_andon(office).items() if times > 1]
    assert [] == [said for _, said in said_by_andon(office) if "waiting in vain" in said]


@on_postgresql
async def test_who_was_asked_meanwhile(outage: Outage) -> None:
    """Each is asked once and told how late; nobody for what is over, nor for what they acknowledged at the terminal."""
    office = outage.office
    async with office.sandbox.unreachable():
        await outage.types("cory", incidents.declare, Wish("The mail bot signs as the CEO", severity="1"))
        await outage.types("rae", incidents.declare, Wish("A test account", severity="1"))
        await outage.pass_by(5)
        ladder = (await outage.types("cory", escalations.listing, "AI-0002")).text
        assert "NOT DELIVERED, Slack has not taken it yet: call " in ladder
        await outage.types("ines", escalations.acknowledge, "AI-0002")
        await outage.types("rae", incidents.cancel, "AI-0003", "It was a test account")
        await outage.pass_by(20)
    await outage.slack_is_back()

    asked = [one for handle in PEOPLE for one in office.person(handle).direct_messages if one.buttons]
    assert [] == [one.text for one in asked if "AI-0003" in one.text]
    assert [] == office.person("ines").direct_messages
    late = {"lena": "26", "mateo": "26", "grace": "26", "liam": "21", "hana": "16", "emil": "11"}
    for handle, minutes in late.items():
        own = [one for one in office.person(handle).direct_messages if "You are needed" in one.text]
        (page,) = [one for one in own if "AI-0002" in one.text]
        assert f"This comes {minutes} min late: it was due at" in page.text, handle


def said_by_andon(office: Office) -> Counter[tuple[str, str]]:
    """How often Andon said what where; what Slack itself says in Andon's name is left out."""
    workspace = office.sandbox.workspace
    messages = (m for channel in workspace.channels.values() for m in channel.messages.values())
    ours = [m for m in messages if m.user == workspace.app.bot_user and not m.subtype]
    return Counter((m.channel, f"{m.text} {m.blocks} {m.attachments}") for m in ours)


def order(seen: list[Seen], *words: str) -> list[str]:
    """These words in the order in which messages say them, each as often as it is said."""
    return [word for one in seen for word in words if word in one.text]
