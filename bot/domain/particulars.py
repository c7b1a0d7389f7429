"""Particulars: single things established about an incident, such as when we became aware, or how many people. Pure.

Each is written once; a correction makes a further version and says why. A value has one canonical text, so that a
number in two notices is the same number: an instant in UTC, digits without separators, a word of the policy file.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.errors import BadInput
from bot.domain.investigation import whole
from bot.domain.lifecycle import reason, utc

VALUE = "value"
SLACK = timedelta(minutes=1)
YEARS = range(1990, 2200)
NOT_YET_KNOWN = "not yet known"


class ParticularKind(StrEnum):
    """What a particular's value is."""

    INSTANT = "instant"
    COUNT = "count"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    ANSWER = "yes_no_unknown"


class Answered(StrEnum):
    """What a question is answered with."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particular:
    """One particular as it stands. ``version`` counts from 1; ``reason`` says why it differs from the one before.

    ``is_confirmed`` False: an estimate, to be said as one. ``decided_by``: who answers for it, an actor's stored form.
    """

    key: str
    title: str
    kind: ParticularKind
    value: str
    set_at: datetime
    set_by: str
    version: int = 1
    is_confirmed: bool = True
    decided_by: str | None = None
    source: str = ""
    reason: str = ""

    @property
    def instant(self) -> datetime | None:
        """The instant, for one that is an instant."""
        return datetime.fromisoformat(self.value) if self.kind is ParticularKind.INSTANT else None

    @property
    def count(self) -> int | None:
        """The number, for one that is a number."""
        return int(self.value) if self.kind is ParticularKind.COUNT else None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The words chosen, for one that is a choice; a yes, no or unknown is one, too."""
        return tuple(self.value.split(",")) if self.kind in CHOSEN else ()

    @property
    def words(self) -> str:
        """The value as a sentence has it: ``1,120``, ``2026-11-20 16:30 UTC``, ``about 40`` for an estimate."""
        match self.kind:
            case ParticularKind.INSTANT:
                said = utc(datetime.fromisoformat(self.value))
            case ParticularKind.COUNT:
                said = f"{int(self.value):,}"
            case ParticularKind.CHOICE | ParticularKind.CHOICES:
                said = ", ".join(self.value.replace("_", " ").split(","))
            case _:
                said = self.value
        return said if self.is_confirmed else f"about {said} (not confirmed)"


CHOSEN = frozenset({ParticularKind.CHOICE, ParticularKind.CHOICES, ParticularKind.ANSWER})


def canonical(kind: ParticularKind, typed: str, choices: Collection[str], now: datetime | None) -> str:
    """The canonical text of what was typed. Raises BadInput, about ``value``, saying what is accepted.

    An instant lies before ``now``; None: anywhere.
    """
    match kind:
        case ParticularKind.INSTANT:
            return _instant(typed, now)
        case ParticularKind.COUNT:
            return str(int(whole(typed, VALUE)))
        case ParticularKind.TEXT:
            return reason(typed, "Say what is known, in a few words.", VALUE)
        case ParticularKind.CHOICE:
            return _chosen(typed, choices)
        case ParticularKind.CHOICES:
            # In the order of the file, so that the same choice is the same text.
            wanted = {_chosen(word, choices) for word in typed.split(",")}
            return ",".join(word for word in choices if word in wanted)
        case ParticularKind.ANSWER:
            return _chosen(typed, tuple(Answered))


def _instant(typed: str, now: datetime | None) -> str:
    plain = typed.strip().upper().removesuffix("UTC").strip()
    try:
        read = datetime.fromisoformat(plain)
        instant = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        problem = f"“{typed[:60]}” is no date and time. Write it like 2026-11-20 16:30 (UTC)."
        raise BadInput(problem, field=VALUE) from None
    if instant.year not in YEARS:
        raise BadInput(f"The year {instant.year} is none that can be reckoned with.", field=VALUE)
    if now is not None and instant > now + SLACK:
        raise BadInput(f"{utc(instant)} is in the future: a particular is something that has happened.", field=VALUE)
    return instant.replace(microsecond=0).isoformat()


def _chosen(typed: str, choices: Collection[str]) -> str:
    word = "_".join(typed.lower().replace("-", " ").replace("_", " ").split())
    if word in choices:
        return word
    raise BadInput(f"“{typed.strip()[:60]}” is none of {', '.join(choices)}.", field=VALUE)
