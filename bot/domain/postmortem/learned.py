"""What was done along the playbook, what was found, and what the playbook should say next time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Phase, Role
from bot.domain.investigation import FindingKind, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookLine:
    """One step; neither done nor dropped means open. ``reason`` says why it was not needed."""

    number: int
    phase: Phase
    role: Role
    text: str
    due_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    dropped_at: datetime | None = None
    dropped_by: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding. A hypothesis says whether it was shown, and what showed it."""

    number: int
    kind: FindingKind
    text: str
    by: str
    at: datetime
    proof: Proof | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionLine:
    """A change suggested for the playbook. ``step`` is the key of the step it is about."""

    text: str
    by: str
    at: datetime
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """All of it. ``version`` is the hash of the playbooks the incident began with, None where it had none."""

    version: str | None = None
    playbook: tuple[PlaybookLine, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    suggestions: tuple[SuggestionLine, ...] = ()
