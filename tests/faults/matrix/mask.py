"""Texts and calls without what differs from run to run: ids, time stamps, dates, digests."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.sandbox.objects import Channel, Json
from bot.sandbox.workspace import Workspace

ID = re.compile(r"\b[CDFU][A-Z0-9]{8,12}\b")
PATTERNS = (
    (re.compile(r"<!date\^[^>]*>"), "<date>"),
    (re.compile(r"\b\d{10}\.\d{6}\b"), "<ts>"),
    (re.compile(r"/p\d{16}\b"), "/p<ts>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?"), "<date>"),
    (re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?\b"), "<time>"),
    (re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32}|V[A-Z0-9]{10}|\d+\.\d+\.[0-9a-z]{32})\b"), "<key>"),
    (re.compile(r"\b\d{10}\b"), "<epoch>"),
    (re.compile(r'"late_seconds": \d+'), '"late_seconds": 0'),
    (re.compile(r"\b\d+ ?(?:d|h|min|m|s)(?: \d+ ?(?:h|min|m|s))*\b"), "<span>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://slack"),
)
DROPPED = frozenset({"block_id", "client_msg_id", "initial_date_time"})
TELLING = ("channel", "channel_id", "user", "user_id", "users", "name", "filename", "title", "link", "text", "file")


class Mask:
    """Names in place of a workspace's ids, and placeholders for everything that is a matter of time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def text(self, text: str) -> str:
        """The same words in every run."""
        for pattern, word in PATTERNS:
            text = pattern.sub(word, text)
        return ID.sub(lambda match: self.name(match.group()), text)

    def data(self, thing: Any) -> Any:
        """JSON with every text in it masked."""
        if isinstance(thing, dict):
            return {key: self.data(value) for key, value in thing.items() if key not in DROPPED}
        if isinstance(thing, list):
            return [self.data(part) for part in thing]
        return self.text(thing) if isinstance(thing, str) else thing

    def name(self, slack_id: str) -> str:
        """What people call whatever has this id."""
        workspace = self._workspace
        if slack_id in workspace.users:
            return f"@{workspace.users[slack_id].handle}"
        if slack_id in workspace.channels:
            return self.place(workspace.channels[slack_id])
        if slack_id in workspace.files:
            return workspace.files[slack_id].name
        return "<canvas>" if slack_id in workspace.canvases else slack_id

    def place(self, channel: Channel) -> str:
        """A conversation's name; a direct one is named after its people."""
        if not channel.direct:
            return f"#{channel.name}"
        others = [user for user in channel.members if user != self._workspace.app.bot_user]
        return "@" + "+".join(sorted(self._workspace.users[user].handle for user in others))

    def call(self, args: Json) -> str:
        """What a call is about, so that it is known again in another run."""
        view = _view(args.get("view"))
        told = {**args, **({"title": view.get("title", {}).get("text", "home")} if view else {})}
        parts = [self.text(str(told[key])) for key in TELLING if told.get(key)]
        return " ".join(part.replace("\n", " ")[:60] for part in parts)


def _view(view: Any) -> Json:
    found = json.loads(view) if isinstance(view, str) else view
    return found if isinstance(found, dict) else {}
