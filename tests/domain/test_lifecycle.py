"""The rules of an incident's life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import lifecycle
from bot.domain.errors import BadInput, IllegalMove
from bot.domain.incident import IncidentType, Outcome, Phase, Severity
from bot.domain.lifecycle import Lowering
from bot.domain.permissions import Standing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEAD, LEGAL, COMMS, ANYBODY = (
    frozenset({Standing.LEAD}),
    frozenset({Standing.LEGAL}),
    frozenset({Standing.COMMS}),
    frozenset({Standing.PARTICIPANT, Standing.DECLARER}),
)


def wish(minutes: float, *, contained: bool = False, nobody_hurt: bool = False) -> Lowering:
    """A wish to lower a SEV1 that began so many minutes ago."""
    now = NOON + timedelta(minutes=minutes)
    return Lowering(Severity.SEV1, Severity.SEV2, NOON, now, contained, nobody_hurt)


def test_a_sev1_stays_for_its_first_quarter_of_an_hour() -> None:
    """However calm it looks, a SEV1 is not lowered within 15 minutes, and the sentence says how long is left."""
    with pytest.raises(IllegalMove, match="in 1 min"):
        lifecycle.check_lowering(wish(14.5, contained=True, nobody_hurt=True))
    lifecycle.check_lowering(wish(15, contained=True))


def test_an_uncontained_sev1_needs_a_statement() -> None:
    """Lowering a SEV1 that is not contained takes the statement that nobody is being hurt."""
    with pytest.raises(BadInput) as refused:
        lifecycle.check_lowering(wish(60))
    assert refused.value.field == "nobody_hurt"
    lifecycle.check_lowering(wish(60, nobody_hurt=True))
    lifecycle.check_lowering(wish(60, contained=True))


def test_a_sev2_is_lowered_freely() -> None:
    """The waiting time protects SEV1 only."""
    lifecycle.check_lowering(Lowering(Severity.SEV2, Severity.SEV3, NOON, NOON, False, False))


def test_a_type_may_have_a_floor() -> None:
    """Policy keeps some types at a severity or worse; worse is always allowed."""
    with pytest.raises(BadInput, match="at least SEV2"):
        lifecycle.check_floor(Severity.SEV3, Severity.SEV2, "Data exposure")
    lifecycle.check_floor(Severity.SEV1, Severity.SEV2, "Data exposure")
    lifecycle.check_floor(Severity.SEV4, None, "Drift")


@pytest.mark.parametrize(
    ("supporters", "enough"),
    [
        ([], False),
        ([LEAD], True),
        ([ANYBODY, LEAD], True),
        ([LEGAL], False),
        ([LEGAL, COMMS], True),
        ([ANYBODY, LEGAL], False),
        ([ANYBODY, ANYBODY, ANYBODY], False),
    ],
)
def test_who_may_raise_together(supporters: list[frozenset[Standing]], enough: bool) -> None:
    """The lead alone or two who hold a role; bystanders never suffice, however many."""
    assert lifecycle.is_enough(supporters) is enough


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("because the drift is back", "the drift is back"),
        ("Because: it is back", "it is back"),
        ("as many users hit", "as many users hit"),
        (" – more users hit ", "more users hit"),
        ("💥", "💥"),
    ],
)
def test_a_reason_is_kept_as_typed(typed: str, meant: str) -> None:
    """A leading *because* and a dash are no part of the reason; everything else is."""
    assert lifecycle.reason(typed) == meant


@pytest.mark.parametrize("typed", ["", "   ", "because", "because:", "x" * 3001])
def test_no_reason_is_refused(typed: str) -> None:
    """Nothing, a bare *because*, and a novel are refused under the field they were typed in."""
    with pytest.raises(BadInput) as refused:
        lifecycle.reason(typed)
    assert refused.value.field == "reason"


def test_when_it_happened() -> None:
    """Now, or a stated earlier instant; never the future, never before its cause."""
    earlier = NOON - timedelta(minutes=20)
    assert lifecycle.happened_at(None, NOON) == NOON
    assert lifecycle.happened_at(earlier, NOON) == earlier
    assert lifecycle.happened_at(NOON + timedelta(seconds=30), NOON) == NOON
    with pytest.raises(BadInput, match="future"):
        lifecycle.happened_at(NOON + timedelta(minutes=5), NOON)
    with pytest.raises(BadInput, match="contained"):
        lifecycle.happened_at(earlier, NOON, not_before=NOON - timedelta(minutes=10))


def test_closing_early_needs_a_reason() -> None:
    """What is not contained or not resolved is named, and is closed only with a reason."""
    with pytest.raises(BadInput, match="not contained and not resolved"):
        lifecycle.check_closing(None, None, " ")
    with pytest.raises(BadInput, match="It is not resolved"):
        lifecycle.check_closing(NOON, None, "")
    lifecycle.check_closing(NOON, None, "the vendor took the product down")
    lifecycle.check_closing(NOON, NOON, "")


def test_what_is_over_says_what_became_of_it() -> None:
    """Each ending has its own sentence with the way out; open incidents pass."""
    lifecycle.check_open(Phase.REVIEW, None, "AI-0003", None)
    with pytest.raises(IllegalMove, match=r"merged into AI-0007 \(#ai-0007-x\)\. Use it there"):
        lifecycle.check_open(Phase.CLOSED, Outcome.MERGED, "AI-0003", NOON, "AI-0007 (#ai-0007-x)")
    with pytest.raises(IllegalMove, match=r"not an incident since 2026-11-20 12:00 UTC.*reopen"):
        lifecycle.check_open(Phase.CLOSED, Outcome.CANCELLED, "AI-0003", NOON)
    with pytest.raises(IllegalMove, match="is closed"):
        lifecycle.check_open(Phase.CLOSED, Outcome.RESOLVED, "AI-0003", NOON)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1", Severity.SEV1),
        ("sev2", Severity.SEV2),
        ("SEV-3:", Severity.SEV3),
        ("severity4", Severity.SEV4),
        ("critical", Severity.SEV1),
        ("0", None),
        ("5", None),
        ("sev", None),
        ("one", None),
        ("", None),
    ],
)
def test_severities_are_read(typed: str, meant: Severity | None) -> None:
    """People write severities in many ways; what is none is none."""
    assert lifecycle.parse_severity(typed) is meant


def test_phases_are_read() -> None:
    """A phase by its name or an unambiguous start."""
    assert lifecycle.parse_phase("Investigation") is Phase.INVESTIGATION
    assert lifecycle.parse_phase("contain") is Phase.CONTAINMENT
    assert lifecycle.parse_phase("re") is None
    assert lifecycle.parse_phase("rem") is Phase.REMEDIATION
    assert lifecycle.parse_phase("done") is None


def test_types_are_read_with_what_follows() -> None:
    """By slug in any spelling or by name, and the rest is the reason."""
    names = {IncidentType.DATA_EXPOSURE: "Data exposure", IncidentType.DRIFT: "Drift and silent degradation"}
    read = lifecycle.parse_type
    assert read("drift because quality fell", names) == (IncidentType.DRIFT, "because quality fell")
    assert read("Drift and silent degradation: it fell", names) == (IncidentType.DRIFT, ": it fell")
    assert read("prompt-attack someone jailbroke it", names) == (IncidentType.PROMPT_ATTACK, "someone jailbroke it")
    assert read("data exposure names leaked", names) == (IncidentType.DATA_EXPOSURE, "names leaked")
    assert read("drifting", names) is None


@given(st.text(max_size=60))
def test_readers_never_fail(text: str) -> None:
    """Whatever is typed, reading it gives an answer and no error."""
    lifecycle.parse_severity(text)
    lifecycle.parse_phase(text)
    lifecycle.parse_type(text, {})
