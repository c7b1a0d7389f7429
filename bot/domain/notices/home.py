"""App Home: the same list, one's own incidents first, and what was closed lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.action_items import ActionItemLine
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """A closed incident, and where its post-mortem can be read."""

    summary: Summary
    closed_at: datetime
    postmortem_link: str | None = None


@dataclass(frozen=True, slots=True)
class HomeScreen(Notice):
    """What one person finds on Home as of ``now``. ``mine`` are those they sit in or follow; ``more`` are not shown.

    ``promises`` are the open action items that are theirs.
    """

    command: str
    now: datetime
    mine: tuple[Summary, ...] = ()
    others: tuple[Summary, ...] = ()
    more: int = 0
    closed: tuple[ClosedLine, ...] = ()
    promises: tuple[ActionItemLine, ...] = ()
