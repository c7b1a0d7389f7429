"""An incident's life: severity, type, phase, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.events.fact import Fact
from bot.domain.incident import IncidentType, Phase, Severity


@dataclass(frozen=True, slots=True)
class SeverityProposed(Fact):
    """Somebody who may not decide it alone wants a graver severity; it waits for a confirmation."""

    proposal_id: int


@dataclass(frozen=True, slots=True)
class ProposalMoved(Fact):
    """A proposal was confirmed by one more person, carried, or is no longer needed."""

    proposal_id: int


@dataclass(frozen=True, slots=True)
class SeverityChanged(Fact):
    """The severity is another one now."""

    old: Severity
    new: Severity
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SeverityConfirmed(Fact):
    """A provisional severity was looked at and stands."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TypeChanged(Fact):
    """The incident is of another type now."""

    old: IncidentType
    new: IncidentType
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PhaseChanged(Fact):
    """The response moved on, or back; ``lost_containment`` tells that the harm goes on again."""

    old: Phase
    new: Phase
    by: str
    reason: str
    lost_containment: bool = False


@dataclass(frozen=True, slots=True)
class IncidentContained(Fact):
    """The harm was stopped at ``at``, and how that was verified."""

    by: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentResolved(Fact):
    """The cause was fixed at ``at``, and how that was validated."""

    by: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentClosed(Fact):
    """The response is over; learning goes on. ``why_anyway``: closed though something was missing."""

    by: str
    note: str
    why_anyway: str = ""


@dataclass(frozen=True, slots=True)
class IncidentCancelled(Fact):
    """It turned out to be no incident."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentMerged(Fact):
    """It goes on in another incident."""

    into_id: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentAbsorbed(Fact):
    """Another incident goes on in this one; its people were carried over."""

    from_id: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentReopened(Fact):
    """A closed incident is worked on again."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class EndingOwed(Fact):
    """One person is to hear how the incident ended."""

    user_id: str


@dataclass(frozen=True, slots=True)
class UpdateSent(Fact):
    """Stakeholders were given words, and a time for the next."""

    update_id: int


@dataclass(frozen=True, slots=True)
class UpdatePosted(Fact):
    """The update stands in the channel; its link can be kept."""

    update_id: int


@dataclass(frozen=True, slots=True)
class UpdateOwed(Fact):
    """One follower is to get an update."""

    update_id: int
    user_id: str


@dataclass(frozen=True, slots=True)
class DetailsAdded(Fact):
    """Answers about the incident came in; ``entry_key`` names their timeline line."""

    entry_key: str


@dataclass(frozen=True, slots=True)
class ExampleAdded(Fact):
    """Somebody gave another example; ``entry_key`` names its timeline line."""

    entry_key: str
