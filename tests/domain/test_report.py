"""Reports: their numbers, who may judge, whom nobody overrules, and how alike two are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import AlreadyDone, NotAllowed
from bot.domain.incident import IncidentType
from bot.domain.report import (
    OPEN,
    ReportState,
    Rung,
    may_dispute,
    next_ask,
    parse_reference,
    reference,
    require_open,
    require_other,
)
from bot.services.reports.matching import Candidate, Sign, alike, likeness
from tests.clock import FRIDAY

UNSURE = IncidentType.UNSURE


@pytest.mark.parametrize(("text", "number"), [("R-0007", 7), ("r7", 7), ("#R-12", 12), ("AI-0007", None), ("r", None)])
def test_reports_have_numbers_of_their_own(text: str, number: int | None) -> None:
    """``R-0007`` is no incident's number, and an incident's is no report's."""
    assert number == parse_reference(text)
    assert number is None or number == parse_reference(reference(number))


@pytest.mark.parametrize("state", ReportState)
def test_only_what_waits_is_judged_and_not_by_the_dismisser_again(state: ReportState) -> None:
    """What is settled says what became of it; a dispute is for somebody else than those who dismissed it."""
    if state in OPEN:
        require_open(7, state, "Lena")
    else:
        with pytest.raises(AlreadyDone, match=r"R-0007 .* by Lena\. Nothing was changed"):
            require_open(7, state, "Lena")
    if state is ReportState.DISPUTED:
        with pytest.raises(NotAllowed, match="somebody else has to judge it"):
            require_other(7, state, "person:U1", {"person:U1"})
    require_other(7, state, "person:U2", {"person:U1"})


def test_a_dismissal_is_disputed_once() -> None:
    """After two people have judged, disagreeing changes nothing; declaring always does."""
    assert [True, False] == [may_dispute(ReportState.DISMISSED, n) for n in (1, 2)]
    assert not may_dispute(ReportState.DECLARED, 1)


def test_rungs_ask_one_after_the_other_and_end() -> None:
    """Each at its time from when it waits; after the last nobody else is asked."""
    rungs = [Rung(timedelta(minutes=n), "on_duty") for n in (15, 45)]
    wanted = [FRIDAY + timedelta(minutes=15), FRIDAY + timedelta(minutes=45), None]
    assert wanted == [next_ask(rungs, raised, FRIDAY) for raised in range(3)]


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (Sign("Toxicity above 2 % on the assistant", "d", UNSURE), Sign("Toxicity above 3 % on the assistant", "d", UNSURE), True),
        (Sign("It ranks women lower", "h", IncidentType.BIAS), Sign("Hiring model ranks women lower", "h", IncidentType.BIAS), True),
        (Sign("It ranks women lower", "h", IncidentType.BIAS), Sign("It ranks women lower", "x", IncidentType.DRIFT), False),
        (Sign("Screener ranks women lower, see https://a.example/t/7", "h", UNSURE), Sign("The hiring screener ranks women lower", None, UNSURE), True),
        (Sign("It lies", "d", UNSURE), Sign("The assistant lies about refunds", "d", UNSURE), False),
        (Sign("!!!", None, UNSURE), Sign("???", None, UNSURE), False),
    ],
)  # fmt: skip
def test_the_same_thing_is_suggested_and_another_is_not(one: Sign, other: Sign, is_alike: bool) -> None:
    """Words alone hardly do; another system hardly ever is the same."""
    assert is_alike == bool(alike(one, [Candidate(1, other)], 60))


@settings(max_examples=60, deadline=500)
@given(
    *(st.builds(Sign, st.text(max_size=2000), st.sampled_from([None, "a", "b"]), st.sampled_from(IncidentType)),) * 2
)
def test_likeness_is_fair_and_bounded(one: Sign, other: Sign) -> None:
    """From 0 to 100 whatever was typed, and the same both ways."""
    assert 0 <= likeness(one, other) <= 100
    assert likeness(one, other) == pytest.approx(likeness(other, one))
