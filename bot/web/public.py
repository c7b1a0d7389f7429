"""The public door: what Slack and, later, other machines call. It tells a stranger only that it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

SlackHandler = Callable[[Request], Awaitable[Response]]
MOST_BODY_BYTES = 1024 * 1024
BY_SOCKET = (
    "Andon listens to Slack by Socket Mode: turn Socket Mode on in the Slack app, or give SLACK_SIGNING_SECRET.\n"
)


def build_public(slack_handler: SlackHandler | None, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The public door. ``slack_handler`` checks Slack's signature itself; None with Socket Mode. ``routes`` are added.

    A body over 1 MiB is refused with 413 before anybody reads it.
    """

    async def events(request: Request) -> Response:
        if slack_handler is None:
            return PlainTextResponse(BY_SOCKET, status_code=404)
        return await slack_handler(request)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthz), *routes],
        max_body_size=MOST_BODY_BYTES,
    )
