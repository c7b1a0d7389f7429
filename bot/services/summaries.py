"""Incidents as values that notices carry."""

from __future__ import annotations

from bot.domain.notices.incident import Summary
from storage.incidents import Incident


def summary(incident: Incident, lead_id: str | None = None) -> Summary:
    """The incident in one line."""
    return Summary(
        incident_id=incident.key,
        reference=incident.reference,
        title=incident.title,
        severity=incident.severity,
        is_provisional=incident.is_provisional,
        phase=incident.phase,
        channel_id=incident.channel_id,
        is_private=incident.is_private,
        is_drill=incident.is_drill,
        system=incident.system,
        type=incident.type,
        declared_at=incident.declared_at,
        outcome=incident.outcome,
        lead_id=lead_id,
        next_update_at=incident.next_update_at if incident.is_open else None,
        contained_at=incident.contained_at,
    )
