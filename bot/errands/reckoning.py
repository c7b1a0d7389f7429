"""What the policy files alone say of clocks: which may apply, when they are due. No database, no Slack."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.errors import BadInput
from bot.domain.incident import IncidentType
from bot.domain.obligations.calendar import LegalCalendar
from bot.domain.obligations.clock import Due, due
from bot.domain.particulars import CHOSEN, ParticularKind, canonical
from bot.terminal.obligations import Candidate, Row
from playbooks.calendars import legal_calendars
from playbooks.library import Library
from playbooks.obligations import OF_THE_INCIDENT, SENT, ObligationPolicy


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated on the command line: instants by what they start, and words chosen."""

    instants: dict[str, datetime]
    chosen: dict[str, tuple[str, ...]]


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
    found = [
        Candidate(row(one, day), why, _due(one, said, calendars), calendars[one.calendar].timezone) for one, why in rows
    ]
    return sorted(found, key=lambda one: (one.due is None, one.due.strict.timestamp() if one.due else 0, one.row.id))


def rows(library: Library, day: date) -> list[Row]:
    """Every row."""
    return [row(one, day) for one in library.obligations.obligations]


def row(policy: ObligationPolicy, day: date) -> Row:
    """A row as a terminal shows it."""
    return Row(
        id=policy.id,
        name=policy.name,
        time=_time(policy),
        starts=policy.starts,
        in_force=_force(policy, day),
        is_in_force=policy.in_force.holds(day),
        confidence=policy.confidence,
        reviewed=f"{policy.reviewed_on} by {policy.reviewed_by}",
        data=policy.model_dump(mode="json", by_alias=True),
    )


def _state(library: Library, found: Stated, key: str, value: str) -> None:
    ids = {one.id for one in library.obligations.obligations}
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


def _named(library: Library, name: str, day: date) -> ObligationPolicy:
    found = library.obligations.row(name, day)
    if found is None:
        raise BadInput(f"There is no row “{name[:60]}”. `andon obligations list` shows every row.")
    return found


def _due(policy: ObligationPolicy, said: Stated, calendars: Mapping[str, LegalCalendar]) -> Due | None:
    return due(policy.rule, said.instants, calendars[policy.calendar]) if policy.rule else None


def _time(policy: ObligationPolicy) -> str:
    if policy.deadline is None:
        return ""
    capped = f", at most {policy.at_most.amount} {policy.at_most.unit}" if policy.at_most else ""
    return f"{policy.deadline.amount} {policy.deadline.unit}{capped}"


def _force(policy: ObligationPolicy, day: date) -> str:
    if policy.in_force.holds(day):
        return "yes, uncertain" if policy.in_force.uncertain else "yes"
    return f"from {policy.in_force.since}" if day < policy.in_force.since else f"until {policy.in_force.to}"
