"""What a post-mortem says of the evidence as a whole; in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain import postmortem as pm
from bot.domain.incident import IncidentType
from bot.services.completeness import wanted
from bot.services.likeness import alike, sharing_model
from playbooks.library import Library
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.store import Unit


async def custody(unit: Unit, incident: Incident, exhibits: Sequence[Exhibit], library: Library) -> pm.Custody:
    """What is required, the files, where the record ends, and earlier incidents like this one."""
    kept = [exhibit for exhibit in exhibits if exhibit.redacted_at is None]
    state = wanted(library, IncidentType(incident.type), [item for exhibit in kept for item in exhibit.items])
    length, head = await unit.custody.head(incident.key) or (0, "")
    same_model = sharing_model(library, incident.system)
    earlier = await unit.cards.earlier(incident, same_model)
    return pm.Custody(
        wanted=tuple(pm.WantedLine(id=item.id, name=item.name, state=item.state.value) for item in state.required),
        files=tuple(_files(kept)),
        entries=length,
        head=head,
        seen_before=tuple(
            pm.SeenBefore(reference=one.reference, alike=alike(incident, one, same_model)) for one in earlier
        ),
    )


def _files(exhibits: Sequence[Exhibit]) -> Iterator[pm.ExhibitFile]:
    for exhibit in exhibits:
        for file in exhibit.files:
            yield pm.ExhibitFile(
                exhibit=f"X{exhibit.key}",
                name=str(file.get("name") or "a file"),
                sha256=str(file.get("sha256") or ""),
                problem=str(file.get("problem") or ""),
            )
