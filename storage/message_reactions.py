"""Reactions on messages of incident channels: who put which emoji where, and whether it stands there now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.messages import Reacted
from storage.inserts import insert_missing

AT_ONCE = 1000  # keys per statement: SQLite binds 32,766 values at most


class Reaction(SQLModel, table=True):
    """One emoji of one person on one message. It stands there when it was last added after it was last removed."""

    __tablename__ = "message_reactions"

    channel_id: str = Field(primary_key=True, max_length=32)
    ts: str = Field(primary_key=True, max_length=32)
    emoji: str = Field(primary_key=True, max_length=100)
    user_id: str = Field(primary_key=True, max_length=32)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    added_at: datetime | None = None
    removed_at: datetime | None = None

    @property
    def is_there(self) -> bool:
        """Whether the emoji stands on the message now."""
        return self.added_at is not None and (self.removed_at is None or self.added_at > self.removed_at)


class Reactions:
    """Emoji put on and taken off."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def change(self, incident_id: int, changes: Sequence[Reacted]) -> list[Reaction]:
        """Record emoji put on and taken off; the rows that changed."""
        if len(changes) > AT_ONCE:
            return [
                row
                for start in range(0, len(changes), AT_ONCE)
                for row in await self.change(incident_id, changes[start : start + AT_ONCE])
            ]
        keys = sorted({(r.channel_id, r.ts, r.emoji, r.user_id) for r in changes})
        names = ("channel_id", "ts", "emoji", "user_id")
        missing = [dict(zip(names, key, strict=True)) | {"incident_id": incident_id} for key in keys]
        await insert_missing(self._session, Reaction, missing)
        columns = tuple_(*(col(getattr(Reaction, name)) for name in names))
        query = select(Reaction).where(columns.in_(keys)).with_for_update().execution_options(populate_existing=True)
        rows = {(r.channel_id, r.ts, r.emoji, r.user_id): r for r in (await self._session.exec(query)).all()}
        return [row for change in changes if _moved(row := rows[_key(change)], change)]

    async def on(self, channel_id: str, tss: Collection[str]) -> Sequence[Reaction]:
        """Every reaction there was on these messages."""
        query = select(Reaction).where(col(Reaction.channel_id) == channel_id, col(Reaction.ts).in_(sorted(tss)))
        return (await self._session.exec(query)).all()

    async def of(self, incident_id: int) -> Sequence[Reaction]:
        """Every reaction, in the order of their messages."""
        query = select(Reaction).where(col(Reaction.incident_id) == incident_id)
        return (await self._session.exec(query.order_by(col(Reaction.ts), col(Reaction.added_at)))).all()


def _key(change: Reacted) -> tuple[str, str, str, str]:
    return (change.channel_id, change.ts, change.emoji, change.user_id)


def _moved(row: Reaction, change: Reacted) -> bool:
    """Write the later of two instants; whether the emoji's standing changed."""
    before = row.is_there
    if change.is_added:
        row.added_at = max(row.added_at or change.at, change.at)
    else:
        row.removed_at = max(row.removed_at or change.at, change.at)
    return row.is_there != before
