"""What it is and where the response stands: type, phase, contained, resolved. Each an explicit act with its reason."""

from __future__ import annotations

from datetime import datetime

from bot.domain.errors import AlreadyDone, IllegalMove
from bot.domain.events import IncidentContained, IncidentResolved, PhaseChanged, TypeChanged
from bot.domain.incident import IncidentType, Phase, check_move
from bot.domain.lifecycle import BEFORE_INVESTIGATION, happened_at, reason
from bot.domain.notices.lifecycle import (
    ContainedForm,
    ContainedPost,
    PhaseForm,
    PhasePost,
    ResolvedForm,
    ResolvedPost,
    TypeForm,
    TypePost,
)
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services import gates
from bot.services.access import Access
from bot.services.altering import untold
from bot.services.cadence import Cadence
from bot.services.guards import already, require_open
from bot.services.moments import Moment, Moments
from bot.services.reaction import Attempt
from bot.services.severities import Severities
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit

HOW_CONTAINED = "Say how it was verified that nobody gets the bad output any more."
HOW_RESOLVED = "Say how it was validated that the cause is fixed."


class Lifecycle:
    """Moves incidents along."""

    def __init__(
        self,
        work: Work,
        access: Access,
        voice: Voice,
        severities: Severities,
        cadence: Cadence,
        library: Library,
        moments: Moments,
    ) -> None:
        self._work = work
        self._access = access
        self._voice = voice
        self._severities = severities
        self._cadence = cadence
        self._library = library
        self._moments = moments

    async def type_form(self, incident_id: int, *, by: Actor) -> TypeForm:
        """The form to change the type with."""
        incident = await self._open_one(incident_id, Verb.CHANGE_TYPE, by)
        return TypeForm(summary(incident), self._library.type_choices(), incident.type)

    async def phase_form(self, incident_id: int, *, by: Actor) -> PhaseForm:
        """The form to move the phase with."""
        incident = await self._open_one(incident_id, Verb.MOVE_PHASE, by)
        return PhaseForm(summary(incident), incident.phase)

    async def contained_form(self, incident_id: int, *, by: Actor) -> ContainedForm:
        """The form to set contained with. Raises AlreadyDone when it is."""
        incident = await self._open_one(incident_id, Verb.CONTAIN, by)
        async with self._work.read() as unit:
            await _check_uncontained(unit, incident)
        return ContainedForm(summary(incident))

    async def resolved_form(self, incident_id: int, *, by: Actor) -> ResolvedForm:
        """The form to set resolved with. Raises when it is already, or not contained yet."""
        incident = await self._open_one(incident_id, Verb.RESOLVE, by)
        async with self._work.read() as unit:
            await _check_resolvable(unit, incident)
            waiting = await untold(unit, incident.key)
        return ResolvedForm(summary(incident), waiting)

    async def change_type(self, incident_id: int, new: IncidentType, why: str, *, by: Actor) -> None:
        """Another primary type; where policy wants a graver severity for it, that follows, provisionally."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CHANGE_TYPE, by, lock=True)
            await require_open(unit, incident)
            if incident.type is new:
                raise AlreadyDone(f"{incident.reference} is {self._library.type_name(new)} already.")
            await self.set_type(unit, incident, new, reason(why), by)

    async def set_type(self, unit: Unit, incident: Incident, new: IncidentType, why: str, by: Actor) -> None:
        """Make it so within the caller's transaction."""
        old, incident.type = incident.type, new
        data = {"old": old, "new": new, "reason": why}
        unit.timeline.note(incident.key, EntryKind.TYPE, why, by=by, at=self._work.now(), data=data)
        unit.tell(TypeChanged(incident.key, old, new, str(by), why))
        floor = self._library.severity_floor(new)
        if floor is not None and floor.is_worse_than(incident.severity):
            rule = f"{self._library.type_name(new)} is at least {floor}: policy"
            await self._severities.set(unit, incident, floor, rule, ANDON, is_provisional=True)
        await self._moments.reach(Moment.TYPE, unit, incident)

    async def move(self, incident_id: int, target: Phase, why: str, *, by: Actor, anyway: str = "") -> None:
        """Another phase. Moving back to containment says that it is not contained any more.

        Leaving containment wants it verified, leaving remediation the gates of validation; or ``anyway``, the reason
        for going on without, which the timeline keeps.
        """
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.MOVE_PHASE, by, lock=True)
            await require_open(unit, incident)
            if incident.phase is target:
                raise AlreadyDone(f"{incident.reference} is in {target} already. Nothing was changed.")
            check_move(incident.phase, target)
            stated = reason(why)
            if without := await gates.check_leaving(unit, incident, target, anyway):
                despite = reason(anyway)
                stated = f"{stated} (without {without}{'' if despite == stated else f': {despite}'})"
            old = incident.phase
            self._set_phase(unit, incident, target, stated, by)
            lost = target in BEFORE_INVESTIGATION and incident.contained_at is not None
            if lost:
                incident.contained_at = incident.contained_by = incident.contained_how = None
                self._cadence.tighten(incident, self._work.now())
            if target in BEFORE_INVESTIGATION or old is Phase.REVIEW:
                incident.resolved_at = incident.resolved_by = incident.resolved_how = None
            unit.tell(PhaseChanged(incident.key, old, target, str(by), stated, lost))
            if lost:
                await self._moments.reach(Moment.UNCONTAINED, unit, incident)

    async def contain(self, incident_id: int, how: str, *, by: Actor, stated_at: datetime | None = None) -> None:
        """The harm is stopped and verified; investigation follows."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CONTAIN, by, lock=True)
            await require_open(unit, incident)
            await _check_uncontained(unit, incident)
            verified = reason(how, HOW_CONTAINED, "how")
            await self.set_contained(unit, incident, verified, happened_at(stated_at, self._work.now()), by)

    async def set_contained(self, unit: Unit, incident: Incident, how: str, at: datetime, by: Actor) -> None:
        """Make it so within the caller's transaction."""
        incident.contained_at, incident.contained_by, incident.contained_how = at, str(by), how
        unit.timeline.note(
            incident.key, EntryKind.CONTAINED, how, by=by, at=at, recorded_at=self._work.now(), data={"how": how}
        )
        if incident.phase in BEFORE_INVESTIGATION:
            self._set_phase(unit, incident, Phase.INVESTIGATION, "contained", by)
        unit.tell(IncidentContained(incident.key, str(by), how, at))
        await self._moments.reach(Moment.CONTAINED, unit, incident)

    async def resolve(self, incident_id: int, how: str, *, by: Actor, stated_at: datetime | None = None) -> None:
        """The cause is fixed and validated; review follows."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.RESOLVE, by, lock=True)
            await require_open(unit, incident)
            await _check_resolvable(unit, incident)
            validated, now = reason(how, HOW_RESOLVED, "how"), self._work.now()
            at = happened_at(stated_at, now, not_before=incident.contained_at)
            incident.resolved_at, incident.resolved_by, incident.resolved_how = at, str(by), validated
            incident.recovered_at = incident.recovered_at or at
            unit.timeline.note(
                incident.key, EntryKind.RESOLVED, validated, by=by, at=at, recorded_at=now, data={"how": validated}
            )
            if missing := await gates.unmet(unit, incident):
                text = f"Resolved without {gates.listed(missing)} on the checklist"
                unit.timeline.note(incident.key, EntryKind.PLAYBOOK, text, by=by, at=now)
            if incident.phase is not Phase.REVIEW:
                self._set_phase(unit, incident, Phase.REVIEW, "resolved", by)
            unit.tell(IncidentResolved(incident.key, str(by), validated, at))
            await self._moments.reach(Moment.RESOLVED, unit, incident)

    async def post_type(self, fact: TypeChanged, attempt: Attempt) -> None:
        """Say in the channel that the type changed."""
        old, new = self._library.type_name(fact.old), self._library.type_name(fact.new)
        await self._voice.say(fact, attempt, lambda s: TypePost(s, old, new, fact.by, fact.reason))

    async def post_phase(self, fact: PhaseChanged, attempt: Attempt) -> None:
        """Say in the channel that the phase changed."""
        await self._voice.say(
            fact, attempt, lambda s: PhasePost(s, fact.old, fact.new, fact.by, fact.reason, fact.lost_containment)
        )

    async def post_contained(self, fact: IncidentContained, attempt: Attempt) -> None:
        """Say in the channel that it is contained."""
        await self._voice.say(fact, attempt, lambda s: ContainedPost(s, fact.by, fact.how, fact.at))

    async def post_resolved(self, fact: IncidentResolved, attempt: Attempt) -> None:
        """Say in the channel that it is resolved."""
        await self._voice.say(fact, attempt, lambda s: ResolvedPost(s, fact.by, fact.how, fact.at))

    def _set_phase(self, unit: Unit, incident: Incident, target: Phase, why: str, by: Actor) -> None:
        data = {"old": incident.phase, "new": target, "reason": why}
        incident.phase = target
        unit.timeline.note(incident.key, EntryKind.PHASE, why, by=by, at=self._work.now(), data=data)

    async def _open_one(self, incident_id: int, verb: Verb, by: Actor) -> Incident:
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, verb, by)
            await require_open(unit, incident)
        return incident


async def _check_uncontained(unit: Unit, incident: Incident) -> None:
    if incident.contained_at is not None:
        what = f"{incident.reference} was set contained"
        raise await already(unit, what, incident.contained_by, incident.contained_at)


async def _check_resolvable(unit: Unit, incident: Incident) -> None:
    if incident.resolved_at is not None:
        raise await already(unit, f"{incident.reference} was set resolved", incident.resolved_by, incident.resolved_at)
    if incident.contained_at is None:
        raise IllegalMove("It is not contained yet. First say how the harm was stopped, with `contained`.")
