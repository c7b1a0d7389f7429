"""Alerts in our shape and thresholds on them: what fits, what is reached, what waits and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alerts.alert import Alert, AlertStatus, alert, instant, severity_of
from bot.domain.alerts.thresholds import Act, Bound, Rule, judge, scope, written
from bot.domain.incident import IncidentType, Severity
from tests.clock import FRIDAY

WORDS = {"critical": Severity.SEV1, "warning": Severity.SEV3}


def made(**more: Any) -> Alert:
    told: dict[str, Any] = {"source": "s", "external_id": "1", "title": "Score fell", "started_at": FRIDAY}
    return alert(**{**told, "labels": {"severity": "warning", "system": "shop", "team": "ml-core"}, **more})


def verdict(rules: list[Rule], one: Alert, *, seen: int = 1, now: datetime = FRIDAY) -> Any:
    counted: Callable[[Rule], int] = lambda _rule: seen  # noqa: E731 - a count that stands still
    return judge(rules, one, now=now, seen=counted, words=WORDS, otherwise=Act.REPORT)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"sources": ("s",)}, True),
        ({"sources": ("t", "x*")}, False),
        ({"titles": ("*FELL*",)}, True),
        ({"labels": {"team": ("ops", "ml-*")}}, True),
        ({"labels": {"team": ("ml",)}}, False),
        ({"labels": {"nowhere": ("?*",)}}, False),
        ({"severities": frozenset({Severity.SEV3})}, True),
        ({"severities": frozenset({Severity.SEV2})}, False),
        ({"types": frozenset({IncidentType.DRIFT})}, False),
        ({"systems": ("sh?p",)}, True),
        ({"bounds": (Bound("score", under=0.5),)}, True),
        ({"bounds": (Bound("score", over=0.4),)}, False),
        ({"bounds": (Bound("score", over=0.3, under=0.5),)}, True),
        ({"bounds": (Bound("other", over=0),)}, False),
    ],
)
def test_what_a_rule_is_about(rule: dict[str, Any], fits: bool) -> None:
    """Everything it names has to fit; a number on the bound is not over it."""
    found = verdict([Rule(id="r", act=Act.KEEP, **rule)], made(values={"score": 0.4}))
    assert (found.act, found.rule) == ((Act.KEEP, "r") if fits else (Act.REPORT, ""))


def test_the_first_rule_that_is_reached_decides() -> None:
    """Those before it say why they wait; without any that fits, what policy says otherwise."""
    many = Rule(id="many", act=Act.DECLARE, times=3, within=timedelta(minutes=10))
    long = Rule(id="long", act=Act.ATTACH, lasting=timedelta(hours=2))
    every = Rule(id="every", act=Act.REPORT, type=IncidentType.BIAS, severity=Severity.SEV4)
    now = FRIDAY + timedelta(minutes=90)
    found = verdict([many, long, every], made(), seen=2, now=now)
    assert (found.rule, found.type, found.severity) == ("every", IncidentType.BIAS, Severity.SEV4)
    assert found.why[0] == "“many” fits, but this is 2 of 3 within 10m"
    assert found.why[1] == "“long” fits, but it has lasted 1h 30m of 2h"
    assert found.due_at == FRIDAY + timedelta(hours=2)
    assert verdict([many], made(), seen=3).act is Act.DECLARE
    waiting = verdict([long], made(), now=now)
    assert (waiting.act, waiting.due_at) == (Act.KEEP, FRIDAY + timedelta(hours=2))
    assert verdict([long], made(), now=FRIDAY + timedelta(hours=2)).act is Act.ATTACH
    assert verdict([long], made(started_at=None)).due_at is None


def test_severity_words() -> None:
    """Policy explains them, in any case; ours mean themselves; an unknown one means nothing, so that people look."""
    for word, meant in [("CRITICAL", "SEV1"), (" warning ", "SEV3"), ("sev2", "SEV2"), ("P0", None), ("", None)]:
        assert severity_of(word, WORDS) == (Severity(meant) if meant else None)


def test_instants() -> None:
    """Nanoseconds, other zones and none; impossible ones are refused; the year 1 means *not yet*."""
    assert instant("2026-11-20T17:00:00.123456789+01:00").isoformat() == "2026-11-20T16:00:00.123456+00:00"
    assert instant("2026-11-20T16:00:00").tzinfo is not None
    for wrong in ("2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:00", "x" * 5000):
        with pytest.raises(ValueError, match=r"."):
            instant(wrong)
    assert made(started_at=instant("0001-01-01T00:00:00Z")).started_at is None
    assert made(started_at=FRIDAY + timedelta(days=1)).lasted(FRIDAY) == timedelta(0)


def test_spans_in_words() -> None:
    """As policy writes them."""
    spans = {20: "20s", 90: "1m", 5400: "1h 30m", 4 * 86400: "4d"}
    assert {seconds: written(timedelta(seconds=seconds)) for seconds in spans} == spans


NAMES = st.text(max_size=12)


@settings(max_examples=80, deadline=None)
@given(source=NAMES, external=NAMES, other=NAMES, status=st.sampled_from(AlertStatus))
def test_an_alert_is_itself_and_no_other(source: str, external: str, other: str, status: AlertStatus) -> None:
    """The same key for the same; another one for another sender, name, instant or status, whatever stands in them."""
    one = made(external_id=external, status=status)
    assert one.key == made(external_id=external, status=status, title="x", labels={}).key
    assert (one.key == made(external_id=other, status=status).key) is (external == other)
    assert one.key != made(external_id=external, status=status, started_at=FRIDAY + timedelta(seconds=1)).key
    assert one.key != made(source="t", external_id=external, status=status).key
    assert one.group != made(source="t", external_id=external).group
    assert Alert.read(one.stored()) == one
    assert scope(one) == scope(made(external_id=other))


@settings(max_examples=60, deadline=None)
@given(seen=st.integers(1, 9), times=st.integers(1, 9), minutes=st.integers(0, 90), lasting=st.integers(0, 90))
def test_a_threshold_is_never_reached_early(seen: int, times: int, minutes: int, lasting: int) -> None:
    """Exactly when there are enough of them and it has lasted long enough."""
    rule = Rule(id="r", act=Act.DECLARE, times=times, within=timedelta(hours=1), lasting=timedelta(minutes=lasting))
    found = verdict([rule], made(), seen=seen, now=FRIDAY + timedelta(minutes=minutes))
    assert (found.act is Act.DECLARE) is (seen >= times and minutes >= lasting)
    assert (found.due_at is not None) is (seen >= times and minutes < lasting)
