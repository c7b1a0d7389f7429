"""The ladder from a terminal: who was asked, who is next, and "I have it" when Slack's button cannot be pressed."""

from __future__ import annotations

from bot.domain.escalation import StepState
from bot.domain.notices.incident import Summary
from bot.errands.seat import Seat, Told
from bot.services.outlook import Outlook
from bot.terminal import data, escalations

SHOWN = 20


async def listing(seat: Seat, reference: str = "") -> Told:
    """One incident's ladder, or that of every open incident the person may see."""
    about = [await seat.about(reference)] if reference else await _open_ones(seat)
    ladders = [await _ladder(seat, one.incident_id) for one in about]
    backlog = await seat.backlog()
    said = escalations.listing(ladders, seat.now(), seat.names, backlog, in_whole=bool(reference))
    return Told(said, data.ladders(ladders, seat.names, backlog))


async def acknowledge(seat: Seat, reference: str) -> Told:
    """I have it: whatever this person was last asked about the incident. Raises AlreadyDone for nothing."""
    about = await seat.about(reference)
    await seat.services.asks.acknowledge_own(about.incident_id, by=seat.actor)
    after = await seat.services.asks.listing(about.incident_id, by=seat.actor)
    mine = [line for line in after.lines if line.acknowledged_by == str(seat.actor)]
    counts = [line.next_look_at for line in mine if line.state is StepState.ACKNOWLEDGED and line.next_look_at]
    until = min(counts, default=None)
    said = escalations.acknowledged(about, until, seat.now(), seat.me, await seat.backlog())
    return Told(said, {**data.incident(about, seat.names), "acknowledged_until": data.instant(until)})


async def _open_ones(seat: Seat) -> list[Summary]:
    return list((await seat.services.home.listing(by=seat.actor, limit=SHOWN)).rows)


async def _ladder(seat: Seat, incident_id: int) -> escalations.Ladder:
    services = seat.services
    found = await services.asks.listing(incident_id, by=seat.actor)
    outlook = Outlook(services.work, services.access, services.targets)
    coming = [line.ask for line in found.lines if line.state is StepState.PENDING]
    return escalations.Ladder(found, await outlook.whom(incident_id, coming, by=seat.actor))
