"""What may apply, and when it is spoken of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incident import IncidentType
from bot.domain.obligations.proposing import Conditions, because
from bot.domain.obligations.reminding import moments, next_at, reached
from bot.domain.obligations.words import Step
from bot.domain.particulars import Answered
from playbooks.library import Library

LEAK = [IncidentType.DATA_EXPOSURE]
GDPR = Conditions(
    "data_controller", Answered.YES, frozenset(LEAK), ("eu",), (("personal_data", "yes"), ("health_data", "yes"))
)


@pytest.mark.parametrize(
    ("types", "chosen", "expected"),
    [
        (LEAK, {}, "data exposure; not yet known: regions, personal data, health data"),
        (LEAK, {"regions": ["eu", "us"]}, "data exposure; eu; not yet known: personal data, health data"),
        (LEAK, {"regions": ["uk"]}, None),
        (LEAK, {"personal_data": ["no"], "health_data": ["no"]}, None),
        (
            LEAK,
            {"personal_data": ["unknown"], "health_data": ["no"]},
            "data exposure; not yet known: regions, personal data",
        ),
        ([IncidentType.DRIFT], {}, None),
        ([IncidentType.DRIFT], {"personal_data": ["yes"], "regions": ["eu"]}, "personal data: yes; eu"),
    ],
)
def test_what_speaks_for_a_clock(types: list[IncidentType], chosen: dict[str, list[str]], expected: str | None) -> None:
    """A matching type or an established fact proposes; another place or a plain no does not; what is open is said."""
    assert because(GDPR, types, chosen) == expected


def test_a_state_is_in_its_country_and_what_we_are_not_is_never_proposed() -> None:
    """A Californian is in the United States; no is no, and unsettled is said."""
    federal = Conditions("listed", Answered.UNKNOWN, frozenset(LEAK), ("us",), ())
    assert because(federal, LEAK, {"regions": ["us_ca"]}) == "data exposure; us; whether we are a listed is not settled"
    assert because(Conditions("listed", Answered.NO, frozenset(LEAK), ("us",), ()), LEAK, {}) is None


def test_rows_not_in_force_are_not_proposed() -> None:
    """Article 73 waits for the days on which it holds."""
    file = Library.load(None).obligations
    chosen = {"regions": ["eu"], "serious_harm": ["yes"]}
    ids = [
        {row.id for row, _ in file.proposed([IncidentType.BIAS], chosen, day)}
        for day in (date(2026, 11, 20), date(2028, 1, 1))
    ]
    assert "aia73" not in ids[0]
    assert "aia73" in ids[1]


instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by Hypothesis


@given(instants, st.integers(1, 10_000), st.integers(-100, 20_000))
def test_every_step_is_reached_once_and_in_order(started: datetime, minutes: int, passed: int) -> None:
    """Whoever asks for the next moment after what was reached gets one ahead, until the clock is over."""
    due, now = started + timedelta(minutes=minutes), started + timedelta(minutes=passed)
    step = reached(started, due, now)
    following = next_at(started, due, step)
    assert (following is None) == (step is Step.OVERDUE) == (now >= due)
    assert following is None or started < now < following <= due or (now <= started and following > now)
    assert [at for _, at in moments(started, due)] == sorted(at for _, at in moments(started, due))
