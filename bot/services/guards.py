"""Checks every verb makes, and the sentences for those who come second or too late."""

from __future__ import annotations

from datetime import datetime

from bot.domain.errors import AlreadyDone
from bot.domain.incident import Outcome
from bot.domain.lifecycle import check_open, utc
from bot.domain.people import Actor
from storage.incidents import Incident
from storage.store import Unit


async def require_open(unit: Unit, incident: Incident) -> None:
    """Raise IllegalMove, saying what became of it, unless the incident is being worked on."""
    if incident.is_open:
        return
    target = await unit.incidents.get(incident.merged_into_id) if incident.merged_into_id else None
    check_open(
        incident.phase, incident.outcome, incident.reference, incident.closed_at, place(target) if target else ""
    )


async def require_unmerged(unit: Unit, incident: Incident) -> None:
    """Raise IllegalMove for a merged incident, saying where it goes on: notes belong there. Closed is fine."""
    if incident.outcome is Outcome.MERGED:
        await require_open(unit, incident)


def place(incident: Incident) -> str:
    """Reference and channel, as plain words."""
    return f"{incident.reference} (#{incident.channel_name})" if incident.channel_name else incident.reference


async def name_of(unit: Unit, actor: str) -> str:
    """A name for a plain sentence, from an actor's stored form."""
    who = Actor.parse(actor)
    if not who.is_person:
        return "Andon"
    known = await unit.people.names([who.id])
    return known[who.id].name if who.id in known else "somebody else"


async def already(unit: Unit, what: str, by: str | None, at: datetime | None) -> AlreadyDone:
    """The kind answer for whoever comes second: what holds already, who was first and when."""
    who = f" by {await name_of(unit, by)}" if by else ""
    when = f" at {utc(at)}" if at else ""
    return AlreadyDone(f"{what}{who}{when}. Nothing was changed.")
