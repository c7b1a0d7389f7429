"""Declaring: from the record to a furnished channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.events.fact import Fact


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
class ChannelDelayed(Fact):
    """Slack's limits let the channel be made only ``at`` this instant or later; whoever declared is told so."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ProblemNoted(Fact):
    """Something small could not be done in Slack; the card says so."""


@dataclass(frozen=True, slots=True)
class OriginLinked(Fact):
    """The link of the reported message is known."""


@dataclass(frozen=True, slots=True)
class CardLost(Fact):
    """Somebody deleted the card."""


@dataclass(frozen=True, slots=True)
class CardPosted(Fact):
    """The card stands in the channel."""


@dataclass(frozen=True, slots=True)
class AuditFailed(Fact):
    """The auditor found something missing that it could not mend."""

    lack: str
    since: datetime
