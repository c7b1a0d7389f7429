"""When the law's clocks run out: the worked examples, and what holds of every start."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.obligations.calendar import LegalCalendar
from bot.domain.obligations.clock import Due, Limit, Rule, due
from bot.domain.obligations.words import Clocking, Counted, Roll

# Friday; Thanksgiving is on Thursday the 26th.
START = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
THANKSGIVING = date(2026, 11, 26)
PLAIN = LegalCalendar()
FEDERAL = LegalCalendar(is_holiday=lambda day: day == THANKSGIVING)
H, CD, BD, MONTHS = Clocking.HOURS, Clocking.CALENDAR_DAYS, Clocking.BUSINESS_DAYS, Clocking.MONTHS


def reckon(
    amount: int,
    unit: Clocking,
    roll: Roll = Roll.NONE,
    *,
    start: datetime = START,
    calendar: LegalCalendar = PLAIN,
    counted: Counted = Counted.EVENT,
) -> Due:
    """One limit from one start."""
    found = due(Rule(Limit(("aware_at",), amount, unit, counted), roll=roll), {"aware_at": start}, calendar)
    assert found is not None
    return found


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(4, "2026-11-20 20:30"), (6, "2026-11-20 22:30"), (24, "2026-11-21 16:30"), (72, "2026-11-23 16:30")],
)
@pytest.mark.parametrize("roll", list(Roll))
def test_hours_run_through_the_weekend(hours: int, expected: str, roll: Roll) -> None:
    """Hours never pause, and no rule for days off moves their end."""
    found = reckon(hours, H, roll)
    assert (found.strict, found.statutory) == (at(expected), at(expected))


@pytest.mark.parametrize(
    ("days", "roll", "strict", "statutory"),
    [
        (2, Roll.TWO_WORKING_DAYS, "2026-11-22", "2026-11-24"),
        (2, Roll.NEXT_WORKING_DAY, "2026-11-22", "2026-11-23"),
        (5, Roll.TWO_WORKING_DAYS, "2026-11-25", "2026-11-25"),
        (10, Roll.TWO_WORKING_DAYS, "2026-11-30", "2026-11-30"),
        (15, Roll.NEXT_WORKING_DAY, "2026-12-05", "2026-12-07"),
        (15, Roll.TWO_WORKING_DAYS, "2026-12-05", "2026-12-07"),
        (60, Roll.NONE, "2027-01-19", "2027-01-19"),
        (1, Roll.TWO_WORKING_DAYS, "2026-11-21", "2026-11-23"),
    ],
)
def test_days_end_with_their_last_second(days: int, roll: Roll, strict: str, statutory: str) -> None:
    """The day of the event does not count; only what the law allows is a note beside the strict date."""
    found = reckon(days, CD, roll)
    assert found.strict == at(f"{strict} 23:59:59")
    assert found.statutory == at(f"{statutory} 23:59:59")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20 16:30", "2026-11-27"),
        ("2026-11-21 09:00", "2026-11-27"),
        ("2026-11-23 00:00", "2026-11-30"),
        ("2026-11-26 12:00", "2026-12-02"),
    ],
)
def test_business_days_leave_out_weekends_and_federal_holidays(start: str, expected: str) -> None:
    """Four business days after Friday the 20th end on Friday the 27th, Thanksgiving between; a weekend starts none."""
    assert reckon(4, BD, start=at(start), calendar=FEDERAL).strict == at(f"{expected} 23:59:59")


@pytest.mark.parametrize(
    ("aware", "classified", "expected"),
    [
        ("2026-11-20 10:00", "2026-11-20 20:00", "2026-11-21 00:00"),
        ("2026-11-20 10:00", "2026-11-21 08:00", "2026-11-21 10:00"),
        ("2026-11-20 10:00", "2026-11-22 09:00", "2026-11-22 13:00"),
        ("2026-11-20 10:00", None, "2026-11-21 10:00"),
        (None, "2026-11-20 20:00", "2026-11-21 00:00"),
    ],
)
def test_four_hours_from_classification_within_a_day_of_awareness(
    aware: str | None, classified: str | None, expected: str
) -> None:
    """The earlier of the two; classified after the day is over, it is four hours; one of them alone runs by itself."""
    rule = Rule(Limit(("dora_classified_at",), 4, H), cap=Limit(("aware_at",), 24, H))
    stated = {"aware_at": aware, "dora_classified_at": classified}
    known = {name: at(text) for name, text in stated.items() if text}
    found = due(rule, known, PLAIN)
    assert found is not None
    assert found.strict == at(expected)
    assert due(rule, {}, PLAIN) is None


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2027-01-31 10:00", 1, "2027-02-28"),
        ("2028-01-31 10:00", 1, "2028-02-29"),
        ("2028-02-29 10:00", 12, "2029-02-28"),
        ("2026-11-30 23:59", 1, "2026-12-30"),
        ("2026-12-31 10:00", 2, "2027-02-28"),
    ],
)
def test_months_end_on_the_same_day_or_the_last(start: str, count: int, expected: str) -> None:
    """A month from the 31st of January ends with February, leap day or not."""
    assert reckon(count, MONTHS, start=at(start)).strict == at(f"{expected} 23:59:59")


def test_leap_day_counts() -> None:
    """Fifteen days over the end of a February that has 29 are one date earlier."""
    assert reckon(15, CD, start=at("2028-02-20 10:00")).strict == at("2028-03-06 23:59:59")
    assert reckon(15, CD, start=at("2027-02-20 10:00")).strict == at("2027-03-07 23:59:59")


def test_counted_from_the_end_of_a_month_or_a_year() -> None:
    """Sixty days after the year's end; the fifteenth of the next month."""
    assert reckon(60, CD, counted=Counted.YEAR_END).strict == at("2027-03-01 23:59:59")
    assert reckon(15, CD, counted=Counted.MONTH_END).strict == at("2026-12-15 23:59:59")


