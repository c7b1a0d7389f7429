"""Facts: what has become true, in the past tense. Told in the transaction that made them true; reactions follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to an incident."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class IncidentDeclared(Fact):
    """A new incident is in the record; nothing exists in Slack yet."""


@dataclass(frozen=True, slots=True)
class ChannelOpened(Fact):
    """The incident's channel exists and its id is stored."""


@dataclass(frozen=True, slots=True)
class ChannelRefused(Fact):
    """Slack will not make the channel (``code`` is its reason); people are told and work goes on without it."""

    code: str


@dataclass(frozen=True, slots=True)
class ProblemNoted(Fact):
    """Something small could not be done in Slack; the card says so."""


@dataclass(frozen=True, slots=True)
class CardLost(Fact):
    """Somebody deleted the card."""


@dataclass(frozen=True, slots=True)
class CardPosted(Fact):
    """The card stands in the channel."""


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
