"""Which incidents and reports may be the same thing: by system, by type, and by words. It suggests, nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz, utils

from bot.domain.incident import IncidentType

Thing = TypeVar("Thing")
# Longer texts say no more about what they are about, and cost the square of their length.
WORDS = 400
BY_WORDS = 0.75
LINK = re.compile(r"https?://\S+")
SAME_SYSTEM, OTHER_SYSTEM, SAME_TYPE, OTHER_TYPE = 25, -30, 10, -10
FEW = 3  # words that a text of so few has in common with another say little


@dataclass(frozen=True, slots=True)
class Sign:
    """What two things are compared by."""

    words: str
    system: str | None
    type: IncidentType


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Thing]):
    """Something that a report may be the same as."""

    thing: Thing
    sign: Sign


def alike(one: Sign, others: Iterable[Candidate[Thing]], at_least: int, most: int = 3) -> list[Thing]:
    """Those at least so alike, from 1 to 100, the most alike first; as many as ``most``."""
    scored = [(likeness(one, other.sign), other.thing) for other in others]
    found = sorted((pair for pair in scored if pair[0] >= at_least), key=lambda pair: -pair[0])
    return [thing for _, thing in found[:most]]


def likeness(one: Sign, other: Sign) -> float:
    """From 0 to 100. Words alone are enough only where they are almost the same."""
    score = _words(one.words, other.words) * BY_WORDS
    if one.system and other.system:
        score += SAME_SYSTEM if one.system == other.system else OTHER_SYSTEM
    if IncidentType.UNSURE not in (one.type, other.type):
        score += SAME_TYPE if one.type is other.type else OTHER_TYPE
    return min(100.0, max(0.0, score))


def _words(one: str, other: str) -> float:
    """How alike two texts are, in whatever order the words stand."""
    a, b = (utils.default_process(LINK.sub(" ", text[: 2 * WORDS])[:WORDS]) for text in (one, other))
    if not a or not b:
        return 0.0
    if min(len(a.split()), len(b.split())) <= FEW:
        return fuzz.token_sort_ratio(a, b)
    return max(fuzz.token_sort_ratio(a, b), 0.9 * fuzz.token_set_ratio(a, b))
