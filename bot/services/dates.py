"""By when: what people write about time, read in their own zone and always ahead of now.

*friday*, *tomorrow 10:00*, *in 2h*, *2026-12-01*. A day without a time means the end of its working day.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.dates import could_be_date, is_ambiguous, span, splits, tidy, without_utc
from bot.domain.errors import BadInput

END_OF_DAY = time(17)
WITH_TIME = frozenset({"time", "part_of_day"})
LAST_YEAR = 9000
WITHOUT_DAY = frozenset({"month", "year"})
EXAMPLES = "`friday`, `tomorrow 10:00`, `in 2h` or `2026-12-01 14:00`"


async def read(words: str, timezone: str, now: datetime, *, field: str = "due") -> datetime:
    """The instant in UTC. Raises BadInput, about ``field``, for what cannot be read, is past or can be two dates."""
    found = await asyncio.to_thread(parse, words, timezone, now)
    if found is None:
        raise BadInput(f"I cannot read “{words[:80]}” as a date. Try {EXAMPLES}.", field=field)
    if found <= now:
        raise BadInput(f"“{words[:80]}” is in the past. Try {EXAMPLES}.", field=field)
    return found


async def find(text: str, timezone: str, now: datetime) -> tuple[datetime | None, str]:
    """The instant named with *by* at the start or the end of a line, and the line without it.

    What does not read as a date to come is left in the line: *by hand* is no date.
    """
    return await asyncio.to_thread(_find, text, timezone, now)


def parse(words: str, timezone: str, now: datetime) -> datetime | None:
    """The instant in UTC that the words name, past ones included; None when they name none."""
    if (ahead := span(words)) is not None:
        return now + ahead
    if not could_be_date(words) or is_ambiguous(words):
        return None
    plain, is_utc = without_utc(tidy(words))
    zone = zone_of("UTC" if is_utc else timezone)
    here = now.astimezone(zone).replace(tzinfo=None)
    try:
        data = _parser(str(zone), here).get_date_data(plain)
    except (OverflowError, ValueError):
        return None
    local: datetime | None = data.date_obj
    if local is None or data.period in WITHOUT_DAY or local.year > LAST_YEAR:
        return None
    if data.period not in WITH_TIME:
        local = datetime.combine(local.date(), END_OF_DAY)
    return local.replace(tzinfo=zone).astimezone(UTC)


def zone_of(timezone: str) -> ZoneInfo:
    """The zone by its IANA name; UTC when it is empty or unknown."""
    try:
        return ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _find(text: str, timezone: str, now: datetime) -> tuple[datetime | None, str]:
    for split in splits(text):
        found = parse(split.when, timezone, now)
        if found is not None and found > now and split.what:
            return found, split.what
    return None, text


def _parser(zone: str, here: datetime) -> Any:
    settings = {
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": here,
        "RETURN_TIME_AS_PERIOD": True,
        "TIMEZONE": zone,
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["relative-time", "absolute-time"],
    }
    return _reader()(languages=["en"], settings=settings)


@cache
def _reader() -> Any:
    # Loading takes a moment and most commands need no date.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    return DateDataParser
