"""Block Kit bricks, each clipped to Slack's limits, and the one escaper for text that people or models wrote.

``mrkdwn`` strings are built by views from their own words plus :func:`escape`, :func:`quote`, :func:`mention` and
:func:`when`; nothing foreign enters them in any other way. Limits: platform facts, Block Kit reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Block = dict[str, Any]
SECTION_LIMIT, FIELD_LIMIT, TEXT_LIMIT = 3000, 2000, 3900
SLACK_ID = re.compile(r"^[A-Z0-9]{2,32}$")
LINK = re.compile(r"(?i)\b(https?)://")


@dataclass(frozen=True, slots=True)
class Message:
    """A message: ``text`` for notifications and screen readers, ``blocks``, and a tail beside a colour bar."""

    text: str
    blocks: list[Block]
    color: str | None = None
    tail: list[Block] = field(default_factory=list)

    def arguments(self) -> dict[str, Any]:
        """The Web API arguments that show it; an edit with them leaves nothing of the old message."""
        attachments = (
            [{"color": self.color, "fallback": clip(self.text, 300), "blocks": self.tail}] if self.tail else []
        )
        return {"text": clip(self.text, TEXT_LIMIT), "blocks": self.blocks, "attachments": attachments}


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters, an ellipsis where something was cut; an entity or tag is never cut in two."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    for opener, closer in (("&", ";"), ("<", ">")):
        start = cut.rfind(opener)
        if start >= 0 and closer not in cut[start:] and len(cut) - start < 200:
            cut = cut[:start]
    return cut.rstrip() + "…"


def escape(text: str, limit: int = 1000) -> str:
    """Foreign text made harmless in mrkdwn: clipped, then exactly ``& < >`` escaped."""
    return clip(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quote(text: str, limit: int = 600) -> str:
    """Foreign text as a quotation, its links defanged so that nobody follows them by accident."""
    body = escape(LINK.sub(lambda match: match.group(1).replace("t", "x") + "://", text.strip()), limit)
    return "\n".join(f"> {line}" for line in body.splitlines()) or "> "


def mention(user_id: str) -> str:
    """A person, by Slack id."""
    return f"<@{user_id}>" if SLACK_ID.match(user_id) else escape(user_id, 80)


def mentions(user_ids: Iterable[str]) -> str:
    """People, by Slack ids."""
    return ", ".join(mention(user_id) for user_id in user_ids)


def actor(stored: str) -> str:
    """Whoever acted, in their stored form ``person:U1``."""
    kind, _, identity = stored.partition(":")
    return mention(identity) if kind == "person" else "Andon" if kind == "bot" else f"alert {escape(identity, 80)}"


def channel(channel_id: str) -> str:
    """A channel, by Slack id."""
    return f"<#{channel_id}>" if SLACK_ID.match(channel_id) else escape(channel_id, 80)


def link(url: str, label: str) -> str:
    """A link with a label of our own words, never foreign text."""
    safe = url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return f"<{safe}|{label}>"


def when(instant: datetime, form: str = "{date_short_pretty} at {time}") -> str:
    """An instant in the reader's own zone, with UTC for readers without one."""
    utc = instant.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{form}|{utc:%Y-%m-%d %H:%M} UTC>"


def clock_time(instant: datetime) -> str:
    """Only the time of day, in the reader's own zone."""
    return when(instant, "{time}")


def mrkdwn(text: str, limit: int = SECTION_LIMIT) -> dict[str, Any]:
    """A text object that auto-links and auto-mentions nothing."""
    return {"type": "mrkdwn", "text": clip(text, limit) or " ", "verbatim": True}


def plain(text: str, limit: int) -> dict[str, Any]:
    """A text object in which nothing is markup."""
    return {"type": "plain_text", "text": clip(text, limit) or " ", "emoji": True}


def section(text: str, accessory: Block | None = None, block_id: str | None = None) -> Block:
    """A paragraph."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    if block_id:
        block["block_id"] = block_id
    return block


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Up to ten label and value pairs in two columns."""
    return {"type": "section", "fields": [mrkdwn(f"*{label}*\n{value}", FIELD_LIMIT) for label, value in pairs[:10]]}


def header(text: str) -> Block:
    """A heading in plain text."""
    return {"type": "header", "text": plain(text, 150)}


def context(*texts: str) -> Block:
    """Small print, up to ten pieces."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """A row of buttons and menus, at most 25."""
    block: Block = {"type": "actions", "elements": list(elements)[:25]}
    if block_id:
        block["block_id"] = block_id
    return block


def button(
    text: str, action_id: str, value: str | int, *, style: str | None = None, confirm: Block | None = None
) -> Block:
    """A button; ``value`` is an opaque id, state is looked up."""
    element: Block = {"type": "button", "text": plain(text, 75), "action_id": action_id, "value": str(value)}
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return element


def link_button(text: str, url: str, action_id: str) -> Block:
    """A button that opens a page."""
    return {"type": "button", "text": plain(text, 75), "url": url, "action_id": action_id}


def confirm(title: str, text: str, yes: str, no: str = "Back") -> Block:
    """A question before a button acts."""
    return {
        "title": plain(title, 100),
        "text": mrkdwn(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(label: str, value: str | int, description: str = "") -> Block:
    """One choice of a menu."""
    choice: Block = {"text": plain(label, 75), "value": clip(str(value), 150)}
    if description:
        choice["description"] = plain(description, 75)
    return choice


def overflow(action_id: str, choices: Sequence[Block]) -> Block:
    """The rest of the actions, two to five."""
    return {"type": "overflow", "action_id": action_id, "options": list(choices)[:5]}
