"""Slack's payloads as values: the only file that indexes a raw payload of an interaction. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.declaration import SourceFile, SourceMessage
from bot.domain.people import Actor

Body = dict[str, Any]
Value = str | list[str] | None


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as typed."""

    actor: Actor
    channel_id: str
    text: str
    trigger_id: str
    response_url: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed or a menu entry chosen. ``action`` is the part before a colon, ``argument`` what follows it."""

    actor: Actor
    action: str
    argument: str
    value: str
    trigger_id: str
    response_url: str
    channel_id: str | None
    message_ts: str | None
    view_id: str | None
    view_hash: str | None
    callback_id: str
    metadata: dict[str, Any]
    values: dict[str, Value]
    acted_at: datetime | None = None

    @property
    def target_id(self) -> int:
        """The id that the button carries. Raises ValueError for a button that carries none."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Submission:
    """A form handed in: values by block id, ids in the metadata."""

    actor: Actor
    view_id: str
    callback_id: str
    metadata: dict[str, Any]
    values: dict[str, Value]
    trigger_id: str = ""

    @property
    def incident_id(self) -> int:
        """The incident that the form is about. Raises ValueError for a form about none."""
        return int(self.metadata.get("incident") or "")

    def text(self, field: str) -> str:
        """What was typed or chosen in a field; empty when nothing was."""
        value = self.values.get(field)
        return value.strip() if isinstance(value, str) else ""

    def many(self, field: str) -> list[str]:
        """What was ticked or chosen in a field for several."""
        value = self.values.get(field)
        return value if isinstance(value, list) else [value] if value else []


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut used; ``source`` is the message it was used on."""

    actor: Actor
    trigger_id: str
    response_url: str
    source: SourceMessage | None


def command(body: Body) -> Command:
    """A slash command."""
    return Command(
        actor=Actor.person(body["user_id"]),
        channel_id=body["channel_id"],
        text=unescape(body.get("text") or "").strip(),
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
    )


def press(body: Body) -> Press:
    """A button or menu, wherever it stands."""
    act = body["actions"][0]
    container = body.get("container", {})
    view = body.get("view") or {}
    action, _, argument = act["action_id"].partition(":")
    message = body.get("message") or {}
    return Press(
        actor=Actor.person(body["user"]["id"]),
        action=action,
        argument=argument,
        value=_single(act),
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        channel_id=(body.get("channel") or {}).get("id") or container.get("channel_id"),
        message_ts=message.get("ts") or container.get("message_ts"),
        view_id=view.get("id"),
        view_hash=view.get("hash"),
        callback_id=view.get("callback_id", ""),
        metadata=metadata(view),
        values=state(view),
        acted_at=_instant(act.get("action_ts")),
    )


def submission(body: Body) -> Submission:
    """A form handed in."""
    view = body["view"]
    return Submission(
        actor=Actor.person(body["user"]["id"]),
        view_id=view["id"],
        callback_id=view["callback_id"],
        metadata=metadata(view),
        values=state(view),
        trigger_id=body.get("trigger_id", ""),
    )


def home_opener(body: Body) -> str | None:
    """Who opened the Home tab; None when it was the Messages tab."""
    event = body["event"]
    return str(event["user"]) if event.get("tab") == "home" else None


def shortcut(body: Body) -> Shortcut:
    """A global or message shortcut."""
    return Shortcut(
        actor=Actor.person(body["user"]["id"]),
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        source=source_message(body) if body.get("message") else None,
    )


def source_message(body: Body) -> SourceMessage:
    """The message a message shortcut was used on, as it stands."""
    message = body["message"]
    return SourceMessage(
        channel_id=body["channel"]["id"],
        ts=message.get("ts") or body.get("message_ts", ""),
        text=unescape(message.get("text") or ""),
        author_id=message.get("user") or message.get("bot_id"),
        thread_ts=message.get("thread_ts"),
        files=tuple(source_file(file) for file in message.get("files") or ()),
    )


def source_file(file: Body) -> SourceFile:
    """A file as a message carries it."""
    return SourceFile(
        id=file.get("id", ""),
        name=file.get("name") or file.get("title") or "a file",
        mimetype=file.get("mimetype", ""),
        size=int(file.get("size") or 0),
        permalink=file.get("permalink", ""),
    )


def metadata(view: Body) -> dict[str, Any]:
    """The ids a form carries; empty when there are none or they are not ours."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def state(view: Body) -> dict[str, Value]:
    """A form's values by block id."""
    blocks = (view.get("state") or {}).get("values") or {}
    return {block: _value(element) for block, elements in blocks.items() for element in elements.values()}


def unescape(text: str) -> str:
    """Slack's escaping undone; entities such as ``<@U1>`` stay, for whoever renders the text to name."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# Only what Slack itself writes: other angle brackets are somebody's own words.
ENTITY = re.compile(r"<(?:([@#!])([\w^.-]+)|((?:https?|mailto):[^<>|\s]+))(?:\|([^<>]*))?>")


def readable(text: str) -> str:
    """Slack's entities as a person reads them: ``<@U1|rae>`` is @rae, a link is its address and never its label."""
    return ENTITY.sub(_read_entity, text)


def _read_entity(match: re.Match[str]) -> str:
    mark, target, address, label = match.groups()
    if address:
        return address
    return f"@{label or target.split('^')[0]}".replace("@@", "@") if mark == "!" else f"{mark}{label or target}"


def _instant(ts: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(ts), UTC) if ts else None
    except (ValueError, OverflowError, OSError):
        return None


def _single(act: Body) -> str:
    value = _value(act)
    return value if isinstance(value, str) else (value or [""])[0]


def _value(element: Body) -> Value:
    match element.get("type"):
        case "static_select" | "external_select" | "radio_buttons" | "overflow":
            return str((element.get("selected_option") or {}).get("value") or "")
        case "checkboxes" | "multi_static_select":
            return [option["value"] for option in element.get("selected_options") or []]
        case "users_select":
            return element.get("selected_user") or ""
        case "multi_users_select":
            return list(element.get("selected_users") or [])
        case "conversations_select" | "channels_select":
            return element.get("selected_conversation") or element.get("selected_channel") or ""
        case "datetimepicker":
            return str(element.get("selected_date_time") or "")
        case "datepicker":
            return element.get("selected_date") or ""
        case _:
            return element.get("value") or ""
