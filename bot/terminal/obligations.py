"""The law's clocks in a terminal: which rows there are, what may apply, when it is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput
from bot.domain.incident import IncidentType
from bot.domain.obligations.clock import Due, due
from bot.domain.particulars import CHOSEN, ParticularKind, canonical
from bot.terminal.text import table, utc
from playbooks.calendars import legal_calendars
from playbooks.library import Library
from playbooks.obligations import OF_THE_INCIDENT, SENT, ObligationPolicy

NO_LEGAL_ADVICE = "Not legal advice: a lawyer confirms each row. Work towards the strict time."
NOTHING = "Nothing is proposed for that. `andon obligations list` shows every row."


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated on the command line: instants by what they start, and words chosen."""

    instants: dict[str, datetime]
    chosen: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may apply, why, and when it is due; None while nothing that starts it is known."""

    row: ObligationPolicy
    because: str
    due: Due | None
    timezone: str


def stated(library: Library, facts: Sequence[str]) -> Stated:
    """Read ``key=value``, several in one separated by semicolons. Raises BadInput, naming the key."""
    found = Stated({}, {})
    for one in (part for fact in facts for part in fact.split(";") if part.strip()):
        key, equals, value = (word.strip() for word in one.partition("="))
        if not equals or not value:
            raise BadInput(
                f"“{one.strip()[:60]}” is no fact: write it like aware_at=2026-11-20T16:30 or regions=eu,uk."
            )
        _state(library, found, key, value)
    return found


def _state(library: Library, found: Stated, key: str, value: str) -> None:
    ids = {row.id for row in library.obligations.obligations}
    policy = library.particulars.get(key)
    if key in OF_THE_INCIDENT or (key.startswith(SENT) and key.removeprefix(SENT) in ids):
        kind, words = ParticularKind.INSTANT, tuple[str, ...]()
    elif policy is not None:
        kind, words = policy.kind, policy.words
    else:
        raise BadInput(f"There is no fact “{key[:40]}”. policies/particulars.yaml lists them; others are sent:<row>.")
    try:
        # A clock can be worked out for any start, those to come included.
        text = canonical(kind, value, words, None)
    except BadInput as error:
        raise BadInput(f"{key}: {error.sentence}") from None
    if kind is ParticularKind.INSTANT:
        found.instants[key] = datetime.fromisoformat(text)
    elif kind in CHOSEN:
        found.chosen[key] = tuple(text.split(","))


def candidates(
    library: Library, types: Collection[IncidentType], said: Stated, names: Collection[str], day: date
) -> list[Candidate]:
    """The rows of these names, or else those that may apply on a day; the first due first."""
    file = library.obligations
    if names:
        rows = [(_named(library, name, day), "asked for") for name in names]
    else:
        rows = list(file.proposed(types, said.chosen, day))
    calendars = legal_calendars(file.calendars)
    found = [Candidate(row, why, _due(row, said, calendars), calendars[row.calendar].timezone) for row, why in rows]
    return sorted(found, key=lambda one: (one.due is None, one.due.strict.timestamp() if one.due else 0, one.row.id))


def _named(library: Library, name: str, day: date) -> ObligationPolicy:
    row = library.obligations.row(name, day)
    if row is None:
        raise BadInput(f"There is no row “{name[:60]}”. `andon obligations list` shows every row.")
    return row


def _due(row: ObligationPolicy, said: Stated, calendars: Mapping[str, Any]) -> Due | None:
    return due(row.rule, said.instants, calendars[row.calendar]) if row.rule else None


def due_table(found: Sequence[Candidate], day: date) -> str:
    """What may apply and when it is due."""
    if not found:
        return NOTHING
    head = ("CLOCK", "STRICT", "AT THE AUTHORITY", "STATUTORY", "WHAT", "BECAUSE")
    rows = [head, *((one.row.id, *_instants(one), one.row.name, _why(one, day)) for one in found)]
    return "\n".join([*table(rows), "", NO_LEGAL_ADVICE])


def _instants(one: Candidate) -> tuple[str, str, str]:
    if one.due is not None:
        there = f"{one.due.strict.astimezone(ZoneInfo(one.timezone)):%a %d %b %H:%M %Z}"
        same = one.due.statutory == one.due.strict
        return utc(one.due.strict), there, "same" if same else utc(one.due.statutory)
    if one.row.rule is None:
        return "without delay", "", "no fixed time"
    return f"from {one.row.starts[0]}", "", "not started"


def _why(one: Candidate, day: date) -> str:
    waits = [] if one.row.in_force.holds(day) else [f"NOT IN FORCE on {day}"]
    sure = [] if one.row.confidence != "L" else ["low confidence: ask counsel first"]
    return "; ".join([*waits, one.because, *sure])


def due_data(found: Sequence[Candidate], day: date) -> dict[str, Any]:
    """The same for machines."""
    return {"on": day.isoformat(), "clocks": [_candidate(one, day) for one in found]}


def _candidate(one: Candidate, day: date) -> dict[str, Any]:
    return {
        **row_data(one.row, day),
        "because": one.because,
        "started_at": one.due.started.isoformat() if one.due else None,
        "due_strict": one.due.strict.isoformat() if one.due else None,
        "due_statutory": one.due.statutory.isoformat() if one.due else None,
    }


def listing(rows: Sequence[ObligationPolicy], day: date) -> str:
    """Every row in one line."""
    head = ("CLOCK", "WHAT", "TIME", "STARTS WITH", "IN FORCE", "SURE", "REVIEWED")
    lines = [
        (row.id, row.name, _time(row), ", ".join(row.starts) or "-", _force(row, day), row.confidence.value)
        for row in rows
    ]
    reviewed = [f"{row.reviewed_on} by {row.reviewed_by}" for row in rows]
    return "\n".join(
        [*table([head, *((*line, who) for line, who in zip(lines, reviewed, strict=True))]), "", NO_LEGAL_ADVICE]
    )


def _time(row: ObligationPolicy) -> str:
    if row.deadline is None:
        return "without delay"
    capped = f", at most {row.at_most.amount} {row.at_most.unit}" if row.at_most else ""
    return f"{row.deadline.amount} {row.deadline.unit}{capped}"


def _force(row: ObligationPolicy, day: date) -> str:
    if row.in_force.holds(day):
        return "yes, uncertain" if row.in_force.uncertain else "yes"
    return f"from {row.in_force.since}" if day < row.in_force.since else f"until {row.in_force.to}"


def row_data(row: ObligationPolicy, day: date) -> dict[str, Any]:
    """A row for machines."""
    return {**row.model_dump(mode="json", by_alias=True), "is_in_force": row.in_force.holds(day)}
