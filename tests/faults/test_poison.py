"""A poison row in the outbox: told early, tried on or given up, and never a dam in front of anything for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.events import ChannelOpened
from bot.domain.timeline import EntryKind
from bot.runtime import metrics
from bot.sandbox import Person
from bot.services import outbox
from bot.services.doctor import House, Level, examine
from bot.services.failing import DAM_PATIENCE, FOREIGN_PATIENCE
from bot.services.status import Status
from storage.owed import OutboxRow, OutboxState
from tests.office import Office
from tests.scenarios.seats import seat

Reaction = Callable[..., Awaitable[None]]


async def problems(office: Office, number: int = 1) -> list[tuple[str, str]]:
    """What the timeline says could not be done, and how it went."""
    async with office.store.read() as unit:
        entries = await unit.timeline.of(number)
    return [(e.data["reaction"], e.data["code"]) for e in entries if e.kind is EntryKind.PROBLEM and "code" in e.data]


async def states(office: Office, reaction: str) -> list[OutboxState]:
    """Where the rows of a reaction stand."""
    async with office.store.read() as unit:
        rows = [
            *await unit.outbox.unfinished_since(office.clock.now() + timedelta(days=1)),
            *await unit.outbox.troubled(),
        ]
    return [row.state for row in rows if row.reaction == reaction]


def heard(person: Person, channel: str, words: str) -> int:
    """How many messages of a channel have these words."""
    return sum(words in seen.text for seen in person.sees(channel))


async def hang(*_: object) -> None:
    """Never come to an end."""
    await asyncio.Event().wait()


async def leave(*_: object) -> None:
    """What a library does that thinks the program is its own."""
    raise SystemExit(3)


async def cancel(*_: object) -> None:
    """An inner task's cancellation that got out."""
    raise asyncio.CancelledError


@pytest.mark.whole
async def test_a_reaction_that_never_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cut off and tried again; after minutes people are told, its lane goes on, and other incidents never wait."""
    channel, other = await office.declare(), await office.declare("Coupons", by="cleo")
    lena, mina = await seat(office, "lena"), await seat(office, "mina", 2)
    monkeypatch.setattr(outbox, "LONGEST_RUN", 0.25)
    services, healthy = office.services, office.services.lifecycle.post_contained
    monkeypatch.setattr(services.lifecycle, "post_contained", only(1, hang, healthy))
    await lena.types(channel, "/incident contained no code works any more")
    await lena.types(channel, "/incident update The codes are switched off")
    await mina.types(other, "/incident contained tried ten")
    await office.settle()
    assert heard(lena, channel, "codes are switched off") == 0
    assert heard(mina, other, "tried ten") > 0
    # Two tries after that patience, each up to 66 s after the one before.
    await office.forward(minutes=DAM_PATIENCE.total_seconds() / 60 + 3)
    assert heard(lena, channel, "codes are switched off") > 0
    assert await problems(office) == [("lifecycle.post_contained", "no end; still trying")]
    assert await states(office, "lifecycle.post_contained") == [OutboxState.PENDING]
    monkeypatch.setattr(services.lifecycle, "post_contained", healthy)
    await office.forward(minutes=2)
    assert await states(office, "lifecycle.post_contained") == []


def only(number: int, poison: Reaction, healthy: Reaction) -> Reaction:
    """The reaction, poisoned for one incident."""

    async def react(fact: Any, attempt: Any) -> None:
        await (poison if fact.incident_id == number else healthy)(fact, attempt)

    return react


async def test_what_slack_never_answers(office: Office) -> None:
    """Slack answers all but one message with errors, for hours: told on card and by doctor; posted once in the end."""
    channel, sandbox = await office.declare(), office.sandbox
    lena = await seat(office, "lena")
    sandbox.faults.add("chat.postMessage", "server_error", times=9999, where=lambda args: "works any more" in str(args))
    await lena.types(channel, "/incident contained no code works any more")
    await lena.types(channel, "/incident update The codes are switched off")
    await office.forward(minutes=4)
    assert heard(lena, channel, "codes are switched off") == 0
    await office.forward(minutes=16)
    assert heard(lena, channel, "codes are switched off") > 0
    assert await problems(office) == [("lifecycle.post_contained", "internal_error; still trying")]
    assert any("still trying" in seen.text for seen in lena.sees(channel))
    assert heard(lena, channel, "waiting in vain") == 1
    services = office.services
    found = {f.name: f for f in await examine(House(services.work, services.directory, services.library).checks())}
    assert found["outbox"].level is Level.FAIL
    page = (await metrics(Status(services.work)).render()).decode()
    assert float(page.rpartition("andon_outbox_age_seconds ")[2].split()[0]) > 600
    sandbox.faults.clear()
    await office.forward(minutes=3)
    assert heard(lena, channel, "no code works any more") == 1
    assert await problems(office) == [("lifecycle.post_contained", "internal_error; still trying")]


@pytest.mark.whole
async def test_an_outage_of_slack_is_not_mistaken_for_poison(office: Office) -> None:
    """While Slack answers nothing at all, order is kept for as long as it takes."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    office.sandbox.faults.add("*", "server_error", times=99_999)
    await lena.types(channel, "/incident contained no code works any more")
    await lena.types(channel, "/incident update The codes are switched off")
    await office.forward(minutes=8)
    assert await problems(office) == []
    office.sandbox.faults.clear()
    await office.forward(minutes=3)
    said = [seen.text for seen in lena.sees(channel)]
    contained, told = (max(n for n, text in enumerate(said) if words in text) for words in ("no code", "switched off"))
    assert contained < told


