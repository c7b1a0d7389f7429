"""Notices about who is let into an incident."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class AccessRequested(Notice):
    """Asked of a private incident's people. ``is_allowed`` is None until one of them decides."""

    summary: Summary
    request_id: int
    asker_id: str
    is_allowed: bool | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class AccessWelcome(Notice):
    """Told to whoever was let in. A denial is told to nobody."""

    summary: Summary
    given_by: str


@dataclass(frozen=True, slots=True)
class InviteForm(Notice):
    """Whom to let in."""

    summary: Summary
