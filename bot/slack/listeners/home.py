"""App Home: shown anew each time somebody opens it."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.domain.errors import ChatError
from bot.slack import payloads
from bot.slack.listeners.desk import Desk
from bot.slack.payloads import Body

log = structlog.get_logger(__name__)


async def publish(desk: Desk, user_id: str) -> None:
    """Show one person their Home; a Home that Slack does not take is shown when they come back."""
    try:
        await desk.services.home.publish(user_id)
    except ChatError as error:
        log.warning("App Home could not be shown", code=error.code)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to Home being opened; its Messages tab is none of ours."""

    async def opened(ack: Any, body: Body) -> None:
        user_id = payloads.home_opener(body)
        if user_id is not None:
            desk.start(publish(desk, user_id))
        await ack()

    app.event("app_home_opened")(opened)
