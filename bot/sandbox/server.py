"""The sandbox as one running thing: `async with Sandbox(manifest=…, now=clock.now) as sandbox:`.

Everything lives in the caller's event loop on one loopback port; several sandboxes may run side by side.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.api import METHODS
from bot.sandbox.call import Method
from bot.sandbox.control_plane import ControlPlane
from bot.sandbox.delivery import Delivery
from bot.sandbox.dispatch import Transport
from bot.sandbox.events import manifest_faults
from bot.sandbox.faults import Faults
from bot.sandbox.http_events import HttpEvents
from bot.sandbox.limits import Limits, Tier
from bot.sandbox.objects import Channel
from bot.sandbox.people import Person
from bot.sandbox.seed import kestrel
from bot.sandbox.side_doors import side_doors
from bot.sandbox.sockets import Sockets
from bot.sandbox.traffic import Traffic
from bot.sandbox.web_api import WebApi
from bot.sandbox.window import Window
from bot.sandbox.workspace import Workspace

MOST_BODY_BYTES = 50 * 1024 * 1024


def _system_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """A small, strict Slack on loopback, with a `window` for browsers at its root.

    Args:
        manifest: the app's manifest; its commands, shortcuts, events and scopes are the only ones there are.
        now: the clock for everything Slack times (trigger_id, response_url, rate limits, redelivery, `ts`).
        mode: "socket" for Socket Mode, "http" for signed requests to `request_url`.
        patience: real seconds an acknowledgement may take.
        routes: further routes on the same port.

    Raises:
        ValueError: a host that is not loopback, or a manifest Slack would not install.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        now: Callable[[], datetime] = _system_now,
        host: str = "127.0.0.1",
        port: int = 0,
        mode: Literal["socket", "http"] = "socket",
        request_url: str = "",
        patience: float = 3.0,
        seed: int = 1,
        routes: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        _check_loopback(host)
        if faults := manifest_faults(manifest):
            raise ValueError("Slack would not install this manifest: " + "; ".join(faults))
        self._host, self._port, self._routes = host, port, list(routes)
        self.manifest, self.mode, self.patience = manifest, mode, patience
        self.workspace: Workspace = kestrel(now, manifest, seed=seed)
        self.traffic, self.faults, self.limits = Traffic(), Faults(), Limits(self.workspace.instant)
        self.sockets = Sockets(self.workspace, self.traffic, patience)
        self.http = HttpEvents(self.workspace.app, request_url, patience)
        transport: Transport = self.sockets if mode == "socket" else self.http
        self.delivery = Delivery(self.workspace, transport, self.traffic, patience)
        self.bot_token = self.workspace.app.bot_token
        self.app_token = self.workspace.app.app_token
        self.signing_secret = self.workspace.app.signing_secret
        connect = Method(lambda _call: {"url": self.sockets.open_ticket()}, Tier.TIER1, app_token=True)
        methods = {**METHODS, "apps.connections.open": connect}
        self._api = WebApi(self.workspace, methods, self.traffic, self.faults, self.limits)
        self.control = ControlPlane(self.workspace.instant)
        self._people: dict[str, Person] = {}
        self.window = Window(self.workspace, self.traffic, self.delivery)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def base_url(self) -> str:
        """Where the sandbox listens, without a slash at the end."""
        return self.workspace.base_url

    @property
    def api_url(self) -> str:
        """The Web API's base address, for `AsyncWebClient(base_url=…)`."""
        return f"{self.base_url}/api/"

    @property
    def violations(self) -> list[str]:
        """What the app did that no well-behaved app does; a good test ends with this empty."""
        return self.traffic.violations

    def person(self, handle: str) -> Person:
        """Somebody of the cast by handle (`rae`) or id; always the same object.

        Raises:
            LookupError: nobody is called so.
        """
        user = self.workspace.users.get(handle) or self.workspace.user_by_handle(handle)
        if user is None:
            raise LookupError(f"Nobody in the sandbox is called {handle!r}")
        if user.id not in self._people:
            self._people[user.id] = Person(self.workspace, self.delivery, user)
        return self._people[user.id]

    def channel(self, name: str) -> Channel:
        """A channel by name or id.

        Raises:
            LookupError: there is none.
        """
        channel = self.workspace.channels.get(name) or self.workspace.channel_by_name(name)
        if channel is None:
            raise LookupError(f"There is no channel {name!r} in the sandbox")
        return channel

    async def until(self, condition: Callable[[], object], timeout: float = 10.0) -> None:
        """Return when the condition holds, looking after everything that crosses the wire; no polling, no sleep.

        Raises:
            TimeoutError: after `timeout` real seconds.
        """
        async with asyncio.timeout(timeout):
            while not condition():
                await self.traffic.changed()

    def hang_up(self) -> None:
        """Close the app's connections to the Web API, as Slack does with those long idle; Socket Mode goes on."""
        self._api.hang_up(keep=[connection.request.transport for connection in self.sockets.connections])

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Meanwhile every connection is cut and new ones are refused; then it listens at the same address again."""
        port = urlsplit(self.base_url).port or 0
        await self._stop_listening()
        self.sockets.drop()
        self.hang_up()
        self.window.hang_up()
        try:
            yield
        finally:
            await self._listen(port)

    async def _listen(self, port: int) -> None:
        if self._runner is None:
            raise RuntimeError("a sandbox that is not running cannot listen")
        self._site = web.TCPSite(self._runner, self._host, port)
        await self._site.start()

    async def _stop_listening(self) -> None:
        if self._site is not None:
            await self._site.stop()
            self._site = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MOST_BODY_BYTES, middlewares=[_only_loopback_hosts])
        application.add_routes(
            [
                web.route("*", "/api/{method}", self._api.handle),
                web.get("/link/", self.sockets.handle),
                *side_doors(self.workspace, self._api),
                *self.window.routes(),
                *self.control.routes(),
                *self._routes,
            ]
        )
        self._runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen(self._port)
        port = self._runner.addresses[0][1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.workspace.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._api.close()
        await self.window.close()
        await self.delivery.close()
        await self.sockets.close()
        await self.http.close()
        if self._runner is not None:
            await self._runner.cleanup()


def _check_loopback(host: str) -> None:
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"The sandbox binds to loopback only, not to {host}")


@web.middleware
async def _only_loopback_hosts(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    """A page on another site must not talk to the sandbox through a name that resolves to loopback."""
    name = (request.url.host or "").strip("[]")
    if name not in ("127.0.0.1", "localhost", "::1"):
        return web.Response(status=403, text="The sandbox answers on loopback only")
    response: web.StreamResponse = await handler(request)
    return response
