"""The clocks of an incident in a terminal: where each stands, and what is established."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.notices.law import ClockItem, ClockList
from bot.domain.obligations.words import Decision
from bot.domain.particulars import Particular
from bot.terminal.text import Names, due, line, person, table, utc

SAID = {
    Decision.PROPOSED: "may apply, not decided",
    Decision.UNDECIDED: "undecided",
    Decision.APPLIES: "applies",
    Decision.DOES_NOT_APPLY: "does not apply",
}
NOTHING = "No clock was proposed."


def listing(found: ClockList, names: Names) -> str:
    """Every clock in one line."""
    if not found.clocks:
        return NOTHING
    head = ("#", "CLOCK", "WHAT", "WORD", "DUE", "STATUTORY", "WHY")
    rows = [
        (str(one.number), one.clock, line(one.name, names, 60), _state(one), *_times(one, found.now), _why(one, names))
        for one in found.clocks
    ]
    return "\n".join(table([head, *rows]))


def one(clock: ClockItem, now: datetime, names: Names) -> str:
    """A clock as it stands now."""
    strict, statutory = _times(clock, now)
    return f"Clock {clock.number}, {line(clock.name, names)}: {_state(clock)}; due {strict}, statutory {statutory}."


def data(found: ClockList) -> dict[str, Any]:
    """The list for machines."""
    return {"incident": found.summary.reference, "clocks": [item(clock) for clock in found.clocks]}


def item(clock: ClockItem) -> dict[str, Any]:
    """A clock for machines."""
    return {
        "number": clock.number,
        "clock": clock.clock,
        "name": clock.name,
        "authority": clock.authority,
        "decision": clock.decision,
        "why": clock.why,
        "because": clock.because,
        "decided_by": clock.decided_by,
        "decided_at": _iso(clock.decided_at),
        "started_at": _iso(clock.started_at),
        "due_strict": _iso(clock.due_strict),
        "due_statutory": _iso(clock.due_statutory),
        "sent_at": _iso(clock.sent_at),
        "needs_counsel": clock.needs_counsel,
    }


def established(one: Particular, names: Names) -> str:
    """A particular in one line."""
    decided = f", decided by {person(one.decided_by, names)}" if one.decided_by else ""
    source = f", from {line(one.source, names, 100)}" if one.source else ""
    who = f"{person(one.set_by, names)} {utc(one.set_at)}"
    return f"{line(one.title, names)}: {line(one.words, names)} ({who}{decided}{source})"


def particular(one: Particular) -> dict[str, Any]:
    """A particular for machines."""
    return {
        "key": one.key,
        "value": one.value,
        "version": one.version,
        "is_confirmed": one.is_confirmed,
        "set_at": _iso(one.set_at),
        "set_by": one.set_by,
        "decided_by": one.decided_by,
        "source": one.source,
        "reason": one.reason,
    }


def instant(text: str) -> datetime:
    """An instant from its canonical text."""
    return datetime.fromisoformat(text)


def _state(clock: ClockItem) -> str:
    return f"sent {utc(clock.sent_at)}" if clock.sent_at else SAID[clock.decision]


def _times(clock: ClockItem, now: datetime) -> tuple[str, str]:
    if clock.due_strict is None or clock.due_statutory is None:
        return ("not started" if clock.starts else "without delay"), "-"
    strict = due(clock.due_strict, now) if clock.sent_at is None else utc(clock.due_strict)
    return strict, "same" if clock.due_statutory == clock.due_strict else utc(clock.due_statutory)


def _why(clock: ClockItem, names: Names) -> str:
    return line(clock.why or clock.because, names, 100)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
