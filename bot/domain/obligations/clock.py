"""When a clock set by law runs out: the strict instant to work towards, and the latest that the law's rules may allow.

Hours run on the clock, through nights, weekends and changes of time, and never pause. A period in days, working days or
months does not count the day of its event and ends with the last second of its last day, where the authority sits
(Regulation 1182/71; MDCG 2023-3). Only such a period can be extended because offices are closed.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.obligations.calendar import LegalCalendar
from bot.domain.obligations.words import Clocking, Counted, Roll

TWO = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of a unit from an event. ``start`` names the events that can start it; the first known one does.

    ``counted``: from the event, or from the end of the month or year it lies in.
    """

    start: tuple[str, ...]
    amount: int
    unit: Clocking
    counted: Counted = Counted.EVENT


@dataclass(frozen=True, slots=True)
class Rule:
    """A clock's arithmetic. ``cap``: never later than this, unless ``limit`` starts when the cap is over already."""

    limit: Limit
    cap: Limit | None = None
    roll: Roll = Roll.NONE


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock began and when it runs out, in UTC. ``statutory`` is never before ``strict``."""

    started: datetime
    strict: datetime
    statutory: datetime


def due(rule: Rule, known: Mapping[str, datetime], calendar: LegalCalendar) -> Due | None:
    """When it runs out by what is known; None while nothing that starts it is. Instants are aware."""
    main = _one(rule.limit, rule.roll, known, calendar)
    cap = _one(rule.cap, rule.roll, known, calendar) if rule.cap else None
    if main is None or cap is None:
        return main or cap
    if cap.strict < main.started or main.strict <= cap.strict:
        return main
    return cap


def began(start: Sequence[str], known: Mapping[str, datetime]) -> datetime | None:
    """The instant of the first of these events that is known, in UTC."""
    return next((known[name].astimezone(UTC) for name in start if name in known), None)


def _one(limit: Limit, roll: Roll, known: Mapping[str, datetime], calendar: LegalCalendar) -> Due | None:
    started = began(limit.start, known)
    if started is None:
        return None
    if limit.unit is Clocking.HOURS:
        strict = started + timedelta(hours=limit.amount)
        return Due(started, strict, strict)
    first = _counted_from(calendar.day_of(started), limit.counted)
    last = _last_day(first, limit, calendar)
    return Due(started, calendar.end_of(last), calendar.end_of(_rolled(first, last, limit, roll, calendar)))


def _counted_from(day: date, counted: Counted) -> date:
    match counted:
        case Counted.EVENT:
            return day
        case Counted.MONTH_END:
            return day.replace(day=months.monthrange(day.year, day.month)[1])
        case Counted.YEAR_END:
            return date(day.year, 12, 31)


def _last_day(first: date, limit: Limit, calendar: LegalCalendar) -> date:
    match limit.unit:
        case Clocking.BUSINESS_DAYS:
            return calendar.working_after(first, limit.amount)
        case Clocking.MONTHS:
            return _after_months(first, limit.amount)
        case _:
            return first + timedelta(days=limit.amount)


def _after_months(day: date, count: int) -> date:
    """The same day of a later month, or its last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _rolled(first: date, last: date, limit: Limit, roll: Roll, calendar: LegalCalendar) -> date:
    if roll is Roll.NONE or limit.unit is Clocking.BUSINESS_DAYS:
        return last
    rolled = calendar.working_from(last)
    if roll is Roll.TWO_WORKING_DAYS and (last - first).days >= TWO:
        while calendar.working_between(first, rolled) < TWO:
            rolled = calendar.working_from(rolled + timedelta(days=1))
    return rolled
