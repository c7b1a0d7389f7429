"""How documents write instants, lengths of time and addresses: in UTC, in words, and only real web addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

SAFE_IN_ADDRESS = ":/?#@!$&',;=%+~-._"
MINUTE, HOUR, DAY = 60, 3600, 86_400


def instant(at: datetime) -> str:
    """``2026-11-20 09:14 UTC``."""
    return f"{stamp(at)} UTC"


def stamp(at: datetime) -> str:
    """``2026-11-20 09:14``, in UTC, for a column that says so."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def clock(at: datetime) -> str:
    """``09:14``, in UTC."""
    return f"{at.astimezone(UTC):%H:%M}"


def day(at: datetime) -> str:
    """``20 November 2026``, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y}"


def weekday(at: datetime) -> str:
    """``Friday 20 November 2026``, in UTC."""
    return f"{at.astimezone(UTC):%A} {day(at)}"


def span(length: timedelta) -> str:
    """A length in its two largest units: ``18 s``, ``49 min``, ``1 h 12 min``, ``3 d 4 h``. Never rounded up."""
    seconds = int(abs(length).total_seconds())
    if seconds < MINUTE:
        return f"{seconds} s" if seconds else "0 min"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return _two(seconds // HOUR, "h", seconds % HOUR // MINUTE, "min")
    return _two(seconds // DAY, "d", seconds % DAY // HOUR, "h")


def offset(length: timedelta) -> str:
    """The same with its sign: ``+49 min``, ``−11 min``."""
    return ("−" if length < timedelta(0) else "+") + span(length)


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 message``, ``412 messages``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def address(url: str | None) -> str:
    """The address if it is one of the web, with everything unusual in it percent-encoded; otherwise nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return quote(parts.geturl().encode("utf-8", "ignore"), safe=SAFE_IN_ADDRESS)


def host(url: str | None) -> str:
    """Whose address it is: what a link may call itself when a person typed it."""
    return urlsplit(address(url)).hostname or ""


def _two(first: int, first_unit: str, second: int, second_unit: str) -> str:
    return f"{first} {first_unit} {second} {second_unit}" if second else f"{first} {first_unit}"
