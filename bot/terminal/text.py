"""Bricks of terminal output: aligned columns, instants in UTC, and the one cleaner for text that people wrote.

Foreign text enters a terminal only through :func:`line` and :func:`paragraph`: no escape sequence, no control character
and nothing that reorders what stands beside it gets through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.people import Profile
from bot.domain.plain import clean, isolate, name_of, readable

Names = Mapping[str, Profile]
A_MOMENT = timedelta(minutes=1)
GAP, INDENT = "  ", "  "
ZERO_WIDTH = ("Mn", "Me", "Cf")


def line(text: str, names: Names, limit: int = 0) -> str:
    """Foreign text on one line, people named; at most ``limit`` characters, or whole when that is 0."""
    flat = " ".join(readable(text, names).split())
    return isolate(flat if not limit or len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…")


def paragraph(text: str, names: Names) -> list[str]:
    """Foreign text with its line breaks, each line indented."""
    return [f"{INDENT}{isolate(said)}".rstrip() for said in readable(text, names).expandtabs(4).strip().splitlines()]


def person(user_id: str, names: Names) -> str:
    """The name behind a Slack id, or behind an actor's stored form."""
    return isolate(" ".join(name_of(user_id, names).split()))


def people(user_ids: Iterable[str], names: Names) -> str:
    """Names, separated by commas."""
    return ", ".join(person(user_id, names) for user_id in user_ids)


def place(text: str) -> str:
    """A word of Slack's or of a database, made harmless."""
    return " ".join(clean(text).split())


def utc(at: datetime, now: datetime | None = None) -> str:
    """An instant, ``2026-11-20 16:30 UTC``; without the day where that is today's by ``now``."""
    there = at.astimezone(UTC)
    is_today = now is not None and there.date() == now.astimezone(UTC).date()
    return f"{there:%H:%M} UTC" if is_today else f"{there:%Y-%m-%d %H:%M} UTC"


def due(at: datetime, now: datetime) -> str:
    """An instant ahead or missed: ``17:00 UTC (in 25 min)``, ``16:05 UTC (30 min overdue)``."""
    ahead = at - now
    if abs(ahead) < A_MOMENT:
        return f"{utc(at, now)} (now)"
    return f"{utc(at, now)} ({f'in {span(ahead)}' if ahead > timedelta() else f'{span(-ahead)} overdue'})"


def ago(at: datetime, now: datetime) -> str:
    """An instant past: ``16:05 UTC (30 min ago)``."""
    return f"{utc(at, now)} ({'just now' if now - at < A_MOMENT else f'{span(now - at)} ago'})"


def span(length: timedelta) -> str:
    """A length of time in the two units that matter, ``25 min``, ``3 h 10 min``, ``2 d 4 h``."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return "less than 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell; the last is as long as it is."""
    if not rows:
        return []
    wide = [max(width(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [GAP.join([*map(_padded, row[:-1], wide), row[-1]]).rstrip() for row in rows]


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Label and value, a line each; what has no value is left out."""
    return table([pair for pair in pairs if pair[1]])


def part(head: str, lines: Sequence[str]) -> list[str]:
    """A blank line, a heading and what stands under it; nothing at all where nothing does."""
    return ["", head, *lines] if lines else []


def indented(lines: Iterable[str]) -> list[str]:
    """The same lines, set in."""
    return [f"{INDENT}{one}" for one in lines]


def width(text: str) -> int:
    """How many columns a terminal needs for it."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _padded(cell: str, columns: int) -> str:
    return cell + " " * (columns - width(cell))
