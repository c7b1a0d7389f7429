"""What was switched off and on again, on whose word, and how it was seen that it worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainmentLine:
    """One run. ``agreed`` are those who approved or ratified it; ``seen`` how it was verified, look by look."""

    number: int
    what: str
    state: str
    asked_by: str
    asked_at: datetime
    agreed: tuple[str, ...] = ()
    alone: bool = False
    why: str = ""
    harm_cannot_wait: str = ""
    seen: str = ""
    outcome: str = ""
