"""Endings: closed, cancelled as no incident, and reopened. Everybody who waits to hear how it ended hears it."""

from __future__ import annotations

from bot.domain.errors import AlreadyDone
from bot.domain.events import EndingOwed, IncidentCancelled, IncidentClosed, IncidentReopened
from bot.domain.incident import Outcome, Phase
from bot.domain.lifecycle import check_closing, missing_for_close, reason
from bot.domain.notices.closing import (
    CancelForm,
    CancelledPost,
    ClosedPost,
    CloseForm,
    Ending,
    ReopenedPost,
    ReopenForm,
)
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.cadence import Cadence
from bot.services.channels import declarer_id
from bot.services.guards import require_open
from bot.services.moments import Moment, Moments
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from storage.incidents import Incident
from storage.store import Unit

CLOSING_QUESTION = "Say in a sentence or two how it ended: whoever reported it reads this."
CANCEL_QUESTION = "Say why it is no incident, kindly: whoever reported it reads this."


class Closing:
    """Ends incidents and starts them again."""

    def __init__(
        self, work: Work, chat: Chat, access: Access, voice: Voice, cadence: Cadence, moments: Moments
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._voice = voice
        self._cadence = cadence
        self._moments = moments

    async def close_form(self, incident_id: int, *, by: Actor, note: str = "") -> CloseForm:
        """The form to close with; asks for a reason where something is missing."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CLOSE, by)
            await require_open(unit, incident)
        return CloseForm(summary(incident), missing_for_close(incident.contained_at, incident.resolved_at), note)

    async def cancel_form(self, incident_id: int, *, by: Actor) -> CancelForm:
        """The form to say that it is no incident."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CANCEL, by)
            await require_open(unit, incident)
        return CancelForm(summary(incident))

    async def reopen_form(self, incident_id: int, *, by: Actor) -> ReopenForm:
        """The form to go on with a closed incident. Raises AlreadyDone when it is open."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REOPEN, by)
        _check_closed(incident)
        return ReopenForm(summary(incident))

    async def close(self, incident_id: int, note: str, *, by: Actor, why_anyway: str = "") -> None:
        """The response is over. What was not contained or resolved needs a stated reason."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CLOSE, by, lock=True)
            await require_open(unit, incident)
            stated = reason(note, CLOSING_QUESTION, "note")
            check_closing(incident.contained_at, incident.resolved_at, why_anyway)
            outcome = Outcome.RESOLVED if incident.resolved_at else Outcome.UNRESOLVED
            anyway = why_anyway.strip() if outcome is Outcome.UNRESOLVED or incident.contained_at is None else ""
            data = {"note": stated, "outcome": outcome, "why_anyway": anyway}
            await self.end(unit, incident, outcome, stated, by)
            unit.timeline.note(incident.key, EntryKind.CLOSED, stated, by=by, at=self._work.now(), data=data)
            unit.tell(IncidentClosed(incident.key, str(by), stated, anyway))

    async def cancel(self, incident_id: int, why: str, *, by: Actor) -> None:
        """It is no incident; nobody is to blame for having said so."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CANCEL, by, lock=True)
            await require_open(unit, incident)
            stated = reason(why, CANCEL_QUESTION)
            await self.end(unit, incident, Outcome.CANCELLED, stated, by)
            data = {"reason": stated}
            unit.timeline.note(incident.key, EntryKind.CANCELLED, stated, by=by, at=self._work.now(), data=data)
            unit.tell(IncidentCancelled(incident.key, str(by), stated))

    async def reopen(self, incident_id: int, why: str, *, by: Actor) -> None:
        """It goes on, in investigation; what was contained stays so until somebody says otherwise."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REOPEN, by, lock=True)
            _check_closed(incident)
            stated, now = reason(why), self._work.now()
            data = {"reason": stated, "outcome": incident.outcome, "merged_into": incident.merged_into_id}
            incident.phase = Phase.INVESTIGATION
            incident.outcome = incident.merged_into_id = None
            incident.closed_at = incident.closed_by = incident.closed_note = None
            incident.resolved_at = incident.resolved_by = incident.resolved_how = None
            incident.next_update_at = self._cadence.next_due(incident, now)
            await unit.captures.look_at(incident.key, now)
            await unit.tasks.take_up(incident.key)
            unit.timeline.note(incident.key, EntryKind.REOPENED, stated, by=by, at=now, data=data)
            unit.tell(IncidentReopened(incident.key, str(by), stated))
            await self._moments.reach(Moment.REOPENED, unit, incident)

    async def end(self, unit: Unit, incident: Incident, outcome: Outcome, note: str, by: Actor) -> None:
        """Mark the incident as over within the caller's transaction: clocks stop, people who wait are owed the news."""
        incident.phase, incident.outcome = Phase.CLOSED, outcome
        incident.closed_at, incident.closed_by, incident.closed_note = self._work.now(), str(by), note
        for user_id in await self._waiting(unit, incident):
            if user_id != by.id:
                unit.tell(EndingOwed(incident.key, user_id))
        await self._moments.reach(Moment.STOPPED, unit, incident)

    async def post_closed(self, fact: IncidentClosed, attempt: Attempt) -> None:
        """Say the closing note in the channel."""
        await self._voice.say(fact, attempt, lambda s: ClosedPost(s, fact.by, fact.note, fact.why_anyway))

    async def post_cancelled(self, fact: IncidentCancelled, attempt: Attempt) -> None:
        """Say in the channel why it is no incident."""
        await self._voice.say(fact, attempt, lambda s: CancelledPost(s, fact.by, fact.reason))

    async def post_reopened(self, fact: IncidentReopened, attempt: Attempt) -> None:
        """Say in the channel that it goes on."""
        await self._voice.say(fact, attempt, lambda s: ReopenedPost(s, fact.by, fact.reason))

    async def tell_ending(self, fact: EndingOwed, attempt: Attempt) -> None:
        """Tell one person how it ended, unless it was reopened meanwhile or is not open to them."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            if incident is None or incident.outcome is None:
                return
            if not await self._access.sees(unit, incident, Actor.person(fact.user_id)):
                return
            into = await unit.incidents.get(incident.merged_into_id) if incident.merged_into_id else None
        notice = Ending(
            summary(incident),
            incident.outcome,
            incident.closed_note or "",
            is_declarer=fact.user_id == declarer_id(incident),
            into=summary(into) if into else None,
        )
        await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _waiting(self, unit: Unit, incident: Incident) -> list[str]:
        declarer = declarer_id(incident)
        followers = [tie.user_id for tie in await unit.participants.of(incident.key) if tie.is_following]
        return list(dict.fromkeys([*([declarer] if declarer else []), *followers]))


def _check_closed(incident: Incident) -> None:
    if incident.is_open:
        raise AlreadyDone(f"{incident.reference} is open, in {incident.phase}. Nothing was changed.")
