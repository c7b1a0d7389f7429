"""What every fact has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnyFact:
    """Something that happened; what it happened to has lanes of its own."""

    @property
    def owner(self) -> str:
        """Whose lanes its reactions run in, without a colon."""
        raise NotImplementedError

    @property
    def about(self) -> int | None:
        """The incident it happened to; None when it happened to none."""
        return None


@dataclass(frozen=True, slots=True)
class Fact(AnyFact):
    """Something that happened to an incident."""

    incident_id: int

    @property
    def owner(self) -> str:
        """Every incident has lanes of its own."""
        return str(self.incident_id)

    @property
    def about(self) -> int | None:
        """The incident's."""
        return self.incident_id
