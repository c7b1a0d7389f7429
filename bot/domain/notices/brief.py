"""Notices of the executive brief: which decisions are wanted, first, and how each grave incident stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that somebody must decide: what, who may, and by when, where there is a time."""

    summary: Summary
    what: str
    who: str = ""
    by_when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLine:
    """How one incident stands. ``happening`` is the last thing stakeholders were told; ``clocks`` run by law."""

    summary: Summary
    happening: str
    people: str = ""
    system: str = ""
    doing: str = ""
    clocks: tuple[tuple[str, datetime], ...] = ()


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
