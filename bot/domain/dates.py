"""Where in a line people say by when, and spans in hours and minutes. Pure; calendar words are read by a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

LONGEST_DATE = 6
_DAYS = "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_UNITS = "m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?"
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|an?"
_CLOCK = r"\d{1,2}(?:[:.]\d{2})?(?:am|pm)|\d{1,2}:\d{2}(?::\d{2})?"
# Words that say a day or a time by themselves; a date holds at least one, or a number with a unit or a month.
STRONG = re.compile(
    rf"^(?:{_DAYS}|today|tonight|tomorrow|noon|midday|midnight|morning|afternoon|evening|eod|{_CLOCK}"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}(?:t\d{{2}}:\d{{2}})?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|(?:\d+(?:{_UNITS}))+)$"
)
WEAK = re.compile(
    rf"^(?:in|at|on|next|this|the|of|end|and|{_MONTHS}|{_UNITS}|{_NUMBERS}|am|pm|utc|gmt|\d{{1,4}}(?:st|nd|rd|th)?|week)$"
)
MEASURED = re.compile(rf"\b(?:\d+|{_NUMBERS})\s(?:an?\s)?(?:{_UNITS})\b")
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATED = re.compile(rf"\b(?:{_DAY}\s(?:of\s)?(?:{_MONTHS})|(?:{_MONTHS})\s{_DAY})\b")
SPAN = re.compile(
    r"^(?:in\s)?(?:(?P<hours>\d{1,4})\s?(?:h|hrs?|hours?))?(?:\s?(?:and\s)?(?P<minutes>\d{1,5})\s?(?:m|mins?|minutes?)?)?$"
)
SPOKEN = (
    (re.compile(r"\b(?:half an|a half|half) hour\b"), "30 minutes"),
    (re.compile(r"\b(?:an|one) hour and a half\b"), "90 minutes"),
    (re.compile(r"\b(?:an|one) hour\b"), "1 hours"),
    (re.compile(r"\b(?:a|one) minute\b"), "1 minutes"),
    (re.compile(r"\b(?:the )?end of (?:the )?day\b|\beod\b"), "17:00"),
    (re.compile(r"\bmidday\b"), "noon"),
    (re.compile(r"\bat (\d{1,2})(?=\s|$)(?!\s*(?:am|pm|:))"), r"\1:00"),
    (re.compile(r"\b(\d{1,2})[.](\d{2})(?=\s|$)"), r"\1:\2"),
)
AMBIGUOUS = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/\d{2,4})?\b")


@dataclass(frozen=True, slots=True)
class Split:
    """One way to read a line: these words say by when, those what."""

    when: str
    what: str


def splits(text: str) -> Iterator[Split]:
    """Every way to read ``by <date>`` at the start or at the end of what was typed, the likeliest first."""
    words = text.split()
    if words and words[0].lower() == "by":
        for length in range(min(LONGEST_DATE, len(words) - 2), 0, -1):
            when = " ".join(words[1 : 1 + length])
            if could_be_date(when):
                yield Split(when, text.split(None, 1 + length)[-1])
    for start in range(max(1, len(words) - LONGEST_DATE - 1), len(words) - 1):
        if words[start].lower() == "by" and could_be_date(" ".join(words[start + 1 :])):
            yield Split(" ".join(words[start + 1 :]), " ".join(text.split()[:start]))


def could_be_date(words: str) -> bool:
    """Whether every word belongs to dates and at least one says a day or a time: *friday*, never *hand* or *10*."""
    plain = tidy(words)
    parts = plain.replace(",", " ").split()
    if not parts or not all(STRONG.match(part) or WEAK.match(part) for part in parts):
        return False
    if WEAK.match(parts[-1]) and parts[-1] in ("in", "at", "on", "next", "this", "the", "of", "end", "and"):
        return False
    is_measured = bool(MEASURED.search(plain) or DATED.search(plain) or plain == "next week")
    return is_measured or any(STRONG.match(part) for part in parts)


def tidy(words: str) -> str:
    """Lower case, single spaces, and phrases that no parser knows in words that every parser does."""
    plain = " ".join(words.lower().split()).strip(" .,;:")
    for pattern, instead in SPOKEN:
        plain = pattern.sub(instead, plain)
    return plain


def without_utc(words: str) -> tuple[str, bool]:
    """The words without a *utc* at their end, and whether there was one."""
    plain = re.sub(r"\s(?:utc|gmt)$", "", words)
    return plain, plain != words


def span(words: str) -> timedelta | None:
    """Hours and minutes from now, as in *in 2h*, *90 min*, *1h30*; None for anything else."""
    found = SPAN.match(tidy(words))
    if found is None or not (found["hours"] or (found["minutes"] and not tidy(words).replace("in ", "").isdigit())):
        return None
    return timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))


def is_ambiguous(words: str) -> bool:
    """Whether day and month could be either way round, as in 03/04."""
    found = AMBIGUOUS.search(words)
    return bool(found and int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2])
