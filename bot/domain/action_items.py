"""Action items: what may become of them, when their owners are reminded, and how they go into a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "|", "%")


class ActionState(StrEnum):
    """Where an action item stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class ActionAct(StrEnum):
    """What was done to an action item: each is kept for good."""

    ADDED = "added"
    GIVEN = "given"
    MOVED = "moved"
    DONE = "done"
    DROPPED = "dropped"
    ORPHANED = "orphaned"


@dataclass(frozen=True, slots=True)
class Chase:
    """When owners are reminded: so long before the due instant, so long after it, and then again and again."""

    before: tuple[timedelta, ...]
    after: tuple[timedelta, ...]
    every: timedelta

    def __post_init__(self) -> None:
        if self.every <= timedelta():
            raise ValueError("a reminder that comes again and again needs a pause between")


def next_chase(due_at: datetime, since: datetime, chase: Chase) -> datetime:
    """The first instant after ``since`` at which the owner is to be reminded. There always is one."""
    planned = sorted([due_at - span for span in chase.before] + [due_at + span for span in chase.after])
    for instant in planned:
        if instant > since:
            return instant
    last = max([due_at, *planned])
    rounds = max(0, (since - last) // chase.every) + 1
    return last + rounds * chase.every


def defanged(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever stands before it: an apostrophe makes it text."""
    text = "".join(c for c in cell if c in "\n\t" or (c.isprintable() or c == "\u200d"))
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text
