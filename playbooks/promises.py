"""The shape of policies/severities.yaml: what each severity means and what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from bot.domain.incident import Role, Severity
from playbooks.values import Label, Model, Paging, Seating, Span, Words


class Hints(Model):
    """Numbers that point at a severity; each is *from so many on*."""

    people_hurt: int | None = None
    users: int | None = None
    traffic_percent: int | None = None
    data: Words | None = None


class EvidenceFreeze(Model):
    """How soon evidence must be frozen, and after what."""

    within: Span
    after: Literal["declaration", "containment"] = "declaration"


class Deadlines(Model):
    """Promises of a severity, counted from the declaration unless said otherwise; None where none is made.

    ``switch_off`` counts from approval, ``postmortem_meeting`` and ``postmortem_draft`` from recovery.
    """

    acknowledge: Span
    lead_seated: Span
    technical_seated: Span | None = None
    legal_looped: Span | None = None
    legal_looped_flagged: Span | None = None
    first_update: Span | None = None
    holding_text_ready: Span | None = None
    outside_message: Span | None = None
    containment: Span
    switch_off: Span | None = None
    evidence_freeze: EvidenceFreeze
    executive_notice: Span | None = None
    postmortem_meeting: Span | None = None
    postmortem_draft: Span | None = None
    actions: Span | None = None


class Updates(Model):
    """How often stakeholders hear something; None where nothing is owed. Bounds are what a person may choose."""

    until_contained: Span | None = None
    after_contained: Span | None = None
    settles: Span | None = None
    then: Span | None = None
    shortest: Span | None = None
    longest: Span | None = None


class SeverityPolicy(Model):
    """What one severity means and promises."""

    name: Label
    picker: Label
    definition: Words
    examples: tuple[Words, ...] = Field(min_length=1)
    hints: Hints
    page: Paging
    seats: Mapping[Role, Seating]
    deadlines: Deadlines
    updates: Updates
    executive_digest: Literal["weekly", "monthly"] | None = None


class SeveritiesFile(Model):
    """policies/severities.yaml."""

    severities: Mapping[Severity, SeverityPolicy]
