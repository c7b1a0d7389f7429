"""One Web API call as a handler sees it: typed arguments, the conversation it is about, the caller's rights.

Every reader raises `Refusal` with Slack's own code when the argument is missing, malformed or not allowed.
"""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.limits import Tier
from bot.sandbox.objects import Channel, InstalledApp, Json, Kind, Message, User
from bot.sandbox.refusal import Refusal
from bot.sandbox.workspace import Workspace

Item = TypeVar("Item")
Needs = tuple[str, ...] | Mapping[Kind, tuple[str, ...]]


class Call:
    """The arguments of one call with the workspace it acts on."""

    def __init__(self, workspace: Workspace, args: Json, needs: Needs = ()) -> None:
        self.workspace = workspace
        self.args = args
        self._needs = needs

    @property
    def app(self) -> InstalledApp:
        """The calling app."""
        return self.workspace.app

    @property
    def bot(self) -> User:
        """The calling app's bot user."""
        return self.workspace.bot

    def text(self, name: str, default: str = "") -> str:
        """An optional text argument."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """A required text argument."""
        value = self.text(name)
        if not value:
            raise Refusal("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no, however it was written."""
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """An optional whole number."""
        value = self.text(name)
        if value and not value.lstrip("-").isdigit():
            raise Refusal("invalid_arguments", [f"[ERROR] must provide a number [json-pointer:/{name}]"])
        return int(value) if value else default

    def ids(self, name: str) -> list[str]:
        """A list, as JSON or joined by commas; empty entries left out."""
        value = self.args.get(name)
        parts = value if isinstance(value, list) else str(value or "").split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def data(self, name: str) -> Any:
        """An argument that is JSON, whether sent as such or as text; None when absent."""
        value = self.args.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise Refusal(code, [f"[ERROR] not JSON [json-pointer:/{name}]"]) from None

    def channel(self, name: str = "channel", *, member: bool = False, live: bool = False) -> Channel:
        """The conversation an argument names by id; `member`: the bot must be in it; `live`: not archived."""
        channel = self.workspace.channels.get(self.need(name))
        if channel is None or not self.workspace.visible(channel, self.bot.id):
            raise Refusal("channel_not_found")
        self.allow(channel.kind)
        if member and self.bot.id not in channel.members:
            raise Refusal("not_in_channel")
        if live and channel.archived:
            raise Refusal("is_archived")
        return channel

    def allow(self, kind: Kind) -> None:
        """Refuse unless the app's scopes fit this kind of conversation."""
        if isinstance(self._needs, Mapping):
            self.require(self._needs.get(kind, ()))

    def require(self, scopes: Sequence[str]) -> None:
        """Refuse unless one of these scopes was granted; no scopes mean none is needed."""
        if scopes and not self.app.scopes.intersection(scopes):
            raise Refusal("missing_scope", needed=scopes[0], provided=",".join(sorted(self.app.scopes)))

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message of this channel an argument names."""
        message = channel.messages.get(self.need(name))
        if message is None:
            raise Refusal("message_not_found")
        return message

    def user(self, name: str = "user") -> User:
        """The member an argument names."""
        user = self.workspace.users.get(self.need(name))
        if user is None:
            raise Refusal("user_not_found")
        return user

    def page(self, found: Sequence[Item], default: int = 100, most: int = 999) -> tuple[list[Item], Json]:
        """One page of a list with the cursor of the next, as Slack's `response_metadata`."""
        start = _offset(self.text("cursor"))
        limit = self.number("limit", default)
        if not 1 <= limit <= most:
            raise Refusal("invalid_limit")
        more = start + limit < len(found)
        cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
        return list(found[start : start + limit]), {"next_cursor": cursor}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, offset = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_cursor") from None
    if word != "next" or not offset.isdigit():
        raise Refusal("invalid_cursor")
    return int(offset)


Answer = Json | None
Handler = Callable[[Call], Answer | Awaitable[Answer]]


@dataclass(frozen=True)
class Method:
    """One Web API method: what it does, how often it may be called, which scopes open it, which token speaks.

    With several scopes one is enough; a mapping says it per kind of conversation.
    """

    run: Handler
    tier: Tier
    needs: Needs = ()
    app_token: bool = False
