"""The window itself: what the sandbox serves to browsers beside what it serves to the app."""

import asyncio
import secrets
from bisect import bisect_right
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from aiohttp import web

from bot.sandbox.delivery import Delivery
from bot.sandbox.objects import Channel, Json, User
from bot.sandbox.people import Person
from bot.sandbox.refusal import Impossible
from bot.sandbox.traffic import Traffic
from bot.sandbox.window import pages
from bot.sandbox.window.assets import HEADERS, asset_routes
from bot.sandbox.window.backstage import Backstage
from bot.sandbox.window.doors import Denied, Handler, answer_json, door, member, read_object
from bot.sandbox.window.feed import Event, Feed
from bot.sandbox.window.files import download, read_upload
from bot.sandbox.window.shapes import crossing_shape
from bot.sandbox.window.verbs import VERBS, Verb, Words, visible_channel
from bot.sandbox.workspace import Workspace

HEARTBEAT_SECONDS = 15.0
MOST_MESSAGES, MOST_CROSSINGS = 1000, 1000


class Window:
    """The page and everything it asks for. Until somebody looks it costs nothing.

    `backstage` is what an upper floor offers beside the workspace, or None; whoever offers it calls `changed`.
    """

    def __init__(self, workspace: Workspace, traffic: Traffic, delivery: Delivery) -> None:
        self.backstage: Backstage | None = None
        self._workspace, self._traffic, self._delivery = workspace, traffic, delivery
        self._feed = Feed(workspace, traffic, secrets.token_hex(8), self._backstage_state)
        self._doing: set[asyncio.Future[Any]] = set()
        self._connections: WeakSet[asyncio.Transport] = WeakSet()

    def changed(self) -> None:
        """Tell everybody who looks that the state of what is backstage is another than before."""
        self._feed.backstage_changed()

    def hang_up(self) -> None:
        """Break every connection of a browser."""
        self._feed.close_all()
        for transport in list(self._connections):
            transport.close()

    async def close(self) -> None:
        """Let everybody go, and give up on what people are doing."""
        self._feed.close_all()
        for task in self._doing:
            task.cancel()
        await asyncio.gather(*self._doing, return_exceptions=True)

    def routes(self) -> list[web.RouteDef]:
        """Everything the window answers."""
        asked = {
            "desk": self._desk,
            "messages": self._messages,
            "file": self._file,
            "traffic": self._crossings,
            "events": self._events,
        }
        told = {"act": self._act, "upload": self._upload, "backstage": self._at_backstage}
        return [
            *asset_routes(),
            *(web.get(f"/window/{name}", self._door(handler)) for name, handler in asked.items()),
            *(web.post(f"/window/{name}", self._door(handler)) for name, handler in told.items()),
        ]

    def _door(self, handler: Handler) -> Handler:
        answer = door(handler)

        async def remembering(request: web.Request) -> web.StreamResponse:
            if request.transport is not None:
                self._connections.add(request.transport)
            return await answer(request)

        return remembering

    def _backstage_state(self) -> Json | None:
        return self.backstage.state() if self.backstage else None

    def _member(self, request: web.Request) -> User:
        return member(self._workspace, request.query.get("as"))

    def _newcomer(self) -> User:
        """Whom somebody acts as who has not said: whom the guide wants, else the first of the cast."""
        guide = (self._backstage_state() or {}).get("guide") or {}
        with suppress(Denied):
            return member(self._workspace, guide.get("as"))
        return next(user for user in self._workspace.users.values() if not (user.deleted or user.is_bot))

    async def _desk(self, request: web.Request) -> web.Response:
        user = self._member(request) if request.query.get("as") else self._newcomer()
        return answer_json(self._feed.desk(user))

    def _channel(self, request: web.Request, user: User) -> Channel:
        try:
            return visible_channel(self._workspace, user.id, request.query.get("channel", ""))
        except Impossible as impossible:
            raise Denied(404, str(impossible)) from None

    async def _messages(self, request: web.Request) -> web.Response:
        user = self._member(request)
        channel = self._channel(request, user)
        before, root = request.query.get("before", ""), request.query.get("thread", "")
        limit = min(_number(request, "limit", 100, least=1), MOST_MESSAGES)
        if root:
            return answer_json(pages.thread(self._workspace, user, channel, root, before, limit))
        return answer_json(pages.conversation(self._workspace, user, channel, before, limit))

    async def _file(self, request: web.Request) -> web.Response:
        return download(self._workspace, self._member(request), request.query.get("id", ""))

    async def _crossings(self, request: web.Request) -> web.Response:
        entries = self._traffic.entries
        since = bisect_right(entries, _number(request, "after", 0), key=lambda entry: entry.number)
        newest = entries[max(since, len(entries) - MOST_CROSSINGS) :]
        shapes = [crossing_shape(entry, self._workspace.app) for entry in newest]
        return answer_json({"entries": shapes, "violations": list(self._traffic.violations)})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        user, wants_traffic = self._member(request), request.query.get("traffic") == "1"
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        watcher = self._feed.open(user, traffic=wants_traffic)
        try:
            await _say(response, self._feed.hello())
            while not (watcher.is_closed or user.deleted):
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await watcher.woken()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                for event in self._feed.events(watcher):
                    await _say(response, event)
        except ConnectionError:
            pass
        finally:
            self._feed.close(watcher)
        return response

    async def _act(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        name = body.get("verb")
        if not isinstance(name, str) or (name not in VERBS and name != "reads"):
            raise Denied(400, "There is no such verb")
        person = Person(self._workspace, self._delivery, member(self._workspace, body.get("as")))
        verb = self._reads if name == "reads" else VERBS[name]
        return answer_json(await self._done(verb, person, body))

    async def _reads(self, person: Person, words: Words) -> None:
        self._feed.read(person.user, words.channel(), words.stamp())

    async def _upload(self, request: web.Request) -> web.Response:
        fields, name, content = await read_upload(request)
        person = Person(self._workspace, self._delivery, member(self._workspace, fields.get("as")))

        async def share(person: Person, words: Words) -> None:
            await person.uploads(words.channel(), name, content, text=words.comment(), thread=words.thread())

        return answer_json(await self._done(share, person, {**fields, "thread": fields.get("thread") or None}))

    async def _done(self, verb: Verb, person: Person, body: Json) -> Json:
        """Let somebody do something to its end, whether or not the browser waits for it; what to tell them."""
        try:
            found = await self._to_the_end(verb(person, Words(self._workspace, person, body)))
        except Impossible as impossible:
            return {"ok": False, "error": "impossible", "reason": str(impossible)}
        if person.error:
            return {"ok": False, "error": person.error, "reason": self._reason(person.error, body)}
        return {**(found if isinstance(found, dict) else {}), "ok": True}

    async def _to_the_end(self, act: Awaitable[object]) -> object:
        task = asyncio.ensure_future(act)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise  # nobody waits for the answer any more
            # Unanswered it would be asked again by the browser, of whatever listens here next.
            raise Impossible("The workspace was closed meanwhile.") from None

    def _reason(self, error: str, body: Json) -> str:
        command = str(body.get("text", "")).partition(" ")[0]
        reasons = {
            "operation_timeout": f"The app did not acknowledge within {self._delivery.patience:g} seconds.",
            "dispatch_failed": "The app is not connected, or could not take it.",
            "invalid_command": f"{command} is not a valid command.",
            "invalid_response": "The app acknowledged with something that cannot be shown.",
        }
        return reasons.get(error, error)

    async def _at_backstage(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        verb = body.pop("verb", None)
        if not isinstance(verb, str):
            raise Denied(400, "There is no such verb")
        if self.backstage is None:
            raise Denied(404, "Nothing stands backstage here")
        try:
            await self._to_the_end(self.backstage.do(verb, body))
        except Impossible as impossible:
            return answer_json({"ok": False, "reason": str(impossible)})
        return answer_json({"ok": True, "state": self._backstage_state()})


async def _say(response: web.StreamResponse, event: Event) -> None:
    name, text = event
    await response.write(f"event: {name}\ndata: {text}\n\n".encode())


def _number(request: web.Request, name: str, default: int, least: int = 0) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Denied(400, f"{name} has to be a number")
    return max(least, int(text))
