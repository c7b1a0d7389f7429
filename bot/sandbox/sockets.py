"""Socket Mode: tickets, WebSocket connections, envelopes and their acknowledgements.

Each envelope goes to one of up to ten connections. Connections can be warned, refreshed, dropped or made silent, and
tickets refused, to see how the app takes it.
"""

import asyncio
import json
from dataclasses import dataclass
from itertools import count

from aiohttp import WSMsgType, web

from bot.sandbox.dispatch import Dispatch, Outcome
from bot.sandbox.objects import Json
from bot.sandbox.traffic import Traffic
from bot.sandbox.workspace import Workspace

MOST_CONNECTIONS = 10
EVENT_RETRY_REASON = "timeout"


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app; `carried` counts envelopes.

    `retiring` gets nothing while there are others; `silent` says nothing, not even pong.
    """

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    retiring: bool = False
    silent: bool = False
    carried: int = 0

    async def say(self, message: Json) -> bool:
        """Send one frame; False when the connection is gone."""
        if self.silent:
            return True
        try:
            await self.socket.send_str(json.dumps(message))
        except (ConnectionError, RuntimeError):
            return False
        return True

    def cut(self) -> None:
        """Break the connection without a closing handshake."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets:
    """All Socket Mode connections of the app."""

    def __init__(self, workspace: Workspace, traffic: Traffic, patience: float) -> None:
        self.connections: list[Connection] = []
        self.refused_tickets = 0
        self.late_acks: list[str] = []
        self._workspace = workspace
        self._traffic = traffic
        self._patience = patience
        self._tickets: set[str] = set()
        self._pending: dict[str, asyncio.Future[Json]] = {}
        self._timed_out: set[str] = set()
        self._numbers = count(1)
        self._turn = 0

    def open_ticket(self) -> str:
        """The address for one new connection, good for one use."""
        ticket = self._workspace.mint_token()
        self._tickets.add(ticket)
        host = self._workspace.base_url.replace("http://", "ws://", 1)
        return f"{host}/link/?ticket={ticket}&app_id={self._workspace.app.id}"

    def refuse_tickets(self, times: int = 1) -> None:
        """Refuse the next handshakes with 403, as Slack does with a stale ticket."""
        self.refused_tickets += times

    async def warn(self) -> None:
        """Tell every connection that it will be closed soon."""
        await self._disconnect("warning")

    async def refresh(self) -> None:
        """Ask every connection to be replaced; old ones are used only while there is no new one."""
        for connection in self.connections:
            connection.retiring = True
        await self._disconnect("refresh_requested")

    async def close_retiring(self) -> None:
        """Close what was to be replaced and is still open, as Slack does a little after asking."""
        for connection in [c for c in self.connections if c.retiring]:
            await connection.socket.close()

    async def _disconnect(self, reason: str) -> None:
        note = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        for connection in list(self.connections):
            await connection.say(note)

    def drop(self) -> None:
        """Break every connection at once, without a word."""
        for connection in list(self.connections):
            connection.cut()

    def silence(self, silent: bool = True) -> None:
        """Let present connections swallow everything, pongs included, while looking open."""
        for connection in self.connections:
            connection.silent = silent

    async def connected(self, number: int = 1, timeout: float = 10.0) -> None:
        """Return when this many usable connections are up; TimeoutError after `timeout` real seconds."""
        async with asyncio.timeout(timeout):
            while sum(not c.retiring for c in self.connections) < number:
                await self._traffic.changed()

    async def carry(self, dispatch: Dispatch) -> Outcome:
        """Send one envelope to one connection and wait for its acknowledgement."""
        envelope = self._envelope(dispatch)
        envelope_id = str(envelope["envelope_id"])
        future = self._pending[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            if not await self._say_to_one(envelope):
                return Outcome(False, reason="connection_failed")
            return Outcome(True, await asyncio.wait_for(future, self._patience))
        except TimeoutError:
            self._timed_out.add(envelope_id)
            return Outcome(False, reason="timeout")
        finally:
            del self._pending[envelope_id]

    async def _say_to_one(self, envelope: Json) -> bool:
        """Turn by turn over the usable connections; one that breaks while sending passes it on."""
        for _ in range(len(self.connections)):
            usable = [c for c in self.connections if not c.retiring] or self.connections
            if not usable:
                return False
            self._turn += 1
            connection = usable[self._turn % len(usable)]
            if await connection.say(envelope):
                connection.carried += 1
                return True
        return False

    def _envelope(self, dispatch: Dispatch) -> Json:
        envelope: Json = {
            "envelope_id": self._workspace.mint_token(36),
            "type": dispatch.kind,
            "payload": dispatch.payload,
            "accepts_response_payload": dispatch.answers,
        }
        if dispatch.kind == "events_api":
            envelope |= {"retry_attempt": dispatch.attempt, "retry_reason": dispatch.reason}
        return envelope

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint."""
        ticket = request.query.get("ticket", "")
        if self.refused_tickets or ticket not in self._tickets:
            self.refused_tickets = max(0, self.refused_tickets - 1)
            self._tickets.discard(ticket)
            self._traffic.touch()
            return web.Response(status=403, text="ticket refused")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        connection = Connection(next(self._numbers), socket, request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.say({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.connections.append(connection)
        try:
            await self._serve(connection)
        finally:
            self.connections.remove(connection)
            self._traffic.touch()
        return socket

    async def _serve(self, connection: Connection) -> None:
        await connection.say(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "connection_info": {"app_id": self._workspace.app.id},
                "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
            }
        )
        self._traffic.touch()
        async for message in connection.socket:
            if connection.silent:
                continue
            if message.type is WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledge(message.data)

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
            envelope_id = str(frame["envelope_id"])
        except (ValueError, TypeError, KeyError):
            self._traffic.violations.append(f"a frame that acknowledges nothing: {text[:200]}")
            return
        future = self._pending.get(envelope_id)
        if future is not None and future.cancelled():  # its time ran out in this very moment
            self.late_acks.append(envelope_id)
            return
        if future is None or future.done():
            self._note_stray(envelope_id)
            return
        payload = frame.get("payload")
        future.set_result(payload if isinstance(payload, dict) else {})

    def _note_stray(self, envelope_id: str) -> None:
        if envelope_id in self._timed_out:
            self.late_acks.append(envelope_id)
        else:
            self._traffic.violations.append(f"an acknowledgement of nothing pending: {envelope_id}")

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self.connections):
            await connection.socket.close()
