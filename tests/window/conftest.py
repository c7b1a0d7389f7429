"""Real Chromium for the window: one browser for each worker, and pages that tell on themselves.

Every test here runs in the session's event loop, the browser's own; fixtures that tests ask for do, too.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, async_playwright

from tests.window.harness import Harness

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HERE = Path(__file__).parent
Opener = Callable[..., Awaitable[Page]]


def chromium() -> str | None:
    """Where Chromium is: what ANDON_CHROMIUM names, else what the path holds."""
    named = os.environ.get("ANDON_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("google-chrome")


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
        launched = await playwright.chromium.launch(executable_path=chromium())
        yield launched
        await launched.close()


class Guard:
    """What a page must not do; `allow(pattern)` forgives console errors a test provokes."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        self._allowed.append(pattern)

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self._complain("console", said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._complain("page error", str(error)))
        page.on("request", self._check)

    def _check(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in LOOPBACK:
            self._complain("request off loopback", request.url)

    def _complain(self, kind: str, what: str) -> None:
        self._complaints.append(f"{kind}: {what}")

    @property
    def complaints(self) -> list[str]:
        return [one for one in self._complaints if not any(re.search(pattern, one) for pattern in self._allowed)]


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, guard: Guard) -> AsyncIterator[Opener]:
    """Opens pages, each in a context of its own; the test fails if any of them complains."""
    contexts = []

    async def opened(**options: object) -> Page:
        settings = {"viewport": {"width": 1000, "height": 900}, "reduced_motion": "reduce", **options}
        context = await browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(5_000)
        guard.watch(page)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert [] == guard.complaints


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: Opener) -> Page:
    """A page that fails its test on a console error, a page error or a request off loopback."""
    return await open_page()


@pytest_asyncio.fixture(loop_scope="session")
async def harness(page: Page) -> Harness:
    """A page with nothing on it but what the test draws."""
    return await Harness.on(page)
