"""Terminal output is aligned, says its time zone, and lets nothing through that could steer a terminal."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Profile
from bot.terminal import text

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
LENA = {"ULENA": Profile("ULENA", "Lena Voss")}
FOREIGN = st.text(st.characters() | st.sampled_from("\x1b\x9b\u202e\u2066\r\n\t<@U>"), max_size=60)


@given(FOREIGN)
def test_foreign_text_is_harmless(foreign: str) -> None:
    """No control character and no escape sequence; what turns the reading direction ends where the text ends."""
    said = text.line(foreign, {})
    assert [] == [c for c in said if unicodedata.category(c) in ("Cc", "Cs")]
    assert said.count("\u2068") == said.count("\u2069")
    assert "\u202e" not in said
    assert [] == [c for one in text.paragraph(foreign, {}) for c in one if unicodedata.category(c) == "Cc"]


def test_people_are_named_in_text() -> None:
    """What Slack keeps as an id a reader sees as a name; whoever is unknown stays an id."""
    assert "@Lena Voss and @UWHO saw it" == text.line("<@ULENA> and <@UWHO>\n saw it", LENA)
    assert ("Lena Voss", "Andon", "UWHO") == tuple(text.person(who, LENA) for who in ("ULENA", "bot:andon", "UWHO"))


def test_long_text_is_clipped_where_it_must_fit() -> None:
    """An ellipsis says that there is more."""
    assert "The shop…" == text.line("The shop bot gives 99% off", {}, 9)


@given(
    st.lists(
        st.lists(st.sampled_from(["", "a", "SEV1", "漢字", "e\u0301t\u0301", "🚨", "שלום"]), min_size=3, max_size=3),
        max_size=6,
    )
)
def test_columns_are_aligned(rows: list[list[str]]) -> None:
    """Every cell of a column begins at the same place, however wide its neighbours' letters are."""
    marked = [[row[0], row[1], f"|{row[2]}"] for row in rows]
    starts = {text.width(line.partition("|")[0]) for line in text.table(marked)}
    assert len(starts) <= 1


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (25, "16:55 UTC (in 25 min)"),
        (0, "16:30 UTC (now)"),
        (-90, "15:00 UTC (1 h 30 min overdue)"),
        (450, "2026-11-21 00:00 UTC (in 7 h 30 min)"),
        (60 * 52, "2026-11-22 20:30 UTC (in 2 d 4 h)"),
        (60 * 24 * 3, "2026-11-23 16:30 UTC (in 3 d)"),
    ],
)
def test_due_says_when_and_how_long(minutes: int, said: str) -> None:
    """The day is left out where it is today; missed is said as missed."""
    assert said == text.due(NOW + timedelta(minutes=minutes), NOW)


def test_instants_are_utc_whatever_they_came_in() -> None:
    """A zone of the database or of a person does not leak out."""
    assert "2026-11-20 16:30 UTC" == text.utc(NOW.astimezone(timezone(timedelta(hours=9))))
    assert "16:30 UTC (just now)" == text.ago(NOW, NOW)
    assert "14:30 UTC (2 h ago)" == text.ago(NOW - timedelta(hours=2), NOW)


def test_a_part_without_lines_is_not_there() -> None:
    """No heading over nothing."""
    assert [] == text.part("Tasks", [])
    assert ["", "Tasks", "one"] == text.part("Tasks", ["one"])
