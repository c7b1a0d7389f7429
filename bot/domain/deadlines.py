"""Deadlines: a duration as policy files write it, the organisation's working time, and the instant something is due.

Every instant is aware and comes back in UTC. Minutes and hours run on the clock; calendar days keep the local time of
day; business hours count working time only; business days keep the local time of day and land in working time. A later
start or a longer duration never makes anything due earlier, not even across a change to or from summer time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

LONGEST = 9999
WRITTEN = re.compile(r"(\d{1,4})(m|h|bh|bd|cd|d)", re.ASCII)
SECOND = timedelta(seconds=1)


class TimeUnit(StrEnum):
    """What a duration counts."""

    MINUTES = "m"
    HOURS = "h"
    BUSINESS_HOURS = "bh"
    BUSINESS_DAYS = "bd"
    CALENDAR_DAYS = "cd"


SPELLINGS = {**{unit.value: unit for unit in TimeUnit}, "d": TimeUnit.CALENDAR_DAYS}
BUSINESS = frozenset({TimeUnit.BUSINESS_HOURS, TimeUnit.BUSINESS_DAYS})


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of one unit, ``5m``, ``4h``, ``4bh``, ``1bd``, ``3cd`` (also written ``3d``)."""

    amount: int
    unit: TimeUnit

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= LONGEST:
            raise ValueError(f"a duration is 0 to {LONGEST} of its unit, not {self.amount}")

    def __str__(self) -> str:
        """The written form; :meth:`parse` reads it back."""
        return f"{self.amount}{self.unit}"

    @property
    def is_business(self) -> bool:
        """Whether it counts working time."""
        return self.unit in BUSINESS

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read the written form. Raises ValueError, saying what is accepted."""
        match = WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(
                f"{text[:40]!r} is no duration: write 5m (minutes), 4h (hours), 4bh (business hours), "
                "1bd (business days) or 3cd (calendar days)"
            )
        return cls(int(match.group(1)), SPELLINGS[match.group(2)])


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """When people work: local hours ``start`` to ``end`` on ``weekdays`` (Monday is 0), except on ``holidays``."""

    timezone: str
    weekdays: frozenset[int]
    start: time
    end: time
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        ZoneInfo(self.timezone)
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("a working week has one to seven weekdays, Monday 0 to Sunday 6")
        if self.start >= self.end:
            raise ValueError("the working day must end after it starts, on the same day")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the working hours."""
        return ZoneInfo(self.timezone)

    def is_working(self, instant: datetime) -> bool:
        """Whether people are at work then; both ends of the working day count."""
        return self.opens_at(instant) == instant

    def opens_at(self, instant: datetime) -> datetime:
        """The instant itself when people are at work, else when work starts again."""
        opening, _ = next(self._shifts(instant))
        return max(opening, instant.astimezone(UTC))

    def after_hours(self, start: datetime, hours: int) -> datetime:
        """When this many hours of working time have passed."""
        left = timedelta(hours=hours)
        for opening, closing in self._shifts(start):
            begun = max(opening, start)
            if left <= closing - begun:
                return begun + left
            left -= closing - begun
        raise AssertionError("working days never end")

    def after_days(self, start: datetime, days: int) -> datetime:
        """The same local time so many working days later; out of hours counts from when work starts again."""
        begun = self.opens_at(start)
        into_the_day = _wall_clock(begun, self.zone) - _midnight(begun, self.zone)
        # The working day that `begun` lies in comes first.
        for passed, (opening, closing) in enumerate(self._shifts(begun)):
            if passed == days:
                same_time = _instant(_midnight(opening, self.zone) + into_the_day, self.zone)
                return min(max(same_time, opening), closing)
        raise AssertionError("working days never end")

    def _shifts(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working spans that end at ``start`` or later, in order, in UTC."""
        first = start.astimezone(self.zone).date()
        for number in count():
            day = first + timedelta(days=number)
            if day.weekday() not in self.weekdays or day in self.holidays:
                continue
            opening, closing = (_instant(datetime.combine(day, clock), self.zone) for clock in (self.start, self.end))
            if opening < closing and closing >= start:
                yield opening, closing


def due_at(start: datetime, duration: Duration, calendar: BusinessCalendar) -> datetime:
    """When something is due that may take this long from ``start`` (aware). Never before ``start``; in UTC."""
    if start.tzinfo is None:
        raise ValueError("a deadline needs an aware start")
    begun = start.astimezone(UTC)
    match duration.unit:
        case TimeUnit.MINUTES:
            return begun + timedelta(minutes=duration.amount)
        case TimeUnit.HOURS:
            return begun + timedelta(hours=duration.amount)
        case TimeUnit.CALENDAR_DAYS:
            return _after_calendar_days(begun, duration.amount, calendar.zone)
        case TimeUnit.BUSINESS_HOURS:
            return calendar.after_hours(begun, duration.amount)
        case TimeUnit.BUSINESS_DAYS:
            return calendar.after_days(begun, duration.amount)


def _after_calendar_days(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    return _instant(_wall_clock(start, zone) + timedelta(days=days), zone) if days else start


def _midnight(instant: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(instant.astimezone(zone).date(), time())


def _wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """The local time without its zone, never running backwards: the repeated hour of autumn counts as its end."""
    local = instant.astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    first_pass = local.replace(fold=0)
    change = _change(first_pass.astimezone(UTC), instant.astimezone(UTC), zone)
    return change.replace(tzinfo=None) + (first_pass.utcoffset() or timedelta())


def _instant(wall_clock: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which that local time is first reached; one that spring skips is reached where it is skipped."""
    local = wall_clock.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall_clock:
        return instant
    return _change(local.replace(fold=1).astimezone(UTC), instant, zone)


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant after ``low``, at most ``high``, at which the zone's offset changes: on a whole second, in UTC."""
    before = low.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)
