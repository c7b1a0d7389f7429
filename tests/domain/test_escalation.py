"""The ladder: what is planned, when asking is pointless, what a look decides, how an answer or a snooze counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput, IllegalMove
from bot.domain.escalation import (
    CHANNEL,
    Anchor,
    Ask,
    Change,
    ChangeKind,
    Condition,
    Flag,
    PlannedStep,
    StandDownReason,
    Step,
    StepState,
    Verdict,
    acknowledge,
    acknowledged,
    begin,
    climb,
    condition_holds,
    executive_informed,
    look,
    next_due,
    plan,
    plan_from,
    raised,
    reason_to_stand_down,
    renew,
    rest,
    snooze,
    stood_down,
)
from bot.domain.incident import Role, Severity
from tests.domain.ladder import (
    CALENDAR,
    FRIDAY,
    POLICY,
    SEV1,
    SEV2,
    SEV3,
    applied,
    minutes,
    named,
    nudged,
    situation,
    span,
    started,
)


def test_a_plan_is_in_order_of_time() -> None:
    """Steps come earliest first, each with its instant and the rules of its severity."""
    steps = plan(POLICY, SEV1, FRIDAY, CALENDAR)
    assert ["lead", "notice", "second", "manager", "not_contained"] == [step.key for step in steps]
    assert [0, 0, 5, 10, 60] == [(step.due_at - FRIDAY) / timedelta(minutes=1) for step in steps]
    assert {span("30m")} == {step.acknowledgement_expires for step in steps}


def test_a_business_ladder_asks_in_working_time() -> None:
    """What falls after hours waits for the next working day: Friday 17:15 becomes Monday 9:00."""
    assert [datetime(2026, 11, 23, 9, tzinfo=UTC)] == [s.due_at for s in plan(POLICY, SEV3, FRIDAY, CALENDAR)]


@pytest.mark.parametrize(
    ("flags", "keys"), [(frozenset(), ["legal_later"]), (frozenset({Flag.PERSONAL_DATA}), ["legal"])]
)
def test_flags_choose_rungs(flags: frozenset[Flag], keys: list[str]) -> None:
    """A rung can exist only with a flag, or only without."""
    assert keys == [step.key for step in plan(POLICY, SEV2, FRIDAY, CALENDAR, flags) if "legal" in step.key]


def test_other_anchors_are_planned_when_they_happen() -> None:
    """What counts from a promised update is no part of the plan at declaration."""
    assert "update_overdue" not in {step.key for step in plan(POLICY, SEV1, FRIDAY, CALENDAR)}
    assert [minutes(9)] == [s.due_at for s in plan_from(POLICY, SEV1, Anchor.UPDATE_DUE, minutes(9), CALENDAR)]


@given(
    st.sampled_from(Severity),
    st.datetimes(
        timezones=st.just(UTC),
        min_value=datetime.fromisoformat("2020-01-01"),
        max_value=datetime.fromisoformat("2040-01-01"),
    ),
)
def test_every_plan_is_sorted_and_in_the_future(severity: Severity, declared_at: datetime) -> None:
    """Nothing is due before it was declared; the order is the order of time."""
    due = [step.due_at for step in plan(POLICY, severity, declared_at, CALENDAR)]
    assert all(one <= other for one, other in pairwise([declared_at, *due]))


@pytest.mark.parametrize(
    "text",
    [
        "lead",
        "comms",
        "primary:legal",
        "secondary:lead",
        "manager:technical",
        "executives",
        "executive:cto",
        "lead_or_channel",
        "channel",
    ],
)
def test_whom_to_ask_survives_being_written(text: str) -> None:
    """The written form of an ask is read back the same."""
    assert text == str(Ask.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "boss",
        "secondary",
        "secondary:cto",
        "executive",
        "executive:",
        "channel:x",
        "executives:cto",
        "seat:lead",
        "Lead",
    ],
)
def test_nobody_else_can_be_asked(text: str) -> None:
    """Anything else is refused, with what is accepted."""
    with pytest.raises(ValueError, match="lead_or_channel"):
        Ask.parse(text)


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        (Condition.ACKNOWLEDGED, {"is_acknowledged": True}),
        (Condition.ACKNOWLEDGED, {"seated": frozenset({Role.LEAD})}),
        (Condition.EXECUTIVE_INFORMED, {"is_executive_informed": True}),
        (Condition.LEAD_SEATED, {"seated": frozenset({Role.LEAD})}),
        (Condition.TECHNICAL_SEATED, {"seated": frozenset({Role.TECHNICAL})}),
        (Condition.LEGAL_SEATED, {"seated": frozenset({Role.LEGAL})}),
        (Condition.COMMS_SEATED, {"seated": frozenset({Role.COMMS})}),
        (Condition.FIRST_UPDATE_SENT, {"updates_sent": 1}),
        (Condition.UPDATE_ON_TIME, {"next_update_at": minutes(1)}),
        (Condition.SEVERITY_CONFIRMED, {"is_provisional": False}),
        (Condition.CONTAINED, {"is_contained": True}),
        (Condition.CONTAINED, {"is_resolved": True}),
        (Condition.POSTMORTEM_DRAFTED, {"has_postmortem": True}),
        (Condition.REVIEW_BOOKED, {"is_review_booked": True}),
    ],
)
def test_conditions_hold_when_met(condition: Condition, facts: dict[str, object]) -> None:
    """Each condition holds by its own fact and not without it."""
    overdue = {"next_update_at": FRIDAY}
    assert condition_holds(condition, situation(**facts))
    assert not condition_holds(condition, situation(**overdue))


def test_every_condition_has_a_rule() -> None:
    """No word of the policy is without meaning; *never* never holds."""
    everything = situation(
        is_acknowledged=True,
        is_executive_informed=True,
        seated=frozenset(Role),
        updates_sent=1,
        is_provisional=False,
        is_contained=True,
        has_postmortem=True,
        is_review_booked=True,
    )
    assert {Condition.NEVER} == {condition for condition in Condition if not condition_holds(condition, everything)}


def test_a_step_waits_until_it_is_due() -> None:
    """Looking early changes nothing."""
    step = named(started(SEV1), "second")
    assert Verdict.WAIT is look(step, situation(minutes(4.9)))
    assert Verdict.RAISE is look(step, situation(minutes(5)))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_acknowledged": True}, StandDownReason.CONDITION),
        ({"is_resolved": True}, StandDownReason.ENDED),
        ({"is_closed": True}, StandDownReason.ENDED),
    ],
)
def test_what_is_pointless_stands_down(facts: dict[str, object], reason: StandDownReason) -> None:
    """A met condition or the act that ends it stands a due step down, with the reason."""
    step, now = named(started(SEV1), "second"), situation(minutes(9), **facts)
    assert Verdict.STAND_DOWN is look(step, now)
    assert reason is reason_to_stand_down(step, now)


def test_repeats_then_climbs_then_reaches_the_channel() -> None:
    """Unanswered: asked, repeated as often as policy says, then the next somebody, and at the last the channel."""
    step, now, asked = named(started(SEV1), "not_contained"), minutes(60), []
    for _ in range(20):
        verdict = look(step, situation(now))
        if verdict is Verdict.RAISE:
            asked.append(str(step.plan.ask))
            step = raised(step, now, CALENDAR)
        elif verdict is Verdict.CLIMB:
            below, above = climb(step, now)
            assert (StandDownReason.CLIMBED, below.step.plan) == (below.step.stood_down_for, step.plan)
            step = above.step
        now += timedelta(minutes=30)
    assert ["lead_or_channel"] * 3 + ["executive:cto"] * 3 + ["channel"] * 3 == asked
    assert "not_contained.3" == step.plan.key
    assert "not_contained" == step.plan.rung_key
    assert step.next_look_at is None


def test_an_unrepeated_step_asks_once() -> None:
    """However often we look."""
    step = raised(named(started(SEV1), "lead"), FRIDAY, CALENDAR)
    assert (StepState.RAISED, None, 1) == (step.state, step.next_look_at, step.times_raised)
    assert Verdict.WAIT is look(step, situation(minutes(10_000)))


def test_an_acknowledgement_stands_the_other_pages_down() -> None:
    """Every rung that waits for an answer is answered; what waits for something else goes on."""
    steps = started(SEV1)
    lead = raised(named(steps, "lead"), FRIDAY, CALENDAR)
    changes = acknowledge(lead, steps, minutes(2), CALENDAR)
    assert {"lead", "second", "manager"} == {change.step.plan.key for change in changes}
    assert StandDownReason.ANSWERED is named(changes, "second").stood_down_for
    mine = named(changes, "lead")
    assert (StepState.ACKNOWLEDGED, minutes(2), minutes(32)) == (mine.state, mine.acknowledged_at, mine.next_look_at)
    assert acknowledged([mine], minutes(31))
    assert not acknowledged([mine], minutes(32))


def test_a_second_press_changes_nothing() -> None:
    """Neither on an acknowledged step nor on one that is over."""
    step = acknowledge(named(started(SEV1), "lead"), (), minutes(2), CALENDAR)[0].step
    assert () == acknowledge(step, (), minutes(3), CALENDAR)
    assert () == acknowledge(stood_down(step, minutes(3)), (), minutes(4), CALENDAR)


def test_a_run_out_acknowledgement_asks_again_and_the_ladder_goes_on() -> None:
    """At SEV1 "I have it" lasts 30 minutes; then the same person is asked, and those above in their turn."""
    steps = started(SEV1)
    steps = applied(steps, acknowledge(raised(named(steps, "lead"), FRIDAY, CALENDAR), steps, minutes(2), CALENDAR))
    expired = situation(minutes(32))
    assert Verdict.ASK_AGAIN is look(named(steps, "lead"), expired)
    steps = applied(steps, (Change(ChangeKind.ADOPT, raised(named(steps, "lead"), minutes(32), CALENDAR)),))
    anew = renew(steps, POLICY, expired, CALENDAR)
    assert [("second", 2, minutes(37)), ("manager", 2, minutes(42))] == [
        (change.step.plan.key, change.step.plan.turn, change.step.plan.due_at) for change in anew
    ]
    assert () == renew(applied(steps, anew), POLICY, expired, CALENDAR)


def test_an_acknowledgement_rests_once_harm_is_stopped() -> None:
    """Contained: nobody is asked again whether they still have it."""
    steps = started(SEV1)
    notice = acknowledge(raised(named(steps, "notice"), FRIDAY, CALENDAR), steps, minutes(2), CALENDAR)[0].step
    assert Verdict.REST is look(notice, situation(minutes(32), is_contained=True))
    assert rest(notice).is_acknowledged(minutes(500))
    assert executive_informed([rest(notice)], minutes(500))
    assert not acknowledged([rest(notice)], minutes(2))


def test_mute_lasts_until_the_next_update() -> None:
    """A stated instant replaces the policy's expiry."""
    step = acknowledge(named(started(SEV1), "notice"), (), FRIDAY, CALENDAR, until=minutes(240))[0].step
    assert minutes(240) == step.next_look_at


