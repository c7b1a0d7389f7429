"""What becomes of a step: looked at when due, raised, acknowledged, snoozed, climbed, started again.

Each function gives the steps as they are afterwards; callers store them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.deadlines import BusinessCalendar, due_at
from bot.domain.errors import BadInput, IllegalMove
from bot.domain.escalation.conditions import has_ended, is_pointless
from bot.domain.escalation.planning import Change, ChangeKind
from bot.domain.escalation.steps import Situation, StandDownReason, Step, StepState, begin
from bot.domain.escalation.words import CHANNEL, Condition, RungKind, SnoozeRules


class Verdict(StrEnum):
    """What a look at a step decides."""

    WAIT = "wait"
    RAISE = "raise"
    ASK_AGAIN = "ask_again"
    REST = "rest"
    CLIMB = "climb"
    STAND_DOWN = "stand_down"


def look(step: Step, situation: Situation) -> Verdict:
    """What to do with a step now.

    RAISE: ask. ASK_AGAIN: its acknowledgement ran out; ask once more, and ``renew`` the rungs that it had answered.
    REST: it ran out, but harm is stopped; :func:`rest` lets it be. CLIMB: nobody answered; :func:`climb`.
    """
    if not step.is_due(situation.now):
        return Verdict.WAIT
    if is_pointless(step.plan, situation):
        return Verdict.STAND_DOWN
    if step.state is StepState.ACKNOWLEDGED:
        return Verdict.REST if situation.is_contained else Verdict.ASK_AGAIN
    if step.unanswered > step.plan.max_repeats:
        return Verdict.CLIMB
    return Verdict.RAISE


def next_due(step: Step, now: datetime, calendar: BusinessCalendar) -> datetime | None:
    """When a step that was raised or acknowledged at ``now`` wants its next look; None for never."""
    plan = step.plan
    if step.state is StepState.ACKNOWLEDGED:
        return due_at(now, plan.acknowledgement_expires, calendar) if plan.acknowledgement_expires else None
    if plan.repeat and (step.unanswered <= plan.max_repeats or plan.climbs_to):
        return due_at(now, plan.repeat, calendar)
    return None


def raised(step: Step, now: datetime, calendar: BusinessCalendar) -> Step:
    """The step once somebody has been asked."""
    asked = replace(
        step,
        state=StepState.RAISED,
        raised_at=step.raised_at or now,
        times_raised=step.times_raised + 1,
        unanswered=step.unanswered + 1,
    )
    return replace(asked, next_look_at=next_due(asked, now, calendar))


def acknowledge(
    step: Step, steps: Iterable[Step], now: datetime, calendar: BusinessCalendar, *, until: datetime | None = None
) -> tuple[Change, ...]:
    """What changes when somebody says "I have it"; nothing on a second press or once the step is over.

    Answering a page stands down every other rung that waits for just that. ``until`` replaces the policy's expiry
    (*mute until the next update*).
    """
    if not step.is_live or step.is_acknowledged(now):
        return ()
    answered = replace(step, state=StepState.ACKNOWLEDGED, acknowledged_at=now, unanswered=0)
    answered = replace(answered, next_look_at=until or next_due(answered, now, calendar))
    others = [other for other in steps if _is_answered_by(other, step)]
    return (
        Change(ChangeKind.ADOPT, answered),
        *(Change(ChangeKind.STAND_DOWN, stood_down(other, now, StandDownReason.ANSWERED)) for other in others),
    )


def stood_down(step: Step, now: datetime, reason: StandDownReason = StandDownReason.CONDITION) -> Step:
    """The step once it is no longer needed. A step that already was stays as it is."""
    if not step.is_live:
        return step
    return replace(step, state=StepState.STOOD_DOWN, next_look_at=None, stood_down_at=now, stood_down_for=reason)


def reason_to_stand_down(step: Step, situation: Situation) -> StandDownReason:
    """Why a step that is pointless is so."""
    return StandDownReason.ENDED if has_ended(step.plan, situation) else StandDownReason.CONDITION


def rest(step: Step) -> Step:
    """An acknowledged step that asks no more."""
    return replace(step, next_look_at=None)


def climb(step: Step, now: datetime) -> tuple[Change, ...]:
    """What changes when nobody answers: the next somebody is due now in its place, the channel last of all."""
    if step.plan.climbs_to is None:
        return (Change(ChangeKind.ADOPT, rest(step)),)
    level = int(step.plan.key.partition(".")[2] or 1) + 1
    higher = replace(
        step.plan,
        key=f"{step.plan.rung_key}.{level}",
        ask=step.plan.climbs_to,
        climbs_to=None if step.plan.climbs_to == CHANNEL else CHANNEL,
        due_at=now,
    )
    return (
        Change(ChangeKind.STAND_DOWN, stood_down(step, now, StandDownReason.CLIMBED)),
        Change(ChangeKind.ADD, begin(higher)),
    )


def pass_on(step: Step, steps: Iterable[Step], now: datetime) -> tuple[Change, ...]:
    """What changes when whoever was asked cannot be reached or will not: the next somebody is due at once.

    That is whom the step climbs to, else the earliest rung to come that waits for the same; with neither, and nobody
    else being asked, the channel.
    """
    if step.plan.climbs_to is not None:
        return climb(step, now)
    others = [other for other in steps if waits_alike(other, step)]
    coming = [other for other in others if other.state is StepState.PENDING and other.next_look_at is not None]
    if coming:
        first = min(coming, key=lambda other: other.plan.due_at)
        return (
            Change(ChangeKind.STAND_DOWN, stood_down(step, now, StandDownReason.CLIMBED)),
            Change(ChangeKind.ADOPT, replace(first, next_look_at=now)),
        )
    if any(other.state is StepState.RAISED for other in others):
        return (Change(ChangeKind.ADOPT, rest(step)),)
    return climb(replace(step, plan=replace(step.plan, climbs_to=CHANNEL)), now)


def waits_alike(other: Step, step: Step) -> bool:
    """Whether another step would be answered by the same: it comes next when this one is in vain."""
    if _names(other) == _names(step):
        return False
    if step.plan.kind is RungKind.EXECUTIVE:
        return other.plan.kind is RungKind.EXECUTIVE
    return other.plan.unless is step.plan.unless and step.plan.unless is not Condition.NEVER


def snooze(step: Step, minutes: int, reason: str, rules: SnoozeRules, now: datetime) -> tuple[Change, ...]:
    """What changes when a nudge is put off; once too often, and it climbs instead.

    Raises BadInput or IllegalMove, saying what would be accepted.
    """
    if step.state is not StepState.RAISED:
        raise IllegalMove("This reminder is no longer running: there is nothing to snooze.")
    if step.plan.kind is not RungKind.NUDGE:
        raise IllegalMove("A page cannot be snoozed. Acknowledge it, or let it go on to the next person.")
    if minutes not in rules.minutes:
        raise BadInput(f"A reminder can be snoozed for {_listed(rules.minutes)} minutes.", field="minutes")
    if step.plan.severity in rules.reason_at and not reason.strip():
        raise BadInput(f"At {step.plan.severity} a snooze needs a reason: say it in a few words.", field="reason")
    later = replace(step, snoozes=step.snoozes + 1, unanswered=0, next_look_at=now + timedelta(minutes=minutes))
    if later.snoozes >= rules.climbs_at and step.plan.climbs_to:
        return climb(later, now)
    return (Change(ChangeKind.ADOPT, later),)


def _is_answered_by(other: Step, step: Step) -> bool:
    waits_for_the_same = other.plan.unless is Condition.ACKNOWLEDGED and step.plan.unless is Condition.ACKNOWLEDGED
    return waits_for_the_same and _names(other) != _names(step) and other.state in {StepState.PENDING, StepState.RAISED}


def _names(step: Step) -> tuple[str, int]:
    return step.plan.key, step.plan.turn


def _listed(minutes: tuple[int, ...]) -> str:
    *first, last = map(str, minutes)
    return f"{', '.join(first)} or {last}" if first else last
