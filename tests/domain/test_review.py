"""The rules of reviews and action items, for every instant and every text."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.action_items import Chase, defanged, next_chase
from bot.domain.errors import BadInput
from bot.domain.postmortem import SectionKey
from bot.domain.review import SECTIONS, GapKind, ReviewGap, ReviewStep, check_close

DAY = timedelta(days=1)
CHASE = Chase((3 * DAY, DAY), (timedelta(hours=4), DAY, 3 * DAY), 7 * DAY)
DUE = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAYS = st.integers(-400, 400).map(lambda hours: DUE + timedelta(hours=hours))


def test_reminders_come_before_after_and_then_again_and_again() -> None:
    """Each instant of the policy once, then one every seven days, for ever."""
    at, found = DUE - 10 * DAY, []
    for _ in range(8):
        at = next_chase(DUE, at, CHASE)
        found.append((at - DUE) / DAY)
    assert found == [-3, -1, 4 / 24, 1, 3, 10, 17, 24]


@given(DAYS, st.lists(st.integers(1, 300).map(lambda hours: timedelta(hours=hours)), max_size=4))
@settings(max_examples=60)
def test_there_always_is_a_next_reminder(since: datetime, spans: list[timedelta]) -> None:
    """It lies ahead, and at most a pause away from the last planned instant or from now."""
    chase = Chase(tuple(spans), tuple(spans), DAY)
    at = next_chase(DUE, since, chase)
    assert since < at
    last = max([DUE, *(DUE + span for span in spans)])
    assert at <= max(since, last) + DAY


@given(st.text(max_size=40))
@settings(max_examples=150)
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever was typed, and whatever white space stands before it; plain words stay as they are."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([defanged(text), defanged("\t =1+1"), defanged("plain = words")])
    out.seek(0)
    (read,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert not read[0].lstrip().startswith(("=", "+", "-", "@"))
    assert read[1].startswith("'") and read[2] == "plain = words"


def test_closing_wants_a_reason_for_each_gap() -> None:
    """The first gap without one is named with the field that asks; what is waived carries the person's name."""
    gaps = (ReviewGap(GapKind.UNOWNED_ACTIONS, ("A1",)), ReviewGap(GapKind.MISSING_EVIDENCE, ("E01", "E02")))
    with pytest.raises(BadInput, match="1 action item without an owner") as refused:
        check_close(gaps, {GapKind.MISSING_EVIDENCE: "no logs"}, "person:U1")
    assert refused.value.field == "why_unowned_actions"
    with pytest.raises(BadInput, match="2 required pieces"):
        check_close(
            gaps, {GapKind.UNOWNED_ACTIONS: "Ann comes on Monday", GapKind.MISSING_EVIDENCE: " x "}, "person:U1"
        )
    waived = check_close(gaps, dict.fromkeys(GapKind, "agreed"), "person:U1")
    assert [(one.kind, one.what, one.by) for one in waived] == [(gap.kind, gap.what, "person:U1") for gap in gaps]
    assert check_close((), {}, "person:U1") == ()


def test_steps_follow_each_other_and_write_each_section_once() -> None:
    """Five steps, the last without a next; no section belongs to two."""
    walked, step = [ReviewStep.HAPPENED], ReviewStep.HAPPENED
    while (following := step.following) is not None:
        walked.append(step := following)
    assert walked == list(ReviewStep)
    written = [key for keys in SECTIONS.values() for key in keys]
    assert len(written) == len(set(written)) and set(written) <= set(SectionKey)
