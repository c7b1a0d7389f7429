"""A running ladder under another severity, other promises, and things undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.escalation import (
    Cadence,
    Change,
    ChangeKind,
    Flag,
    Progress,
    Situation,
    StandDownReason,
    Step,
    StepState,
    Verdict,
    acknowledge,
    climb,
    follow_update,
    look,
    next_update_due,
    raised,
    renew,
    replan,
    stand_down_all,
    stood_down,
)
from bot.domain.incident import Role, Severity
from tests.domain.ladder import (
    CALENDAR,
    FRIDAY,
    POLICY,
    SEV1,
    SEV2,
    SEV4,
    applied,
    minutes,
    named,
    nudged,
    replanned,
    situation,
    span,
    started,
)


def test_worse_makes_due_what_would_have_been() -> None:
    """Raised to SEV1 after 40 minutes: what SEV1 wanted by then is due now, the rest in its time."""
    steps = started(SEV2)
    changes = replanned(steps, SEV1, minutes(40))
    assert {"lead", "second", "manager", "notice", "not_contained", "legal_later"} == {c.step.plan.key for c in changes}
    assert minutes(40) == named(changes, "manager").next_look_at
    assert minutes(60) == named(changes, "not_contained").next_look_at
    assert StandDownReason.SEVERITY is named(changes, "legal_later").stood_down_for


def test_what_was_acknowledged_stays() -> None:
    """Neither a better nor a worse severity asks anew for what somebody has; its expiry follows the new severity."""
    steps = started(SEV2)
    steps = applied(steps, acknowledge(raised(named(steps, "lead"), FRIDAY, CALENDAR), steps, minutes(2), CALENDAR))
    worse = applied(steps, replanned(steps, SEV1, minutes(40)))
    assert (StepState.ACKNOWLEDGED, minutes(70)) == (named(worse, "lead").state, named(worse, "lead").next_look_at)
    gone = named(applied(worse, replanned(worse, SEV4, minutes(50))), "lead")
    assert (StepState.ACKNOWLEDGED, None) == (gone.state, gone.next_look_at)


def test_asked_is_not_asked_twice() -> None:
    """A step already raised is not raised again by another severity."""
    steps = started(SEV2)
    steps = applied(steps, (Change(ChangeKind.ADOPT, raised(named(steps, "lead"), FRIDAY, CALENDAR)),))
    lead = named(applied(steps, replanned(steps, SEV1, minutes(40))), "lead")
    assert (StepState.RAISED, 1) == (lead.state, lead.times_raised)
    assert Verdict.WAIT is look(lead, situation(minutes(41)))


def test_back_and_forth_begins_a_new_turn() -> None:
    """A rung that a better severity stood down comes back as a new step; the old one stays stood down."""
    steps = started(SEV1)
    steps = applied(steps, replanned(steps, SEV2, minutes(20)))
    old = named(steps, "manager")
    again = replanned(steps, SEV1, minutes(30))
    assert 2 == named(again, "manager").plan.turn
    assert old in applied(steps, again)


def test_what_a_condition_stood_down_does_not_come_back() -> None:
    """Another severity does not undo what happened."""
    steps = [stood_down(step, minutes(1)) if step.plan.key == "second" else step for step in started(SEV2)]
    assert "second" not in {change.step.plan.key for change in replanned(steps, SEV1, minutes(40))}


def test_flags_alone_change_the_ladder() -> None:
    """Personal data found: legal is paged now, the later rung is not needed."""
    changes = replanned(started(SEV2), SEV2, minutes(7), flags=frozenset({Flag.PERSONAL_DATA}))
    assert {("legal", ChangeKind.ADD), ("legal_later", ChangeKind.STAND_DOWN)} == {
        (c.step.plan.key, c.kind) for c in changes
    }
    assert minutes(7) == named(changes, "legal").next_look_at


def test_a_climbed_step_goes_with_its_rung() -> None:
    """It lives on where the rung does and stands down where it does not."""
    steps = applied(started(SEV1), climb(nudged(), minutes(95)))
    assert "not_contained.2" not in {c.step.plan.key for c in replanned(steps, SEV2, minutes(99)) if not c.step.is_live}
    assert StandDownReason.SEVERITY is named(replanned(steps, SEV4, minutes(99)), "not_contained.2").stood_down_for


def test_the_end_stands_everything_down() -> None:
    """Closed, merged, cancelled: nothing asks any more, and it is final until reopened."""
    over = applied(started(SEV1), stand_down_all(started(SEV1), minutes(3)))
    assert not any(step.is_live for step in over)
    assert {StandDownReason.ENDED} == {step.stood_down_for for step in over}
    assert () == stand_down_all(over, minutes(4))
    reopened = replan(over, POLICY, SEV1, minutes(60), declared_at=minutes(60), calendar=CALENDAR)
    assert {(ChangeKind.ADD, 2)} == {(change.kind, change.step.plan.turn) for change in reopened}
    assert minutes(120) == named(reopened, "not_contained").plan.due_at


@pytest.mark.parametrize(
    ("key", "undone", "still"),
    [("second", situation(minutes(50)), situation(minutes(50), seated=frozenset({Role.LEAD})))],
)
def test_what_is_undone_is_asked_for_anew(key: str, undone: Situation, still: Situation) -> None:
    """A seat given up brings its rungs back, counted from now; while it is held they stay away."""
    steps = [stood_down(step, minutes(4)) for step in started(SEV1) if step.plan.key == key]
    assert () == renew(steps, POLICY, still, CALENDAR)
    (change,) = renew(steps, POLICY, undone, CALENDAR)
    assert (2, minutes(55)) == (change.step.plan.turn, change.step.plan.due_at)


def test_a_rung_that_climbed_and_came_back_is_not_doubled() -> None:
    """Renewed once, a rung is not renewed again while it runs, whatever its climbed step had come to."""
    below, above = climb(nudged(), minutes(95))
    steps = [below.step, stood_down(above.step, minutes(96))]
    (change,) = renew(steps, POLICY, situation(minutes(100)), CALENDAR)
    assert ("not_contained", 2) == (change.step.plan.key, change.step.plan.turn)
    assert () == renew(applied(steps, (change,)), POLICY, situation(minutes(100)), CALENDAR)


def test_standing_down_is_once() -> None:
    """What is over stays as it was: when and why do not change."""
    over = stood_down(named(started(SEV1), "lead"), minutes(1))
    assert over == stood_down(over, minutes(2), StandDownReason.ENDED)


def followed(steps: list[Step], at: datetime | None, now: datetime = FRIDAY, severity: Severity = SEV1) -> list[Step]:
    return applied(steps, follow_update(steps, POLICY, severity, at, now, CALENDAR))


def test_a_reminder_follows_the_promise() -> None:
    """Promised for another time, the reminder moves; promised again for the same time, nothing changes."""
    steps = followed([], minutes(30))
    steps = followed(steps, minutes(50))
    assert [(1, minutes(50))] == [(step.plan.turn, step.next_look_at) for step in steps]
    assert () == follow_update(steps, POLICY, SEV1, minutes(50), FRIDAY, CALENDAR)


def test_an_update_answers_the_reminder() -> None:
    """Once reminded, the next promise is a new step and the old one keeps its history."""
    steps = [raised(step, minutes(30), CALENDAR) for step in followed([], minutes(30))]
    assert () == follow_update(steps, POLICY, SEV1, minutes(30), minutes(31), CALENDAR)
    old, new = followed(steps, minutes(62), minutes(32))
    assert (StepState.STOOD_DOWN, minutes(30)) == (old.state, old.raised_at)
    assert (2, minutes(62)) == (new.plan.turn, new.next_look_at)


def test_no_promise_no_reminder() -> None:
    """Resolved, no update is owed; a later promise starts a new turn."""
    steps = followed(followed([], minutes(30)), None)
    assert [StepState.STOOD_DOWN] == [step.state for step in steps]
    assert () == follow_update(steps, POLICY, SEV1, None, FRIDAY, CALENDAR)
    assert [1, 2] == [step.plan.turn for step in followed(steps, minutes(90))]


CADENCE = Cadence(
    first=span("15m"), until_contained=span("30m"), after_contained=span("2h"), settles=span("12h"), then=span("1cd")
)


@pytest.mark.parametrize(
    ("last", "contained", "expected"),
    [
        (None, None, minutes(15)),
        (None, 5, minutes(15)),
        (10, None, minutes(40)),
        (60, 50, minutes(180)),
        (50 + 720, 50, minutes(50 + 720 + 1440)),
    ],
)
def test_updates_are_owed_by_cadence(last: int | None, contained: int | None, expected: datetime) -> None:
    """Quick at first, slower once contained, daily when things have settled."""
    progress = Progress(
        declared_at=FRIDAY,
        last_update_at=None if last is None else minutes(last),
        contained_at=None if contained is None else minutes(contained),
    )
    assert expected == next_update_due(CADENCE, progress, CALENDAR)
    assert next_update_due(CADENCE, replace(progress, resolved_at=minutes(9999)), CALENDAR) is None
    assert next_update_due(Cadence(), progress, CALENDAR) is None