def test_no_expiry_where_policy_has_none() -> None:
    """At SEV3 an acknowledgement is for good."""
    step = acknowledge(named(started(SEV3), "lead"), (), FRIDAY, CALENDAR)[0].step
    assert step.next_look_at is None
    assert next_due(step, FRIDAY, CALENDAR) is None


def test_a_snooze_puts_off() -> None:
    """For as long as was asked; the step asks again then."""
    (change,) = snooze(nudged(), 20, "probing now", POLICY.snooze, minutes(61))
    assert (ChangeKind.ADOPT, minutes(81), 1) == (change.kind, change.step.next_look_at, change.step.snoozes)
    assert Verdict.WAIT is look(change.step, situation(minutes(80)))
    assert Verdict.RAISE is look(change.step, situation(minutes(81)))


def test_the_third_snooze_climbs() -> None:
    """Putting off once too often asks the next somebody at once."""
    step = nudged()
    for count in (1, 2):
        step = raised(
            snooze(step, 10, "still at it", POLICY.snooze, minutes(60 + 11 * count))[0].step, minutes(71), CALENDAR
        )
    below, above = snooze(step, 10, "nearly", POLICY.snooze, minutes(95))
    assert (StepState.STOOD_DOWN, 3) == (below.step.state, below.step.snoozes)
    assert ("executive:cto", minutes(95)) == (str(above.step.plan.ask), above.step.plan.due_at)


