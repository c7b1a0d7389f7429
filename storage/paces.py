"""Paces: what is known of each of Slack's limits, shared by every replica on one database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.pacing import Pace, Place
from storage.columns import JsonObject
from storage.inserts import insert_missing


class PaceRow(SQLModel, table=True):
    """One limit: ``key`` names the method, or what a method is limited by."""

    __tablename__ = "paces"

    key: str = Field(primary_key=True, max_length=128)
    pace: dict[str, Any] = Field(sa_type=JsonObject)
    changed_at: datetime


class Paces:
    """Paces by key."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, key: str, now: datetime) -> PaceRow:
        """The row of this key, made if there is none; nobody else has it until this unit ends."""
        while (row := await self._locked(key)) is None:
            await insert_missing(self._session, PaceRow, [{"key": key, "pace": asdict(Pace()), "changed_at": now}])
        return row

    async def sweep(self, before: datetime) -> int:
        """Forget what nobody used since ``before``; how many went."""
        statement = delete(PaceRow).where(col(PaceRow.changed_at) < before)
        return (await self._session.exec(statement)).rowcount

    async def _locked(self, key: str) -> PaceRow | None:
        query = select(PaceRow).where(col(PaceRow.key) == key).with_for_update()
        if self._session.get_bind().dialect.name == "postgresql":
            # A pace lost with the machine costs a 429 at worst: its commit need not wait for the disk.
            query = query.where(func.set_config("synchronous_commit", "off", True) == "off")
        return (await self._session.exec(query)).one_or_none()


def read(row: PaceRow) -> Pace:
    """The pace kept in a row; one that another version wrote differently begins anew, which costs a 429 at worst."""
    kept = row.pace
    try:
        places = tuple(Place(**place) for place in kept["waiting"])
        return Pace(tuple(kept["used"]), places, kept["closed_until"])
    except (KeyError, TypeError):
        return Pace()


def write(row: PaceRow, pace: Pace, now: datetime) -> None:
    """Keep a pace in its row."""
    row.pace, row.changed_at = asdict(pace), now
