"""Custody: the hash-chained record of each incident's evidence. The database itself refuses to change what it says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, LargeBinary, Text, event, func, or_, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.custody import GENESIS, Deed, Link, canonical, chained, row_digest, stamp
from storage.inserts import hold
from storage.raw import raw_rows

REFUSED = "the record of custody is never changed"
RAISE = f"BEGIN RAISE EXCEPTION '{REFUSED}'; END"
REFUSE = "EXECUTE FUNCTION custody_refuse()"
SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER custody_no_{verb} BEFORE {verb.upper()} ON custody BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for verb in ("update", "delete")
)
POSTGRES_GUARDS = (
    f"CREATE OR REPLACE FUNCTION custody_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {RAISE} $$",
    f"CREATE TRIGGER custody_no_change BEFORE UPDATE OR DELETE ON custody FOR EACH ROW {REFUSE}",
    f"CREATE TRIGGER custody_no_truncate BEFORE TRUNCATE ON custody FOR EACH STATEMENT {REFUSE}",
)


class CustodyEntry(SQLModel, table=True):
    """One entry of an incident's record; ``hash`` is that of the chain up to here."""

    __tablename__ = "custody"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id")
    seq: int = Field(primary_key=True)
    entry: str = Field(sa_type=Text)
    hash: str = Field(max_length=64)


class CustodyHead(SQLModel, table=True):
    """Where an incident's record ends: without it nobody would miss its last entries."""

    __tablename__ = "custody_heads"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id")
    length: int = 0
    hash: str = Field(default=GENESIS, max_length=64)


class CustodyStamp(SQLModel, table=True):
    """What a time-stamping authority said of the head of a record, as it said it."""

    __tablename__ = "custody_stamps"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    seq: int
    hash: str = Field(max_length=64)
    authority: str = Field(max_length=1000)
    token: bytes = Field(sa_type=LargeBinary)
    stamped_at: datetime

    @property
    def name(self) -> str:
        """What the custody record calls it."""
        return stamp_name(self.id or 0)

    def columns(self) -> dict[str, Any]:
        """Every column, as it enters the row's digest."""
        return {name: getattr(self, name) for name in type(self).model_fields}


def stamp_name(stamp_id: int) -> str:
    """What the custody record calls a time-stamp."""
    return f"stamp T{stamp_id}"


# A database made without migrations, as tests make it, is guarded all the same.
for _dialect, _statements in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRES_GUARDS)):
    for _statement in _statements:
        _guard: Any = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(SQLModel.metadata.tables["custody"], "after_create", _guard.execute_if(dialect=_dialect))


class Custody:
    """Appends to records and reads them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def append(
        self,
        incident_id: int,
        deed: Deed,
        about: str,
        *,
        by: str,
        how: str,
        at: datetime,
        row: str | None = None,
        **more: Any,
    ) -> Link:
        """Add an entry: ``about`` names what was handled, ``row`` is the digest of its row from now on."""
        first = {"incident_id": incident_id, "length": 0, "hash": GENESIS}
        head = await hold(self._session, CustodyHead, first)
        said: dict[str, Any] = {"n": head.length + 1, "incident": incident_id, "what": deed.value, "about": about}
        said |= {"who": by, "how": how, "when": stamp(at), "row": row, **more}
        entry = canonical({name: value for name, value in said.items() if value is not None})
        link = Link(head.length + 1, entry, chained(head.hash, entry))
        moved = update(CustodyHead).where(col(CustodyHead.incident_id) == incident_id)
        await self._session.exec(moved.values(length=link.seq, hash=link.hash))
        self._session.add(CustodyEntry(incident_id=incident_id, seq=link.seq, entry=entry, hash=link.hash))
        await self._session.flush()
        return link

    async def links(self, incident_id: int) -> list[Link]:
        """The whole record as the database has it to the byte, oldest first."""
        found = await raw_rows(self._session, CustodyEntry, col(CustodyEntry.incident_id) == incident_id)
        links = [Link(row["seq"] if isinstance(row["seq"], int) else 0, row["entry"], row["hash"]) for row in found]
        return sorted(links, key=lambda link: link.seq)

    async def head(self, incident_id: int) -> tuple[int, str] | None:
        """Where the record should end: its length and its last hash."""
        found = await raw_rows(self._session, CustodyHead, col(CustodyHead.incident_id) == incident_id)
        if not found:
            return None
        length = found[0]["length"]
        return length if isinstance(length, int) else -1, str(found[0]["hash"])

    async def add_stamp(self, stamped: CustodyStamp) -> None:
        """Keep a time-stamp of the record as it was at an entry."""
        self._session.add(stamped)
        await self._session.flush()
        await self.append(
            stamped.incident_id,
            Deed.STAMPED,
            stamped.name,
            by=stamped.authority,
            how="RFC 3161",
            at=stamped.stamped_at,
            row=row_digest(stamped.columns()),
            of=stamped.seq,
        )

    async def unstamped(self, before: datetime, limit: int) -> Sequence[tuple[int, int, str]]:
        """Incident, length and head of records that went on since their last stamp, which is not after ``before``."""
        last = (
            select(
                col(CustodyStamp.incident_id).label("incident_id"),
                func.max(col(CustodyStamp.seq)).label("seq"),
                func.max(col(CustodyStamp.stamped_at)).label("at"),
            )
            .group_by(col(CustodyStamp.incident_id))
            .subquery()
        )
        # A time-stamp is itself an entry: with nothing after it the record did not go on.
        query = (
            select(CustodyHead.incident_id, CustodyHead.length, CustodyHead.hash)
            .outerjoin(last, last.c.incident_id == col(CustodyHead.incident_id))
            .where(col(CustodyHead.length) > func.coalesce(last.c.seq + 1, 0))
            .where(or_(last.c.at.is_(None), last.c.at <= before))
            .order_by(col(CustodyHead.incident_id))
            .limit(limit)
        )
        return [(number, length, head) for number, length, head in (await self._session.exec(query)).all()]

    async def stamps(self, incident_id: int) -> Sequence[CustodyStamp]:
        """Every time-stamp of the record, oldest first."""
        query = select(CustodyStamp).where(col(CustodyStamp.incident_id) == incident_id).order_by(col(CustodyStamp.id))
        return (await self._session.exec(query)).all()

    async def raw_stamps(self, incident_id: int, also: Collection[int] = ()) -> list[dict[str, Any]]:
        """The rows of an incident, and those with these ids, as the database has them to the byte."""
        where = (col(CustodyStamp.incident_id) == incident_id) | col(CustodyStamp.id).in_(sorted(also))
        return await raw_rows(self._session, CustodyStamp, where)

    async def known(self) -> set[int]:
        """The incidents, by number, that have a record, or a part of one."""
        found: set[int] = set()
        for column in (CustodyEntry.incident_id, CustodyHead.incident_id, CustodyStamp.incident_id):
            found |= set((await self._session.exec(select(column).distinct())).all())
        return found
