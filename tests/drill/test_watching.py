"""Whoever watches a story is led to where it happens."""

from __future__ import annotations

from pathlib import Path

from bot.drill.audience import Look
from bot.drill.playing import Play
from bot.drill.prompt import Prompt
from bot.stage import staged
from bot.stage.theatre import Theatre
from playbooks import stories
from playbooks.stories import Scene

STORY = b"""\
title: Where to look
about: A message, a form, a direct message.
starts: 2026-03-12T14:02:00Z
channels: {incident: ai-0001-*}
scenes:
  - at: 0
    title: One
    steps:
      - cleo says: Look at this
        in: support
        as: answer
      - rae uses: Report AI output
        on: answer
      - rae fills:
          What happened?: It lies
      - rae submits: Declare
      - time passes: 1m
      - lena presses: Take lead
        on: {in: dm, containing: Take lead}
      - rae sees: Lena is lead now
        in: incident
"""


class Notes:
    """An audience that writes down where it was told to look."""

    def __init__(self) -> None:
        self.scenes: list[str] = []
        self.looks_at: list[Look | None] = []
        self.lines: list[tuple[str, Look | None]] = []

    async def begins(self, number: int, scene: Scene) -> None:
        self.scenes.append(f"{number} {scene.title}")

    async def looks(self, look: Look | None) -> None:
        self.looks_at.append(look)

    async def hears(self, line: str, look: Look | None) -> None:
        self.lines.append((line, look))


async def test_the_audience_is_led_to_where_it_happens(tmp_path: Path) -> None:
    """Through whose eyes, and which conversation; a form is filled where its person was, passing time moves nobody."""
    story = stories.parse("look.yaml", STORY)
    notes = Notes()
    async with staged(tmp_path, start=story.starts_at) as stage:
        assert await Play(stage, story, audience=notes).perform()
        workspace = stage.sandbox.workspace
        names = {user.id: user.handle for user in workspace.users.values()}
        shown = [(names[look.person], workspace.channels[look.channel].name or "dm") for _, look in notes.lines if look]
    incident = shown[-1][1]
    assert incident.startswith("ai-0001-")
    assert [
        ("cleo", "support"),
        ("rae", "support"),
        ("rae", "support"),
        ("rae", "support"),
        ("rae", "support"),
        ("lena", "dm"),
        ("rae", incident),
    ] == shown
    assert [look for _, look in notes.lines] == notes.looks_at
    assert ["1 One"] == notes.scenes
    assert "✓ Rae sees “Lena is lead now” in incident" == notes.lines[-1][0]


async def test_the_prompt_goes_on_in_a_fresh_workspace(tmp_path: Path) -> None:
    """When the page brings a fresh workspace, the terminal says so and acts in that one."""
    told: list[str] = []
    async with Theatre(tmp_path) as theatre:
        prompt = Prompt(theatre, told.append)
        await prompt.enter("rae in support: hello")
        await theatre.renew()
        await prompt.enter("rae in support: hello again")
        assert "A fresh workspace." in told
        assert ["hello again"] == [one.text for one in theatre.sandbox.person("rae").sees("support")]
