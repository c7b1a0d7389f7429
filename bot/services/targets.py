"""Whom a rung means: a written ask turned into people, by seats, systems, rosters and executives."""

from __future__ import annotations

from bot.domain.escalation import Ask, AskKind, Flag
from bot.domain.incident import IncidentType, Role
from bot.services.directory import Directory
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit


class Targets:
    """Finds people for asks; what the directory could not resolve is nobody."""

    def __init__(self, library: Library, directory: Directory) -> None:
        self._library = library
        self._directory = directory

    def flags(self, incident: Incident) -> frozenset[Flag]:
        """What brings legal or executives in early: the types' flags, and those stated for this incident."""
        stated = frozenset(Flag(name) for name in incident.facts.get("flags", ()) if name in set(Flag))
        return stated | self._library.flags([incident.type, *(IncidentType(kind) for kind in incident.secondary_types)])

    async def people(self, unit: Unit, incident: Incident, ask: Ask) -> list[str]:
        """The Slack ids to ask; empty means the channel, or that nobody can be reached."""
        if ask.kind in (AskKind.SEAT, AskKind.LEAD_OR_CHANNEL):
            role = Role.LEAD if ask.kind is AskKind.LEAD_OR_CHANNEL else Role(ask.name)
            seated = [tenure.user_id for tenure in await unit.roles.held(incident.key, role)]
            if seated:
                return seated
        entries = self._library.who(ask, incident.severity, incident.system, self.flags(incident))
        return await self._directory.people(unit, entries)
