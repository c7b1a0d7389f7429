"""The Socket Mode connection against a Slack that drops, refreshes, refuses and falls silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import AndonError
from bot.sandbox import Sandbox
from bot.slack.connection import SocketConnection
from tests.sandbox.kit import Clock, make_manifest, web_client

DEAF_FOR_LESS_THAN = 5.0


class Listening:
    """A real small Bolt app behind our connection; ``heard`` are the commands that reached it."""

    def __init__(self, sandbox: Sandbox, client: AsyncWebClient, token: str, **options: Any) -> None:
        self.sandbox = sandbox
        self.heard: list[str] = []
        self.connected = 0
        app = AsyncApp(client=client, process_before_response=True)
        app.command("/incident")(self._hear)
        self.connection = SocketConnection(app, token, on_connected=self._count, **options)

    async def _hear(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.heard.append(body["text"])

    async def _count(self) -> None:
        self.connected += 1

    async def reaches(self, text: str) -> bool:
        """Whether a command typed now arrives and is acknowledged."""
        rae = self.sandbox.person("rae")
        await rae.command("/incident", text)
        return rae.error is None and text in self.heard

    def tickets(self) -> int:
        """How many connection addresses were asked for."""
        return len(self.sandbox.traffic.calls("apps.connections.open"))


@asynccontextmanager
async def listening(**options: Any) -> AsyncIterator[Listening]:
    token = options.pop("token", None)
    faults: Callable[[Sandbox], None] = options.pop("faults", lambda _: None)
    async with (
        Sandbox(manifest=make_manifest(), now=Clock().now, patience=1.0) as sandbox,
        web_client(sandbox) as client,
    ):
        found = Listening(sandbox, client, token or sandbox.app_token, **options)
        faults(sandbox)
        await found.connection.start()
        try:
            yield found
        finally:
            await found.connection.stop()


async def test_a_connection_carries_commands_and_says_so() -> None:
    """Once started we are connected, heard once, and whoever wants to know of connections was told once."""
    async with listening() as slack:
        assert await slack.connection.is_connected()
        assert await slack.reaches("hello")
        assert slack.connected == 1
        assert await slack.connection.problem() is None
    assert not await slack.connection.is_connected()


async def test_a_wrong_token_stops_the_start_with_one_sentence() -> None:
    """A token Slack refuses ends the start at once and names the setting."""
    with pytest.raises(AndonError, match="SLACK_APP_TOKEN") as refusal:
        async with listening(token="xapp-1-wrong"):
            pass
    assert "\n" not in str(refusal.value)


async def test_a_bot_token_in_its_place_is_explained() -> None:
    """The most common mistake, the two tokens exchanged, is told as such."""
    with pytest.raises(AndonError, match="xapp-"):
        async with listening(token="xoxb-7000000001-7000000002-sandboxBotToken"):
            pass


async def test_a_dropped_socket_is_replaced_at_once() -> None:
    """A connection cut without a word is back in less than five seconds, with a fresh address."""
    async with listening() as slack:
        slack.sandbox.sockets.drop()
        await slack.sandbox.until(lambda: slack.tickets() == 2)
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        assert await slack.reaches("again")
        assert slack.connected == 2


async def test_a_refresh_loses_nothing() -> None:
    """Asked twice to move, as Slack does, we are reachable before, during and after."""
    async with listening() as slack:
        await slack.sandbox.sockets.warn()
        await slack.sandbox.sockets.refresh()
        assert await slack.reaches("during")
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        await slack.sandbox.sockets.close_retiring()
        assert await slack.reaches("after")
        await slack.sandbox.until(lambda: len(slack.sandbox.sockets.connections) == 1)


async def test_a_refused_ticket_is_not_tried_again() -> None:
    """A handshake refused while moving is followed by a fresh address, never by the dead one."""
    async with listening() as slack:
        slack.sandbox.sockets.refuse_tickets(2)
        slack.sandbox.sockets.drop()
        await slack.sandbox.until(lambda: slack.tickets() >= 4)
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        assert await slack.reaches("again")
        assert slack.tickets() == 4


async def test_a_ticket_refused_at_the_start_does_not_stop_it() -> None:
    """Only a refused token stops the start; anything that may pass is tried again."""
    async with listening(faults=lambda sandbox: sandbox.sockets.refuse_tickets(1)) as slack:
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        assert await slack.reaches("hello")


async def test_a_silent_socket_is_noticed() -> None:
    """A socket that looks open and swallows everything is given up and replaced."""
    async with listening(ping_every=0.1, pong_within=0.2) as slack:
        slack.sandbox.sockets.silence()
        await slack.sandbox.until(lambda: slack.tickets() == 2, DEAF_FOR_LESS_THAN)
        await slack.sandbox.until(lambda: len(slack.sandbox.sockets.connections) == 1)
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        assert await slack.reaches("again")


def test_silence_is_noticed_in_less_than_five_seconds() -> None:
    """The numbers in use keep the promise: a silence is noticed with a second left to connect anew."""
    from bot.slack.connection import CLOSE_WITHIN, PING_EVERY, PONG_WITHIN

    assert PING_EVERY + PONG_WITHIN + CLOSE_WITHIN < DEAF_FOR_LESS_THAN - 1


class Waits:
    """Stands in for sleeping: notes how long was to be waited and goes on at once, until ``enough`` was asked."""

    def __init__(self, is_enough: Callable[[list[float]], bool]) -> None:
        self.asked: list[float] = []
        self.enough = asyncio.Event()
        self.go_on = asyncio.Event()
        self._is_enough = is_enough

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        if self._is_enough(self.asked):
            self.enough.set()
            await self.go_on.wait()


async def test_an_outage_is_no_busy_loop() -> None:
    """While Slack answers nothing but errors we ask ever more rarely, say so, and come back when it does."""
    waits = Waits(lambda asked: len(asked) >= 9)
    async with listening(sleep=waits) as slack:
        slack.sandbox.faults.add("apps.connections.open", "server_error", times=1000)
        slack.sandbox.sockets.drop()
        await asyncio.wait_for(waits.enough.wait(), 10)
        assert "not connected" in (await slack.connection.problem() or "")
        assert slack.connection.deaf_for() > 0
        assert all(later > earlier for earlier, later in zip(waits.asked[:7], waits.asked[1:7], strict=False))
        assert waits.asked[0] < 0.5
        assert 20 < waits.asked[-1] <= 36
        slack.sandbox.faults.clear()
        waits.go_on.set()
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        assert await slack.reaches("again")
        assert slack.connected == 2
        assert slack.connection.deaf_for() == 0


async def test_a_rate_limit_is_waited_out_exactly() -> None:
    """When Slack says how long to wait for the next address, we wait no less."""
    waits = Waits(lambda asked: asked[-1] == 45)
    async with listening(sleep=waits) as slack:
        slack.sandbox.faults.add("apps.connections.open", "rate_limited", retry_after=45)
        slack.sandbox.sockets.drop()
        await asyncio.wait_for(waits.enough.wait(), 10)
        assert len(waits.asked) <= 2
        waits.go_on.set()
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)


async def test_sockets_that_close_at_once_are_no_busy_loop() -> None:
    """A Slack that accepts and closes again and again is not hammered: each further try waits longer."""
    waits = Waits(lambda asked: len(asked) >= 4)
    async with listening(sleep=waits) as slack:
        while not waits.enough.is_set():
            slack.sandbox.sockets.drop()
            await asyncio.wait({asyncio.ensure_future(slack.sandbox.traffic.changed())}, timeout=1)
        assert waits.asked == sorted(waits.asked)
        waits.go_on.set()


async def test_the_watch_revives_whoever_kept_the_connection() -> None:
    """Should the keeper die of something unforeseen, the tick starts it again."""
    async with listening() as slack:
        keeper = slack.connection._keeper
        assert keeper is not None
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await slack.connection.watch()
        slack.sandbox.sockets.drop()
        await slack.sandbox.until(lambda: slack.tickets() == 2)
        await slack.sandbox.sockets.connected(timeout=DEAF_FOR_LESS_THAN)
        assert await slack.reaches("again")
