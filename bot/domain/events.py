"""Facts: what has become true, in the past tense. Told in the transaction that made them true; reactions follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import IncidentType, Phase, Role, Severity


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
class OriginLinked(Fact):
    """The link of the reported message is known."""


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
class PersonJoined(Fact):
    """Somebody asked to be in the channel of a public incident."""

    user_id: str


@dataclass(frozen=True, slots=True)
class DetailsAdded(Fact):
    """Answers about the incident came in; ``entry_key`` names their timeline line."""

    entry_key: str


@dataclass(frozen=True, slots=True)
class ExampleAdded(Fact):
    """Somebody gave another example; ``entry_key`` names its timeline line."""

    entry_key: str


@dataclass(frozen=True, slots=True)
class AuthorMet(Fact):
    """Somebody whose name is not known yet wrote in the channel."""

    user_id: str


@dataclass(frozen=True, slots=True)
class MarkPlaced(Fact):
    """Somebody marked a message for the timeline or as evidence (``mark`` is a ``messages.Mark``)."""

    channel_id: str
    ts: str
    mark: str
    user_id: str


@dataclass(frozen=True, slots=True)
class MarkKept(Fact):
    """A marked message stands on the timeline or among the exhibits."""

    channel_id: str
    ts: str
    mark: str


@dataclass(frozen=True, slots=True)
class MarkWithdrawn(Fact):
    """The last pin was taken off a message; its line is not shown any more."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class MemberJoined(Fact):
    """Somebody is in the incident's channel now."""

    user_id: str


@dataclass(frozen=True, slots=True)
class MessageRedacted(Fact):
    """A message was taken out of the record; its original still stands in Slack."""

    channel_id: str
    ts: str
    by: str


@dataclass(frozen=True, slots=True)
class HistoryOwed(Fact):
    """A page of the channel's history is to be read, from ``cursor`` on, below the message ``before``."""

    run: int
    page: int
    cursor: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class ThreadOwed(Fact):
    """A thread is to be read, from ``cursor`` on, above the reply ``after``."""

    run: int
    thread_ts: str
    cursor: str | None
    after: str


@dataclass(frozen=True, slots=True)
class RoleOffered(Fact):
    """Somebody is asked to take a role, by a person or by policy."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class OfferSettled(Fact):
    """An offer was accepted, declined or is no longer needed."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class RoleDeclined(Fact):
    """Whoever was asked cannot take the role."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class RoleTaken(Fact):
    """Somebody holds a role from now on."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class RoleReleased(Fact):
    """Somebody holds a role no longer."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class LeadChanged(Fact):
    """The lead is somebody else now, or nobody."""


@dataclass(frozen=True, slots=True)
class RoleTicked(Fact):
    """A line of a role's instructions was ticked."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class HandoverAsked(Fact):
    """Somebody asks the holder of a seat to hand it over."""

    tenure_id: int
    asker_id: str


@dataclass(frozen=True, slots=True)
class SeatUnfilled(Fact):
    """Policy wants a role filled and everybody on its roster said no or cannot be reached."""

    role: Role


@dataclass(frozen=True, slots=True)
class TaskAdded(Fact):
    """There is a new task."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskChanged(Fact):
    """A task was done, dropped, given to somebody else or put off."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskGiven(Fact):
    """A task is somebody's to do, who did not give it to themselves."""

    task_id: int
    user_id: str


@dataclass(frozen=True, slots=True)
class TaskTakenBack(Fact):
    """A task is no longer somebody's; the message that gave it to them says so."""

    task_id: int
    user_id: str
    channel_id: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class TasksOverdue(Fact):
    """Tasks of one person are past their time."""

    user_id: str
    task_ids: list[int]


@dataclass(frozen=True, slots=True)
class AuditFailed(Fact):
    """The auditor found something missing that it could not mend."""

    lack: str
    since: datetime


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
    """What a person was asked is answered or no longer needed; its message is condensed."""

    batch: int


@dataclass(frozen=True, slots=True)
class IncidentAcknowledged(Fact):
    """Somebody who was paged says "I have it"."""

    by: str


@dataclass(frozen=True, slots=True)
class PostmortemWanted(Fact):
    """Somebody wants a draft of what is known now."""

    by: str


@dataclass(frozen=True, slots=True)
class PostmortemWritten(Fact):
    """Somebody wrote a section or an action item after a draft was made."""

    by: str


@dataclass(frozen=True, slots=True)
class PostmortemCompiled(Fact):
    """There is a new draft."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class PostmortemUploaded(Fact):
    """The draft's bytes are with Slack, in nobody's sight yet."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class PostmortemShared(Fact):
    """The draft's file is in the channel."""

    draft_id: int
