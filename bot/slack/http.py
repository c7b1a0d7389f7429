"""Slack over HTTP: one address takes commands, interactions and events; Bolt checks each signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from starlette.requests import Request
from starlette.responses import Response

from bot.slack.client import Bolt


def receiver(app: Bolt) -> Callable[[Request], Awaitable[Response]]:
    """What the public door hands Slack's requests to. ``app`` must have been built with the signing secret."""
    return AsyncSlackRequestHandler(app).handle
