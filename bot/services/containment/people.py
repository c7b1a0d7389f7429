"""Who acts on a switch: the human being, and as whom they may."""

from __future__ import annotations

from bot.domain.containment.run import Person
from bot.domain.containment.words import WHO_OF_STANDING, Identity, Who
from bot.domain.incident import Role
from bot.domain.people import Actor
from bot.domain.permissions import Standing
from bot.services.access import Access
from bot.services.directory import Directory
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit


class Operators:
    """Finds out who somebody is to a system. Admins count as anybody."""

    def __init__(self, access: Access, directory: Directory, library: Library) -> None:
        self._access = access
        self._directory = directory
        self._library = library

    async def person(self, unit: Unit, incident: Incident, actor: Actor) -> Person:
        """The actor, as the rules of containment see them."""
        if not actor.is_person:
            return Person(Identity(str(actor)), frozenset(Who))
        known = await unit.people.get(actor.id)
        identity = Identity(actor.id, known.profile().email if known else "")
        standings = await self._access.standings(unit, incident, actor)
        if Standing.ADMIN in standings:
            return Person(identity, frozenset(Who))
        who = {WHO_OF_STANDING[standing] for standing in standings if standing in WHO_OF_STANDING}
        return Person(identity, frozenset(who | await self._for_the_system(unit, incident, actor)))

    async def _for_the_system(self, unit: Unit, incident: Incident, actor: Actor) -> set[Who]:
        system = self._library.system(incident.system)
        if system is None:
            return set()
        on_call = self._library.roster_order(Role.TECHNICAL, system.slug)
        entries = {Who.ON_CALL: on_call, Who.OWNER: (system.owner,)}
        return {who for who, named in entries.items() if actor.id in await self._directory.people(unit, named)}
