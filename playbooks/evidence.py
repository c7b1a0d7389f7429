"""policies/evidence.yaml: what can be preserved, what each type needs of it, and who may read what is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from bot.domain.evidence import ExhibitField, Volatility
from bot.domain.incident import IncidentType, Role
from playbooks.errors import PolicyError
from playbooks.reading import Page
from playbooks.values import Entry, Label, Model, Words

EvidenceId = Annotated[str, Field(pattern=r"\AE\d{2}\Z")]


class EvidenceItem(Model):
    """One thing that can be preserved. ``fields`` of an exhibit that satisfy it; none: it takes a file or a text."""

    id: EvidenceId
    name: Label
    what: Words
    capture: Words
    volatile: Volatility
    fields: tuple[ExhibitField, ...] = ()


class EvidenceNeed(Model):
    """What an incident type needs: before its containment ends, and where it can be had."""

    required: tuple[EvidenceId, ...] = ()
    recommended: tuple[EvidenceId, ...] = ()


class SealingPolicy(Model):
    """What becomes of what is taken out: sealed for these types, and open to these people alone.

    ``roles`` means everybody whom people.yaml names for the role, not whoever took its seat.
    """

    originals_of: frozenset[IncidentType] = frozenset()
    roles: frozenset[Role] = frozenset()
    people: tuple[Entry, ...] = ()


class EvidenceFile(Model):
    """policies/evidence.yaml."""

    catalogue: tuple[EvidenceItem, ...] = Field(min_length=1)
    types: Mapping[IncidentType, EvidenceNeed]
    sealing: SealingPolicy

    def items(self) -> dict[str, EvidenceItem]:
        """The catalogue by id."""
        return {item.id: item for item in self.catalogue}


def misfits(page: Page, file: EvidenceFile) -> Iterator[PolicyError]:
    """What does not fit: an id or field that stands twice, a field or type that is left out, an id nobody knows."""
    known = [item.id for item in file.catalogue]
    owners: dict[str, str] = {}
    for index, item in enumerate(file.catalogue):
        if item.id in known[:index]:
            yield page.error(("catalogue", index, "id"), f"id {item.id!r} stands twice")
        for name in item.fields:
            if name in owners:
                yield page.error(
                    ("catalogue", index, "fields"), f"field {name.value!r} belongs to {owners[name]} already"
                )
            owners[name] = item.id
    for name in ExhibitField:
        if name not in owners:
            yield page.error(("catalogue",), f"field {name.value!r} belongs to no item")
    for kind in IncidentType:
        if kind not in file.types:
            yield page.error(("types",), f"{kind.value!r} is missing")
    for kind, need in file.types.items():
        yield from _wrong_needs(page, kind, need, known)


def _wrong_needs(page: Page, kind: IncidentType, need: EvidenceNeed, known: list[str]) -> Iterator[PolicyError]:
    seen: set[str] = set()
    for word, ids in (("required", need.required), ("recommended", need.recommended)):
        for index, item in enumerate(ids):
            path = ("types", kind, word, index)
            if item not in known:
                yield page.error(path, f"the catalogue has no {item!r}")
            if item in seen:
                yield page.error(path, f"{item!r} stands twice for {kind.value}")
            seen.add(item)
