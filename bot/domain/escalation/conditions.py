"""When asking is pointless: conditions and endings against the situation, as tables."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.escalation.steps import PlannedStep, Situation
from bot.domain.escalation.words import Condition, Ending
from bot.domain.incident import Role

HOLDS: dict[Condition, Callable[[Situation], bool]] = {
    Condition.NEVER: lambda _: False,
    # A lead who took the seat has answered every page there was.
    Condition.ACKNOWLEDGED: lambda now: now.is_acknowledged or Role.LEAD in now.seated,
    Condition.EXECUTIVE_INFORMED: lambda now: now.is_executive_informed,
    Condition.LEAD_SEATED: lambda now: Role.LEAD in now.seated,
    Condition.TECHNICAL_SEATED: lambda now: Role.TECHNICAL in now.seated,
    Condition.LEGAL_SEATED: lambda now: Role.LEGAL in now.seated,
    Condition.COMMS_SEATED: lambda now: Role.COMMS in now.seated,
    Condition.FIRST_UPDATE_SENT: lambda now: now.updates_sent > 0,
    Condition.UPDATE_ON_TIME: lambda now: now.next_update_at is None or now.now < now.next_update_at,
    Condition.SEVERITY_CONFIRMED: lambda now: not now.is_provisional,
    Condition.CONTAINED: lambda now: now.is_contained or now.is_resolved,
    Condition.POSTMORTEM_DRAFTED: lambda now: now.has_postmortem,
    Condition.REVIEW_BOOKED: lambda now: now.is_review_booked,
}
ENDED: dict[Ending, Callable[[Situation], bool]] = {
    Ending.CONTAINED: lambda now: now.is_contained or now.is_resolved or now.is_closed,
    Ending.RESOLVED: lambda now: now.is_resolved or now.is_closed,
    Ending.CLOSED: lambda now: now.is_closed,
}


def condition_holds(condition: Condition, situation: Situation) -> bool:
    """Whether the condition is met, so that nobody needs to be asked."""
    return HOLDS[condition](situation)


def has_ended(plan: PlannedStep, situation: Situation) -> bool:
    """Whether the act that ends this step has happened."""
    return ENDED[plan.ends](situation)


def is_pointless(plan: PlannedStep, situation: Situation) -> bool:
    """Whether asking would serve nothing any more."""
    return has_ended(plan, situation) or condition_holds(plan.unless, situation)
