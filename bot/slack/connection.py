"""The Socket Mode connection: deaf for less than five seconds, whatever happens to the socket.

Slack's client gives out a connection address that is good for one try and looks for dead sockets every ten seconds.
Ours asks for a fresh address each time, notices a closed or silent socket at once, and tries again with back-off. What
arrived on a socket that is being replaced is still read to its end.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
import websockets
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websockets import SocketModeClient

from bot.domain.errors import AndonError, ChatError
from bot.slack.errors import DEAD_CREDENTIALS, answered

log = structlog.get_logger(__name__)

START_PATIENCE = 15.0
FIRST_PATIENCE = 3.0  # an address that does not come is asked for again; one that is slow to come gets longer each time
LONGEST_WAIT = 30.0
STEADY = 5.0
STOP_PATIENCE = 5.0
# Together they bound how long a socket that swallows everything goes unnoticed; it does not answer its closing either.
PING_EVERY, PONG_WITHIN, CLOSE_WITHIN = 1.5, 2.0, 0.25
REMEDIES = {
    "missing_scope": "give the app-level token the scope connections:write",
    "not_allowed_token_type": "SLACK_APP_TOKEN must be an app-level token, which starts with xapp-",
}
FATAL = DEAD_CREDENTIALS | REMEDIES.keys()


class SocketConnection:
    """Keeps one Socket Mode connection alive from :meth:`start` to :meth:`stop`.

    ``on_connected`` is called after every connection made, the first included: what happened meanwhile may be missing.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        on_connected: Callable[[], Awaitable[object]] | None = None,
        ping_every: float = PING_EVERY,
        pong_within: float = PONG_WITHIN,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._token = app_token
        self._on_connected = on_connected
        self._pings = (ping_every, pong_within)
        self._sleep = sleep
        self._client: _Client | None = None
        self._handler: _Handler | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._told: set[asyncio.Task[None]] = set()
        self._deaf_since: float | None = None

    async def start(self) -> None:
        """Connect. Raises AndonError with one sentence when Slack refuses the token; anything else is tried again."""
        self._handler = _Handler(self._app, self._token, self._pings)
        self._client = self._handler.client
        self._client.when_connected = self._connected
        self._mark_deaf()
        try:
            await asyncio.wait_for(self._client.reconnect(), START_PATIENCE)
        except ChatError as error:
            if error.code in FATAL:
                await self.stop()
                raise AndonError(_refused(error)) from error
            log.warning("Slack cannot be reached yet; trying again", reason=str(error))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            log.warning("Slack cannot be reached yet; trying again", reason=repr(error))
        self._keep()

    async def stop(self) -> None:
        """Answer what is being worked on, then close the connection and end every task of it."""
        if self._handler is not None:
            await self._handler.finish(STOP_PATIENCE)
        tasks = [task for task in (self._keeper, *self._told) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._keeper = None
        if self._client is not None:
            await self._client.close()
            self._client = self._handler = None

    async def is_connected(self) -> bool:
        """Whether Slack can reach us now."""
        return self._client is not None and await self._client.is_connected()

    async def problem(self) -> str | None:
        """Why Slack cannot reach us, None when it can: a probe for /readyz."""
        if await self.is_connected():
            return None
        return f"not connected to Slack for {self.deaf_for():.0f} s"

    def deaf_for(self) -> float:
        """For how many seconds there has been no connection; 0 while there is one."""
        return 0.0 if self._deaf_since is None else asyncio.get_running_loop().time() - self._deaf_since

    async def watch(self) -> None:
        """A tick: should whoever keeps the connection have died, it is started again."""
        if self._client is not None and (self._keeper is None or self._keeper.done()):
            log.error("nobody kept the Slack connection; starting again")
            self._keep()

    def _keep(self) -> None:
        self._keeper = asyncio.create_task(self._keep_connected())

    async def _keep_connected(self) -> None:
        tries = 0
        while (client := self._client) is not None:
            failure = await self._failure(client, _patience(tries))
            if failure is None:
                tries = await self._sit_out(client, tries)
            else:
                self._mark_deaf()
                wait = max(_wait_after(tries), getattr(failure, "retry_after", 0.0))
                tries += 1
                log.warning("connecting to Slack failed", attempt=tries, reason=repr(failure), wait=round(wait, 1))
                await self._sleep(wait)

    async def _sit_out(self, client: _Client, tries: int) -> int:
        """Wait for the socket to close; one that closes again and again at once counts as failing."""
        started = asyncio.get_running_loop().time()
        await client.until_closed()
        if await client.is_connected():
            return 0
        self._mark_deaf()
        if asyncio.get_running_loop().time() - started >= STEADY:
            return 0
        await self._sleep(_wait_after(tries))
        return tries + 1

    async def _failure(self, client: _Client, patience: float) -> Exception | None:
        done = await asyncio.gather(asyncio.wait_for(client.reconnect(), patience), return_exceptions=True)
        return done[0] if isinstance(done[0], Exception) else None

    def _connected(self) -> None:
        self._deaf_since = None
        if self._on_connected is not None:
            task = asyncio.create_task(self._tell(self._on_connected))
            self._told.add(task)
            task.add_done_callback(self._told.discard)

    async def _tell(self, listener: Callable[[], Awaitable[object]]) -> None:
        try:
            await listener()
        except Exception:
            log.exception("what follows a connection failed")

    def _mark_deaf(self) -> None:
        if self._client is not None and self._deaf_since is None:
            self._deaf_since = asyncio.get_running_loop().time()


class _Client(SocketModeClient):
    """Slack's client with its reconnecting taken out: one ticket per try, every message read, no monitor of its own."""

    when_connected: Callable[[], None]

    def __init__(self, *, pings: tuple[float, float], **options: Any) -> None:
        super().__init__(auto_reconnect_enabled=False, **options)
        self._pings = pings
        self._readers: set[asyncio.Task[None]] = set()
        self._connecting = asyncio.Lock()

    async def issue_new_wss_url(self) -> str:
        """A fresh address. Raises ChatError; the SDK's own version sleeps in here when rate limited."""
        return str((await answered(self.web_client.apps_connections_open(app_token=self.app_token)))["url"])

    async def reconnect(self) -> None:
        """Connect unless connected."""
        async with self._connecting:
            if not await self.is_connected():
                await self.connect()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Slack asks us to move, sometimes twice for one socket: the new connection stands before the old one goes."""
        async with self._connecting:
            await self.connect()

    async def connect(self) -> None:
        """Open a connection on a fresh address and let go of the old one."""
        every, within = self._pings
        old = self.current_session
        session = await websockets.connect(
            await self.issue_new_wss_url(),
            ping_interval=every,
            ping_timeout=within,
            open_timeout=5,
            close_timeout=CLOSE_WITHIN,
        )
        self.current_session = session
        reader = asyncio.create_task(self._read(session))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        log.info("connected to Slack")
        self.when_connected()
        if old is not None:
            await old.close()

    async def until_closed(self) -> None:
        """Wait until the present socket closes, whoever closes it."""
        if self.current_session is not None:
            await self.current_session.wait_closed()

    async def close(self) -> None:
        """Close and end every task."""
        await super().close()  # type: ignore[no-untyped-call]
        ending: list[asyncio.Future[Any]] = [self.message_processor, *self._readers]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _read(self, session: websockets.ClientConnection) -> None:
        try:
            async for message in session:
                await self.enqueue_message(message if isinstance(message, str) else message.decode())
        except websockets.ConnectionClosed as closed:
            log.info("a Slack connection ended", reason=str(closed))


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler around our client."""

    client: _Client

    def __init__(self, app: AsyncApp, app_token: str, pings: tuple[float, float]) -> None:
        self.app = app
        self.app_token = app_token
        self.client = _Client(pings=pings, app_token=app_token, logger=app.logger, web_client=app.client)
        self.client.socket_mode_request_listeners.append(self.handle)
        self._stopping = False
        self._running: set[asyncio.Task[Any]] = set()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        """Run the listeners; while stopping nothing new is taken, so that Slack sends it again."""
        if self._stopping:
            return
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        await super().handle(client, req)

    async def finish(self, patience: float) -> None:
        """Take nothing more; wait until what runs is answered."""
        self._stopping = True
        if self._running:
            await asyncio.wait(self._running, timeout=patience)


def _wait_after(tries: int) -> float:
    """A quarter of a second, doubling to half a minute, with a little chance."""
    return float(min(LONGEST_WAIT, 0.25 * 2 ** min(tries, 8)) * random.uniform(0.8, 1.2))


def _patience(tries: int) -> float:
    """How long one try may take: short for the first two, so that a lost one costs little; the rest ever longer."""
    return float(min(START_PATIENCE, FIRST_PATIENCE * 2 ** max(0, tries - 1)))


def _refused(error: ChatError) -> str:
    remedy = REMEDIES.get(error.code, "make a new app-level token with the scope connections:write and set it")
    return f"Slack refused SLACK_APP_TOKEN ({error.code}): {remedy}."