@pytest.mark.parametrize("poison", [leave, cancel])
async def test_a_reaction_that_would_end_the_program(
    office: Office, monkeypatch: pytest.MonkeyPatch, poison: Reaction
) -> None:
    """It ends nothing: tried a few times, given up where people read it, and everything else goes on."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    monkeypatch.setattr(office.services.lifecycle, "post_contained", poison)
    await lena.types(channel, "/incident contained no code works any more")
    await lena.types(channel, "/incident update The codes are switched off")
    await office.forward(minutes=2)
    assert heard(lena, channel, "codes are switched off") > 0
    assert await states(office, "lifecycle.post_contained") == [OutboxState.GIVEN_UP]
    assert await problems(office) == [("lifecycle.post_contained", "")]


@pytest.mark.whole
async def test_endless_reactions_leave_room_for_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many never end, the worker is not filled with them for good."""
    await office.declare()
    monkeypatch.setattr(outbox, "LONGEST_RUN", 1.0)
    monkeypatch.setattr(office.andon.outbox, "_at_once", 2)
    monkeypatch.setattr(office.services.channels, "bookmark", hang)
    async with office.services.work() as unit:
        for _ in range(3):
            unit.outbox.add(row("channels.bookmark", office))
    second = await office.declare("Coupons", by="cleo")
    assert office.person("cleo").sees(second)


def row(reaction: str, office: Office, **values: Any) -> OutboxRow:
    """A row about the first incident, due now."""
    now = office.clock.now()
    made = {"incident_id": 1, "fact": ChannelOpened.__name__, "payload": {"incident_id": 1}, "reaction": reaction}
    return OutboxRow(**(made | values), created_at=now, due_at=now)


async def test_what_this_version_does_not_know_is_left_to_others(office: Office) -> None:
    """A newer replica's fact is not given up at once: it waits untouched for whoever knows it, then is told."""
    await office.declare()
    async with office.services.work() as unit:
        unit.outbox.add(row("channels.set_topic", office, fact="Prophecy", payload={"incident_id": 1, "omen": 3}))
        unit.outbox.add(row("oracle.speak", office))
        unit.outbox.add(row("channels.pin_all", office, payload={"incident_id": 1, "of_next_year": True}))
        unit.outbox.add(row("channels.set_topic", office, payload={"incident_id": 1, "of_next_year": True}))
    await office.forward(minutes=FOREIGN_PATIENCE.total_seconds() / 60 - 1)
    assert await states(office, "oracle.speak") == [OutboxState.PENDING]
    assert await states(office, "channels.set_topic") == [OutboxState.PENDING]
    await office.forward(minutes=3)
    assert await states(office, "oracle.speak") == [OutboxState.GIVEN_UP]
    assert sorted(await problems(office)) == [
        ("channels.pin_all", ""),
        ("channels.set_topic", ""),
        ("oracle.speak", ""),
    ]
