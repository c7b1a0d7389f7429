"""Slack's messages and message events as domain values. Pure; an odd or unknown shape is never an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.messages import FIRST, Heard, Joined, MessageKind, Reacted, Seen, SeenFile, instant_of, is_ts
from bot.slack import ids

Raw = Mapping[str, Any]

KINDS = {
    "file_share": MessageKind.MESSAGE,
    "thread_broadcast": MessageKind.BROADCAST,
    "me_message": MessageKind.ME,
    "bot_message": MessageKind.BOT,
}
PLACES = ("channel", "group")
ACTS = ("join", "leave", "topic", "purpose", "name", "archive", "unarchive")
SYSTEM = frozenset(
    {f"{place}_{act}" for place in PLACES for act in ACTS}
    | {"channel_posting_permissions", "channel_convert_to_private", "pinned_item", "unpinned_item", "bot_add"}
    | {"bot_remove", "bot_enable", "bot_disable", "reminder_add", "reminder_delete", "bookmark_added", "tombstone"}
    | {"channel_canvas_updated", "huddle_thread", "sh_room_created", "message_replied", "assistant_app_thread"}
)
UNREADABLE_FILES = frozenset({"tombstone", "hidden_by_limit"})


def heard(event: Raw) -> Heard | None:
    """What a ``message`` event tells; None when it tells nothing about a message."""
    channel_id = str(event.get("channel") or "")
    match event.get("subtype"):
        case "message_changed":
            return _changed(channel_id, event)
        case "message_deleted":
            return _gone(channel_id, str(event.get("deleted_ts") or ""), event)
        case _:
            found = seen(event, channel_id)
            return Heard(channel_id, found.ts, (found,)) if found and found.is_kept else None


def listed(raw: Raw, channel_id: str, own_id: str) -> Seen | None:
    """One message of a channel's history, which also tells its reactions. Our own are none: no event tells them."""
    found = seen(raw, channel_id)
    if found is None:
        return None
    kind = MessageKind.OWN if found.author_id == own_id else found.kind
    return replace(found, kind=kind, reactions=_reactions(raw, own_id))


def seen(raw: Raw, channel_id: str, *, version: str | None = None, noticed_ts: str = "") -> Seen | None:
    """One message as an event shows it; None when it has no usable ``ts``."""
    ts = raw.get("ts")
    if not is_ts(ts):
        return None
    thread_ts = raw.get("thread_ts")
    return Seen(
        channel_id=channel_id,
        ts=str(ts),
        text=_text(raw),
        author_id=_id(raw.get("user")) or _id(raw.get("bot_id")),
        kind=_kind(raw),
        thread_ts=str(thread_ts) if is_ts(thread_ts) and thread_ts != ts else None,
        version=_version(raw) if version is None else version,
        noticed_ts=noticed_ts,
        is_bot=bool(raw.get("bot_id")) or raw.get("subtype") == "bot_message",
        files=tuple(_file(file) for file in raw.get("files") or () if isinstance(file, Mapping)),
        reply_count=_count(raw.get("reply_count")),
        latest_reply=raw.get("latest_reply") if is_ts(raw.get("latest_reply")) else None,
    )


def reacted(event: Raw, *, is_added: bool) -> Reacted | None:
    """A ``reaction_added`` or ``reaction_removed`` event; None for reactions on anything but a message."""
    item = event.get("item") or {}
    if item.get("type") != "message" or not is_ts(item.get("ts")) or not is_ts(event.get("event_ts")):
        return None
    return Reacted(
        channel_id=str(item.get("channel") or ""),
        ts=str(item["ts"]),
        emoji=str(event.get("reaction") or "").partition("::")[0],
        user_id=str(event.get("user") or ""),
        at=instant_of(str(event["event_ts"])),
        is_added=is_added,
    )


def joined(event: Raw) -> Joined:
    """A ``member_joined_channel`` event."""
    return Joined(str(event.get("channel") or ""), str(event.get("user") or ""))


def _changed(channel_id: str, event: Raw) -> Heard | None:
    inner, previous = event.get("message") or {}, event.get("previous_message") or {}
    if inner.get("subtype") == "tombstone":
        return _gone(channel_id, str(inner.get("ts") or ""), event)
    stamp = str(event.get("event_ts") or event.get("ts") or "")
    before = seen(previous, channel_id) if previous else None
    version = _version(inner)
    if version == FIRST and before is not None and before.text != _text(inner):
        version = stamp
    now = seen(inner, channel_id, version=version, noticed_ts=stamp)
    if now is None or not now.is_kept:
        return None
    return Heard(channel_id, now.ts, (before, now) if before is not None and before.ts == now.ts else (now,))


def _gone(channel_id: str, ts: str, event: Raw) -> Heard | None:
    if not is_ts(ts):
        return None
    previous = event.get("previous_message") or {}
    before = seen(previous, channel_id) if previous else None
    stamp = event.get("event_ts") or event.get("ts")
    if before is not None and not before.is_kept:
        return None
    at = instant_of(str(stamp)) if is_ts(stamp) else instant_of(ts)
    return Heard(channel_id, ts, (before,) if before is not None and before.ts == ts else (), at)


def _kind(raw: Raw) -> MessageKind:
    subtype = raw.get("subtype")
    metadata = raw.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("event_type") == ids.OWN_METADATA:
        return MessageKind.OWN
    if subtype in SYSTEM:
        return MessageKind.SYSTEM
    if subtype:
        return KINDS.get(str(subtype), MessageKind.OTHER)
    return MessageKind.BOT if raw.get("bot_id") else MessageKind.MESSAGE


def _version(raw: Raw) -> str:
    edited = raw.get("edited")
    stamp = edited.get("ts") if isinstance(edited, Mapping) else None
    return str(stamp) if is_ts(stamp) else FIRST


def _text(raw: Raw) -> str:
    """The text; of a bot that only speaks in attachments, what those say."""
    if raw.get("text"):
        return str(raw["text"]).replace("\0", "")  # PostgreSQL stores no NUL
    attachments = [a for a in raw.get("attachments") or () if isinstance(a, Mapping)]
    said = "\n".join(str(a.get("text") or a.get("fallback") or "") for a in attachments)
    return said.replace("\0", "").strip()


def _id(found: object) -> str | None:
    return found if isinstance(found, str) and found else None


def _count(found: object) -> int:
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _file(raw: Raw) -> SeenFile:
    problem = raw.get("mode") if raw.get("mode") in UNREADABLE_FILES else None
    if raw.get("file_access") not in {None, "visible"}:
        problem = raw.get("file_access")
    return SeenFile(
        id=str(raw.get("id") or ""),
        name=str(raw.get("name") or raw.get("title") or "a file"),
        mimetype=str(raw.get("mimetype") or ""),
        size=_count(raw.get("size")),
        permalink=str(raw.get("permalink") or ""),
        problem=problem,
    )


def _reactions(raw: Raw, own_id: str) -> dict[str, tuple[str, ...]]:
    found = [r for r in raw.get("reactions") or () if isinstance(r, Mapping)]
    return {
        str(r.get("name") or "").partition("::")[0]: tuple(user for user in r.get("users") or () if user != own_id)
        for r in found
    }
