"""Blameless wording: hints for whoever reviews a post-mortem. Nothing is changed, nothing is forbidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Why a phrase was pointed out."""

    HINDSIGHT = "hindsight"
    BLAME = "blame"
    SINGLE_CAUSE = "single_cause"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Hint:
    """A phrase worth a second look and its section. ``role`` is what a named person did in the incident."""

    section: str
    rule: Rule
    phrase: str
    role: str | None = None


PHRASES: dict[Rule, tuple[str, ...]] = {
    Rule.HINDSIGHT: (
        "should have",
        "should've",
        "shouldn't have",
        "could have",
        "ought to have",
        "would have prevented",
        "failed to",
        "forgot to",
        "neglected to",
        "did not bother",
        "didn't bother",
    ),
    Rule.BLAME: (
        "careless",
        "carelessly",
        "carelessness",
        "negligent",
        "negligence",
        "sloppy",
        "reckless",
        "incompetent",
        "incompetence",
        "lazy",
        "stupid",
        "idiot",
        "to blame",
        "at fault",
        "his fault",
        "her fault",
        "their fault",
        "culprit",
    ),
    Rule.SINGLE_CAUSE: ("human error", "user error", "operator error"),
}

RULE_OF = {phrase: rule for rule, phrases in PHRASES.items() for phrase in phrases}
WORDING = re.compile(
    r"(?<!\w)(" + "|".join(p.replace(" ", r"\s+") for p in sorted(RULE_OF, key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)
SHORTEST_NAME = 3


def review(section: str, text: str) -> tuple[Hint, ...]:
    """Phrases that judge in hindsight, blame, or end the search at a person; each phrase once."""
    found = dict.fromkeys(" ".join(match.lower().split()) for match in WORDING.findall(text.replace("’", "'")))
    return tuple(Hint(section, RULE_OF[phrase], phrase) for phrase in found)


def names_in(section: str, text: str, roles: Mapping[str, str | None]) -> tuple[Hint, ...]:
    """People named where roles belong. ``roles`` maps a person's full name to the role they held, if any.

    A full name counts however it is written; a first or last name only when capitalised, so that a *grace period* is
    nobody.
    """
    words = set(re.findall(r"\w+", text))
    lowered = text.lower()
    return tuple(
        Hint(section, Rule.NAME, name, role)
        for name, role in roles.items()
        if name.strip() and (_stands_in(name.lower(), lowered) or words.intersection(_parts(name)))
    )


def _parts(name: str) -> Iterable[str]:
    return (part for part in re.findall(r"\w+", name) if len(part) >= SHORTEST_NAME and part[0].isupper())


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
