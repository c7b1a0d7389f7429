"""Browsers on the strict little Slack of the sandbox's own tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.sandbox import Sandbox
from tests.sandbox.window.browser import Browser, browsers


@pytest.fixture
async def browse(sandbox: Sandbox) -> AsyncIterator[Callable[[str], Browser]]:
    """A browser acting as somebody, by handle."""
    async with browsers(sandbox) as open_one:
        yield open_one
