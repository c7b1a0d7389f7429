"""The floor as a program: a bare asyncio client with kept-alive connections, no database and no rules.

It acknowledges whatever arrives at once and unread. Where ``script.json`` says how, it opens the form for a command,
and declares upon a form or upon a command with ``now`` by making the calls in it, each as early as it can be.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.benchmarks.script import Say, Script, Timed

API = os.environ["SLACK_API_URL"]
BOT = {"Authorization": f"Bearer {os.environ['SLACK_BOT_TOKEN']}"}
APP = {"Authorization": f"Bearer {os.environ['SLACK_APP_TOKEN']}"}
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)


class Bare:
    """One client."""

    def __init__(self, session: aiohttp.ClientSession, script: Script) -> None:
        self._session = session
        self._script = script
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[object]] = set()

    async def listen(self) -> None:
        """Connect, and acknowledge every envelope until the socket ends."""
        async with self._session.post(API + "apps.connections.open", headers=APP) as response:
            url = (await response.json())["url"]
        async with self._session.ws_connect(url) as socket:
            print("ready", file=sys.stderr, flush=True)
            for one in self._script.timed:
                asyncio.get_running_loop().call_later(one.at - time.time(), self._say, one)
            async for message in socket:
                frame = json.loads(message.data)
                if "envelope_id" in frame:
                    await socket.send_str(json.dumps({"envelope_id": frame["envelope_id"]}))
                    self._follow(frame["type"], frame["payload"])

    def _follow(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "slash_commands" and not payload["text"].startswith("now"):
            self._start(self._open_form(payload["trigger_id"]))
        elif kind == "slash_commands" or payload.get("type") == "view_submission":
            self._start(self._declare())

    def _say(self, one: Timed) -> None:
        self._start(self._call(one.method, json.loads(one.args)))

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open_form(self, trigger_id: str) -> None:
        if self._script.form is not None:
            await self._call(self._script.form.method, {**self._script.form.filled(), "trigger_id": trigger_id})

    async def _declare(self) -> None:
        script = self._script
        if script.create is None or script.card is None:
            return
        with suppress(aiohttp.ClientError, TimeoutError):  # where Slack hangs, nothing follows
            made = await self._call(script.create.method, script.create.filled(number=str(next(self._numbers))))
            channel = made["channel"]["id"]
            await asyncio.gather(
                self._with_card(script.card, channel),
                *(self._call(say.method, say.filled(channel=channel)) for say in script.with_channel),
            )

    async def _with_card(self, card: Say, channel: str) -> None:
        posted = await self._call(card.method, card.filled(channel=channel))
        for say in self._script.with_card:
            await self._call(say.method, say.filled(channel=channel, card=posted["ts"]))

    async def _call(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in args.items()}
        async with self._session.post(API + method, data=data, headers=BOT) as response:
            answer: dict[str, Any] = await response.json()
        if not answer["ok"]:
            print(f"{method}: {answer}", file=sys.stderr, flush=True)
        return answer


async def main() -> None:
    """Listen until the process is stopped."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        await Bare(session, Script.read(Path("script.json"))).listen()


if __name__ == "__main__":
    asyncio.run(main())
