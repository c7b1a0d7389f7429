"""Many open incidents, made by copying the rows of one that was declared as people declare."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from storage.captures import Capture
from storage.database import Database
from storage.escalations import EscalationStep
from storage.incidents import Incident
from storage.outbox import OutboxRow
from storage.participants import Participant
from storage.timeline import TimelineEntry

COPIED: tuple[type[SQLModel], ...] = (Incident, Capture, EscalationStep, Participant, TimelineEntry, OutboxRow)
UNIQUE = ("declared_key", "channel_id", "source_key")
FIRST = 100_000


async def crowd(database: Database, template: int, count: int, *, first: int = FIRST) -> None:
    """Add so many open incidents that look like this one, with everything that waits or is done for them."""
    async with database.session() as session:
        for kind in COPIED:
            incident_id: Any = kind.id if kind is Incident else kind.incident_id  # type: ignore[attr-defined]
            found = (await session.exec(select(kind).where(col(incident_id) == template))).all()
            copies = [_copy(row, number) for number in range(first, first + count) for row in found]
            if copies:
                await session.exec(insert(kind), params=copies)


def _copy(row: SQLModel, number: int) -> dict[str, Any]:
    values = row.model_dump(exclude={"id"})
    values |= {name: f"{values[name]}-{number}" for name in UNIQUE if values.get(name)}
    return values | ({"id": number} if isinstance(row, Incident) else {"incident_id": number})
