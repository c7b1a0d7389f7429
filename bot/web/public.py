"""The public door: what Slack and other machines call. It tells a stranger only that it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SlackHandler = Callable[[Request], Awaitable[Response]]
MOST_BODY_BYTES = 1024 * 1024
BY_SOCKET = (
    "Andon listens to Slack by Socket Mode: turn Socket Mode on in the Slack app, or give SLACK_SIGNING_SECRET.\n"
)


TOO_LARGE = "This is too large: a body may have 1 MiB. Send it in parts. Nothing of it was read.\n"


def build_public(slack_handler: SlackHandler | None, routes: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The public door. ``slack_handler`` checks Slack's signature itself; None with Socket Mode. ``routes`` are added.

    A body over 1 MiB is refused with 413 and a sentence before anybody reads it.
    """

    async def events(request: Request) -> Response:
        if slack_handler is None:
            return PlainTextResponse(BY_SOCKET, status_code=404)
        return await slack_handler(request)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    app = Starlette(
        routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthz), *routes],
        max_body_size=MOST_BODY_BYTES,
    )
    return _telling_what_is_too_large(app)


def _telling_what_is_too_large(app: ASGIApp) -> ASGIApp:
    """The same, its bare refusal of a large body in words."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        is_refused = False

        async def say(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                is_refused = True
                await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)
            elif not is_refused:
                await send(message)

        await app(scope, receive, say)

    return told
