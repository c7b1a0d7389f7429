"""Measures: not known is not zero, and time does not run backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.measures import (
    INCONSISTENT,
    NOT_KNOWN,
    Certainty,
    Instants,
    Measure,
    MeasureKey,
    Span,
    Targets,
    adherence,
    between,
    between_estimate,
    margin,
    measure,
    spread,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
INSTANT = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def known(low: float, high: float | None = None) -> Span:
    """A span of minutes."""
    return Span(Certainty.KNOWN, minutes(low), minutes(low if high is None else high))


def test_unknown_end_is_not_zero() -> None:
    """A span with an end that nobody knows is not known."""
    assert between(None, NOON) == between(NOON, None) == between(None, None) == NOT_KNOWN


def test_negative_span_is_refused() -> None:
    """What ends before it begins has no length at all."""
    assert between(NOON, NOON - minutes(1)) == INCONSISTENT
    assert between(NOON, NOON) == known(0)


def test_estimated_start_gives_bounds() -> None:
    """A start between two bounds gives a shortest and a longest span; one bound alone stands for both."""
    low, high = NOON - minutes(30), NOON - minutes(10)
    assert between_estimate(low, high, NOON) == known(10, 30)
    assert between_estimate(low, None, NOON) == known(30)
    assert between_estimate(None, high, NOON) == known(10)


def test_start_cannot_follow_its_detection() -> None:
    """An upper bound after the detection says no more than: at some time until then."""
    assert between_estimate(NOON - minutes(30), NOON + minutes(10), NOON) == known(0, 30)
    assert between_estimate(NOON + minutes(1), NOON + minutes(10), NOON) == INCONSISTENT
    assert between_estimate(NOON - minutes(10), NOON - minutes(30), NOON) == INCONSISTENT


@given(st.one_of(st.none(), INSTANT), st.one_of(st.none(), INSTANT), st.one_of(st.none(), INSTANT))
def test_no_span_is_negative(low: datetime | None, high: datetime | None, later: datetime | None) -> None:
    """Whatever the instants, a known span is at least zero and its bounds are in order."""
    span = between_estimate(low, high, later)
    if span.is_known:
        assert span.low is not None
        assert span.high is not None
        assert timedelta(0) <= span.low <= span.high
    else:
        assert span.low is span.high is None


def test_formulas() -> None:
    """Each measure runs between the instants of domain.md section 7.3."""
    instants = Instants(
        started_low_at=NOON,
        detected_at=NOON + minutes(1),
        declared_at=NOON + minutes(3),
        alerted_at=NOON + minutes(7),
        acknowledged_at=NOON + minutes(15),
        lead_seated_at=NOON + minutes(19),
        contained_at=NOON + minutes(64),
        recovered_at=NOON + minutes(129),
    )
    assert {m.key: m.span for m in measure(instants, Targets())} == {
        MeasureKey.DETECT: known(1),
        MeasureKey.DECLARE: known(2),
        MeasureKey.ACKNOWLEDGE: known(8),
        MeasureKey.LEAD: known(16),
        MeasureKey.CONTAIN: known(63),
        MeasureKey.CONTAIN_DECLARED: known(61),
        MeasureKey.RECOVER: known(128),
    }


def test_promise_is_judged_only_where_it_can_be() -> None:
    """Kept up to the last second, broken after it; an estimate around it and an unknown length decide nothing."""
    promised = minutes(10)
    assert Measure(MeasureKey.LEAD, known(10), promised).is_met is True
    assert Measure(MeasureKey.LEAD, known(10.1), promised).is_met is False
    assert Measure(MeasureKey.LEAD, known(5, 15), promised).is_met is None
    assert Measure(MeasureKey.LEAD, NOT_KNOWN, promised).is_met is None
    assert Measure(MeasureKey.LEAD, known(1)).is_met is None


def test_adherence_counts_what_was_due() -> None:
    """In time, late, never sent, and one that nobody had promised."""
    share = adherence([(NOON, NOON), (NOON, NOON + minutes(1)), (NOON, None), (None, NOON)])
    assert (share.on_time, share.due, share.share) == (1, 3, 1 / 3)
    assert adherence([]).share is None


def test_margin_is_negative_when_late() -> None:
    """Time to spare, time missing, and not known."""
    assert margin(NOON, NOON - minutes(5)) == minutes(5)
    assert margin(NOON, NOON + minutes(5)) == minutes(-5)
    assert margin(NOON, None) is None


def test_spread_excludes_what_is_not_known() -> None:
    """Unknown and inconsistent spans are counted beside the figures, never in them."""
    figures = spread([known(10), NOT_KNOWN, known(20, 40), INCONSISTENT, NOT_KNOWN])
    assert (figures.count, figures.not_known, figures.inconsistent) == (2, 2, 1)
    assert (figures.median, figures.mean, figures.raw) == (minutes(20), minutes(20), (minutes(10), minutes(30)))


def test_spread_of_many() -> None:
    """From five spans on there are figures and no raw list; the ninetieth percentile is one of the lengths."""
    figures = spread([known(n) for n in range(1, 11)])
    assert (figures.median, figures.p90, figures.raw) == (minutes(5.5), minutes(9), ())


def test_spread_of_none() -> None:
    """No span, no figure."""
    figures = spread([NOT_KNOWN])
    assert (figures.count, figures.median, figures.mean, figures.p90) == (0, None, None, None)
