"""Files come from Slack to the byte, and our token goes nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import ChatRateLimited, ChatRefused, ChatUnavailable
from bot.slack.client import PATIENCE, connect
from bot.slack.gateway import SlackChat


class Slack:
    """What Slack would answer about one file."""

    def __init__(self) -> None:
        self.file: dict[str, Any] = {"id": "F1", "size": 5, "filetype": "text"}
        self.answer = web.Response(body=b"\xff\x00abc", content_type="application/octet-stream")
        self.tokens: list[str] = []

    async def info(self, request: web.Request) -> web.Response:
        here = f"http://{request.host}/bytes"
        return web.json_response({"ok": True, "file": {"url_private_download": here, **self.file}})

    async def bytes(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        return self.answer


@asynccontextmanager
async def chat(slack: Slack) -> AsyncIterator[SlackChat]:
    """The Chat port on such a Slack."""
    app = web.Application()
    app.router.add_route("*", "/api/files.info", slack.info)
    app.router.add_get("/bytes", slack.bytes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            yield SlackChat(connect("xoxb-1", f"http://127.0.0.1:{runner.addresses[0][1]}/api/", session))
    finally:
        await runner.cleanup()


async def test_bytes_come_as_they_are() -> None:
    """With the bot's token, and nothing decoded."""
    slack = Slack()
    async with chat(slack) as port:
        assert await port.download("F1", 100) == b"\xff\x00abc"
    assert slack.tokens == ["Bearer xoxb-1"]


@pytest.mark.parametrize(
    ("file", "answer", "code"),
    [
        ({"mode": "tombstone"}, {}, "file_deleted"),
        ({"is_external": True}, {}, "external"),
        ({"url_private_download": "https://evil.example/bytes"}, {}, "external"),
        ({"url_private_download": "http://files.slack.com/bytes"}, {}, "external"),
        ({"url_private_download": "https://slack.com.evil.example/bytes"}, {}, "external"),
        ({"size": 101}, {}, "too_large"),
        ({}, {"body": b"x" * 101}, "too_large"),
        ({}, {"text": "<title>Sign in | Slack</title>", "content_type": "text/html"}, "access_denied"),
        ({}, {"status": 302, "headers": {"Location": "https://evil.example/"}}, "access_denied"),
        ({}, {"status": 404}, "file_not_found"),
    ],
)
async def test_what_cannot_be_had_is_refused(file: dict[str, Any], answer: dict[str, Any], code: str) -> None:
    """Gone, elsewhere, too large whether or not it says so, a login page: each by its name; no token leaves Slack."""
    slack = Slack()
    slack.file |= file
    slack.answer = web.Response(**answer) if answer else slack.answer
    async with chat(slack) as port:
        with pytest.raises(ChatRefused) as caught:
            await port.download("F1", 100)
    assert caught.value.code == code


@pytest.mark.parametrize(("status", "error"), [(429, ChatRateLimited), (503, ChatUnavailable)])
async def test_what_may_come_later_is_tried_again(status: int, error: type[Exception]) -> None:
    """Busy and away are no refusal."""
    slack = Slack()
    slack.answer = web.Response(status=status)
    async with chat(slack) as port:
        with pytest.raises(error):
            await port.download("F1", 100)
