"""The law's clocks in a terminal: which rows there are, what may apply, when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.obligations.clock import Due
from bot.domain.obligations.words import Sureness
from bot.terminal.text import table, utc

NO_LEGAL_ADVICE = "Not legal advice: a lawyer confirms each row. Work towards the strict time."
NOTHING = "Nothing is proposed for that. `andon obligations list` shows every row."
WITHOUT_DELAY = "without delay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One clock of the policy file. ``time`` empty: a duty without a fixed time; ``data``: all of it, for machines."""

    id: str
    name: str
    time: str
    starts: tuple[str, ...]
    in_force: str
    is_in_force: bool
    confidence: Sureness
    reviewed: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may apply, why, and when it is due; None while nothing that starts it is known."""

    row: Row
    because: str
    due: Due | None
    timezone: str


def due_table(found: Sequence[Candidate], day: date) -> str:
    """What may apply and when it is due."""
    if not found:
        return NOTHING
    head = ("CLOCK", "STRICT", "AT THE AUTHORITY", "STATUTORY", "WHAT", "BECAUSE")
    rows = [head, *((one.row.id, *_instants(one), one.row.name, _why(one, day)) for one in found)]
    return "\n".join([*table(rows), "", NO_LEGAL_ADVICE])


def due_data(found: Sequence[Candidate], day: date) -> dict[str, Any]:
    """The same for machines."""
    return {"on": day.isoformat(), "clocks": [_candidate(one) for one in found]}


def listing(rows: Sequence[Row]) -> str:
    """Every row in one line."""
    head = ("CLOCK", "WHAT", "TIME", "STARTS WITH", "IN FORCE", "SURE", "REVIEWED")
    lines = [
        (row.id, row.name, row.time or WITHOUT_DELAY, ", ".join(row.starts) or "-", row.in_force, row.confidence.value)
        for row in rows
    ]
    reviewed = [row.reviewed for row in rows]
    whole = [head, *((*line, who) for line, who in zip(lines, reviewed, strict=True))]
    return "\n".join([*table(whole), "", NO_LEGAL_ADVICE])


def listing_data(rows: Sequence[Row], day: date) -> dict[str, Any]:
    """The same for machines."""
    return {"on": day.isoformat(), "clocks": [{**row.data, "is_in_force": row.is_in_force} for row in rows]}


def _instants(one: Candidate) -> tuple[str, str, str]:
    if one.due is not None:
        there = f"{one.due.strict.astimezone(ZoneInfo(one.timezone)):%a %d %b %H:%M %Z}"
        same = one.due.statutory == one.due.strict
        return utc(one.due.strict), there, "same" if same else utc(one.due.statutory)
    if not one.row.time:
        return WITHOUT_DELAY, "", "no fixed time"
    return f"from {one.row.starts[0]}", "", "not started"


def _why(one: Candidate, day: date) -> str:
    waits = [] if one.row.is_in_force else [f"NOT IN FORCE on {day}"]
    sure = ["low confidence: ask counsel first"] if one.row.confidence is Sureness.LOW else []
    return "; ".join([*waits, one.because, *sure])


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        **one.row.data,
        "is_in_force": one.row.is_in_force,
        "because": one.because,
        "started_at": one.due.started.isoformat() if one.due else None,
        "due_strict": one.due.strict.isoformat() if one.due else None,
        "due_statutory": one.due.statutory.isoformat() if one.due else None,
    }
