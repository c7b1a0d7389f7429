"""The floor: a bare asyncio client with kept-alive connections, no database and no rules, on a sandbox of its own."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.server import Sandbox
from bot.sandbox.traffic import Entry
from bot.slack.manifest import manifest


class Floor:
    """Makes given calls as fast as anybody could, and acknowledges whatever arrives."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self._session = session

    async def declare(self, create: Entry, *then: Entry) -> float:
        """The calls that make a channel usable, with the arguments another client sent; seconds until the last answer."""
        started = time.monotonic()
        made = await self.call("conversations.create", create.args)
        channel = made["channel"]["id"]
        await asyncio.gather(*(self.call(entry.name, {**entry.args, "channel": channel}) for entry in then))
        return time.monotonic() - started

    async def call(self, method: str, args: Mapping[str, Any]) -> dict[str, Any]:
        data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in args.items()}
        headers = {"Authorization": f"Bearer {self.sandbox.bot_token}"}
        async with self._session.post(self.sandbox.api_url + method, data=data, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
        assert answer["ok"], (method, answer)
        return answer

    async def acknowledge(self) -> None:
        """Acknowledge every envelope at once, until cancelled."""
        headers = {"Authorization": f"Bearer {self.sandbox.app_token}"}
        async with self._session.post(self.sandbox.api_url + "apps.connections.open", headers=headers) as response:
            url = (await response.json())["url"]
        async with self._session.ws_connect(url) as socket:
            async for message in socket:
                if envelope := json.loads(message.data).get("envelope_id"):
                    await socket.send_str(json.dumps({"envelope_id": envelope}))


@asynccontextmanager
async def open_floor(*, listening: bool = False) -> AsyncIterator[Floor]:
    """A bare client and its sandbox; ``listening`` also connects it by Socket Mode."""
    async with (
        Sandbox(manifest=manifest("/incident", socket_mode=True, request_url=None)) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        floor = Floor(sandbox, session)
        listener = asyncio.create_task(floor.acknowledge()) if listening else None
        if listener is not None:
            await sandbox.sockets.connected()
        yield floor
        if listener is not None:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


def durable_inserts(directory: Path, count: int) -> float:
    """Rows per second of a bare SQLite table where every row is one commit that survives a power cut."""
    with closing(sqlite3.connect(directory / "floor.db", isolation_level=None)) as database:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("CREATE TABLE IF NOT EXISTS said (ts TEXT PRIMARY KEY, text TEXT)")
        started = time.perf_counter()
        for number in range(count):
            database.execute("INSERT INTO said VALUES (?, ?)", (f"{started}:{number}", "what was said " * 5))
        return count / (time.perf_counter() - started)
