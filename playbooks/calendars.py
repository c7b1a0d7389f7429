"""Public holidays where authorities sit, as a well-kept library knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bot.domain.obligations.calendar import LegalCalendar
from playbooks.values import Model, Zone


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no date: write one like 2026-11-20") from None


Day = Annotated[date, BeforeValidator(_day)]


# Places of the shipped file, which every start would look up again; a test asks the library for each.
SHIPPED = frozenset(
    {("BE", None), ("GB", "ENG"), ("US", None), ("KR", None), ("CN", None), ("IN", None)}
    | {("US", state) for state in ("CA", "NY", "IL", "CO")}
)


class CalendarPolicy(Model):
    """Where an authority sits: time zone and public holidays. Without ``country`` only weekends are days off."""

    timezone: Zone
    country: Annotated[str, Field(pattern=r"\A[A-Z]{2}\Z")] | None = None
    subdivision: Annotated[str, Field(pattern=r"\A[A-Z0-9-]{1,6}\Z")] | None = None
    holidays: tuple[Day, ...] = ()


def legal_calendar(policy: CalendarPolicy) -> LegalCalendar:
    """The calendar of an authority's place; holidays of a year are worked out when one of its days is asked about."""
    own = frozenset(policy.holidays)
    official = _official(policy.country, policy.subdivision) if policy.country else None
    return LegalCalendar(policy.timezone, is_holiday=lambda day: day in own or bool(official and official(day)))


def legal_calendars(policies: Mapping[str, CalendarPolicy]) -> dict[str, LegalCalendar]:
    """All of them by name."""
    return {name: legal_calendar(policy) for name, policy in policies.items()}


@cache
def is_known(country: str, subdivision: str | None) -> bool:
    """Whether the library keeps that place's public holidays."""
    if (country, subdivision) in SHIPPED:
        return True
    from holidays.utils import country_holidays  # noqa: PLC0415 - see _official

    try:
        country_holidays(country, subdiv=subdivision)
    except NotImplementedError:
        return False
    return True


@cache
def _official(country: str, subdivision: str | None) -> Callable[[date], bool]:
    @cache
    def of_year(year: int) -> frozenset[date]:
        # The library takes a moment to load, and most of Andon asks for no holiday.
        from holidays.utils import country_holidays  # noqa: PLC0415

        return frozenset(country_holidays(country, subdiv=subdivision, years=year))

    return lambda day: day in of_year(day.year)
