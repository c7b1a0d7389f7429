"""Evidence, redaction, and what whoever comes late is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class ExhibitLine:
    """An exhibit without its body: bodies may hurt and are shown on request only."""

    exhibit_id: int
    title: str
    author: str
    kept_at: datetime
    kept_by: str
    sha256: str
    files: int
    permalink: str | None = None
    is_redacted: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceList(Notice):
    """What is preserved of an incident, newest first. ``total`` counts what does not fit, and redacted ones, too."""

    summary: Summary
    exhibits: tuple[ExhibitLine, ...]
    total: int
    redacted: int = 0


@dataclass(frozen=True, slots=True)
class ExhibitShown(Notice):
    """One exhibit with its body, for the person who asked."""

    summary: Summary
    line: ExhibitLine
    body: str
    file_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RedactForm(Notice):
    """The form to take a message out of the record with; ``link`` when it is already known which."""

    summary: Summary
    link: str = ""
    channel_id: str | None = None
    message_ts: str | None = None


@dataclass(frozen=True, slots=True)
class RedactionAsk(Notice):
    """Below the original: the record has forgotten it, Slack has not."""

    summary: Summary
    by: str
    reason: str
    author_id: str | None = None


@dataclass(frozen=True, slots=True)
class CatchUp(Notice):
    """What whoever joins is told once: what happened, how bad, who leads, what is new, where to help."""

    summary: Summary
    what_happened: str
    type_name: str
    system_name: str | None
    lead_ids: tuple[str, ...]
    empty_roles: tuple[Role, ...]
    latest_update: str | None
    open_tasks: int
