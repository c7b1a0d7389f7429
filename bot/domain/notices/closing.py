"""Notices about how an incident ends, goes on elsewhere, or starts again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.incident import Outcome
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class ClosedPost(Notice):
    """The closing note, in the channel."""

    summary: Summary
    by: str
    note: str
    why_anyway: str = ""


@dataclass(frozen=True, slots=True)
class CancelledPost(Notice):
    """It is no incident, and why."""

    summary: Summary
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MergedPost(Notice):
    """In the channel that is left: where it goes on."""

    summary: Summary
    into: Summary
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AbsorbedPost(Notice):
    """In the channel where it goes on: what was merged into it."""

    summary: Summary
    merged: Summary
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReopenedPost(Notice):
    """It goes on."""

    summary: Summary
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ending(Notice):
    """How it ended, told to one person: whoever declared it, or a follower."""

    summary: Summary
    outcome: Outcome
    note: str
    is_declarer: bool
    into: Summary | None = None


@dataclass(frozen=True, slots=True)
class CloseForm(Notice):
    """Ask for the closing note; ``missing`` says what an ordinary closing lacks, and then a reason is asked for."""

    summary: Summary
    missing: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CancelForm(Notice):
    """Ask why it is no incident."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class MergeForm(Notice):
    """Ask where it goes on; ``candidates`` are open incidents the person may see."""

    summary: Summary
    candidates: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class ReopenForm(Notice):
    """Ask why it goes on."""

    summary: Summary
