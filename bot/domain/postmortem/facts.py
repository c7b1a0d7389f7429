"""What is known of the incident and of the AI. None means that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import IncidentType, Outcome, Phase, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """The incident itself. ``type_name`` is the policy's name of the type; the start lies between its two bounds."""

    reference: str
    title: str
    what_happened: str
    type: IncidentType
    severity: Severity
    phase: Phase
    declared_by: str
    declared_at: datetime
    type_name: str | None = None
    secondary_types: tuple[IncidentType, ...] = ()
    is_provisional: bool = False
    outcome: Outcome | None = None
    system: str | None = None
    channel_name: str | None = None
    report_permalink: str | None = None
    is_private: bool = False
    is_drill: bool = False
    first_signal_at: datetime | None = None
    started_low_at: datetime | None = None
    started_high_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    lead_seated_at: datetime | None = None
    contained_at: datetime | None = None
    contained_by: str | None = None
    contained_how: str | None = None
    recovered_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolved_how: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_note: str | None = None
    next_update_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AiFacts:
    """What is known of the AI. A reproduction is ``reproduced`` of ``tried`` runs under ``settings``."""

    failure_mode: str | None = None
    cause: str | None = None
    architecture: str | None = None
    model: str | None = None
    prompt: str | None = None
    retrieval: str | None = None
    tools: str | None = None
    first_bad_version: str | None = None
    reproduced: int | None = None
    tried: int | None = None
    settings: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityChange:
    """A severity from this instant on; ``was`` is None for the one given at the declaration."""

    at: datetime
    severity: Severity
    by: str
    was: Severity | None = None
    is_provisional: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChange:
    """A phase from this instant on."""

    at: datetime
    phase: Phase
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TaxonomyCode:
    """A code in somebody's taxonomy, from the policy of the incident type."""

    scheme: str
    code: str
    name: str = ""
