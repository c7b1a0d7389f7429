"""What a text begins as, and how its sections become one text. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.incident import IncidentType, Role
from bot.domain.particulars import NOT_YET_KNOWN
from bot.domain.texts.words import Since

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
DRILL_LINE = "[DRILL] This is an exercise. Nothing in it is real, and it goes to nobody outside."


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a text: its key, its heading, and what it says before anybody has written."""

    key: str
    label: str
    body: str


@dataclass(frozen=True, slots=True)
class MustNot:
    """What a text must not hold, in words, and phrases that often mean it is there."""

    what: str
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One kind of text, as policy has it. ``open_to`` empty: everybody involved may read it."""

    name: str
    number: str
    title: str
    audience: str
    heading: str
    sections: tuple[Section, ...]
    required: frozenset[str]
    must_not: tuple[MustNot, ...]
    written_by: Role
    approved_by: tuple[Role, ...]
    different_people: bool
    spoken_by: Role
    open_to: frozenset[Role]
    types: frozenset[IncidentType]
    since: Since
    remind: bool


@dataclass(frozen=True, slots=True)
class Known:
    """One value a text may hold. ``is_confirmed`` False: an estimate. ``follows``: a correction makes texts wrong."""

    title: str
    value: str
    is_confirmed: bool = True
    follows: bool = False


def placeholders(text: str) -> list[str]:
    """The names of the values that a template's text asks for, in order."""
    return PLACEHOLDER.findall(text)


def filled(text: str, known: Mapping[str, Known]) -> str:
    """The text with what is known in place; what is not known says so."""

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1])
        return found.value if found and found.value.strip() else NOT_YET_KNOWN

    return PLACEHOLDER.sub(value, text).strip()


def begun(template: Template, known: Mapping[str, Known]) -> dict[str, str]:
    """What each section says before anybody has written."""
    return {section.key: filled(section.body, known) for section in template.sections}


def composed(heading: str, labels: Iterable[tuple[str, str]], fields: Mapping[str, str], *, is_drill: bool) -> str:
    """The whole text: heading, then every section below its label; an empty one says that it is not yet known."""
    parts = [DRILL_LINE] if is_drill else []
    parts.append(heading)
    parts += [f"{label}\n{fields.get(key, '').strip() or NOT_YET_KNOWN}" for key, label in labels]
    return "\n\n".join(parts)


def digest(body: str) -> str:
    """What an approval is bound to: SHA-256 of the text in UTF-8, hexadecimal."""
    return hashlib.sha256(body.encode()).hexdigest()


def uses(text: str, known: Mapping[str, Known], before: Iterable[str] = ()) -> dict[str, str]:
    """The values that stand in a text, by name. A short one counts only where a template has put it: ``before``."""
    put = set(before)
    return {
        name: one.value
        for name, one in known.items()
        if one.follows and one.value and (name in put or _is_telling(one.value)) and _stands_in(one.value, text)
    }


@dataclass(frozen=True, slots=True)
class Stale:
    """What a text says otherwise than it is established now."""

    title: str
    said: str
    now: str


def stale(used: Mapping[str, str], known: Mapping[str, Known]) -> tuple[Stale, ...]:
    """The values of a text that were corrected since."""
    found = ((known.get(name), said) for name, said in used.items())
    return tuple(Stale(one.title, said, one.value) for one, said in found if one and one.value != said)


def _is_telling(value: str) -> bool:
    return len(value) > (1 if value.replace(",", "").isdigit() else 3)


def _stands_in(value: str, text: str) -> bool:
    return re.search(rf"(?<![\w.,]){re.escape(value)}(?![\w])(?![.,]\d)", text) is not None
