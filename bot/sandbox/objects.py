"""The things a Slack workspace is made of, as plain state without behaviour.

Instants are aware UTC datetimes, `ts` values are Slack's own strings, identifiers are Slack's own identifiers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

Json = dict[str, Any]


class Kind(StrEnum):
    """What kind of conversation a channel is."""

    PUBLIC = "public"
    PRIVATE = "private"
    IM = "im"
    MPIM = "mpim"


@dataclass
class User:
    """A member of the workspace: a person, a guest or a bot user."""

    id: str
    handle: str
    real_name: str
    title: str = ""
    email: str = ""
    tz: str = "Europe/London"
    deleted: bool = False
    is_admin: bool = False
    is_guest: bool = False
    is_bot: bool = False
    bot_id: str = ""
    app_id: str = ""

    @property
    def first_name(self) -> str:
        """The name colleagues call this person by, also the Slack display name."""
        return self.real_name.split()[0]


@dataclass(frozen=True)
class Reaction:
    """One emoji by one person."""

    name: str
    user: str


@dataclass
class Message:
    """One message of one channel; (channel, ts) is its identity, `versions` keeps every earlier text."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str = ""
    metadata: Json | None = None
    files: list[str] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    broadcast: bool = False
    edited: Json | None = None
    versions: list[str] = field(default_factory=list)
    extra: Json = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Whether this message stands in a thread below another one."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Ephemeral:
    """A message only one person sees; it is in no history."""

    channel: str
    ts: str
    viewer: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None


@dataclass
class Note:
    """A topic or purpose with who set it and when (epoch seconds)."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def to_json(self) -> Json:
        """The shape Slack answers with."""
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass
class Bookmark:
    """A link in a channel's bar."""

    id: str
    channel: str
    title: str
    link: str
    emoji: str = ""
    created: int = 0


@dataclass
class Channel:
    """A conversation of any kind with its messages in order of `ts`; `threads` holds the replies by parent."""

    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    archived: bool = False
    general: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    canvas: str = ""
    previous_names: list[str] = field(default_factory=list)
    last_micros: int = 0
    threads: dict[str, dict[str, Message]] = field(default_factory=dict)

    @property
    def direct(self) -> bool:
        """Whether this is a direct conversation, which has no name of its own."""
        return self.kind in (Kind.IM, Kind.MPIM)

    def add(self, message: Message) -> None:
        """Put a message in; its `ts` is later than any other here."""
        self.messages[message.ts] = message
        if message.thread_ts is not None and message.is_reply:
            self.threads.setdefault(message.thread_ts, {})[message.ts] = message

    def remove(self, message: Message) -> None:
        """Take a message out."""
        del self.messages[message.ts]
        self.threads.get(message.thread_ts or "", {}).pop(message.ts, None)

    def replies(self, thread_ts: str) -> list[Message]:
        """Replies below one message, oldest first."""
        return list(self.threads.get(thread_ts, {}).values())


@dataclass
class File:
    """An uploaded file; `uploaded` is None until its bytes arrived."""

    id: str
    name: str
    title: str
    user: str
    size: int
    created: int
    content: bytes | None = None
    shared: bool = False
    channels: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list, repr=False)
    deleted: bool = False


@dataclass
class Canvas:
    """A canvas with its Markdown and who may see it."""

    id: str
    title: str
    markdown: str
    owner: str
    channel: str = ""
    access: dict[str, str] = field(default_factory=dict)
    deleted: bool = False


@dataclass
class UserGroup:
    """A mentionable group such as @ai-oncall."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass
class View:
    """An open modal or a published Home; `typed` is what the person has entered, by (block_id, action_id)."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    typed: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks as they stand now."""
        blocks: list[Json] = self.body["blocks"]
        return blocks


@dataclass
class Trigger:
    """A `trigger_id`: three seconds, one use."""

    user: str
    minted_at: datetime
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """A `response_url`: five uses within thirty minutes."""

    user: str
    channel: str
    minted_at: datetime
    message_ts: str | None = None
    ephemeral_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass
class InstalledApp:
    """Our app as the workspace knows it: tokens, bot user and what its manifest asked for."""

    id: str
    name: str
    bot_user: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    manifest: Mapping[str, Any]

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Bot scopes granted at installation."""
        return frozenset(self.manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))

    @cached_property
    def events(self) -> frozenset[str]:
        """Bot events subscribed to."""
        return frozenset(self.manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ()))

    @cached_property
    def commands(self) -> Mapping[str, Json]:
        """Slash commands by name, with the slash."""
        return {c["command"]: c for c in self.manifest.get("features", {}).get("slash_commands", ())}

    @cached_property
    def shortcuts(self) -> Mapping[tuple[str, str], Json]:
        """Shortcuts by (type, callback_id); type is "global" or "message"."""
        return {(s["type"], s["callback_id"]): s for s in self.manifest.get("features", {}).get("shortcuts", ())}

    @property
    def interactive(self) -> bool:
        """Whether buttons and modals reach the app."""
        return bool(self.manifest.get("settings", {}).get("interactivity", {}).get("is_enabled"))

    @property
    def home(self) -> Mapping[str, Any]:
        """The app_home section of the manifest."""
        home: Mapping[str, Any] = self.manifest.get("features", {}).get("app_home", {})
        return home
