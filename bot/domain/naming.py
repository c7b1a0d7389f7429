"""How people name people: Slack's mentions, handles, plain names. Pure: what was typed is a claim to look up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.people import Profile

MENTION = re.compile(r"^<@([A-Z0-9]{2,32})(?:\|[^<>]*)?>$")
GROUP = re.compile(r"^<!(?:subteam\^\w+|channel|here|everyone|group)(?:\|([^<>]*))?>$")
BROADCASTS = frozenset({"@channel", "@here", "@everyone", "@group"})
ONESELF = frozenset({"me", "@me", "myself", "i"})
JOINING = frozenset({"and", "&", "+", ","})
EDGES = ",;:."


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as typed: by Slack id where Slack made a mention of it, else by words."""

    typed: str
    user_id: str | None = None
    is_group: bool = False
    is_oneself: bool = False


def named(word: str) -> Named | None:
    """The person or group that one word names on its own: a mention, a handle or *me*; None for any other word."""
    bare = word.strip().rstrip(EDGES)
    if found := MENTION.match(bare):
        return Named(bare, user_id=found.group(1))
    if found := GROUP.match(bare):
        return Named(found.group(1) or bare, is_group=True)
    if bare.lower() in BROADCASTS:
        return Named(bare, is_group=True)
    if bare.lower() in ONESELF:
        return Named(bare, is_oneself=True)
    return Named(bare) if bare.startswith("@") and len(bare) > 1 else None


def leading_people(text: str) -> tuple[list[Named], str]:
    """The people named at the start of what was typed, and the rest of it."""
    people: list[Named] = []
    rest = text.strip()
    while rest:
        word, _, after = rest.partition(" ")
        if people and word.lower() in JOINING:
            following = after.strip().partition(" ")[0]
            if named(following) is None:
                break
            rest = after.strip()
            continue
        found = named(word)
        if found is None:
            break
        people.append(found)
        rest = after.strip()
    return people, rest


def matching(typed: str, profiles: Iterable[Profile]) -> list[Profile]:
    """Whom a handle or plain name can mean: by handle, full name, or address first; else by first name."""
    wanted = typed.strip().removeprefix("@").casefold()
    known = [profile for profile in profiles if not profile.is_bot]
    exact = [profile for profile in known if wanted in _spellings(profile)]
    return exact or [profile for profile in known if profile.name.casefold().split()[:1] == [wanted]]


def _spellings(profile: Profile) -> set[str]:
    email = profile.email.casefold()
    return {profile.handle.casefold(), profile.name.casefold(), email, email.partition("@")[0]} - {""}
