"""From policy to steps: the plan at declaration, and how a running ladder follows severity and promised updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.deadlines import BusinessCalendar, due_at
from bot.domain.escalation.conditions import is_pointless
from bot.domain.escalation.steps import PlannedStep, Situation, StandDownReason, Step, StepState, begin, latest
from bot.domain.escalation.words import (
    CHANNEL,
    Anchor,
    Ask,
    AskKind,
    EscalationPolicy,
    Flag,
    Hours,
    Ladder,
    Rung,
    RungKind,
)
from bot.domain.incident import Severity

NO_FLAGS: frozenset[Flag] = frozenset()
UNDOABLE = frozenset({StandDownReason.CONDITION, StandDownReason.ANSWERED, StandDownReason.ENDED})
# Everything else was stood down for something that happened, which another severity does not undo.
MAY_RETURN = frozenset({StandDownReason.SEVERITY, StandDownReason.ENDED})


class ChangeKind(StrEnum):
    """What happens to a step of a running ladder."""

    ADD = "add"
    ADOPT = "adopt"
    STAND_DOWN = "stand_down"


@dataclass(frozen=True, slots=True)
class Change:
    """A step as it is from now on: new, under other rules, or no longer needed. Key and turn say which."""

    kind: ChangeKind
    step: Step


def for_drill(policy: EscalationPolicy) -> EscalationPolicy:
    """The policy as drills climb it: no executive is asked, what would have climbed to one goes to the channel."""
    ladders = {}
    for severity, ladder in policy.ladders.items():
        rungs = (rung for rung in ladder.rungs if rung.kind is not RungKind.EXECUTIVE and not _is_executive(rung.ask))
        below = (replace(rung, climbs_to=CHANNEL) if _is_executive(rung.climbs_to) else rung for rung in rungs)
        ladders[severity] = replace(ladder, rungs=tuple(below))
    return replace(policy, ladders=ladders)


def plan(
    policy: EscalationPolicy,
    severity: Severity,
    declared_at: datetime,
    calendar: BusinessCalendar,
    flags: frozenset[Flag] = NO_FLAGS,
) -> tuple[PlannedStep, ...]:
    """The steps of an incident declared then, earliest first."""
    return plan_from(policy, severity, Anchor.DECLARED, declared_at, calendar, flags)


def plan_from(
    policy: EscalationPolicy,
    severity: Severity,
    anchor: Anchor,
    at: datetime,
    calendar: BusinessCalendar,
    flags: frozenset[Flag] = NO_FLAGS,
) -> tuple[PlannedStep, ...]:
    """The steps that count from another instant, such as the resolution, earliest first."""
    ladder = policy.ladders[severity]
    rungs = (rung for rung in ladder.rungs if rung.anchor is anchor and rung.stands_with(flags))
    return tuple(sorted((_planned(rung, severity, ladder, at, calendar) for rung in rungs), key=lambda s: s.due_at))


def replan(
    steps: Sequence[Step],
    policy: EscalationPolicy,
    severity: Severity,
    now: datetime,
    *,
    declared_at: datetime,
    calendar: BusinessCalendar,
    flags: frozenset[Flag] = NO_FLAGS,
) -> tuple[Change, ...]:
    """What changes in a running ladder when severity or flags did.

    What was acknowledged stays so; what the new ladder wanted earlier is due now; what it does not know stands down
    unless acknowledged. The same severity and flags again change nothing. For a reopened incident, whose steps had all
    ended, ``declared_at`` is the reopening: its ladder starts anew.
    """
    wanted = {planned.key: planned for planned in plan(policy, severity, declared_at, calendar, flags)}
    current = latest(steps)
    changes = [_wanted(planned, current.get(key), now, calendar) for key, planned in wanted.items()]
    changes += [_unwanted(step, now) for step in current.values() if _is_dropped(step, wanted)]
    return tuple(change for change in changes if change is not None)


def follow_update(
    steps: Sequence[Step],
    policy: EscalationPolicy,
    severity: Severity,
    next_update_at: datetime | None,
    now: datetime,
    calendar: BusinessCalendar,
    flags: frozenset[Flag] = NO_FLAGS,
) -> tuple[Change, ...]:
    """What changes when the next update is promised for another instant, or (None) no longer owed."""
    promised = plan_from(policy, severity, Anchor.UPDATE_DUE, next_update_at, calendar, flags) if next_update_at else ()
    wanted = {planned.key: planned for planned in promised}
    current = latest(step for step in steps if step.plan.anchor is Anchor.UPDATE_DUE)
    keys = sorted({*wanted, *(step.plan.rung_key for step in current.values())})
    moved = [key for key in keys if not _is_same_promise(current.get(key), wanted.get(key))]
    return tuple(change for key in moved for change in _promised_anew(key, wanted.get(key), current, now))


def renew(
    steps: Sequence[Step],
    policy: EscalationPolicy,
    situation: Situation,
    calendar: BusinessCalendar,
    flags: frozenset[Flag] = NO_FLAGS,
) -> tuple[Change, ...]:
    """The rungs that had become pointless and no longer are, anew from now.

    To be asked whenever something is undone: an acknowledgement ran out, a seat was given up, harm goes on again.
    """
    fresh = plan(policy, situation.severity, situation.now, calendar, flags)
    return tuple(
        _next_turn(planned, step)
        for planned in fresh
        if (step := latest(steps).get(planned.key))
        and _is_over(planned, steps)
        and not is_pointless(planned, situation)
    )


def stand_down_all(steps: Iterable[Step], now: datetime) -> tuple[Change, ...]:
    """What changes when the incident is over: nothing asks any more."""
    return tuple(_stand_down(step, now, StandDownReason.ENDED) for step in steps if step.is_live)


def _is_executive(ask: Ask | None) -> bool:
    return ask is not None and ask.kind in (AskKind.EXECUTIVE, AskKind.EXECUTIVES)


def _planned(rung: Rung, severity: Severity, ladder: Ladder, at: datetime, calendar: BusinessCalendar) -> PlannedStep:
    due = due_at(at, rung.after, calendar)
    return PlannedStep(
        key=rung.key,
        severity=severity,
        kind=rung.kind,
        ask=rung.ask,
        after=rung.after,
        due_at=calendar.opens_at(due) if ladder.hours is Hours.BUSINESS else due,
        why=rung.why,
        unless=rung.unless,
        ends=rung.ends,
        anchor=rung.anchor,
        repeat=rung.repeat,
        max_repeats=rung.max_repeats,
        climbs_to=rung.climbs_to,
        acknowledgement_expires=ladder.acknowledgement_expires,
    )


def _wanted(planned: PlannedStep, step: Step | None, now: datetime, calendar: BusinessCalendar) -> Change | None:
    due_now = replace(planned, due_at=max(planned.due_at, now))
    if step is None or step.stood_down_for in MAY_RETURN:
        return _next_turn(due_now, step)
    if step.plan.severity is planned.severity or not step.is_live:
        return None
    if step.state is StepState.PENDING and not step.times_raised:
        adopted = replace(due_now, turn=step.plan.turn)
        return Change(ChangeKind.ADOPT, replace(step, plan=adopted, next_look_at=adopted.due_at))
    adopted = replace(planned, turn=step.plan.turn, due_at=step.plan.due_at)
    return Change(
        ChangeKind.ADOPT, replace(step, plan=adopted, next_look_at=_under_rules(step, adopted, now, calendar))
    )


def _under_rules(step: Step, adopted: PlannedStep, now: datetime, calendar: BusinessCalendar) -> datetime | None:
    """When a step that somebody has been asked for wants its next look under its new severity."""
    if step.state is StepState.ACKNOWLEDGED:
        return due_at(now, adopted.acknowledgement_expires, calendar) if adopted.acknowledgement_expires else None
    if step.next_look_at is None and adopted.repeat:
        return due_at(now, adopted.repeat, calendar)
    return step.next_look_at


def _is_dropped(step: Step, wanted: dict[str, PlannedStep]) -> bool:
    is_of_the_ladder = step.plan.anchor is Anchor.DECLARED and step.plan.rung_key not in wanted
    return is_of_the_ladder and step.is_live and not _is_resting(step)


def _unwanted(step: Step, now: datetime) -> Change:
    if step.state is StepState.ACKNOWLEDGED:
        return Change(ChangeKind.ADOPT, replace(step, next_look_at=None))
    return _stand_down(step, now, StandDownReason.SEVERITY)


def _is_over(planned: PlannedStep, steps: Sequence[Step]) -> bool:
    """Whether all turns of a rung have stood down, the last of them for something that can be undone."""
    mine = [step for step in latest(steps).values() if step.plan.rung_key == planned.key]
    reasons = {step.stood_down_for for step in mine}
    return not any(step.is_live for step in mine) and bool(reasons & UNDOABLE)


def _is_resting(step: Step) -> bool:
    return step.state is StepState.ACKNOWLEDGED and step.next_look_at is None


def _stand_down(step: Step, now: datetime, reason: StandDownReason) -> Change:
    return Change(
        ChangeKind.STAND_DOWN,
        replace(step, state=StepState.STOOD_DOWN, next_look_at=None, stood_down_at=now, stood_down_for=reason),
    )


def _next_turn(planned: PlannedStep, step: Step | None) -> Change:
    return Change(ChangeKind.ADD, begin(replace(planned, turn=step.plan.turn + 1 if step else 1)))


def _is_same_promise(step: Step | None, planned: PlannedStep | None) -> bool:
    return (
        step is not None
        and planned is not None
        and (step.plan.due_at, step.plan.severity) == (planned.due_at, planned.severity)
    )


def _promised_anew(key: str, planned: PlannedStep | None, current: dict[str, Step], now: datetime) -> list[Change]:
    step = current.get(key)
    if planned and step and step.state is StepState.PENDING:
        moved = replace(planned, turn=step.plan.turn)
        return [Change(ChangeKind.ADOPT, replace(step, plan=moved, next_look_at=moved.due_at))]
    live = [known for known in current.values() if known.plan.rung_key == key and known.is_live]
    stale = [_stand_down(known, now, StandDownReason.CONDITION) for known in live if not _is_resting(known)]
    return [*stale, *([_next_turn(planned, step)] if planned else [])]
