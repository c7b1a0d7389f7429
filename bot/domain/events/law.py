"""Facts about what is established, and about the clocks set by law or contract."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class ParticularSet(Fact):
    """Something is established, or corrected: this version holds now."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class ClocksProposed(Fact):
    """Clocks that may apply were found: one person of legal is to decide."""

    user_id: str
    obligation_ids: list[int]


@dataclass(frozen=True, slots=True)
class ClockDecided(Fact):
    """Legal said of a clock whether it applies."""

    obligation_id: int
    decision: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class ClockMet(Fact):
    """What a clock asks for was sent; this is the so-many-th notice of it."""

    obligation_id: int
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class ClocksReached(Fact):
    """Much of the time of some clocks has passed, or all of it: one person hears of it."""

    user_id: str
    obligation_ids: list[int]
    is_executive: bool


@dataclass(frozen=True, slots=True)
class SheetMade(Fact):
    """Somebody of legal wants the data for authorities' forms as a file."""

    version: int
    user_id: str


@dataclass(frozen=True, slots=True)
class SheetAnnounced(Fact):
    """They were told that it comes, by this message."""

    version: int
    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class SheetUploaded(Fact):
    """The file's bytes are with Slack, in nobody's sight yet."""

    version: int
    channel_id: str
    ts: str
    file_id: str
