"""By when, as people write it: what is a date, what only looks like one, and never a moment that is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import dates as rules
from bot.domain.errors import BadInput
from bot.services import dates
from tests.clock import FRIDAY

BERLIN = "Europe/Berlin"  # 17:30 there


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """An instant of 2026 in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("friday", at(27, 16)),
        ("Friday 10am", at(27, 9)),
        ("in 2h", at(20, 18, 30)),
        ("90 min", at(20, 18)),
        ("1h30", at(20, 18)),
        ("in half an hour", at(20, 17)),
        ("tomorrow", at(21, 16)),
        ("tomorrow 10:00", at(21, 9)),
        ("tomorrow at 10", at(21, 9)),
        ("23:15", at(20, 22, 15)),
        ("09:00", at(21, 8)),
        ("17:00 utc", at(20, 17)),
        ("2026-12-01", at(1, 16, month=12)),
        ("2026-12-01 14:00", at(1, 13, month=12)),
        ("1 dec", at(1, 16, month=12)),
        ("25/12/2026", at(25, 16, month=12)),
        ("in 3 days", at(23, 16)),
        ("eod", at(21, 16)),
        ("monday morning", at(23, 8)),
    ],
)
def test_words_are_read_in_the_persons_zone(words: str, expected: datetime) -> None:
    """A day means the end of its working day, a time is theirs, a time that is over today is tomorrow's."""
    assert dates.parse(words, BERLIN, FRIDAY) == expected


@pytest.mark.parametrize(
    "words", ["hand", "may", "10", "friday check", "03/04", "feb 30", "friday 25:00", "", "in", "5"]
)
def test_what_is_no_date_is_none(words: str) -> None:
    """Words of the day, bare numbers, impossible days and days that could be months are not guessed at."""
    assert dates.parse(words, BERLIN, FRIDAY) is None


@pytest.mark.parametrize(
    ("line", "due", "what"),
    [
        ("by friday check the logs", at(27, 16), "check the logs"),
        ("check the logs by friday", at(27, 16), "check the logs"),
        ("by tomorrow 10:00 restart 5 replicas", at(21, 9), "restart 5 replicas"),
        ("by in 2h roll it back", at(20, 18, 30), "roll it back"),
        ("ask the vendor by phone by 19:00", at(20, 18), "ask the vendor by phone"),
        ("by hand check the orders", None, "by hand check the orders"),
        ("check the orders by hand", None, "check the orders by hand"),
        ("by may the team decides", None, "by may the team decides"),
        ("by friday", None, "by friday"),
        ("stand by", None, "stand by"),
    ],
)
async def test_a_line_is_split_where_it_reads_as_a_date(line: str, due: datetime | None, what: str) -> None:
    """*by* makes a due time only where what follows is one; otherwise the line stays as typed."""
    assert await dates.find(line, BERLIN, FRIDAY) == (due, what)


@pytest.mark.parametrize(
    ("words", "hint"), [("whenever", "cannot read"), ("2020-01-01", "in the past"), ("03/04", "cannot read")]
)
async def test_an_unreadable_or_past_date_says_so(words: str, hint: str) -> None:
    """The error is about the field, repeats what was typed and shows what works."""
    with pytest.raises(BadInput, match=hint) as caught:
        await dates.read(words, BERLIN, FRIDAY)
    assert caught.value.field == "due"
    assert words in caught.value.sentence
    assert "friday" in caught.value.sentence


def test_an_unknown_zone_is_utc() -> None:
    """Slack may give no zone, or one this machine does not know."""
    assert dates.parse("18:00", "", FRIDAY) == dates.parse("18:00", "Mars/Olympus", FRIDAY) == at(20, 18)


def test_spans_cross_a_change_of_the_clocks() -> None:
    """Two hours are two hours, even in the night in which an hour happens twice."""
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert dates.parse("in 2h", BERLIN, before) == before + timedelta(hours=2)


WORDS = st.sampled_from(
    [
        "by",
        "friday",
        "in",
        "2h",
        "tomorrow",
        "10:00",
        "check",
        "the",
        "logs",
        "may",
        "5",
        "99999999999d",
        "next",
        "week",
        "at",
        "9",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=40))
def test_no_line_breaks_it_and_nothing_is_lost(line: str) -> None:
    """Whatever is typed, the due time lies ahead and every word that is no date is still in the task."""
    due, what = dates._find(line, BERLIN, FRIDAY)
    assert due is None or due > FRIDAY
    assert what == line if due is None else what.split() and set(what.split()) <= set(line.split())


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_rules_take_any_text(text: str) -> None:
    """The pure rules never fail."""
    rules.could_be_date(text)
    rules.span(text)
    rules.is_ambiguous(text)
    list(rules.splits(text))
