"""The core of the job on PostgreSQL, through the wire: from the command to the post-mortem, alone and side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.incident import Outcome, Phase, Role, Severity
from tests.office import Office, open_office


@pytest.fixture
async def office(tmp_path: Path, postgres_url: str) -> AsyncIterator[Office]:
    """The whole company on the wire, on PostgreSQL."""
    async with open_office(tmp_path, postgres_url) as opened:
        yield opened


async def test_from_the_cord_to_the_draft(office: Office) -> None:
    """Declared, led, escalated and acknowledged, captured and pinned, contained, resolved, closed, drafted."""
    name = await office.declare("The shop bot gives 99% off", severity="SEV1")
    rae, lena, ines = office.person("rae"), office.person("lena"), office.person("ines")
    card = next(seen for seen in lena.sees(name) if "Take lead" in seen.buttons)
    await lena.presses(card, "Take lead")
    await lena.types(name, "/incident technical @mateo please")
    await office.settle()
    offer = next(seen for seen in office.person("mateo").direct_messages if "Accept" in seen.buttons)
    await office.person("mateo").presses(offer, "Accept")
    await office.forward(minutes=16)
    asked = next(seen for seen in ines.direct_messages if "Acknowledge" in seen.buttons)
    await ines.presses(asked, "Acknowledge")
    await office.settle()
    office.sandbox.delivery.duplicate_next(2)
    said = await lena.says(name, "The limit was only a sentence in the prompt")
    await lena.reacts(said, "pushpin")
    await rae.says(name, "Customers are happy, though")
    await office.settle()
    for line in (
        "update The codes are switched off",
        "task @mateo by tomorrow write a regression test",
        "contained no code works any more, tried ten",
        "resolved the limit is enforced in code now",
        "close Codes above 30% are refused by the shop itself",
    ):
        await lena.types(name, f"/incident {line}")
        await office.settle()
    incident = await office.incident()
    assert (incident.phase, incident.outcome, incident.severity) == (Phase.CLOSED, Outcome.RESOLVED, Severity.SEV1)
    async with office.store.read() as unit:
        lines = [entry.text for entry in await unit.timeline.of(1)]
        messages = [message.text for message in await unit.messages.of(1)]
    assert lines.count("The limit was only a sentence in the prompt") == 1
    assert "acknowledged" in lines
    assert messages.count("Customers are happy, though") == 1
    drafts = [file for file in office.sandbox.workspace.files.values() if file.name.startswith("AI-0001")]
    assert drafts
    assert b"The limit was only a sentence in the prompt" in (drafts[-1].content or b"")


async def test_many_at_once(office: Office) -> None:
    """Nine declarations at one instant have nine numbers and channels; of two who press one button one has the seat."""
    people = [office.person(handle) for handle in ("rae", "cleo", "otto")]
    await asyncio.gather(*(p.types("support", f"/incident now It insults {i}") for i, p in enumerate(people * 3)))
    await office.settle()
    async with office.store.read() as unit:
        incidents = await unit.incidents.open_ones()
    assert sorted(incident.key for incident in incidents) == list(range(1, 10))
    assert len({incident.channel_name for incident in incidents}) == 9
    name = await office.channel(1)
    liam, mina = office.person("liam"), office.person("mina")
    await asyncio.gather(liam.joins(name), mina.joins(name))
    await office.settle()
    card = next(seen for seen in liam.sees(name) if "Take lead" in seen.buttons)
    await asyncio.gather(*(person.presses(card, "Take lead") for person in (liam, mina)))
    await office.settle()
    async with office.store.read() as unit:
        assert len([one for one in await unit.roles.held(1) if one.role is Role.LEAD]) == 1
