"""What machines said about an incident."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.events.fact import Fact


class AlertNews(StrEnum):
    """What is new about it."""

    DECLARED = "declared"
    ATTACHED = "attached"
    RESOLVED = "resolved"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class AlertNoted(Fact):
    """An alert belongs to the incident, or is said to be over; ``sha256`` names the body it came in."""

    group_id: int
    news: AlertNews
    sha256: str
