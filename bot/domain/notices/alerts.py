"""What is said about alerts in an incident's channel."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.alerts import AlertNews
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class AlertPost(Notice):
    """A machine said something about it. ``title`` and ``links`` are the machine's words."""

    summary: Summary
    news: AlertNews
    source: str
    title: str
    alerts: int
    links: tuple[str, ...] = ()
