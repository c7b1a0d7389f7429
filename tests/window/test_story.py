"""A story watched in the page: it leads one's eyes, can be held and resumed, and ends in a workspace to look around in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from bot.drill.showing import Showing
from playbooks import stories
from tests.window.conftest import Visit
from tests.window.house import House, Visitor, open_house

STORY = b"""\
title: The bot that forgot
about: Three scenes, for tests.
starts: 2026-03-12T14:02:00Z
channels: {incident: ai-0001-*}
scenes:
  - at: 0
    title: A complaint
    steps:
      - cleo says: It forgot who I am
        in: support
        as: complaint
      - rae uses: Report AI output
        on: complaint
      - rae fills:
          What happened?: It forgets customers
      - rae submits: Declare
      - rae closes: Declared
  - at: 2
    title: Somebody leads
    steps:
      - lena presses: Take lead
        on: {in: dm, containing: Take lead}
      - lena says: I have it
        in: incident
  - at: 5
    title: All is well
    steps:
      - lena types: /incident contained It remembers again
        in: incident
      - rae sees: Contained at
        in: incident
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house with one short story on its shelf."""
    async with open_house(tmp_path_factory.mktemp("house"), [stories.parse("forgot.yaml", STORY)]) as opened:
        yield opened


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories play as fast as they go."""
    monkeypatch.setattr(Showing, "pace", 0.0)


def caption(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("region", name="Story")


async def play(visitor: Visitor, title: str) -> None:
    await visitor.page.get_by_role("button", name="Play story").click()
    await visitor.page.get_by_role("menuitem", name=title).click()


async def test_watching_a_story(house: House, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """It plays where it happens and through whose eyes, waits while it is held, and ends where one may look around."""
    monkeypatch.setattr(Showing, "pace", 0.02)
    watcher = await visit("otto")
    await play(watcher, "The bot that forgot")
    await expect(caption(watcher)).to_contain_text("Scene 1 of 3: A complaint")
    await caption(watcher).get_by_role("button", name="Pause").click()
    await expect(caption(watcher).get_by_role("button", name="Resume")).to_be_visible()
    held = house.backstage.state()["playing"]
    assert (True, False) == (held["paused"], held["finished"])
    await expect(watcher.guide).to_have_count(0)
    monkeypatch.setattr(Showing, "pace", 0.0)
    await caption(watcher).get_by_role("button", name="Resume").click()
    await expect(caption(watcher)).to_contain_text("The story has ended", timeout=30_000)
    assert [] == house.backstage.state()["playing"]["failures"]
    await expect(watcher.page.get_by_role("button", name="Acting as Rae Okafor")).to_be_visible()
    await expect(watcher.message("Lena Voss").filter(has_text="I have it")).to_be_visible()
    await expect(watcher.message("Declared by")).to_contain_text("14:07 by @Lena")
    await watcher.writes("May I look around?")
    await expect(watcher.message("May I look around?")).to_be_visible()
    await caption(watcher).get_by_role("button", name="Stop").click()
    await expect(caption(watcher)).to_have_count(0)
    await expect(watcher.guide.get_by_role("button", name="Show me around")).to_be_visible()
    await expect(watcher.conversation("ai-0001")).to_have_count(0)


async def test_on_a_phone(house: House, visit: Visit, at_once: None) -> None:
    """Where the controls lie over the page they make room for the story, so that it can be stopped."""
    watcher = await visit("otto", viewport={"width": 400, "height": 800})
    await watcher.page.get_by_role("button", name="Controls").click()
    await play(watcher, "The bot that forgot")
    await expect(caption(watcher)).to_be_visible(timeout=15_000)
    await caption(watcher).get_by_role("button", name="Stop").click()
    await expect(watcher.guide.get_by_role("button", name="Show me around")).to_be_visible()
    await expect(caption(watcher)).to_have_count(0)


@pytest.mark.whole
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", stories.names())
async def test_every_story(tmp_path: Path, visit: Visit, at_once: None, name: str) -> None:
    """Each story of the shelf, watched to its end, shows nothing that went otherwise than it says."""
    story = stories.load(name)
    async with open_house(tmp_path, [story]) as house:
        watcher = await visit("otto", house=house)
        await play(watcher, story.title)
        await expect(caption(watcher)).to_contain_text("The story has ended", timeout=200_000)
        assert [] == house.backstage.state()["playing"]["failures"]
