"""Text that came through Slack, made plain: names instead of ids, real targets instead of labels, nothing hidden.

The result is still untrusted text: whoever shows it escapes it for the place where it is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.domain.people import Actor, ActorKind, Profile

ENTITY = re.compile(r"<([@#!][^<>|\s]+|(?:https?|ftp|tel|mailto):[^<>|\s]*)(?:\|([^<>]*))?>")
FIRST_STRONG, END_ISOLATE = "\u2068", "\u2069"
# Invisible characters that join emoji or shape scripts stay; the rest of category Cf can hide or reorder words.
KEPT_FORMAT = frozenset("\u200c\u200d")
LINE_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029\v\f]")
RIGHT_TO_LEFT = ("R", "AL", "AN")


def readable(text: str, names: Mapping[str, Profile]) -> str:
    """What a person sees when Slack shows ``text``, except that a link shows its target beside its label."""
    with_names = ENTITY.sub(lambda match: _entity(match[1], match[2] or "", names), text)
    return clean(with_names.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def clean(text: str) -> str:
    """Without control, surrogate and hidden formatting characters; every kind of line break is a plain one."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in LINE_BREAKS.sub("\n", text) if c in "\n\t" or _is_seen(c))


def isolate(text: str) -> str:
    """Text with right-to-left letters, wrapped so that it cannot reorder what stands around it."""
    if text.isascii() or not any(unicodedata.bidirectional(c) in RIGHT_TO_LEFT for c in text):
        return text
    return f"{FIRST_STRONG}{text}{END_ISOLATE}"


def name_of(actor: str, names: Mapping[str, Profile]) -> str:
    """The name of a stored actor (``person:U1``, ``alert:grafana``, ``bot:andon``) or of a bare Slack id."""
    kind, identity = _actor(actor)
    if kind is ActorKind.BOT:
        return "Andon"
    if kind is ActorKind.ALERT:
        return f"alert from {clean(identity)}"
    profile = names.get(identity)
    return (clean(profile.name).strip() if profile else "") or clean(identity)


def person_id(actor: str) -> str | None:
    """The Slack id in a stored actor or bare id; None for the bot and for alerts."""
    kind, identity = _actor(actor)
    return identity if kind is ActorKind.PERSON else None


def _actor(actor: str) -> tuple[ActorKind, str]:
    try:
        parsed = Actor.parse(actor)
    except ValueError:
        return ActorKind.PERSON, actor
    return parsed.kind, parsed.id


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in ("Cc", "Cs", "Cf") or character in KEPT_FORMAT


def _entity(target: str, label: str, names: Mapping[str, Profile]) -> str:
    match target[0]:
        case "@":
            known = names.get(target[1:])
            return "@" + (known.name if known else label.lstrip("@") or target[1:])
        case "#":
            return "#" + (label.lstrip("#") or target[1:])
        case "!":
            return label or "@" + target[1:].partition("^")[0]
    return _link(target, label)


def _link(target: str, label: str) -> str:
    address = target.removeprefix("mailto:").removeprefix("tel:")
    bare = address.split("://")[-1].rstrip("/")
    return address if label in ("", address, bare) else f"{label} ({address})"
