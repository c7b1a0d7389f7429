"""The executive brief: which decisions are wanted, first, and how each grave incident stands. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput
from bot.domain.notices.incident import Summary

AT = re.compile(r"^(?:daily|every day)?\s*(?:at)?\s*(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$", re.IGNORECASE)
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that somebody must decide: what, who may, and by when, where there is a time."""

    summary: Summary
    what: str
    who: str = ""
    by_when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLine:
    """How one incident stands. ``happening`` is the last thing stakeholders were told; ``clocks`` run by law."""

    summary: Summary
    happening: str
    people: str = ""
    system: str = ""
    doing: str = ""
    clocks: tuple[tuple[str, datetime], ...] = ()


def minute_of_day(typed: str) -> int:
    """Minutes from midnight of ``daily 8:30``, ``8``, ``7 am``. Raises BadInput saying how it is written."""
    found = AT.match(" ".join(typed.split()))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise BadInput(f"“{typed.strip()[:40]}” is no time of day. Write it like `daily 8:00`, or `off`.")
    return hour * MINUTES + minute


def next_at(minute: int, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant after ``after`` at which clocks in that zone show this minute, in UTC."""
    day = after.astimezone(zone).date()
    for later in range(3):
        local = datetime.combine(day + timedelta(days=later), time(minute // MINUTES, minute % MINUTES), zone)
        if (instant := local.astimezone(UTC)) > after:
            return instant
    raise AssertionError("every minute comes again within two days")


def in_order(decisions: list[Decision]) -> tuple[Decision, ...]:
    """The most urgent first; what has no time comes last, the gravest first."""
    latest = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(decisions, key=lambda one: (one.by_when or latest, one.summary.severity.rank)))
