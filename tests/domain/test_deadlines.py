"""Durations, working time and due instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadlines import BusinessCalendar, Duration, TimeUnit, due_at

OFFICE = frozenset(range(5))
LONDON = BusinessCalendar(
    "Europe/London", OFFICE, time(9), time(17), frozenset({date(2026, 12, 25), date(2026, 12, 28)})
)
NEW_YORK = BusinessCalendar("America/New_York", OFFICE, time(9), time(17), frozenset({date(2026, 11, 26)}))
# Chile changes at midnight, Lord Howe by half an hour; one calendar works through the night of the change.
NIGHT = BusinessCalendar("Australia/Lord_Howe", frozenset(range(7)), time(1, 15), time(2, 20))
LATE = BusinessCalendar("America/Santiago", frozenset({4, 5, 6}), time(22, 30), time(23, 45))
CALENDARS = (LONDON, NEW_YORK, NIGHT, LATE)
FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

instants = st.datetimes(
    datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2029-12-31"), timezones=st.just(UTC)
)
CHANGES = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-03-29T01:00",  # London, on
        "2026-10-25T01:00",  # London, off
        "2026-11-01T06:00",  # New York, off
        "2026-04-04T15:00",  # Lord Howe, off
        "2026-10-03T15:30",  # Lord Howe, on
        "2026-04-05T03:00",  # Santiago, off: 24:00 becomes 23:00
        "2026-09-06T04:00",  # Santiago, on: 0:00 becomes 1:00
    )
)
near_changes = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-3000, 3000)
)
starts = instants | near_changes
calendars = st.sampled_from(CALENDARS)
units = st.sampled_from(list(TimeUnit))
amounts = st.integers(0, 60)


def _moves(calendar: BusinessCalendar, change: datetime) -> bool:
    before, after = (change + timedelta(minutes=m) for m in (-1, 1))
    return before.astimezone(calendar.zone).utcoffset() != after.astimezone(calendar.zone).utcoffset()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["5m", "4h", "4bh", "1bd", "3cd", "0m", "9999h"])
def test_written_form_survives(text: str) -> None:
    """What a policy file says is read and written back the same."""
    assert text == str(Duration.parse(text))


def test_days_are_calendar_days() -> None:
    """30d is 30cd."""
    assert Duration(30, TimeUnit.CALENDAR_DAYS) == Duration.parse(" 30d ")


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5m", "5 m", "5M", "1.5h", "5m4h", "10000h", "٥m", "5w", "none", "5m\n6m"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    """Nothing is guessed: the refusal says what is accepted."""
    with pytest.raises(ValueError, match=r"write 5m \(minutes\)"):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("duration", "calendar", "expected"),
    [
        ("4h", LONDON, "2026-11-20T20:30"),
        ("24h", LONDON, "2026-11-21T16:30"),
        ("72h", LONDON, "2026-11-23T16:30"),
        ("5cd", LONDON, "2026-11-25T16:30"),
        ("10cd", LONDON, "2026-11-30T16:30"),
        ("15cd", LONDON, "2026-12-05T16:30"),
        ("60cd", LONDON, "2027-01-19T16:30"),
        # Friday 11:30 in New York; Thanksgiving is no working day.
        ("4bd", NEW_YORK, "2026-11-27T16:30"),
        ("1bh", LONDON, "2026-11-23T09:30"),
        ("4bh", LONDON, "2026-11-23T12:30"),
        ("1bd", LONDON, "2026-11-23T16:30"),
        ("0bh", LONDON, "2026-11-20T16:30"),
        ("25bd", LONDON, "2026-12-29T16:30"),
    ],
)
def test_the_field_s_own_vectors(duration: str, calendar: BusinessCalendar, expected: str) -> None:
    """The vectors computed by hand for Friday 20 November 2026, 16:30 UTC."""
    assert utc(expected) == due_at(FRIDAY, Duration.parse(duration), calendar)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        # London springs forward on 29 March 2026 and falls back on 25 October 2026.
        ("2026-03-28T12:00", "1cd", "2026-03-29T11:00"),
        ("2026-03-28T12:00", "24h", "2026-03-29T12:00"),
        ("2026-10-24T11:00", "1cd", "2026-10-25T12:00"),
        ("2026-10-23T11:00", "1bd", "2026-10-26T12:00"),
        # 01:30 does not exist on 29 March: it is due where the clock jumps.
        ("2026-03-28T01:30", "1cd", "2026-03-29T01:00"),
        # Out of hours a working deadline starts when work does.
        ("2026-11-21T12:00", "1bd", "2026-11-24T09:00"),
        ("2026-11-20T17:00", "1bh", "2026-11-23T10:00"),
        ("2026-11-20T22:00", "0bh", "2026-11-23T09:00"),
        # A full working day ends when that day does, not when the next one starts.
        ("2026-11-20T09:00", "8bh", "2026-11-20T17:00"),
        # Christmas: Friday 25 and Monday 28 December are holidays.
        ("2026-12-24T16:00", "2bh", "2026-12-29T10:00"),
    ],
)
def test_local_time_is_kept(start: str, duration: str, expected: str) -> None:
    """Calendar and business time follow the local clock through summer time, weekends and holidays."""
    assert utc(expected) == due_at(utc(start), Duration.parse(duration), LONDON)


def test_any_zone_comes_back_in_utc() -> None:
    """A start in another zone is the same start."""
    local = FRIDAY.astimezone(ZoneInfo("Asia/Tokyo"))
    due = due_at(local, Duration.parse("1h"), LONDON)
    assert (FRIDAY + timedelta(hours=1), UTC) == (due, due.tzinfo)


def test_a_naive_start_is_refused() -> None:
    """A deadline without a zone would be a guess."""
    with pytest.raises(ValueError, match="aware"):
        due_at(datetime.fromisoformat("2026-01-01"), Duration.parse("1h"), LONDON)


@pytest.mark.parametrize(
    ("weekdays", "start", "end"), [(frozenset[int](), 9, 17), (frozenset({7}), 9, 17), (OFFICE, 17, 9), (OFFICE, 9, 9)]
)
def test_a_calendar_without_working_time_is_refused(weekdays: frozenset[int], start: int, end: int) -> None:
    """A calendar in which nothing would ever be due cannot be made."""
    with pytest.raises(ValueError, match="working"):
        BusinessCalendar("Europe/London", weekdays, time(start), time(end))


@given(starts, starts, amounts, units, calendars)
def test_a_later_start_is_never_due_earlier(
    one: datetime, other: datetime, amount: int, unit: TimeUnit, calendar: BusinessCalendar
) -> None:
    """Monotone in the start, across every change of the clock."""
    early, late = sorted((one, other))
    duration = Duration(amount, unit)
    assert due_at(early, duration, calendar) <= due_at(late, duration, calendar)


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.timezone)
@pytest.mark.parametrize("duration", ["0cd", "1cd", "2cd", "0bd", "1bd", "2bd", "0bh", "1bh"])
@pytest.mark.parametrize("days", [0, -1, -2])
def test_every_minute_around_a_change_stays_in_order(calendar: BusinessCalendar, duration: str, days: int) -> None:
    """Minute by minute through every skipped and repeated hour, and a day or two before: later is never due earlier."""
    wait = Duration.parse(duration)
    for change in (change for change in CHANGES if _moves(calendar, change)):
        middle = change + timedelta(days=days)
        due = [due_at(middle + timedelta(minutes=minute), wait, calendar) for minute in range(-150, 150, 5)]
        assert due == sorted(due)
        assert not wait.is_business or all(calendar.is_working(instant) for instant in due)


@given(starts, amounts, amounts, units, calendars)
def test_longer_is_never_due_earlier(
    start: datetime, one: int, other: int, unit: TimeUnit, calendar: BusinessCalendar
) -> None:
    """Monotone in the duration."""
    short, long = sorted((one, other))
    assert due_at(start, Duration(short, unit), calendar) <= due_at(start, Duration(long, unit), calendar)


@given(starts, amounts, units, calendars)
def test_never_due_before_it_starts(start: datetime, amount: int, unit: TimeUnit, calendar: BusinessCalendar) -> None:
    """Nothing is due before its start, and everything is told in UTC."""
    due = due_at(start, Duration(amount, unit), calendar)
    assert start <= due
    assert UTC == due.tzinfo


@given(starts, amounts, st.sampled_from([TimeUnit.BUSINESS_HOURS, TimeUnit.BUSINESS_DAYS]), calendars)
def test_business_deadlines_land_in_working_time(
    start: datetime, amount: int, unit: TimeUnit, calendar: BusinessCalendar
) -> None:
    """A business deadline falls on a working day, between opening and closing."""
    due = due_at(start, Duration(amount, unit), calendar)
    assert calendar.is_working(due)
    assert due.astimezone(calendar.zone).weekday() in calendar.weekdays
    assert due.astimezone(calendar.zone).date() not in calendar.holidays


@given(
    starts, amounts, amounts, st.sampled_from([TimeUnit.MINUTES, TimeUnit.HOURS, TimeUnit.BUSINESS_HOURS]), calendars
)
def test_parts_add_up(start: datetime, first: int, second: int, unit: TimeUnit, calendar: BusinessCalendar) -> None:
    """Counting on from a deadline is the same as counting both at once."""
    halfway = due_at(start, Duration(first, unit), calendar)
    at_once = due_at(start, Duration(first + second, unit), calendar)
    assert at_once == due_at(halfway, Duration(second, unit), calendar)


@given(starts, amounts, amounts, st.sampled_from([TimeUnit.BUSINESS_DAYS, TimeUnit.CALENDAR_DAYS]))
def test_days_add_up_at_noon(start: datetime, first: int, second: int, unit: TimeUnit) -> None:
    """Days compose too wherever no clock changes in working hours."""
    noon = start.astimezone(LONDON.zone).replace(hour=12, fold=0)
    halfway = due_at(noon, Duration(first, unit), LONDON)
    at_once = due_at(noon, Duration(first + second, unit), LONDON)
    assert at_once == due_at(halfway, Duration(second, unit), LONDON)


@given(starts, st.integers(0, 16))
def test_business_hours_count_working_time_only(start: datetime, hours: int) -> None:
    """Minute by minute, the working time between start and deadline is the duration."""
    start = start.replace(second=0, microsecond=0)
    due = due_at(start, Duration(hours, TimeUnit.BUSINESS_HOURS), LONDON)
    minute, worked = start, 0
    while minute < due:
        local = minute.astimezone(LONDON.zone)
        at_work = local.weekday() < 5 and local.date() not in LONDON.holidays and time(9) <= local.time() < time(17)
        worked += at_work
        minute += timedelta(minutes=1)
    assert hours * 60 == worked
