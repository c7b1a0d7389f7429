"""Real Chromium for the window: one browser for each worker, and pages that tell on themselves.

Every test here runs in the session's event loop, the browser's own; fixtures that tests ask for do, too.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from bot.sandbox.objects import Channel
from tests.window.harness import Harness
from tests.window.house import House, Visitor, open_house

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HERE = Path(__file__).parent
Opener = Callable[..., Awaitable[Page]]
SETTINGS: dict[str, Any] = {"viewport": {"width": 1000, "height": 900}, "reduced_motion": "reduce"}
PATIENCE = 15_000
"""Milliseconds to wait for what should come at once: the machine may be busy with other tests."""
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
Visit = Callable[..., Awaitable[Visitor]]


expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """Where Chromium is: what ANDON_CHROMIUM names, else what the path holds, rather without all that makes windows."""
    named = os.environ.get("ANDON_CHROMIUM")
    found = (shutil.which(name) for name in ("chromium-headless-shell", "chromium", "google-chrome"))
    return named or next((path for path in found if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives in the session's loop, so its tests do; without a browser they are skipped and say so."""
    here = [item for item in items if HERE in item.path.parents]
    in_session = pytest.mark.asyncio(loop_scope="session")
    missing = pytest.mark.skip(reason="no Chromium found: install it or name one in ANDON_CHROMIUM")
    for item in here:
        if pytest_asyncio.is_async_test(item):
            item.add_marker(in_session, append=False)
            if chromium() is None:
                item.add_marker(missing)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Pages of one site share a process: one for each visitor is a tenth more work.
        together = ["--renderer-process-limit=1", "--disable-site-isolation-trials"]
        launched = await playwright.chromium.launch(executable_path=chromium(), args=together)
        yield launched
        await launched.close()


class Guard:
    """What a page must not do; `allow(pattern)` forgives console errors a test provokes."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        self._allowed.append(pattern)

    def complain(self, kind: str, what: str) -> None:
        self._complaints.append(f"{kind}: {what}")

    @property
    def complaints(self) -> list[str]:
        return [one for one in self._complaints if not any(re.search(pattern, one) for pattern in self._allowed)]


def watch(page: Page, guard: Callable[[], Guard]) -> None:
    """Tell whoever guards at the moment what the page does wrong."""

    def check(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in LOOPBACK:
            guard().complain("request off loopback", request.url)

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            guard().complain("console", f"{said.text} ({said.location['url']})")

    page.on("console", hear)
    page.on("pageerror", lambda error: guard().complain("page error", str(error)))
    page.on("request", check)


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, guard: Guard) -> AsyncIterator[Opener]:
    """Opens pages, each in a context of its own; the test fails if any of them complains."""
    contexts = []

    async def opened(**options: object) -> Page:
        context = await browser.new_context(**{**SETTINGS, **options})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        watch(page, lambda: guard)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert [] == guard.complaints


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: Opener) -> Page:
    """A page that fails its test on a console error, a page error or a request off loopback."""
    return await open_page()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """`andon sandbox` for all tests of a module."""
    async with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def visit(open_page: Opener, house: House) -> Visit:
    """Opens the page for somebody, at a conversation where one is named."""

    async def visited(
        handle: str = "", channel: Channel | None = None, *, house: House = house, **options: object
    ) -> Visitor:
        return await Visitor(await open_page(**{**DESKTOP, **options}), house).arrives(handle, channel)

    return visited


class Bench:
    """One harness for all tests of a worker: modules are loaded once, and a test that spoils the page gets rid of it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._context: Any = None
        self.guard = Guard()
        self.harness: Harness | None = None

    async def begin(self, guard: Guard) -> Harness:
        self.guard = guard
        if self.harness is None:
            self._context = await self._browser.new_context(**SETTINGS)
            page = await self._context.new_page()
            page.set_default_timeout(PATIENCE)
            watch(page, lambda: self.guard)
            self.harness = await Harness.on(page)
        await self.harness.begin()
        return self.harness

    async def end(self) -> None:
        if self.harness and self.harness.spoilt:
            await self._context.close()
            self.harness = None


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench(browser: Browser) -> Bench:
    return Bench(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def harness(bench: Bench, guard: Guard) -> AsyncIterator[Harness]:
    """A page with nothing on it but what the test draws."""
    yield await bench.begin(guard)
    await bench.end()
    assert [] == guard.complaints
