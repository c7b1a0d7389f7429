"""What Slack has not heard yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice


@dataclass(frozen=True, slots=True)
class Backlog(Notice):
    """How many reactions are late, since when, and what the oldest was answered last (empty: nobody tried it)."""

    waiting: int
    since: datetime
    reason: str = ""
