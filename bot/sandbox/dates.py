"""Instants as Slack words them: in the reader's own zone, and today and yesterday by the workspace's clock."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_TOKEN = re.compile(r"\{([a-z_]+)\}")
_HALF_A_YEAR = 183
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_UNITS = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3_600), ("minute", 60))


def read_date(seconds: str, pattern: str, viewer_tz: str, now: datetime) -> str | None:
    """The pattern with its {tokens} filled in; None where the seconds are none that Slack takes."""
    if not re.fullmatch(r"[0-9]{1,11}", seconds) or not pattern:
        return None
    zone = ZoneInfo(viewer_tz)
    at, today = datetime.fromtimestamp(int(seconds), UTC).astimezone(zone), now.astimezone(zone)
    return _TOKEN.sub(lambda m: _fill(m[1], at, today, first=m.start() == 0) or m[0], pattern)


def _fill(name: str, at: datetime, today: datetime, *, first: bool) -> str | None:
    if name == "ago":
        return _ago((today - at).total_seconds())
    days = (at.date() - today.date()).days
    if name.endswith("_pretty") and days in _NEAR:
        return _NEAR[days].capitalize() if first else _NEAR[days]
    return _plain(name, at, today, yearless=abs(days) < _HALF_A_YEAR)


def _plain(name: str, at: datetime, today: datetime, *, yearless: bool) -> str | None:
    year = "" if yearless else f", {at.year}"
    day = f"{at:%B} {at.day}{_suffix(at.day)}"
    tokens = {
        "date_num": f"{at:%Y-%m-%d}",
        "date_slash": f"{at:%d/%m/%Y}",
        "date": day + year,
        "date_short": f"{at:%b} {at.day}{year}",
        "date_long": f"{at:%A}, {day}{year}",
        "date_long_full": f"{at:%B} {at.day}, {at.year}",
        "day_divider_pretty": f"{at:%A}, {day}" + ("" if at.year == today.year else f", {at.year}"),
        "time": f"{at:%H:%M}",
        "time_secs": f"{at:%H:%M:%S}",
    }
    plain = name.removesuffix("_pretty") if name.startswith("date") else name
    return tokens.get(plain)


def _suffix(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _ago(seconds: float) -> str:
    size = int(abs(seconds))
    for unit, length in _UNITS:
        if size >= length:
            words = f"{size // length} {unit}{'' if size // length == 1 else 's'}"
            return f"in {words}" if seconds < 0 else f"{words} ago"
    return "just now"
