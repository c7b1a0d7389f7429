"""How complete an incident's evidence is, by what its type wants."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.evidence import UNKNOWN_MARK, ItemState, Volatility, Wanted, WantedItem
from bot.domain.incident import IncidentType
from playbooks.library import Library


def wanted(library: Library, kind: IncidentType, kept: Iterable[str]) -> Wanted:
    """What the type wants beside what is there; ``kept`` are the items of its exhibits as they are stored."""
    there = set(kept)
    need, catalogue = library.evidence.types[kind], library.evidence.items()
    return Wanted(
        tuple(
            WantedItem(
                id=item.id,
                name=item.name,
                capture=item.capture,
                state=_state(item.id, there),
                is_required=is_required,
                is_volatile=item.volatile is Volatility.HIGH,
            )
            for is_required, ids in ((True, need.required), (False, need.recommended))
            for item in (catalogue[wanted_id] for wanted_id in ids)
        )
    )


def _state(item: str, there: set[str]) -> ItemState:
    if item in there:
        return ItemState.KEPT
    return ItemState.UNKNOWN if UNKNOWN_MARK + item in there else ItemState.MISSING
