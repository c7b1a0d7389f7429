"""Alerts: what machines said, what each led to, and the bodies they came in, by hash. Only counts are ever swept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, delete, text
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.alerts.alert import AlertStatus
from bot.domain.alerts.thresholds import Act
from storage.columns import JsonObject, no_entries, words
from storage.incidents import Incident
from storage.inserts import insert_missing

AT_ONCE = 1000
LOOKED_AT = "due_at IS NOT NULL"


class AlertGroup(SQLModel, table=True):
    """Alerts of one sender about one thing, and what they led to last: a report or an incident.

    ``alert`` is the latest that fired, in our shape. ``due_at``: then it will have lasted long enough for a rule.
    ``is_flood``: it stands for everything that came when too much came.
    """

    __tablename__ = "alert_groups"
    __table_args__ = (
        Index("ix_alert_groups_due", "due_at", sqlite_where=text(LOOKED_AT), postgresql_where=text(LOOKED_AT)),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=64)
    source: str = Field(max_length=64)
    title: str = Field(max_length=255)
    system: str | None = Field(default=None, max_length=255)
    alert: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    body_sha256: str = Field(default="", max_length=64)
    first_at: datetime
    last_at: datetime
    alerts: int = 0
    is_flood: bool = False
    resolved_at: datetime | None = None
    report_id: int | None = Field(default=None, index=True)
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    due_at: datetime | None = None

    @property
    def number(self) -> int:
        """The id of a stored group."""
        if self.id is None:
            raise ValueError("this group is not stored yet")
        return self.id


class AlertSignal(SQLModel, table=True):
    """One alert as it was taken, once. ``key`` is the same for the same alert however often it is sent."""

    __tablename__ = "alert_signals"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=64)
    group_id: int = Field(foreign_key="alert_groups.id", index=True)
    status: AlertStatus = Field(sa_type=words(AlertStatus))
    started_at: datetime | None = None
    received_at: datetime
    body_sha256: str = Field(max_length=64)
    act: Act = Field(sa_type=words(Act))
    report_id: int | None = None
    incident_id: int | None = Field(default=None, foreign_key="incidents.id")


class AlertBody(SQLModel, table=True):
    """A body that a known sender sent; its bytes are in the store of evidence. ``problem``: why it was not taken."""

    __tablename__ = "alert_bodies"
    __table_args__ = (Index("uq_alert_bodies_source_sha256", "source", "sha256", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
    size: int
    received_at: datetime
    problem: str = Field(default="", sa_type=Text)


class AlertTally(SQLModel, table=True):
    """How many alerts a rule counted at one instant, of one system or one thing."""

    __tablename__ = "alert_tallies"
    __table_args__ = (Index("ix_alert_tallies_rule_scope_at", "rule", "scope", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    rule: str = Field(max_length=64)
    scope: str = Field(max_length=300)
    at: datetime = Field(index=True)
    times: int


class Alerts:
    """Alerts kept and counted."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def known(self, keys: Collection[str]) -> set[str]:
        """Which of these alerts were taken before."""
        found: set[str] = set()
        for part in _parts(sorted(keys)):
            query = select(AlertSignal.key).where(col(AlertSignal.key).in_(part))
            found |= set((await self._session.exec(query)).all())
        return found

    async def groups(self, keys: Collection[str], *, lock: bool = False) -> dict[str, AlertGroup]:
        """The groups there are, by key; with ``lock`` held until the unit ends."""
        found: dict[str, AlertGroup] = {}
        for part in _parts(sorted(keys)):
            query = select(AlertGroup).where(col(AlertGroup.key).in_(part)).order_by(col(AlertGroup.key))
            if lock:
                query = query.with_for_update().execution_options(populate_existing=True)
            found |= {group.key: group for group in (await self._session.exec(query)).all()}
        return found

    async def hold(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, AlertGroup]:
        """The groups of these rows by key, made where they were missing, held until the unit ends."""
        ordered = sorted((dict(row) for row in rows), key=lambda row: str(row["key"]))
        await insert_missing(self._session, AlertGroup, ordered)
        return await self.groups([str(row["key"]) for row in ordered], lock=True)

    async def add(self, signals: Sequence[Mapping[str, Any]]) -> None:
        """Keep alerts; those that are there already stay as they are."""
        for part in _parts(list(signals)):
            await insert_missing(self._session, AlertSignal, [dict(row) for row in part])

    async def keep_body(self, body: AlertBody) -> None:
        """Note a body; the same from the same sender once."""
        row = body.model_dump(exclude={"id"})
        await insert_missing(self._session, AlertBody, [row])

    async def tally(self, counts: Mapping[tuple[str, str], int], at: datetime) -> None:
        """Count for each (rule, scope)."""
        self._session.add_all(
            AlertTally(rule=rule, scope=scope, at=at, times=times) for (rule, scope), times in counts.items()
        )

    async def tallied(self, rule: str, scope: str, since: datetime) -> int:
        """How many were counted after that instant."""
        query = select(func.sum(AlertTally.times)).where(
            col(AlertTally.rule) == rule, col(AlertTally.scope) == scope, col(AlertTally.at) > since
        )
        return int((await self._session.exec(query)).one() or 0)

    async def last_incidents(self, systems: Collection[str]) -> dict[str, int]:
        """The newest incident there ever was of each system that had any."""
        query = (
            select(Incident.system, func.max(Incident.id))
            .where(col(Incident.system).in_(sorted(systems)))
            .group_by(col(Incident.system))
        )
        return {str(system): int(newest or 0) for system, newest in (await self._session.exec(query)).all()}

    async def due(self, now: datetime, limit: int = 200) -> Sequence[AlertGroup]:
        """Groups that may have lasted long enough by now."""
        query = select(AlertGroup).where(col(AlertGroup.due_at) <= now).order_by(col(AlertGroup.due_at)).limit(limit)
        return (await self._session.exec(query)).all()

    async def group(self, group_id: int, *, lock: bool = False) -> AlertGroup | None:
        """The group by id."""
        query = select(AlertGroup).where(col(AlertGroup.id) == group_id)
        return (await self._session.exec(query.with_for_update() if lock else query)).one_or_none()

    async def sweep(self, before: datetime) -> None:
        """Forget counts from before that instant."""
        await (await self._session.connection()).execute(delete(AlertTally).where(col(AlertTally.at) < before))


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Databases take only so many values in one statement."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
