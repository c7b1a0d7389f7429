"""What people outside were told: every text that was sent, by whom it was approved, and those that were not needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One text. ``text`` is what was sent, to the letter; None where policy opens it to a few only.

    ``sent_at`` None: none was needed, because of ``reason``.
    """

    number: int
    title: str
    by: str
    at: datetime
    sent_at: datetime | None = None
    place: str = ""
    told: str = ""
    approved: tuple[str, ...] = ()
    sha256: str = ""
    text: str | None = None
    reason: str = ""
