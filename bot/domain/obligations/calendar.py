"""Working days where an authority sits, and where its days begin and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_SECOND = time(23, 59, 59)
SATURDAY, SUNDAY = 5, 6


def _none(_: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class LegalCalendar:
    """An authority's days: its time zone, its weekend, its holidays. A period in days ends on its last second."""

    timezone: str = "UTC"
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    is_holiday: Callable[[date], bool] = field(default=_none, compare=False)

    def day_of(self, instant: datetime) -> date:
        """The date there at that instant."""
        return instant.astimezone(ZoneInfo(self.timezone)).date()

    def end_of(self, day: date) -> datetime:
        """The last second of a date there, in UTC; where clocks go back, the later of the two."""
        local = datetime.combine(day, LAST_SECOND, ZoneInfo(self.timezone)).replace(fold=1)
        return local.astimezone(UTC)

    def is_working(self, day: date) -> bool:
        """Whether offices are open on that date."""
        return day.weekday() not in self.weekend and not self.is_holiday(day)

    def working_from(self, day: date) -> date:
        """The date itself, or the next one on which offices are open."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def working_after(self, day: date, count: int) -> date:
        """The so-many-th working day after a date, which itself does not count."""
        for _ in range(count):
            day = self.working_from(day + timedelta(days=1))
        return day

    def working_between(self, after: date, upto: date) -> int:
        """How many working days lie after one date, up to and with another."""
        days = (after + timedelta(days=n) for n in range(1, (upto - after).days + 1))
        return sum(self.is_working(day) for day in days)
