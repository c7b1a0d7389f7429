"""Two incidents that are one: the work goes on in the other, its people come along, both say so."""

from __future__ import annotations

from bot.domain.errors import AlreadyDone, BadInput
from bot.domain.events import IncidentAbsorbed, IncidentMerged
from bot.domain.incident import Outcome
from bot.domain.lifecycle import reason
from bot.domain.notices.closing import AbsorbedPost, MergedPost, MergeForm
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.closing import Closing
from bot.services.guards import place, require_open
from bot.services.incidents import Incidents
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from storage.incidents import Incident
from storage.store import Unit

CANDIDATES = 100


class Merging:
    """Merges incidents."""

    def __init__(self, work: Work, access: Access, voice: Voice, closing: Closing, incidents: Incidents) -> None:
        self._work = work
        self._access = access
        self._voice = voice
        self._closing = closing
        self._incidents = incidents

    async def form(self, incident_id: int, *, by: Actor) -> MergeForm:
        """The form, offering open incidents the person may see."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.MERGE, by)
            await require_open(unit, incident)
        found = [one for one in await self._incidents.open_for(by) if one.incident_id != incident_id]
        suited = [one for one in found if (one.is_private, one.is_drill) == (incident.is_private, incident.is_drill)]
        return MergeForm(summary(incident), tuple(suited[:CANDIDATES]))

    async def merge(self, incident_id: int, into_id: int, why: str, *, by: Actor) -> None:
        """``incident_id`` goes on in ``into_id``: followers and people with access are carried over.

        Refuses itself, what is over (so no circle can arise), and anything that would carry a private incident's
        existence to people who have no access.
        """
        if incident_id == into_id:
            raise BadInput("An incident cannot be merged into itself.", field="into")
        async with self._work() as unit:
            for number in sorted((incident_id, into_id)):
                await unit.incidents.get(number, lock=True)
            incident = await self._access.get(unit, incident_id, Verb.MERGE, by)
            target = await self._access.get(unit, into_id, Verb.SEE, by)
            if incident.merged_into_id == into_id:
                raise AlreadyDone(f"{incident.reference} was merged into {place(target)} already. Nothing was changed.")
            await require_open(unit, incident)
            await self._check_target(unit, incident, target, by)
            stated = reason(why)
            await self._carry_over(unit, incident, target)
            incident.merged_into_id = target.key
            await self._closing.end(unit, incident, Outcome.MERGED, stated, by)
            self._note(unit, incident, target, stated, by)

    async def post_merged(self, fact: IncidentMerged, attempt: Attempt) -> None:
        """Say in the channel that is left where it goes on."""
        async with self._work.read() as unit:
            target = await unit.incidents.get(fact.into_id)
        if target is not None:
            into = summary(target)
            await self._voice.say(fact, attempt, lambda s: MergedPost(s, into, fact.by, fact.reason))

    async def post_absorbed(self, fact: IncidentAbsorbed, attempt: Attempt) -> None:
        """Say in the channel where it goes on what was merged."""
        async with self._work.read() as unit:
            source = await unit.incidents.get(fact.from_id)
        if source is not None:
            merged = summary(source)
            await self._voice.say(fact, attempt, lambda s: AbsorbedPost(s, merged, fact.by, fact.reason))

    async def _check_target(self, unit: Unit, incident: Incident, target: Incident, by: Actor) -> None:
        if target.merged_into_id is not None:
            final = await unit.incidents.get(target.merged_into_id)
            where = place(final) if final else "another incident"
            raise BadInput(f"{target.reference} was itself merged into {where}. Merge into that one.", field="into")
        if not target.is_open:
            raise BadInput(f"{target.reference} is closed. Reopen it first, or merge into an open one.", field="into")
        if incident.is_private and not target.is_private:
            raise BadInput(
                f"{incident.reference} is private and {target.reference} is not: merging would tell everybody. "
                "Close it with a note instead.",
                field="into",
            )
        if target.is_private and not incident.is_private:
            raise BadInput(
                f"{target.reference} is private: merging a public incident into it would tell everybody about it. "
                f"Close {incident.reference} with a note instead.",
                field="into",
            )
        if target.is_drill != incident.is_drill:
            raise BadInput("A drill and a real incident cannot be merged.", field="into")
        if target.is_private:
            await self._access.require(unit, target, Verb.GRANT_ACCESS, by)

    async def _carry_over(self, unit: Unit, incident: Incident, target: Incident) -> None:
        now = self._work.now()
        ties = await unit.participants.of(incident.key)
        await unit.participants.let_in(target.key, [tie.user_id for tie in ties if tie.has_access], now)
        for tie in ties:
            if tie.is_following:
                await unit.participants.follow(target.key, tie.user_id, now)

    def _note(self, unit: Unit, incident: Incident, target: Incident, why: str, by: Actor) -> None:
        now = self._work.now()
        pairs = ((incident, {"into": target.key}), (target, {"from": incident.key}))
        for one, other in pairs:
            data = {**other, "reason": why}
            unit.timeline.note(one.key, EntryKind.MERGED, why, by=by, at=now, data=data)
        unit.tell(IncidentMerged(incident.key, target.key, str(by), why))
        unit.tell(IncidentAbsorbed(target.key, incident.key, str(by), why))
