"""Two people, one run: whatever anybody does in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.containment import run as runs
from bot.domain.containment.run import Person, Run
from bot.domain.containment.words import UNDER_WAY, Identity, Reversibility, Rule, RunState, Who
from bot.domain.errors import AlreadyDone, AndonError, BadInput, IllegalMove, NotAllowed
from bot.domain.incident import Severity

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)
QUARTER, HALF = timedelta(minutes=15), timedelta(minutes=30)
RULE = Rule(frozenset({Who.ON_CALL}), frozenset({Who.LEAD, Who.LEGAL}), 1, Reversibility.FULL)
TWO = replace(RULE, approvers=2, needs=frozenset({Who.LEGAL}))


def person(name: str, *who: Who, email: str = "") -> Person:
    return Person(Identity(name, email or f"{name}@kestrel.example"), frozenset(who))


ANN = person("U1", Who.ON_CALL)
BEA = person("U2", Who.LEAD)
GUS = person("U3", Who.LEGAL)
EVE = person("U4")
ANN_AGAIN = person("U9", *Who, email="U1+second@Kestrel.example")


def asked(rule: Rule = RULE, **more: object) -> Run:
    return runs.request(rule, ANN, NOW, QUARTER, evidence=1)


def test_two_people() -> None:
    """One asks, another agrees, and then it is approved."""
    assert RunState.APPROVED is runs.approve(asked(), BEA, NOW).state


def test_whoever_asked_never_agrees() -> None:
    """Neither under the same account nor under another of the same address, whatever role that one has."""
    with pytest.raises(NotAllowed, match="yourself"):
        runs.approve(asked(), Person(ANN.identity, frozenset(Who)), NOW)
    with pytest.raises(NotAllowed, match="every account"):
        runs.approve(asked(), ANN_AGAIN, NOW)


def test_only_roles_that_may() -> None:
    """Asking and agreeing are for those whom the catalogue names."""
    with pytest.raises(NotAllowed, match="on call"):
        runs.request(RULE, EVE, NOW, QUARTER, evidence=1)
    with pytest.raises(NotAllowed, match="the lead and legal"):
        runs.approve(asked(), EVE, NOW)


def test_two_approvers_where_the_catalogue_says_so() -> None:
    """Two different people besides whoever asked, and those whose word is needed among them."""
    once = runs.approve(asked(TWO), BEA, NOW)
    assert (RunState.REQUESTED, 1) == (once.state, once.wanted)
    with pytest.raises(AlreadyDone):
        runs.approve(once, BEA, NOW)
    other_lead = runs.approve(once, person("U5", Who.LEAD), NOW)
    assert (RunState.REQUESTED, {Who.LEGAL}) == (other_lead.state, other_lead.missing)
    assert RunState.APPROVED is runs.approve(other_lead, GUS, NOW).state


def test_approval_expires() -> None:
    """A quarter of an hour after it was asked nobody can agree any more, and what was agreed cannot begin."""
    with pytest.raises(IllegalMove, match=r"expired at 2026-11-20 14:15 UTC.*Nothing was run"):
        runs.approve(asked(), BEA, NOW + QUARTER)
    assert RunState.EXPIRED is runs.expire(asked(), NOW + QUARTER).state
    approved = runs.approve(asked(), BEA, NOW + timedelta(minutes=14))
    assert RunState.EXPIRED is runs.begin(approved, NOW + QUARTER).state
    assert RunState.RUNNING is runs.begin(approved, NOW + timedelta(minutes=14, seconds=59)).state


def test_evidence_first() -> None:
    """Nothing is asked for before something is kept, unless somebody says why the harm cannot wait."""
    with pytest.raises(BadInput) as refused:
        runs.request(RULE, ANN, NOW, QUARTER, evidence=0, harm_cannot_wait="  ")
    assert "harm" == refused.value.field
    assert runs.request(RULE, ANN, NOW, QUARTER, evidence=0, harm_cannot_wait="orders go out by the minute")


@pytest.mark.parametrize("severity", [s for s in Severity if s is not Severity.SEV1])
def test_glass_breaks_at_sev1_only(severity: Severity) -> None:
    """Alone only at SEV1."""
    with pytest.raises(IllegalMove, match="SEV1 only"):
        runs.break_glass(asked(), severity, NOW, HALF)


@pytest.mark.parametrize("reversibility", [Reversibility.PARTIAL, Reversibility.NONE])
def test_glass_breaks_over_what_can_be_undone(reversibility: Reversibility) -> None:
    """Alone, and by itself, only what can be undone in full."""
    run = asked(replace(RULE, reversibility=reversibility))
    with pytest.raises(IllegalMove, match="undone in full"):
        runs.break_glass(run, Severity.SEV1, NOW, HALF)
    with pytest.raises(IllegalMove, match="runs by itself"):
        runs.trip(run)


def test_ratified_by_another() -> None:
    """Whoever broke the glass does not ratify it; another does, once, even late."""
    alone = runs.break_glass(asked(), Severity.SEV1, NOW, HALF)
    assert (RunState.APPROVED, NOW + HALF) == (alone.state, alone.ratify_by)
    with pytest.raises(NotAllowed):
        runs.ratify(alone, ANN_AGAIN, NOW)
    ratified = runs.ratify(alone, BEA, NOW + timedelta(hours=1))
    with pytest.raises(AlreadyDone):
        runs.ratify(ratified, GUS, NOW)
    with pytest.raises(IllegalMove, match="Nobody broke"):
        runs.ratify(asked(), BEA, NOW)


def test_switching_back_takes_two() -> None:
    """Putting back is asked for by one and agreed to by another, at every severity."""
    run = replace(asked(), state=RunState.CONTAINED)
    back = runs.request_return(run, BEA, NOW, QUARTER)
    with pytest.raises(IllegalMove, match="two people"):
        runs.break_glass(back, Severity.SEV1, NOW, HALF)
    with pytest.raises(NotAllowed):
        runs.approve(back, BEA, NOW)
    assert RunState.APPROVED is runs.approve(back, GUS, NOW).state
    for state in (RunState.REQUESTED, RunState.EXPIRED, RunState.REFUSED, RunState.ROLLED_BACK):
        with pytest.raises(IllegalMove, match="nothing to put back"):
            runs.request_return(replace(asked(), state=state), BEA, NOW, QUARTER)


PEOPLE = [ANN, BEA, GUS, EVE, ANN_AGAIN, person("U5", Who.LEAD), person("U6", *Who)]
ACTS = st.tuples(
    st.sampled_from(["approve", "refuse", "expire", "begin", "break", "ratify", "trip", *RunState]),
    st.sampled_from(PEOPLE),
    st.integers(0, 400),
)


def act(run: Run, name: str, by: Person, now: datetime) -> Run:
    match name:
        case "approve":
            return runs.approve(run, by, now)
        case "refuse":
            return runs.refuse(run, by, now)
        case "ratify":
            return runs.ratify(run, by, now)
        case "expire":
            return runs.expire(run, now)
        case "begin":
            return runs.begin(run, now)
        case "break":
            return runs.break_glass(run, Severity.SEV1, now, HALF)
        case "trip":
            return runs.trip(run) if run.state is RunState.REQUESTED else run
        case _:
            return runs.move(run, RunState(name))


@given(st.sampled_from([RULE, TWO, replace(RULE, reversibility=Reversibility.NONE)]), st.lists(ACTS, max_size=14))
def test_whatever_order_people_act_in(rule: Rule, acts: list[tuple[str, Person, int]]) -> None:
    """Nothing runs that not enough different people agreed to in time, or that had begun before; contained is held."""
    run, now, seen, starts = asked(rule), NOW, [RunState.REQUESTED], 0
    for name, by, seconds in acts:
        now += timedelta(seconds=seconds)
        before = run
        try:
            run = act(run, name, by, now)
        except AndonError:
            assert before == run
        if run.state is not seen[-1]:
            seen.append(run.state)
            starts += run.state is RunState.RUNNING
            assert before.state in UNDER_WAY or RunState.ROLLED_BACK is run.state
            if run.state is RunState.RUNNING:
                _check_enough(run, now)
    if RunState.CONTAINED in seen:
        assert [RunState.VERIFYING, RunState.HOLDING, RunState.CONTAINED] == _before(seen, RunState.CONTAINED)
    # A start that surely had no effect may be repeated: it went back to approved in between.
    assert starts <= 1 + seen.count(RunState.APPROVED)


def _check_enough(run: Run, now: datetime) -> None:
    people = [run.requested_by, *(approval.by for approval in run.approvals)]
    assert not any(a.is_same_as(b) for i, a in enumerate(people) for b in people[:i])
    assert now < run.expires_at
    if run.is_automatic or run.is_break_glass:
        assert run.rule.reversibility is Reversibility.FULL
    else:
        assert len(run.approvals) >= run.rule.approvers and not run.missing
        assert all(approval.as_ & run.rule.approve_by for approval in run.approvals)


def _before(seen: list[RunState], state: RunState) -> list[RunState]:
    end = seen.index(state) + 1
    return seen[end - 3 : end]
