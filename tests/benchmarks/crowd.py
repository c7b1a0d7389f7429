"""Many open incidents, made by copying the rows of one that was declared as people declare, inside the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Select, String, cast, insert, literal, select
from sqlmodel import SQLModel

from storage.captures import Capture
from storage.database import Database
from storage.escalations import EscalationStep
from storage.incidents import Incident
from storage.owed import OutboxRow
from storage.participants import Participant
from storage.text_clocks import TextClock
from storage.timeline import TimelineEntry

COPIED: tuple[type[SQLModel], ...] = (
    Incident,
    Capture,
    EscalationStep,
    Participant,
    TimelineEntry,
    OutboxRow,
    TextClock,
)
UNIQUE = ("declared_key", "channel_id", "source_key", "lane")
FIRST = 100_000


async def crowd(
    database: Database, template: int, count: int, *, first: int = FIRST, kinds: Iterable[type[SQLModel]] = COPIED
) -> None:
    """Add so many open incidents that look like this one, with everything that waits or is done for them."""
    async with database.session() as session:
        for kind in kinds:
            columns = [column for column in kind.__table__.columns if kind is Incident or column.name != "id"]  # type: ignore[attr-defined]
            names = [column.name for column in columns]
            await session.exec(insert(kind).from_select(names, _copies(kind, columns, template, first, count)))  # type: ignore[call-overload]


def channel_id(template: str, number: int) -> str:
    """The channel of a copy."""
    return f"{template}-{number}"


def _copies(kind: type[SQLModel], columns: list[Column[Any]], template: int, first: int, count: int) -> Select[Any]:
    """Every row of the template's, once per number."""
    numbers = select(literal(first).label("number")).cte("numbers", recursive=True)
    following = (numbers.c.number + 1).label("number")
    numbers = numbers.union_all(select(following).where(numbers.c.number < first + count - 1))
    owner = "id" if kind is Incident else "incident_id"
    values = [_value(column, owner, numbers.c.number) for column in columns]
    return select(*values).select_from(kind).join(numbers, literal(value=True)).where(getattr(kind, owner) == template)


def _value(column: Column[Any], owner: str, number: Any) -> Any:
    if column.name == owner:
        return number
    return column + "-" + cast(number, String) if column.name in UNIQUE else column
