"""When a running clock is spoken of: at half, at three quarters, at nine tenths of its time, and when it is over."""

from __future__ import annotations

from datetime import datetime

from bot.domain.obligations.words import Step

SHARES = ((Step.HALF, 50), (Step.THREE_QUARTERS, 75), (Step.NEARLY, 90), (Step.OVERDUE, 100))


def moments(started: datetime, due: datetime) -> tuple[tuple[Step, datetime], ...]:
    """Each step and when it is reached, the earliest first."""
    return tuple((step, started + (due - started) * share / 100) for step, share in SHARES)


def reached(started: datetime, due: datetime, now: datetime) -> Step:
    """How far a clock has run by now."""
    past = [step for step, at in moments(started, due) if at <= now]
    return past[-1] if past else Step.NOTHING


def next_at(started: datetime, due: datetime, said: Step) -> datetime | None:
    """When to speak of it next, after ``said`` was spoken of; None after the last."""
    steps = moments(started, due)
    order = [Step.NOTHING, *(step for step, _ in steps)]
    left = order.index(said)
    return steps[left][1] if left < len(steps) else None


def after(said: Step, other: Step) -> bool:
    """Whether one step is further on than another."""
    order = [Step.NOTHING, *(step for step, _ in SHARES)]
    return order.index(said) > order.index(other)
