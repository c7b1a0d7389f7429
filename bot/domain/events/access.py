"""Who is let in, and who comes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class AccessAsked(Fact):
    """Somebody asks to be let into a private incident."""

    request_id: int


@dataclass(frozen=True, slots=True)
class AccessDecided(Fact):
    """A request for access was allowed or denied."""

    request_id: int


@dataclass(frozen=True, slots=True)
class AccessGiven(Fact):
    """Somebody was let in by a person of the incident."""

    user_id: str
    given_by: str


@dataclass(frozen=True, slots=True)
class PersonJoined(Fact):
    """Somebody asked to be in the channel of a public incident."""

    user_id: str


@dataclass(frozen=True, slots=True)
class MemberJoined(Fact):
    """Somebody is in the incident's channel now."""

    user_id: str
