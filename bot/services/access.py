"""Who stands where towards an incident, asked of storage and judged by the one table of permissions."""

from __future__ import annotations

from collections.abc import Collection

import structlog

from bot.domain.errors import NotFound
from bot.domain.people import Actor
from bot.domain.permissions import ROLE_STANDING, Standing, Verb, may_see, require
from storage.incidents import Incident
from storage.store import Unit

NO_SUCH = "There is no such incident, or it is not open to you."


class Access:
    """Gathers standings and enforces the table. ``admins`` are Slack ids from the settings."""

    def __init__(self, admins: Collection[str]) -> None:
        self._admins = frozenset(admins)

    @property
    def admins(self) -> tuple[str, ...]:
        """Whom the settings name."""
        return tuple(sorted(self._admins))

    def is_admin(self, user_id: str) -> bool:
        """Whether this person administers Andon."""
        return user_id in self._admins

    async def standings(self, unit: Unit, incident: Incident, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the incident. Andon itself stands as an admin."""
        if not actor.is_person:
            return frozenset({Standing.ADMIN})
        found = {Standing.ADMIN} if self.is_admin(actor.id) else set()
        if incident.declared_by == str(actor):
            found.add(Standing.DECLARER)
        tie = await unit.participants.get(incident.key, actor.id)
        if tie is not None and tie.has_access:
            found.add(Standing.PARTICIPANT)
        for tenure in await unit.roles.held(incident.key):
            if tenure.user_id == actor.id:
                found.add(ROLE_STANDING[tenure.role])
        return frozenset(found)

    async def sees(self, unit: Unit, incident: Incident, actor: Actor) -> bool:
        """Whether the actor may see the incident at all."""
        return may_see(incident.is_private, await self.standings(unit, incident, actor))

    async def require(self, unit: Unit, incident: Incident | None, verb: Verb, actor: Actor) -> Incident:
        """The incident, if the actor may do ``verb`` to it. Raises NotFound or NotAllowed."""
        if incident is None:
            raise NotFound(NO_SUCH)
        # Every verb passes here: from now on this task's log lines say what they are about.
        structlog.contextvars.bind_contextvars(incident=incident.reference)
        require(verb, incident.is_private, await self.standings(unit, incident, actor))
        return incident

    async def get(self, unit: Unit, incident_id: int, verb: Verb, actor: Actor, *, lock: bool = False) -> Incident:
        """The incident by number, checked as :meth:`require` does."""
        return await self.require(unit, await unit.incidents.get(incident_id, lock=lock), verb, actor)
