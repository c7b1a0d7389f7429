"""In what an earlier incident is like another, by structured fields alone."""

from __future__ import annotations

from bot.domain.incident import IncidentType
from playbooks.library import Library
from storage.incidents import Incident


def sharing_model(library: Library, slug: str | None) -> frozenset[str]:
    """The systems that run on the model of this one."""
    system = library.system(slug)
    if system is None or system.model is None:
        return frozenset()
    mine = (system.model.provider, system.model.name)
    others = (one for one in library.systems if one.model is not None)
    return frozenset(one.slug for one in others if one.model and (one.model.provider, one.model.name) == mine)


def alike(incident: Incident, other: Incident, same_model: frozenset[str]) -> tuple[str, ...]:
    """What both have in common."""
    found = {
        "system": incident.system is not None and other.system == incident.system,
        "model": other.system in same_model,
        "cause": incident.cause_class is not None and other.cause_class == incident.cause_class,
        "type": incident.type is not IncidentType.UNSURE and other.type == incident.type,
    }
    return tuple(word for word, is_same in found.items() if is_same)
