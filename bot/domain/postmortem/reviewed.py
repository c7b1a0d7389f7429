"""When the incident was reviewed and with whom, and with what the review was closed all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivedLine:
    """Something that was missing when the review was closed, and what the named person said about it."""

    what: tuple[str, ...]
    kind: str
    why: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The review. Not booked: ``starts_at`` None. Not closed: ``closed_at`` None."""

    starts_at: datetime | None = None
    minutes: int = 0
    attendees: tuple[str, ...] = ()
    closed_at: datetime | None = None
    closed_by: str | None = None
    waived: tuple[WaivedLine, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether there is anything to say."""
        return self.starts_at is not None or self.closed_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """One move of an action item's due date."""

    was: datetime | None
    now: datetime | None
    why: str
    by: str
    at: datetime
