"""Slack's markup of text: entities in angle brackets, three escapes, dates in the reader's own zone.

`encode` turns what a person types into what Slack sends; `render` turns what an app sent into what a person reads.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.sandbox.dates import read_date
from bot.sandbox.objects import Json
from bot.sandbox.workspace import Workspace

_ENTITY = re.compile(r"<([^<>\n]+)>")
_TYPED = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]+\w)|(?P<at>@\w(?:[\w.-]*\w)?)|(?P<hash>#[\w-]+)"
)
_BROADCASTS = ("here", "channel", "everyone")


@dataclass(frozen=True)
class Entity:
    """One thing in angle brackets: kind is user, channel, group, broadcast, date or link."""

    kind: str
    target: str
    label: str = ""


def escape(text: str) -> str:
    """The three characters Slack escapes, in the order it does."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The opposite of `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def entity(inner: str) -> Entity:
    """What one pair of angle brackets means; anything not known is a link, as for Slack."""
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return Entity("user", target[1:], label)
    if target.startswith("#"):
        return Entity("channel", target[1:], label)
    if target.startswith("!subteam^"):
        return Entity("group", target.removeprefix("!subteam^"), label)
    if target.startswith("!date^"):
        return Entity("date", target.removeprefix("!date^"), label)
    if target.startswith("!"):
        return Entity("broadcast", target[1:], label)
    return Entity("link", target, label)


def pieces(text: str) -> Iterator[str | Entity]:
    """The text cut into plain stretches (still escaped) and entities."""
    end = 0
    for match in _ENTITY.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield entity(match[1])
        end = match.end()
    if end < len(text):
        yield text[end:]


def mentions_of(text: str) -> set[str]:
    """Whom this text would notify: user and group ids, and `here`, `channel`, `everyone`."""
    notifying = ("user", "group", "broadcast")
    return {p.target for p in pieces(text) if isinstance(p, Entity) and p.kind in notifying}


def links_of(text: str) -> list[Entity]:
    """Every link in the text with its label, to see whether one pretends to be another."""
    return [p for p in pieces(text) if isinstance(p, Entity) and p.kind == "link"]


def render(text: str, viewer_tz: str, workspace: Workspace) -> str:
    """The text as a person in this time zone reads it, names instead of ids."""
    return "".join(unescape(p) if isinstance(p, str) else _read(p, viewer_tz, workspace) for p in pieces(text))


def encode(typed: str, workspace: Workspace, *, labels: bool = False) -> str:
    """What Slack sends when a person types this: escaped, with `@name`, `#channel` and addresses made entities.

    `labels` adds `|name` to people and channels, as slash commands with `should_escape` do.
    """
    found = ((m.start(), m.end(), _encode_one(m, workspace, labels)) for m in _TYPED.finditer(typed))
    parts, end = [], 0
    for start, stop, replacement in found:
        if replacement is not None:
            parts += [escape(typed[end:start]), replacement]
            end = stop
    return "".join((*parts, escape(typed[end:])))


def rich_text(encoded: str) -> list[Json]:
    """The rich_text block Slack attaches to what people write."""
    elements = [_rich_piece(piece) for piece in pieces(encoded)]
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]


def _read(found: Entity, viewer_tz: str, workspace: Workspace) -> str:
    readers: dict[str, Callable[[], str]] = {
        "user": lambda: "@" + _user_name(found, workspace),
        "channel": lambda: "#" + _channel_name(found, workspace),
        "group": lambda: "@" + (g.handle if (g := workspace.user_groups.get(found.target)) else "unknown-group"),
        "broadcast": lambda: "@" + unescape(found.target),
        "date": lambda: _date(found, viewer_tz, workspace),
        "link": lambda: unescape(found.label or found.target.removeprefix("mailto:")),
    }
    return readers[found.kind]()


def _user_name(found: Entity, workspace: Workspace) -> str:
    user = workspace.users.get(found.target)
    return user.first_name if user else unescape(found.label).removeprefix("@") or "unknown-user"


def _channel_name(found: Entity, workspace: Workspace) -> str:
    channel = workspace.channels.get(found.target)
    return channel.name if channel else unescape(found.label) or "unknown-channel"


def _date(found: Entity, viewer_tz: str, workspace: Workspace) -> str:
    """`UNIX^{format}^link|fallback` as the reader sees it; a broken date shows its fallback."""
    seconds, _, rest = found.target.partition("^")
    pattern = unescape(rest.partition("^")[0])
    words = read_date(seconds, pattern, viewer_tz, workspace.instant())
    return unescape(found.label) if words is None else words


def _encode_one(match: re.Match[str], workspace: Workspace, labels: bool) -> str | None:
    if match["url"]:
        return f"<{escape(match['url'])}>"
    if match["mail"]:
        return f"<mailto:{match['mail']}|{match['mail']}>"
    if match["hash"]:
        channel = workspace.channel_by_name(match["hash"])
        return f"<#{channel.id}|{channel.name}>" if channel else None
    return _encode_at(match["at"][1:], workspace, labels)


def _encode_at(name: str, workspace: Workspace, labels: bool) -> str | None:
    if name in _BROADCASTS:
        return f"<!{name}>"
    if group := workspace.group_by_handle(name):
        return f"<!subteam^{group.id}|@{group.handle}>" if labels else f"<!subteam^{group.id}>"
    user = workspace.user_by_handle(name)
    if user is None:
        return None
    return f"<@{user.id}|{user.handle}>" if labels else f"<@{user.id}>"


def _rich_piece(piece: str | Entity) -> Json:
    if isinstance(piece, str):
        return {"type": "text", "text": unescape(piece)}
    shapes: dict[str, Json] = {
        "user": {"type": "user", "user_id": piece.target},
        "channel": {"type": "channel", "channel_id": piece.target},
        "group": {"type": "usergroup", "usergroup_id": piece.target},
        "broadcast": {"type": "broadcast", "range": piece.target},
    }
    return shapes.get(piece.kind, {"type": "link", "url": unescape(piece.target), "text": unescape(piece.label)})