@pytest.mark.parametrize(
    ("step", "length", "reason", "error", "says"),
    [
        (nudged(), 15, "why", BadInput, "10, 20 or 30"),
        (nudged(), 10, "  ", BadInput, "SEV1 a snooze needs a reason"),
        (named(started(SEV1), "not_contained"), 10, "why", IllegalMove, "nothing to snooze"),
        (raised(named(started(SEV1), "lead"), FRIDAY, CALENDAR), 10, "why", IllegalMove, "page cannot be snoozed"),
    ],
)
def test_snoozing_has_limits(step: Step, length: int, reason: str, error: type[Exception], says: str) -> None:
    """Each refusal says what would be accepted."""
    with pytest.raises(error, match=says):
        snooze(step, length, reason, POLICY.snooze, minutes(61))


def test_no_reason_is_needed_below_sev1() -> None:
    """SEV2 may be snoozed without a word."""
    assert snooze(nudged(SEV2), 30, "", POLICY.snooze, minutes(61))


def test_the_channel_is_the_top() -> None:
    """Nobody is above the channel: a step at the top comes to rest."""
    top: PlannedStep = replace(named(started(SEV1), "not_contained").plan, ask=CHANNEL, climbs_to=None)
    (change,) = climb(begin(top), FRIDAY)
    assert (ChangeKind.ADOPT, None) == (change.kind, change.step.next_look_at)
