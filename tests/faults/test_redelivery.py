"""Slack delivers twice, again after a lost acknowledgement, and in another order: the record and what people see stay."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import text

from bot.sandbox.dispatch import Dispatch, Outcome, Transport
from storage.owed import OutboxState
from tests.office import Office, open_office
from tests.scenarios.seats import seat

DELIVERIES = 9
FORGET = (
    "DELETE FROM message_versions",
    "DELETE FROM message_files",
    "DELETE FROM message_reactions",
    "DELETE FROM messages",
    "DELETE FROM exhibits",
    "DELETE FROM timeline WHERE message_ts IS NOT NULL",
)


@dataclass
class Twice:
    """Everything is delivered twice at once; whoever waits hears the first answer."""

    wire: Transport

    async def carry(self, dispatch: Dispatch) -> Outcome:
        first, _ = await asyncio.gather(self.wire.carry(dispatch), self.wire.carry(dispatch))
        return first


@dataclass
class Again:
    """Every acknowledgement is lost on its way and everything is delivered anew."""

    wire: Transport

    async def carry(self, dispatch: Dispatch) -> Outcome:
        await self.wire.carry(dispatch)
        return await self.wire.carry(dispatch)


async def work_day(office: Office) -> None:
    """Every kind of delivery there is: commands, forms, buttons, shortcuts, messages, emoji, joiners, Home."""
    channel = await office.declare("The shop bot gives 99% off", severity="SEV1")
    rae, lena, mina = office.person("rae"), office.person("lena"), office.person("mina")
    await rae.types("support", "/incident now Coupons are wrong")
    reported = await rae.says("support", "The bot told me to sell my house")
    await rae.message_shortcut("report_output", reported)
    await office.settle()
    await rae.fills(what_happened="Dangerous advice")
    await rae.submits()
    await office.settle()
    await lena.presses(next(seen for seen in lena.sees(channel) if "Take lead" in seen.buttons), "Take lead")
    for line in (
        "technical @mateo please",
        "note The limit was only a sentence",
        "task @mateo by tomorrow write a test",
        "task find the cause",
        "update The codes are switched off",
        "evidence",
        "done 2",
        "type drift because it changed slowly",
        "follow",
    ):
        await lena.types(channel, f"/incident {line}")
        await office.settle()
    mateo = office.person("mateo")
    offer = next(seen for seen in mateo.direct_messages if "Accept" in seen.buttons)
    await mateo.presses(offer, "Accept")
    await mina.joins(channel)
    await mina.opens_home()
    await office.settle()
    await talk(office, channel)
    await office.forward(minutes=16)
    for person in (office.person(name) for name in ("ines", "lena")):
        for asked in [seen for seen in person.direct_messages if "Acknowledge" in seen.buttons]:
            await person.presses(asked, "Acknowledge")
    for line in ("contained tried ten", "resolved it is enforced", "close learned", "postmortem"):
        await lena.types(channel, f"/incident {line}")
        await office.settle()


async def talk(office: Office, channel: str) -> None:
    """Messages with what can happen to them."""
    lena, mina = office.person("lena"), office.person("mina")
    said = await lena.says(channel, "The key was leaked at noon")
    wrong = await mina.says(channel, "Wrong channel")
    for act in (
        lambda: mina.says(channel, "Are you sure?", thread=said),
        lambda: mina.reacts(said, "pushpin"),
        lambda: lena.edits(said, "The key was leaked at one"),
        lambda: mina.deletes(wrong),
        lambda: mina.reacts(said, "receipt"),
        lambda: mina.unreacts(said, "pushpin"),
        lambda: mina.reacts(said, "pushpin"),
    ):
        office.clock.forward(seconds=1)
        await act()
    await office.settle()


async def record(office: Office) -> dict[str, Any]:
    """All that is stored of incidents, without the numbers of rows."""
    found: dict[str, Any] = {}
    async with office.store.read() as unit:
        for incident in await unit.incidents.open_ones():
            found[incident.title] = len(await unit.timeline.of(incident.key))
        for number in range(1, 4):
            found[f"timeline {number}"] = sorted((e.kind, e.actor, e.text) for e in await unit.timeline.of(number))
            found[f"tasks {number}"] = [(t.number, t.text, t.owner_id, t.done_by) for t in await unit.tasks.of(number)]
            found[f"messages {number}"] = [(m.text, bool(m.deleted_at)) for m in await unit.messages.of(number)]
            found[f"versions {number}"] = [v.text for v in await unit.messages.versions_of(number)]
            found[f"exhibits {number}"] = [e.body for e in await unit.evidence.of(number)]
            found[f"asks {number}"] = sorted((a.user_id, a.state) for a in await unit.escalations.asks_of(number))
            found[f"seats {number}"] = sorted((s.role, s.user_id) for s in await unit.roles.held(number))
        found["outbox"] = {state for state, n in (await unit.outbox.counts()).items() if n}
    return found


def sights(office: Office) -> dict[str, Counter[str]]:
    """Everything anybody can read in Slack, where, and how often."""
    workspace = office.sandbox.workspace
    names = {channel.id: channel.name or "+".join(sorted(channel.members)) for channel in workspace.channels.values()}
    found = {
        names[channel.id]: Counter(f"{m.user} {m.text}" for m in channel.messages.values())
        for channel in workspace.channels.values()
    }
    found["pins"] = Counter({names[c.id]: len(c.pins) for c in workspace.channels.values() if c.pins})
    found["files"] = Counter(file.name for file in workspace.files.values())
    return found


async def lived(directory: Path, template: Path, wire: Callable[[Transport], Transport] | None) -> tuple[Any, Any]:
    """A work day under such a delivery: what is stored, and what is seen."""
    shutil.copy(template, directory / "andon.db")
    async with open_office(directory) as office:
        if wire is not None:
            office.sandbox.delivery.transport = wire(office.sandbox.delivery.transport)
        await work_day(office)
        return await record(office), sights(office)


@pytest.mark.whole
@pytest.mark.parametrize("wire", [Twice, Again])
async def test_a_day_of_doubled_deliveries(
    tmp_path: Path, sqlite_template: Path, wire: Callable[[Transport], Transport]
) -> None:
    """Each kind of delivery twice at once, or again after a lost acknowledgement: the same record, the same sights."""
    plain = await lived(tmp_path, sqlite_template, None)
    doubled = await lived(tmp_path, sqlite_template, wire)
    assert doubled[0] == plain[0]
    assert {name: seen for name, seen in doubled[1].items() if seen != plain[1].get(name)} == {}
    assert doubled[0]["outbox"] == {OutboxState.DONE}


@pytest.fixture
async def unheard(office: Office) -> tuple[Office, list[Dispatch]]:
    """An office, and what Slack has to deliver about a talk of which Andon has not heard a word yet."""
    channel = await office.declare()
    await seat(office, "lena")
    await office.person("mina").joins(channel)
    await office.settle()
    delivery = office.sandbox.delivery
    delivery.paused = True
    await talk(office, channel)
    waiting, delivery.waiting, delivery.paused = delivery.waiting, [], False
    assert len(waiting) == DELIVERIES
    return office, waiting


async def remembered(office: Office, waiting: list[Dispatch], order: list[int]) -> dict[str, Any]:
    """What is stored once these were delivered in this order to an Andon that remembers none of it."""
    async with office.store.begin() as unit:
        for statement in FORGET:
            await unit.session.exec(text(statement))  # type: ignore[call-overload]
    for number in order:
        assert (await office.sandbox.delivery.transport.carry(waiting[number])).acked
    await office.settle()
    return await record(office)


@pytest.mark.whole
@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations([*range(DELIVERIES), *range(DELIVERIES)]))
async def test_any_order_makes_one_record(unheard: tuple[Office, list[Dispatch]], order: list[int]) -> None:
    """Messages, edits, deletions, replies and emoji, each twice and in any order, are remembered as in their own."""
    office, waiting = unheard
    assert await remembered(office, waiting, order) == await remembered(office, waiting, list(range(DELIVERIES)))
