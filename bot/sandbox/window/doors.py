"""Who may knock: the sandbox's own page, as somebody of the cast, with JSON of the right kinds."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.objects import Json, User
from bot.sandbox.seed import SLACKBOT
from bot.sandbox.window.assets import HEADERS
from bot.sandbox.workspace import Workspace

MOST_JSON_BYTES = 1_000_000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Denied(Exception):
    """A request that is answered with this HTTP status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def door(handler: Handler) -> Handler:
    """The handler for requests of the page alone; what it denies is answered in JSON."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            _check_sender(request)
            return await handler(request)
        except Denied as denied:
            body = {"ok": False, "error": denied.sentence, "reason": denied.sentence}
            return web.json_response(body, status=denied.status, headers=HEADERS)

    return answer


def answer_json(body: Json) -> web.Response:
    """JSON for the page's eyes only."""
    return web.json_response(body, headers=HEADERS)


def _check_sender(request: web.Request) -> None:
    """A page elsewhere is told nothing and can do nothing: its browser says where it comes from."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Denied(403, "Only the sandbox's own page may ask")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise Denied(403, "Only the sandbox's own page may ask")
    if request.method != "GET" and request.headers.get("X-Window") != "1":
        raise Denied(403, "The header X-Window is missing")


def member(workspace: Workspace, wanted: Any) -> User:
    """Somebody who can sit at the desk, by id or handle."""
    user = workspace.users.get(wanted) if isinstance(wanted, str) else None
    user = user or next((one for one in workspace.users.values() if one.handle == wanted), None)
    if user is None:
        raise Denied(404, "There is nobody with that name here")
    if user.is_bot or user.id == SLACKBOT:
        raise Denied(403, f"{user.real_name} is an app")
    if user.deleted:
        raise Denied(403, f"{user.real_name} is deactivated and cannot sign in")
    return user


async def read_object(request: web.Request) -> Json:
    """The JSON object a request carries, every text in it fit to be written down."""
    try:
        body = json.loads(await _read(request, MOST_JSON_BYTES), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Denied(400, "That is not JSON") from None
    if not isinstance(body, dict):
        raise Denied(400, "That is not a JSON object")
    cleaned: Json = clean(body)
    return cleaned


async def _read(request: web.Request, most: int) -> bytes:
    chunks, size = [], 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > most:
            raise Denied(413, f"That is more than {most:,} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _refuse(name: str) -> Any:
    raise ValueError(name)


def clean(thing: Any) -> Any:
    """The same JSON without halves of characters, which no text can hold."""
    if isinstance(thing, str):
        return thing.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(thing, list):
        return [clean(one) for one in thing]
    if isinstance(thing, dict):
        return {clean(key): clean(one) for key, one in thing.items()}
    return thing
