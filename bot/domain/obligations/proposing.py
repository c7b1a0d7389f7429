"""Which clocks may apply: by what the organisation is, by type, region and what is established. A proposal, no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.domain.incident import IncidentType
from bot.domain.particulars import Answered

REGIONS = "regions"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What speaks for a clock. ``when``: particulars and the word of each that counts, any of them is enough."""

    capacity: str
    we_are: Answered
    types: frozenset[IncidentType]
    regions: tuple[str, ...]
    when: tuple[tuple[str, str], ...]


def because(
    conditions: Conditions, types: Collection[IncidentType], chosen: Mapping[str, Collection[str]]
) -> str | None:
    """Why a clock may apply, in words; None when nothing speaks for it or something known speaks against it.

    ``chosen``: what is established of each question and choice; one that nobody answered, or with *unknown*, is open.
    """
    if conditions.we_are is Answered.NO or not _is_there(conditions, chosen):
        return None
    speaking = [f"{_plain(key)}: {_plain(word)}" for key, word in conditions.when if word in _known(chosen, key)]
    contradicted = [key for key, word in conditions.when if _known(chosen, key) and word not in _known(chosen, key)]
    alike = [_plain(kind) for kind in types if kind in conditions.types]
    if not speaking and (not alike or (conditions.when and len(contradicted) == len(conditions.when))):
        return None
    reasons = [*alike, *speaking, *_places(conditions, chosen), *_open(conditions, chosen, bool(speaking))]
    return "; ".join(reasons)


def _is_there(conditions: Conditions, chosen: Mapping[str, Collection[str]]) -> bool:
    """Whether the law is of a place that is concerned, or nobody knows which are. A state is in its country."""
    known = _known(chosen, REGIONS)
    there = {word for region in known for word in (region, region.partition("_")[0])}
    return not conditions.regions or not known or bool(there & set(conditions.regions))


def _places(conditions: Conditions, chosen: Mapping[str, Collection[str]]) -> list[str]:
    is_settled = bool(conditions.regions and _known(chosen, REGIONS))
    return [", ".join(_plain(region) for region in conditions.regions)] if is_settled else []


def _open(conditions: Conditions, chosen: Mapping[str, Collection[str]], is_established: bool) -> list[str]:
    unknown = [REGIONS] if conditions.regions and not _known(chosen, REGIONS) else []
    if not is_established:
        unknown += [_plain(key) for key, _ in conditions.when if not _known(chosen, key)]
    said = [f"not yet known: {', '.join(dict.fromkeys(unknown))}"] if unknown else []
    if conditions.we_are is Answered.UNKNOWN:
        said.append(f"whether we are a {_plain(conditions.capacity)} is not settled")
    return said


def _known(chosen: Mapping[str, Collection[str]], key: str) -> Collection[str]:
    words = chosen.get(key, ())
    return () if Answered.UNKNOWN in words else words


def _plain(word: str) -> str:
    return word.replace("_", " ")
