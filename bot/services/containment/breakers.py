"""Automatic circuit breakers: a machine turns what policy approved beforehand for a system, and people hear of it."""

from __future__ import annotations

from bot.domain.declaration import Declaration
from bot.domain.errors import IllegalMove, NotFound
from bot.domain.notices.containment import SwitchReceipt
from bot.domain.people import Actor, ActorKind
from bot.services.containment.requesting import Requesting
from bot.services.incidents import Incidents
from bot.services.work import Work
from playbooks.library import Library

BREAKER = Actor(ActorKind.ALERT, "breaker")


class Breakers:
    """Trips breakers. Nothing trips that cannot be undone in full, or that nobody approved beforehand."""

    def __init__(self, work: Work, incidents: Incidents, requesting: Requesting, library: Library) -> None:
        self._work = work
        self._incidents = incidents
        self._requesting = requesting
        self._library = library

    async def breaker(self, system: str, action: str, reason: str, *, key: str) -> SwitchReceipt:
        """Turn it off, in the open incident of that system or in a new one. Raises NotFound or IllegalMove.

        A private incident is never used: what a machine says is for everybody.
        """
        found = self._library.action(system, action)
        if found is None:
            raise NotFound(f"systems.yaml has no action “{action}” for “{system}”.")
        if not found.automatic:
            raise IllegalMove(f"Nobody approved beforehand that “{found.title}” runs by itself: ask people.")
        incident_id = await self._incident(system, reason, key)
        return await self._requesting.trip(incident_id, found.id, reason, key=key)

    async def _incident(self, system: str, reason: str, key: str) -> int:
        async with self._work.read() as unit:
            for incident in await unit.incidents.open_ones():
                if incident.system == system and not incident.is_private and not incident.is_drill:
                    return incident.key
        declaration = Declaration(f"A circuit breaker tripped: {reason}", system=system)
        return (await self._incidents.declare(declaration, by=BREAKER, key=f"breaker:{key}")).summary.incident_id
