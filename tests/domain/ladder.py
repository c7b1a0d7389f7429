"""A small ladder for tests of escalation, and short words for living through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.domain.deadlines import BusinessCalendar, Duration
from bot.domain.escalation import (
    Anchor,
    Ask,
    Change,
    Condition,
    Ending,
    EscalationPolicy,
    Flag,
    Hours,
    Ladder,
    Rung,
    RungKind,
    Situation,
    Step,
    Why,
    begin,
    plan,
    raised,
    replan,
)
from bot.domain.incident import Severity

SEV1, SEV2, SEV3, SEV4 = Severity
CALENDAR = BusinessCalendar("UTC", frozenset(range(5)), time(9), time(17))
FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
LEAD, SECOND, MANAGER = (Ask.parse(text) for text in ("primary:lead", "secondary:lead", "manager:lead"))


def span(text: str) -> Duration:
    return Duration.parse(text)


def minutes(count: float) -> datetime:
    return FRIDAY + timedelta(minutes=count)


def page(key: str, after: str, ask: Ask = LEAD) -> Rung:
    return Rung(
        key=key, kind=RungKind.PAGE, ask=ask, after=span(after), why=Why.DECLARED, unless=Condition.ACKNOWLEDGED
    )


NOT_CONTAINED = Rung(
    key="not_contained",
    kind=RungKind.NUDGE,
    ask=Ask.parse("lead_or_channel"),
    after=span("60m"),
    why=Why.NOT_CONTAINED,
    unless=Condition.CONTAINED,
    ends=Ending.CONTAINED,
    repeat=span("30m"),
    max_repeats=2,
    climbs_to=Ask.parse("executive:cto"),
)
OVERDUE = Rung(
    key="update_overdue",
    kind=RungKind.NUDGE,
    ask=Ask.parse("lead"),
    after=span("0m"),
    why=Why.UPDATE_OVERDUE,
    unless=Condition.UPDATE_ON_TIME,
    anchor=Anchor.UPDATE_DUE,
)
NOTICE = Rung(
    key="notice", kind=RungKind.EXECUTIVE, ask=Ask.parse("executives"), after=span("0m"), why=Why.EXECUTIVE_NOTICE
)
LEGAL = Rung(
    key="legal",
    kind=RungKind.PAGE,
    ask=Ask.parse("primary:legal"),
    after=span("0m"),
    why=Why.SEAT_WANTED,
    unless=Condition.LEGAL_SEATED,
    only_if=frozenset({Flag.PERSONAL_DATA}),
)
POLICY = EscalationPolicy(
    {
        SEV1: Ladder(
            (
                page("second", "5m", SECOND),
                page("lead", "0m"),
                page("manager", "10m", MANAGER),
                NOT_CONTAINED,
                NOTICE,
                OVERDUE,
            ),
            acknowledgement_expires=span("30m"),
        ),
        SEV2: Ladder(
            (
                page("lead", "0m"),
                page("second", "15m", SECOND),
                replace(NOT_CONTAINED, after=span("4h")),
                OVERDUE,
                LEGAL,
                replace(LEGAL, key="legal_later", only_if=frozenset(), not_if=LEGAL.only_if, after=span("60m")),
            ),
            acknowledgement_expires=span("60m"),
        ),
        SEV3: Ladder((page("lead", "45m"),), hours=Hours.BUSINESS),
        SEV4: Ladder(()),
    }
)


def situation(now: datetime = FRIDAY, **facts: object) -> Situation:
    return Situation(**{"now": now, "severity": SEV1, "is_provisional": True, **facts})  # type: ignore[arg-type]


def started(severity: Severity, flags: frozenset[Flag] = frozenset()) -> list[Step]:
    return [begin(step) for step in plan(POLICY, severity, FRIDAY, CALENDAR, flags)]


def named(steps: list[Step] | tuple[Change, ...], key: str) -> Step:
    plain = [entry.step if isinstance(entry, Change) else entry for entry in steps]
    return next(step for step in plain if step.plan.key == key)


def applied(steps: list[Step], changes: tuple[Change, ...]) -> list[Step]:
    byname = {(step.plan.key, step.plan.turn): step for step in steps}
    return list((byname | {(change.step.plan.key, change.step.plan.turn): change.step for change in changes}).values())


def nudged(severity: Severity = SEV1) -> Step:
    return raised(named(started(severity), "not_contained"), minutes(60), CALENDAR)


def replanned(steps: list[Step], severity: Severity, now: datetime, **more: object) -> tuple[Change, ...]:
    return replan(steps, POLICY, severity, now, declared_at=FRIDAY, calendar=CALENDAR, **more)  # type: ignore[arg-type]
