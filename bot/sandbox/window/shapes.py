"""The workspace's things in the JSON shapes the page draws: Slack's own, with little added. Pure reads."""

import json
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.controls import state_values
from bot.sandbox.objects import Ephemeral, InstalledApp, Json, Message, User, View
from bot.sandbox.traffic import Entry
from bot.sandbox.wire import message_json, view_json
from bot.sandbox.workspace import Workspace

MASK = "[masked]"
TICKET = re.compile(r"ticket=[^&\s\"]+")


def message_shape(workspace: Workspace, message: Message | Ephemeral) -> Json:
    """A message as everybody who may see it sees it, but for the addresses of its files."""
    if isinstance(message, Ephemeral):
        return _ephemeral_shape(workspace, message)
    shape = message_json(workspace, message)
    return shape | {"channel": message.channel, "is_ephemeral": False, "deleted": message.subtype == "tombstone"}


def _ephemeral_shape(workspace: Workspace, note: Ephemeral) -> Json:
    bot = workspace.bot
    shape: Json = {"type": "message", "user": bot.id, "bot_id": bot.bot_id, "text": note.text, "ts": note.ts}
    optional = {"blocks": note.blocks, "attachments": note.attachments, "thread_ts": note.thread_ts}
    shape |= {key: value for key, value in optional.items() if value}
    return shape | {"channel": note.channel, "is_ephemeral": True, "deleted": False}


def addressed(shape: Json, viewer: str) -> Json:
    """The same message with addresses at which this person gets its files."""
    if "files" not in shape:
        return shape
    files = [file | {"url": "/window/file?" + urlencode({"as": viewer, "id": file["id"]})} for file in shape["files"]]
    return shape | {"files": files}


def view_shape(workspace: Workspace, view: View) -> Json:
    """A modal or Home with everything in its fields and what is wrong with them."""
    return view_json(workspace, view, state_values(view)) | {"errors": dict(view.errors)}


def person_shape(user: User) -> Json:
    """Somebody as everybody sees them."""
    return {
        "id": user.id,
        "handle": user.handle,
        "name": user.real_name,
        "first_name": user.first_name,
        "title": user.title,
        "tz": user.tz,
        "is_bot": user.is_bot,
        "is_guest": user.is_guest,
        "is_admin": user.is_admin,
        "deleted": user.deleted,
    }


def crossing_shape(entry: Entry, app: InstalledApp) -> Json:
    """One crossing of the wire, with every secret masked."""
    secrets = (app.bot_token, app.app_token, app.signing_secret, app.verification_token)
    took = None if entry.ended is None else (entry.ended - entry.started) * 1000
    return {
        "n": entry.number,
        "at": entry.at.isoformat(),
        "direction": entry.direction,
        "name": entry.name,
        "args": masked(entry.args, secrets),
        "answer": masked(entry.answer, secrets),
        "status": entry.status,
        "milliseconds": took,
        "ack_milliseconds": None if entry.ack_seconds is None else entry.ack_seconds * 1000,
        "ok": entry.ok,
        "reason": entry.reason,
        "ended": entry.ended is not None,
    }


def masked(thing: Any, secrets: Collection[str]) -> Any:
    """The same JSON with the secrets, and the tickets of connections, made unreadable wherever they stand in it."""
    text = json.dumps(thing, default=str)
    for secret in secrets:
        text = text.replace(secret, MASK)
    return json.loads(TICKET.sub(f"ticket={MASK}", text))
