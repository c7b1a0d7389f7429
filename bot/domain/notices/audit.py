"""What the auditor tells people: something is missing that it could not mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


class Lack(StrEnum):
    """What an incident can lack."""

    CHANNEL = "channel"
    CARD = "card"
    LADDER = "ladder"
    OUTBOX = "outbox"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class AuditProblem(Notice):
    """Something is missing since an instant."""

    summary: Summary
    lack: Lack
    since: datetime


@dataclass(frozen=True, slots=True)
class PolicyProblem(Notice):
    """An edit of the organisation's own files was refused, and why."""

    reason: str
