"""Slack's published limits: how often each method may be called, by one app in one workspace, or in one channel.

What a person waits for (forms, answers to a press) is not here: it goes at once, and Slack may say what it likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.pacing import Rule

# Slack counts when a call arrives: one may take half a second longer to get there than the one a minute later.
MINUTE = 60_500
TIER2, TIER3, TIER4 = Rule(20, MINUTE), Rule(50, MINUTE), Rule(100, MINUTE)
# About one message a second; Slack lets short bursts pass.
POSTING = Rule.steady(1_020, burst=5)

PER_METHOD: Mapping[str, Rule] = {
    "bookmarks.add": TIER2,
    "bookmarks.list": TIER3,
    "canvases.edit": TIER3,
    "chat.postEphemeral": TIER4,
    "chat.update": TIER3,
    "conversations.archive": TIER2,
    "conversations.canvases.create": TIER2,
    "conversations.create": TIER2,
    "conversations.history": TIER3,
    "conversations.info": TIER3,
    "conversations.invite": TIER3,
    "conversations.list": TIER2,
    "conversations.open": TIER3,
    "conversations.replies": TIER3,
    "conversations.setTopic": TIER2,
    "files.delete": TIER3,
    "files.getUploadURLExternal": TIER4,
    "files.info": TIER4,
    "pins.add": TIER2,
    "reactions.add": TIER3,
    "reactions.remove": TIER2,
    "usergroups.list": TIER2,
    "usergroups.users.list": TIER2,
    "users.conversations": TIER3,
    "users.info": TIER4,
    "users.lookupByEmail": TIER3,
    "views.publish": TIER4,
}
# What puts a message into a channel, and the argument that names the channel.
PER_CHANNEL: Mapping[str, str] = {"chat.postMessage": "channel", "files.completeUploadExternal": "channel_id"}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a call draws on."""

    key: str
    rule: Rule


def limit_of(method: str, arguments: Mapping[str, Any]) -> Limit | None:
    """The limit of a call; None for one that is never held back."""
    if method in PER_CHANNEL:
        return Limit(f"post:{arguments.get(PER_CHANNEL[method], '')}", POSTING)
    return Limit(method, PER_METHOD[method]) if method in PER_METHOD else None
