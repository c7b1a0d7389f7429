"""The whole of `andon sandbox` in this process, and people who use it through the page, by roles and names alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bot.drill.backstage import DrillBackstage
from bot.sandbox.objects import Channel
from bot.sandbox.server import Sandbox
from bot.stage.theatre import Theatre
from playbooks.stories import Story

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")


class House:
    """A theatre with its backstage; `url` is where the page is."""

    def __init__(self, theatre: Theatre, backstage: DrillBackstage) -> None:
        self.theatre, self.backstage = theatre, backstage
        self.url = theatre.sandbox.base_url

    @property
    def sandbox(self) -> Sandbox:
        """The present workspace."""
        return self.theatre.sandbox

    def channel(self, beginning: str) -> Channel:
        """The newest channel whose name begins so."""
        channels = self.sandbox.workspace.channels.values()
        return [one for one in channels if one.name.startswith(beginning)][-1]

    async def incident_channel(self, about: str) -> Channel:
        """The newest incident's channel with this in its name, as soon as there is one."""
        channels = self.sandbox.workspace.channels
        incidents: list[Channel] = await self.becomes(
            lambda: [one for one in channels.values() if one.name.startswith("ai-0") and about in one.name]
        )
        return incidents[-1]

    async def becomes(self, holds: Callable[[], Any]) -> Any:
        """What this is, as soon as it is true; fails after twenty seconds."""
        await self.sandbox.until(holds, timeout=20.0)
        return holds()

    async def begins_anew(self) -> None:
        """A fresh workspace, its guided path at the first step."""
        await self.backstage._made_anew(None, guided=True)

    async def world_settles(self) -> None:
        """Everything under way or due has come to its end."""
        await self.theatre.settle()

    async def declares(self, title: str, *, severity: str = "SEV2", by: str = "rae") -> Channel:
        """An incident declared by command, once its card is pinned."""
        known = set(self.sandbox.workspace.channels)
        person = self.sandbox.person(by)
        await person.command("/incident", f"now {title}", "general")
        channel = await self.becomes(lambda: self._pinned(known))
        if severity != "SEV2":
            await person.command("/incident", f"sev {severity[-1]} it is so", channel)
        return channel

    def _pinned(self, known: set[str]) -> Channel | None:
        channels = self.sandbox.workspace.channels.values()
        return next((one for one in channels if one.id not in known and one.name.startswith("ai-") and one.pins), None)


@asynccontextmanager
async def open_house(directory: Path, shelf: list[Story] | None = None) -> AsyncIterator[House]:
    """A house at work, its guided path begun, with these stories or all there are."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXIES:  # a fixture of a module does not see what is patched for each test
            patch.delenv(name, raising=False)
        async with _opened(directory, shelf) as house:
            yield house


@asynccontextmanager
async def _opened(directory: Path, shelf: list[Story] | None) -> AsyncIterator[House]:
    async with Theatre(directory) as theatre:
        backstage = DrillBackstage(theatre, shelf)
        await backstage.open()
        try:
            yield House(theatre, backstage)
        finally:
            await backstage.close()


class Visitor:
    """One window of a browser, used as people use it."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self._house = page, house

    async def arrives(self, handle: str = "", channel: Channel | None = None) -> Visitor:
        """Open the page, as somebody and at a conversation where one is named."""
        asked = f"?as={handle}" if handle else ""
        await self.page.goto(f"{self._house.url}/{asked}{f'#/c/{channel.id}' if channel else ''}")
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    @property
    def switcher(self) -> Locator:
        """Whom we act as."""
        return self.page.get_by_role("button", name="Acting as")

    @property
    def sidebar(self) -> Locator:
        """Where the conversations are listed."""
        return self.page.get_by_role("navigation", name="Conversations")

    @property
    def log(self) -> Locator:
        """The messages of the open conversation."""
        return self.page.get_by_role("log", name=re.compile("^Messages in "))

    @property
    def composer(self) -> Locator:
        """Where one writes into the open conversation."""
        return self.page.get_by_role("main").get_by_role("textbox", name=re.compile("^Message "))

    @property
    def guide(self) -> Locator:
        """The card that says what to do next."""
        return self.page.get_by_role("complementary", name="Guide")

    @property
    def pane(self) -> Locator:
        """What stands to the right of the conversation."""
        return self.page.get_by_role("complementary", name=re.compile("^(Thread|About|Pinned messages|Canvas)$"))

    def conversation(self, name: str) -> Locator:
        """An entry of the sidebar, by how its name begins."""
        return self.sidebar.get_by_role("button", name=re.compile(rf"^{re.escape(name)}"))

    def message(self, text: str) -> Locator:
        """Messages of the open conversation that hold this text."""
        return self.log.get_by_role("article").filter(has_text=text)

    def reply(self, text: str) -> Locator:
        """Messages of the open thread that hold this text."""
        return self.pane.get_by_role("article").filter(has_text=text)

    def form(self, title: str) -> Locator:
        """An open modal."""
        return self.page.get_by_role("dialog", name=title, exact=True)

    async def opens(self, name: str) -> None:
        """Choose a conversation on the left."""
        await self.conversation(name).click()
        await expect(self.conversation(name)).to_have_attribute("aria-current", "page")

    async def becomes(self, name: str) -> None:
        """Act as somebody else."""
        await self.switcher.click()
        await self.page.get_by_role("menuitemradio", name=name).click()
        await expect(self.page.get_by_role("button", name=f"Acting as {name}")).to_be_visible()

    async def writes(self, text: str) -> None:
        """Send a line to the open conversation."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def chooses(self, message: Locator, entry: str) -> None:
        """Choose something in a message's menu."""
        await message.hover()
        await message.get_by_role("button", name="Message menu").click()
        await self.page.get_by_role("menuitem", name=entry).click()

    async def presses(self, name: str) -> None:
        """Press a button of the newest message of the open conversation that has it."""
        await self.log.get_by_role("button", name=name, exact=True).last.click()
