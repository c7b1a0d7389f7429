"""A browser without a screen: what the page asks, does and hears, as one person."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from bot.sandbox import Sandbox

Json = dict[str, Any]
PATIENCE = 5.0


class Stream:
    """An open stream of events; `heard` are all so far, `seen` the messages by channel and ts as a page keeps them."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.seen: dict[str, dict[str, Json]] = {}
        self._response = response
        self._task: asyncio.Task[None] = asyncio.create_task(self._read())
        self._news = asyncio.Event()

    async def _read(self) -> None:
        name = ""
        with suppress(aiohttp.ClientError):
            async for raw in self._response.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self._take(name, json.loads(line.removeprefix("data: ")))
        self._take("closed", {})

    def _take(self, name: str, data: Any) -> None:
        self.heard.append((name, data))
        if name == "messages":
            known = self.seen.setdefault(data["channel"], {})
            known.update({message["ts"]: message for message in data["upserts"]})
            for ts in data["gone"]:
                known.pop(ts, None)
        self._news.set()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """What the condition finds as soon as it finds something."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                self._news.clear()
                await self._news.wait()
        return found

    def all(self, name: str) -> list[Any]:
        return [data for heard, data in self.heard if heard == name]

    def last(self, name: str) -> Any:
        """The newest event of this name, or None."""
        return next((data for heard, data in reversed(self.heard) if heard == name), None)

    def message(self, text: str) -> Json | None:
        """The message with this text, wherever it is."""
        every = [message for known in self.seen.values() for message in known.values()]
        return next((message for message in every if message["text"] == text), None)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._response.close()


class Browser:
    """One person at the window."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession, handle: str) -> None:
        self.sandbox, self.session, self.handle = sandbox, session, handle
        self.id = next(user.id for user in sandbox.workspace.users.values() if user.handle == handle)
        self._streams: list[Stream] = []

    async def ask(self, path: str, **query: Any) -> tuple[int, Any]:
        """Status and JSON of a question."""
        asked = {"as": self.id, **{key: str(value) for key, value in query.items()}}
        async with self.session.get(f"{self.sandbox.base_url}{path}", params=asked) as answer:
            return answer.status, await answer.json()

    async def desk(self) -> Json:
        status, desk = await self.ask("/window/desk")
        assert status == 200, desk
        return dict(desk)

    async def channel(self, name: str) -> Json:
        """A conversation on this person's desk."""
        return next(one for one in (await self.desk())["channels"] if one["name"] == name)

    async def messages(self, channel: str, **query: Any) -> list[Json]:
        status, page = await self.ask("/window/messages", channel=self.sandbox.channel(channel).id, **query)
        assert status == 200, page
        return list(page["messages"])

    async def send(self, path: str, body: Any, headers: Json | None = None) -> tuple[int, Any]:
        """Status and JSON of something told to the server."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"X-Window": "1", "Content-Type": "application/json", **(headers or {})}
        async with self.session.post(f"{self.sandbox.base_url}{path}", data=data, headers=sent) as answer:
            return answer.status, await answer.json()

    async def act(self, verb: str, **args: Any) -> Json:
        """Do something; the answer."""
        status, answer = await self.send("/window/act", {"as": self.id, "verb": verb, **args})
        assert status == 200, (status, answer)
        return dict(answer)

    async def types(self, channel: str, text: str, **more: Any) -> Json:
        return await self.act("types", channel=self.sandbox.channel(channel).id, text=text, **more)

    async def upload(self, channel: str, name: str, content: bytes, **fields: str) -> tuple[int, Any]:
        """Share a file by its form."""
        form = aiohttp.FormData()
        for key, value in {"as": self.id, "channel": self.sandbox.channel(channel).id, **fields}.items():
            form.add_field(key, value)
        form.add_field("file", io.BytesIO(content), filename=name, content_type="application/octet-stream")
        url = f"{self.sandbox.base_url}/window/upload"
        async with self.session.post(url, data=form, headers={"X-Window": "1"}) as answer:
            return answer.status, await answer.json()

    async def listen(self, **query: str) -> Stream:
        """An open stream, once it has said everything it says at the beginning."""
        url = f"{self.sandbox.base_url}/window/events"
        stream = Stream(await self.session.get(url, params={"as": self.id, **query}))
        self._streams.append(stream)
        await stream.until(lambda: stream.last("surfaces"))
        return stream

    async def close(self) -> None:
        for stream in self._streams:
            await stream.close()


@asynccontextmanager
async def browsers(sandbox: Sandbox) -> AsyncIterator[Callable[[str], Browser]]:
    """Makes browsers for people by handle."""
    opened: list[Browser] = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        def open_one(handle: str) -> Browser:
            opened.append(Browser(sandbox, session, handle))
            return opened[-1]

        yield open_one
        for browser in opened:
            await browser.close()
