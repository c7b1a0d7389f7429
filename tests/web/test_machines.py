"""The machines of stories prove themselves as their makers' do, so that a story tries the very door."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.refusal import Impossible
from bot.stage.machines import proven, send
from bot.switches.board import invented
from bot.web.signatures import Letter, check
from playbooks.library import Library
from tests.clock import FRIDAY
from tests.workshop import Workshop

SOURCES = Library.load(None).alerts.sources
FIRING = (Path(__file__).parent / "sources" / "alertmanager" / "firing.json").read_text()


@pytest.mark.parametrize("source", SOURCES, ids=[source.id for source in SOURCES])
def test_every_shipped_source_is_proven(source: object) -> None:
    """Whatever proof a source asks, the sandbox's machine has it."""
    (one,) = [known for known in SOURCES if known is source]
    headers = {name.lower(): said for name, said in proven(one, b"{}", FRIDAY).items()}
    check(one.proof, Letter(headers, b"{}", invented(one.proof.secret), FRIDAY, timedelta(minutes=5)))


async def test_a_story_learns_what_the_door_says(workshop: Workshop) -> None:
    """Taken, or not possible with the door's own sentence."""
    assert "AI-0001" in await send(workshop.services, "prometheus", FIRING)
    for source, body, said in [("nobody", "{}", "names no source"), ("prometheus", "{}", "422.*version")]:
        with pytest.raises(Impossible, match=said):
            await send(workshop.services, source, body)
