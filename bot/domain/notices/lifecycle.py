"""Notices about an incident's life: severity, type, phase, contained, resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import IncidentType, Phase, Severity
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.notices.law import Untold


@dataclass(frozen=True, slots=True)
class SeverityPost(Notice):
    """The severity changed: old beside new, who and why. ``by`` is an actor in stored form."""

    summary: Summary
    old: Severity
    new: Severity
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SeverityProposal(Notice):
    """Somebody asks for a graver severity. ``is_carried`` None while it waits; False when it is not needed any more."""

    summary: Summary
    proposal_id: int
    old: Severity
    new: Severity
    by: str
    reason: str
    confirmed_by: tuple[str, ...] = ()
    is_carried: bool | None = None


@dataclass(frozen=True, slots=True)
class SeverityConfirmedPost(Notice):
    """A provisional severity stands."""

    summary: Summary
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TypePost(Notice):
    """The type changed; names as people read them."""

    summary: Summary
    old_name: str
    new_name: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PhasePost(Notice):
    """The phase changed."""

    summary: Summary
    old: Phase
    new: Phase
    by: str
    reason: str
    lost_containment: bool = False


@dataclass(frozen=True, slots=True)
class ContainedPost(Notice):
    """The harm is stopped, and how that was verified."""

    summary: Summary
    by: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ResolvedPost(Notice):
    """The cause is fixed, and how that was validated."""

    summary: Summary
    by: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SeverityForm(Notice):
    """Ask for another severity. ``asks_nobody_hurt`` where lowering needs that statement."""

    summary: Summary
    choices: tuple[tuple[str, str], ...]
    chosen: Severity | None = None
    reason: str = ""
    asks_nobody_hurt: bool = False


@dataclass(frozen=True, slots=True)
class TypeForm(Notice):
    """Ask for another type. ``choices`` are slug, name, explanation."""

    summary: Summary
    choices: tuple[tuple[str, str, str], ...]
    chosen: IncidentType | None = None


@dataclass(frozen=True, slots=True)
class PhaseForm(Notice):
    """Ask where the response stands now."""

    summary: Summary
    chosen: Phase | None = None


@dataclass(frozen=True, slots=True)
class ContainedForm(Notice):
    """Ask how it was verified that the harm is stopped."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class ResolvedForm(Notice):
    """Ask how it was validated that the cause is fixed. ``untold``: authorities that may have to be told before."""

    summary: Summary
    untold: tuple[Untold, ...] = ()
