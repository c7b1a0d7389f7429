"""A quiet look at the wording of a text: it points out, it never changes and never forbids. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain import blameless
from bot.domain.particulars import NOT_YET_KNOWN
from bot.domain.texts.template import Template
from bot.domain.texts.words import Wording

SHINGLE = 5
MOST = 12
WORD = re.compile(r"\w+")
TIME_UNIT = r"(?:minutes?|hours?|days?|weeks?)"
PATTERNS: tuple[tuple[Wording, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(pattern, re.IGNORECASE))
    for rule, pattern in (
        (Wording.CAUSE, r"\broot cause\b|\b(?:was|were|is|are) caused by\b|\bthe (?:reason|cause) (?:is|was)\b"),
        (Wording.CAUSE, r"\b(?:can(?:not|'t)|will never|won't) (?:ever )?happen again\b|\bguarantee[ds]?\b"),
        (Wording.TIME, rf"\b(?:with)?in (?:the next )?(?:\d+|a few|one|two|an?) {TIME_UNIT}\b"),
        (Wording.TIME, r"\b(?:fixed|resolved|restored|back|solved|done) (?:by|before|within|in) \w+"),
        (Wording.TIME, r"\b(?:soon|shortly|any minute|by (?:tonight|tomorrow|the end of))\b"),
        (Wording.SPECULATION, r"\b(?:probably|presumably|apparently|likely|perhaps|possibly|maybe|seemingly)\b"),
        (Wording.SPECULATION, r"\b(?:we (?:think|believe|assume|suspect|guess)|it seems|appears to|might have)\b"),
        (Wording.BLAME, r"\bthe (?:ai|model|algorithm|bot|chatbot) (?:did|decided|chose|went|made|invented|lied)\b"),
        (Wording.BLAME, r"\b(?:fault of|misuse by|abuse by|blame)\b"),
        (Wording.NUMBER, r"\b(?:dozens|hundreds|thousands|millions|several|most|nearly all|a majority)\b"),
    )
)
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
NO_COUNT = re.compile(
    rf"\d{{4}}-\d\d-\d\d(?:[ T]\d\d:\d\d)?|\d{{1,2}}:\d\d|\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|(?:{MONTHS}) \d{{1,2}}"
    r"|\bAI-\d+|\S+@\S+|https?://\S+|\+\d[\d ()-]{5,}|(?m:^\d{1,2}[.)] )|\b24/7\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w])\d+(?:[,.]\d+)*(?![\w])")


@dataclass(frozen=True, slots=True)
class Hint:
    """A phrase worth a second look, the section it stands in, and why in words where the rule alone does not say."""

    rule: Wording
    section: str
    phrase: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Background:
    """What wording is held against: numbers that are confirmed, people's names, and texts of the attack by exhibit."""

    numbers: frozenset[str] = frozenset()
    names: Mapping[str, str | None] = field(default_factory=dict)
    attacks: Mapping[str, str] = field(default_factory=dict)


def review(template: Template, fields: Mapping[str, str], background: Background) -> tuple[Hint, ...]:
    """The first dozen phrases worth a second look, section by section, each once."""
    found: dict[Hint, None] = {}
    for section in template.sections:
        said = fields.get(section.key, "").strip()
        if section.key in template.required and (not said or NOT_YET_KNOWN in said):
            phrase = "" if said in ("", NOT_YET_KNOWN) else NOT_YET_KNOWN
            found[Hint(Wording.MISSING, section.label, phrase)] = None
        found |= dict.fromkeys(_hints(template, section.label, section.key, said, background))
    return tuple(found)[:MOST]


def numbers_in(text: str) -> frozenset[str]:
    """Every number of a text as digits; dates, times, addresses and references are none."""
    return frozenset(_digits(number) for number in NUMBER.findall(NO_COUNT.sub(" ", text)))


def _hints(template: Template, label: str, key: str, said: str, background: Background) -> Iterator[Hint]:
    plain = " ".join(said.replace("’", "'").split())
    yield from _worded(label, key, plain)
    yield from _ruled_out(template, label, plain)
    for number in NUMBER.findall(NO_COUNT.sub(" ", said)):
        if _digits(number) not in background.numbers:
            yield Hint(Wording.NUMBER, label, number)
    for named in blameless.names_in(label, said, background.names):
        yield Hint(Wording.NAME, label, named.phrase, named.role or "")
    for exhibit in _repeated(said, background.attacks):
        yield Hint(Wording.ATTACK, label, exhibit)


def _worded(label: str, key: str, plain: str) -> Iterator[Hint]:
    for rule, pattern in PATTERNS:
        if rule is Wording.TIME and key.startswith("next_"):
            continue  # when people hear from us again is the one time that is promised
        yield from (Hint(rule, label, match[0].lower()) for match in pattern.finditer(plain))
    yield from (Hint(Wording.BLAME, label, hint.phrase) for hint in blameless.review(label, plain))


def _ruled_out(template: Template, label: str, plain: str) -> Iterator[Hint]:
    for ruled in template.must_not:
        for phrase in ruled.phrases:
            if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain, re.IGNORECASE):
                yield Hint(Wording.FORBIDDEN, label, phrase, ruled.what)


def _digits(number: str) -> str:
    return number.replace(",", "").rstrip(".")


def _repeated(said: str, attacks: Mapping[str, str]) -> Iterator[str]:
    """The exhibits of which five words in a row stand in the text."""
    own = set(_shingles(said))
    return (name for name, text in attacks.items() if own and any(shingle in own for shingle in _shingles(text)))


def _shingles(text: str) -> Iterable[tuple[str, ...]]:
    words = [word.casefold() for word in WORD.findall(text)]
    return (tuple(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))
