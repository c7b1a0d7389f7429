"""What the sandbox's own tests use: a manifest, a clock that stands still, the real client, a small real Bolt app."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox

SCOPES = [
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "canvases:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_rename",
    "file_shared",
    "group_archive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "pin_added",
    "reaction_added",
    "reaction_removed",
]


def make_manifest(**changes: Any) -> dict[str, Any]:
    """A complete manifest; `scopes` and `events` replace the usual ones."""
    return {
        "display_information": {"name": "Andon"},
        "features": {
            "app_home": {"home_tab_enabled": changes.get("home", True), "messages_tab_enabled": True},
            "bot_user": {"display_name": "Andon", "always_online": True},
            "slash_commands": [
                {"command": "/incident", "description": "x", "should_escape": changes.get("escape", True)}
            ],
            "shortcuts": [
                {"name": "Declare", "type": "global", "callback_id": "declare", "description": "x"},
                {"name": "Report", "type": "message", "callback_id": "report_output", "description": "x"},
            ],
        },
        "oauth_config": {"scopes": {"bot": list(changes.get("scopes", SCOPES))}},
        "settings": {
            "event_subscriptions": {"bot_events": list(changes.get("events", EVENTS))},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


class Clock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def forward(self, **amount: float) -> None:
        self.instant += timedelta(**amount)


@asynccontextmanager
async def web_client(sandbox: Sandbox, **options: Any) -> AsyncIterator[AsyncWebClient]:
    """The real client on a pooled session, without retries of its own."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=options.pop("timeout", 5))) as session:
        options.setdefault("token", sandbox.bot_token)
        yield AsyncWebClient(base_url=sandbox.api_url, session=session, retry_handlers=[], **options)


class Bolt:
    """A real Bolt app in Socket Mode whose listeners the test writes; `heard` are the events it got."""

    def __init__(self, sandbox: Sandbox, client: AsyncWebClient) -> None:
        self.app = AsyncApp(client=client, process_before_response=True)
        self.client = client
        self.handler = AsyncSocketModeHandler(self.app, sandbox.app_token, ping_interval=0.2)
        self.heard: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        self.on_event: Callable[[dict[str, Any]], Awaitable[None]] | None = None

    def listen_to_events(self) -> None:
        """Acknowledge every event and keep it; register this last."""

        async def keep(event: dict[str, Any], req: Any) -> None:
            self.heard.append(event)
            self.headers.append(req.headers)
            if self.on_event is not None:
                await self.on_event(event)

        for name in ("message", "app_mention", "reaction_added", "reaction_removed", "app_home_opened", "file_shared"):
            self.app.event(name)(keep)
        for name in ("member_joined_channel", "member_left_channel", "channel_rename", "channel_archive", "pin_added"):
            self.app.event(name)(keep)

    def types(self) -> list[str]:
        return [event["type"] for event in self.heard]
