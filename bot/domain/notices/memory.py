"""Redaction, and what whoever comes late is told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


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