def test_days_are_those_of_the_authority() -> None:
    """Late in the evening in London it is the next day in Brussels, and the period ends at Brussels' midnight."""
    brussels = LegalCalendar("Europe/Brussels")
    found = reckon(2, CD, start=at("2026-11-20 23:30"), calendar=brussels)
    assert found.strict == at("2026-11-23 22:59:59")


def test_changes_of_time_shift_days_and_not_hours() -> None:
    """Three days over the end of summer time are 73 hours to the local midnight; 72 hours stay 72."""
    brussels = LegalCalendar("Europe/Brussels")
    start = datetime(2026, 10, 24, 0, 0, tzinfo=ZoneInfo("Europe/Brussels"))
    assert reckon(72, H, start=start, calendar=brussels).strict - start.astimezone(UTC) == timedelta(hours=72)
    assert reckon(2, CD, start=start, calendar=brussels).strict == at("2026-10-26 22:59:59")
    spring = datetime(2027, 3, 27, 12, 0, tzinfo=ZoneInfo("Europe/Brussels"))
    assert reckon(24, H, start=spring, calendar=brussels).strict == at("2027-03-28 11:00")
    assert reckon(1, CD, start=spring, calendar=brussels).strict == at("2027-03-28 21:59:59")


instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by Hypothesis
zones = st.sampled_from(["UTC", "Europe/Brussels", "America/New_York", "Asia/Seoul", "Pacific/Apia", "Asia/Kolkata"])
holidays = st.frozensets(st.integers(0, 6), max_size=3)


@given(instants, st.integers(1, 90), st.sampled_from(Clocking), st.sampled_from(Roll), zones, holidays)
def test_what_holds_of_every_clock(
    start: datetime, amount: int, unit: Clocking, roll: Roll, zone: str, off: frozenset[int]
) -> None:
    """Never due before it began; the law's note never before the strict instant; hours exact; later starts never due earlier."""
    calendar = LegalCalendar(zone, is_holiday=lambda day: day.day % 7 in off)
    found = reckon(amount, unit, roll, start=start, calendar=calendar)
    assert found.started == start <= found.strict <= found.statutory
    later = reckon(amount, unit, roll, start=start + timedelta(hours=5), calendar=calendar)
    assert found.strict <= later.strict
    assert found.statutory <= later.statutory
    if unit is H:
        assert found.strict - start == timedelta(hours=amount) == found.statutory - start
    elif unit is BD:
        assert calendar.is_working(calendar.day_of(found.strict))
    elif roll is not Roll.NONE:
        assert calendar.is_working(calendar.day_of(found.statutory))


@given(instants, st.integers(1, 300), st.sampled_from([CD, BD, H, MONTHS]))
def test_more_time_is_never_due_earlier(start: datetime, amount: int, unit: Clocking) -> None:
    """A longer period ends no sooner, strictly and by statute."""
    short, long = (reckon(n, unit, Roll.TWO_WORKING_DAYS, start=start) for n in (amount, amount + 1))
    assert short.strict <= long.strict
    assert short.statutory <= long.statutory
