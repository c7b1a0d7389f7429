"""`andon comms`: what was told and is to be told, from a terminal, with the permissions of Slack."""

from __future__ import annotations

import asyncio

from bot.domain.people import Actor
from bot.main import opened
from bot.services.comms.writing import Typed
from bot.settings import Settings
from tests.test_incident_commands import Terminal, terminal  # noqa: F401  the fixture is asked for by name


def test_texts_are_listed_and_shown(terminal: Terminal) -> None:  # noqa: F811  as pytest does it
    """The list says who must approve; one shows in full, cleaned, with advice; a stranger to a private one sees none."""
    terminal.did("incident", "declare", "It leaks names", "--severity", "1", "--private", by="lena")
    terminal.did("incident", "take", "AI-0001", "lead", by="lena")
    asyncio.run(_write(Actor.person("ULENA")))
    assert "1. Customer notice: draft, version 1, waits for legal and lead" in terminal.did(
        "comms", "list", "AI-0001", by="lena"
    )
    shown = terminal.did("comms", "show", "AI-0001", "1", by="lena")
    assert "Only comms (nobody holds it now) may send it." in shown
    assert "speculation" in shown and "\x1b" not in shown
    assert ["legal", "lead"] == terminal.data("comms", "show", "AI-0001", "1", by="lena")["missing"]
    assert "no text 7" in terminal.refused("comms", "show", "AI-0001", "7", by="lena")
    assert "no such incident" in terminal.refused("comms", "list", "AI-0001", by="otto")


async def _write(by: Actor) -> None:
    async with opened(Settings.load(needs_slack=False)) as core:
        fields = {"what": "It probably leaks.\x1b[31m"}
        typed = Typed(incident_id=1, template="customer_notice", fields=fields, key="k")
        await core.services.writing.save(typed, by=by)
