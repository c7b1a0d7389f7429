"""What is known of the incident and of the AI, for its post-mortem."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain import postmortem as pm
from bot.domain.causes import cause_name
from bot.domain.measures import Targets
from playbooks.library import Library
from storage.incidents import Incident


def facts(incident: Incident, library: Library) -> pm.IncidentFacts:
    """The incident itself."""
    return pm.IncidentFacts(
        reference=incident.reference,
        title=incident.title,
        what_happened=incident.what_happened,
        type=incident.type,
        type_name=library.type_name(incident.type),
        severity=incident.severity,
        is_provisional=incident.is_provisional,
        phase=incident.phase,
        outcome=incident.outcome,
        system=library.system_name(incident.system),
        channel_name=incident.channel_name,
        report_permalink=incident.origin_permalink,
        is_private=incident.is_private,
        is_drill=incident.is_drill,
        declared_by=incident.declared_by,
        declared_at=incident.declared_at,
        started_low_at=_started(incident),
        started_high_at=_started(incident),
        detected_at=incident.detected_at,
        acknowledged_at=incident.acknowledged_at,
        lead_seated_at=incident.lead_seated_at,
        contained_at=incident.contained_at,
        contained_by=incident.contained_by,
        contained_how=incident.contained_how,
        recovered_at=incident.recovered_at,
        resolved_at=incident.resolved_at,
        resolved_by=incident.resolved_by,
        resolved_how=incident.resolved_how,
        closed_at=incident.closed_at,
        closed_by=incident.closed_by,
        closed_note=incident.closed_note,
        next_update_at=incident.next_update_at,
    )


def _started(incident: Incident) -> datetime | None:
    """When it started, as somebody said; that it is an estimate shows in its having been said."""
    said = incident.facts.get("started_at")
    return datetime.fromisoformat(said) if said else None


def ai(incident: Incident, library: Library) -> pm.AiFacts:
    """What the catalogue of systems says of the AI, and what kind of cause people found."""
    system, cause = library.system(incident.system), cause_name(incident.cause_class) if incident.cause_class else None
    if system is None:
        return pm.AiFacts(cause=cause)
    model = system.model
    known = [part for part in (model.provider, model.name, model.version) if part] if model else []
    return pm.AiFacts(cause=cause, architecture=str(system.architecture), model=" ".join(known) or None)


def targets(incident: Incident, library: Library) -> Targets:
    """What policy promised."""
    deadlines = library.deadlines(incident.severity)

    return Targets(
        acknowledge=library.span(deadlines.acknowledge, incident.declared_at),
        lead=library.span(deadlines.lead_seated, incident.declared_at),
        contain_declared=library.span(deadlines.containment, incident.declared_at),
    )


def taxonomy(incident: Incident, library: Library) -> tuple[pm.TaxonomyCode, ...]:
    """The codes of the type in public taxonomies."""
    codes = library.incident_type(incident.type).taxonomy
    schemes: tuple[tuple[str, Iterable[str]], ...] = (
        ("OWASP LLM Top 10 2025", codes.owasp_llm),
        ("OWASP Agentic Top 10", codes.owasp_agentic),
        ("MITRE ATLAS", codes.atlas),
        ("AVID", codes.avid),
        ("NIST AI 600-1", codes.nist),
        ("MIT AI risk domain", codes.mit),
        ("CSET harm", codes.cset),
    )
    return tuple(pm.TaxonomyCode(scheme, code) for scheme, found in schemes for code in found)
