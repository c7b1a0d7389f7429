"""The Bolt app: every listener registered, the acknowledgement given only after the commit."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners import (
    closing,
    commands,
    declare,
    details,
    escalation,
    following,
    home,
    lifecycle,
    lists,
    memory,
    panel,
    postmortem,
    private,
    roles,
    severity,
    tasks,
    timeline,
    updates,
)
from bot.slack.listeners.commands import Router
from bot.slack.listeners.desk import Desk

log = structlog.get_logger(__name__)
ROOMS = (
    declare,
    home,
    lists,
    panel,
    private,
    roles,
    tasks,
    severity,
    lifecycle,
    closing,
    updates,
    following,
    details,
    escalation,
    memory,
    timeline,
    postmortem,
)


def build(client: AsyncWebClient, desk: Desk, signing_secret: str | None = None) -> AsyncApp:
    """The app with all listeners. ``signing_secret`` is needed over HTTP only."""
    app = AsyncApp(
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
    )
    # Bolt asks its listeners one after the other whether they are meant: what comes most often is asked first.
    subcommands = tuple(command for room in ROOMS for command in getattr(room, "SUBCOMMANDS", ()))
    commands.register(app, desk, Router(subcommands, panel.default))
    for room in sorted(ROOMS, key=lambda room: room is not memory):
        room.register(app, desk)
    _catch_the_rest(app)
    return app


def _catch_the_rest(app: AsyncApp) -> None:
    """Acknowledge and note once what we do not know; unanswered, Slack would send it three times more."""
    seen: set[str] = set()

    async def unknown(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        action = (body.get("actions") or [{}])[0].get("action_id", "")
        name = f"{body.get('type', '')}:{body.get('event', {}).get('type', '')}{body.get('callback_id', '')}{action}"
        if name not in seen and len(seen) < 1000:
            seen.add(name)
            log.info("an interaction nobody listens to", name=name)

    anything = re.compile(".*")
    app.event(anything)(unknown)
    app.action(anything)(unknown)
    app.shortcut(anything)(unknown)
    app.view(anything)(unknown)
    app.view_closed(anything)(unknown)
    app.options(anything)(unknown)
