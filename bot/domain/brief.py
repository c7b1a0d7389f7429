"""When the daily brief is due: at the minute of somebody's choice on their own clock. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput

AT = re.compile(r"^(?:daily|every day)?\s*(?:at)?\s*(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$", re.IGNORECASE)
MINUTES = 60


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
