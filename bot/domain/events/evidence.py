"""What was taken in as evidence, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class ExhibitKept(Fact):
    """An exhibit is kept; its files, if any, are still in Slack."""

    exhibit_id: int


@dataclass(frozen=True, slots=True)
class ExhibitChanged(Fact):
    """What an exhibit counts as was said anew, or its content was taken out."""

    exhibit_id: int


@dataclass(frozen=True, slots=True)
class FilesNotFetched(Fact):
    """Some files of an exhibit could not be fetched, for good; ``names`` are theirs."""

    exhibit_id: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilesTakenOut(Fact):
    """Files that no exhibit may hold any more, by SHA-256."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceAltered(Fact):
    """Something is not as it was kept; ``user_id`` is to hear it."""

    user_id: str


@dataclass(frozen=True, slots=True)
class EvidenceMissing(Fact):
    """Evidence that the incident's type requires is missing; ``user_id`` is asked for it."""

    user_id: str
    items: tuple[str, ...]
