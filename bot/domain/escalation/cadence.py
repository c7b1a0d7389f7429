"""How often stakeholders hear something: before the harm is stopped, after, and once things are calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.deadlines import BusinessCalendar, Duration, due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """Time to the next update, None where none is owed. ``then`` holds from ``settles`` after containment."""

    first: Duration | None = None
    until_contained: Duration | None = None
    after_contained: Duration | None = None
    settles: Duration | None = None
    then: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the next update depends on."""

    declared_at: datetime
    last_update_at: datetime | None = None
    contained_at: datetime | None = None
    resolved_at: datetime | None = None


def next_update_due(cadence: Cadence, progress: Progress, calendar: BusinessCalendar) -> datetime | None:
    """When stakeholders are next owed an update, in UTC; None when none is."""
    wait = _wait(cadence, progress, calendar)
    return due_at(progress.last_update_at or progress.declared_at, wait, calendar) if wait else None


def _wait(cadence: Cadence, progress: Progress, calendar: BusinessCalendar) -> Duration | None:
    if progress.resolved_at is not None:
        return None
    if progress.last_update_at is None:
        return cadence.first
    if progress.contained_at is None:
        return cadence.until_contained
    if cadence.settles and progress.last_update_at >= due_at(progress.contained_at, cadence.settles, calendar):
        return cadence.then
    return cadence.after_contained
