"""Whom the ladder asks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class PersonAsked(Fact):
    """The ladder asks one person, in one message for all steps that fell due together; ``batch`` names its asks."""

    batch: int
    user_id: str


@dataclass(frozen=True, slots=True)
class ChannelAsked(Fact):
    """The ladder asks the channel."""

    batch: int


@dataclass(frozen=True, slots=True)
class AskSettled(Fact):
    """What a person was asked is answered or no longer needed, all or in part; its message shows what is left."""

    batch: int


@dataclass(frozen=True, slots=True)
class IncidentAcknowledged(Fact):
    """Somebody who was paged says "I have it"."""

    by: str
