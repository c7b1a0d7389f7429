"""Facts about what is established, and about the clocks set by law or contract."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class ParticularSet(Fact):
    """Something is established, or corrected: this version holds now."""

    key: str
    version: int
