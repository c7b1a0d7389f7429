"""The Bolt app: every listener registered, the acknowledgement given only after the commit."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners import (
    action_items,
    brief,
    closing,
    commands,
    containment,
    declare,
    details,
    escalation,
    evidence,
    following,
    home,
    investigation,
    law,
    lifecycle,
    lists,
    memory,
    panel,
    playbook,
    postmortem,
    private,
    reports,
    review,
    roles,
    severity,
    tasks,
    texts,
    timeline,
    updates,
)
from bot.slack.listeners.commands import Router
from bot.slack.listeners.desk import Desk
from bot.slack.pulse import Pulse

log = structlog.get_logger(__name__)
OWN_USER = "own_user_id"
ROOMS = (
    declare,
    reports,
    home,
    lists,
    panel,
    private,
    roles,
    tasks,
    playbook,
    investigation,
    law,
    severity,
    lifecycle,
    containment,
    closing,
    updates,
    texts,
    brief,
    following,
    details,
    escalation,
    memory,
    evidence,
    timeline,
    postmortem,
    review,
    action_items,
)


def build(
    client: AsyncWebClient, desk: Desk, signing_secret: str | None = None, pulse: Pulse | None = None
) -> AsyncApp:
    """The app with all listeners. ``signing_secret`` is needed over HTTP only; ``pulse`` tells what comes too late."""
    app = AsyncApp(
        name="andon",  # else Bolt reads every file on the stack to find one
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[]),
        before_authorize=_note_own_user,
        authorize=_admission(client.token or ""),
        signing_secret=signing_secret,
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
    )
    app.middleware(_leave_what_is_late(pulse or Pulse()))
    # Bolt asks its listeners one after the other whether they are meant: what comes most often is asked first.
    subcommands = tuple(command for room in ROOMS for command in getattr(room, "SUBCOMMANDS", ()))
    commands.register(app, desk, Router(subcommands, panel.default))
    for room in sorted(ROOMS, key=lambda room: room is not memory):
        room.register(app, desk)
    _catch_the_rest(app)
    return app


def _admission(token: str) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Let everything in that reached us. Bolt would ask Slack first, and lose what was sent when Slack is silent."""

    async def authorize(context: Any, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=context.get(OWN_USER), bot_token=token
        )

    return authorize


async def _note_own_user(context: Any, body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
    """Every event names the bot it is sent to, by which Bolt knows the echo of our own acts."""
    context[OWN_USER] = next((one["user_id"] for one in body.get("authorizations") or () if one.get("is_bot")), None)
    await next_()


def _leave_what_is_late(pulse: Pulse) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Whoever sent it was told that it failed. Events go on: Slack has sent them again, and twice does no harm."""

    async def check(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if pulse.is_drowsy and body.get("type") != "event_callback":
            return BoltResponse(status=503)
        await next_()
        return None

    return check


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
