"""Notices of the executive brief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.brief import BriefLine, Decision
from bot.domain.notices import Notice


@dataclass(frozen=True, slots=True)
class Brief(Notice):
    """One screen: decisions wanted, then incidents. ``is_daily``: it came by itself, at the hour of their choice."""

    decisions: tuple[Decision, ...]
    lines: tuple[BriefLine, ...]
    more: int
    now: datetime
    command: str
    is_daily: bool = False


@dataclass(frozen=True, slots=True)
class BriefHourSet(Notice):
    """The brief comes every day from now on (None: no more); ``zone`` is whose time of day it is."""

    next_at: datetime | None
    zone: str
    command: str
