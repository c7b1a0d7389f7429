"""After a clock was set back: what was planned by it waits no longer than it would have by the right one.

An instant of the record that lies ahead can only come from a clock that was ahead. The record keeps it, as what was
believed; what counts from it (the next look at a step, the next promised update) is moved along, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.escalations import Escalations
from storage.escalations import EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.store import Unit

TOLERANCE = timedelta(minutes=1)  # clocks of replicas differ a little
log = structlog.get_logger(__name__)


async def rewind(
    unit: Unit, incident: Incident, now: datetime, escalations: Escalations, by: timedelta | None = None
) -> None:
    """Move along what counts from an instant that is still to come; the same instants again change nothing more.

    ``by``: how far the clock was set back, where somebody saw it; else as far as the record proves.
    """
    steps, asks = await unit.escalations.of(incident.key), await unit.escalations.asks_of(incident.key)
    ahead = _latest(now, [incident.declared_at, incident.last_update_at, *(ask.asked_at for ask in asks)])
    if ahead is None:
        return
    key = f"{incident.key}:rewound:{ahead.isoformat()}"
    if await unit.timeline.by_source(key) is not None:
        return
    by = by or ahead - now
    for step in steps:
        if step.next_look_at is not None and _counts_from_ahead(step, incident, asks, now):
            step.next_look_at = max(now, step.next_look_at - by)
    if incident.next_update_at is not None and _latest(now, [incident.declared_at, incident.last_update_at]):
        incident.next_update_at = max(now, incident.next_update_at - by)
        await escalations.follow_update(unit, incident)
    minutes = round(by / timedelta(minutes=1))
    text = f"The clock was set back by about {minutes} minutes; what was planned by it was moved along"
    data = {"minutes": minutes}
    unit.timeline.note(incident.key, EntryKind.PROBLEM, text, by=ANDON, at=now, data=data, source_key=key)
    log.warning("planned by a clock that was set back; moved along", incident=incident.reference, minutes=minutes)


def _counts_from_ahead(step: EscalationStep, incident: Incident, asks: Iterable[EscalationAsk], now: datetime) -> bool:
    """Whether the next look at a step was reckoned from an instant that is still to come."""
    own = [step.acknowledged_at, *(ask.asked_at for ask in asks if ask.step_id == step.number)]
    return _latest(now, [incident.declared_at, *own]) is not None


def _latest(now: datetime, instants: Iterable[datetime | None]) -> datetime | None:
    """The latest of those that lie ahead of now by more than clocks may differ."""
    return max((instant for instant in instants if instant is not None and instant > now + TOLERANCE), default=None)
