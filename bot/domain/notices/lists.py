"""Open incidents as one person may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class IncidentList(Notice):
    """The gravest open incidents as of ``now``; ``more`` are open beside them."""

    command: str
    now: datetime
    rows: tuple[Summary, ...]
    more: int = 0
