"""Reports: what may be an incident, until somebody judges it. Never deleted, and not among the incidents' numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import IncidentType, Severity
from bot.domain.people import Actor
from bot.domain.report import OPEN, ReportState, reference
from storage.columns import JsonList, JsonObject, no_entries, no_items, words
from storage.inserts import insert_new

WAITS = "due_at IS NOT NULL"
IS_OPEN = "state IN ('waiting', 'disputed')"


class Report(SQLModel, table=True):
    """A report. ``source_key`` is unique per submission or per group of alerts: the same again is this one.

    ``signals`` counts how often it was said. ``places`` are the messages that show it, ``dismissals`` and ``disputes``
    what was judged and what reporters held against it, with who, when and why. ``waits_since`` is when somebody should
    have begun to look, ``raised`` how many rungs have asked since, ``due_at`` when the next one asks.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_open", "id", sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)),
        Index("ix_reports_due", "due_at", sqlite_where=text(WAITS), postgresql_where=text(WAITS)),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_key: str = Field(unique=True, max_length=255)
    state: ReportState = Field(default=ReportState.WAITING, sa_type=words(ReportState))
    title: str = Field(max_length=255)
    what_happened: str = Field(sa_type=Text)
    type: IncidentType = Field(default=IncidentType.UNSURE, sa_type=words(IncidentType))
    severity: Severity | None = Field(default=None, sa_type=words(Severity))
    system: str | None = Field(default=None, max_length=255)
    is_private: bool = False
    is_drill: bool = False
    model_version: str = Field(default="", max_length=255)
    trace_url: str = Field(default="", max_length=1000)
    links: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    details: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    source: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    origin_channel_id: str | None = Field(default=None, max_length=32)

    reported_by: str = Field(max_length=255)
    reported_at: datetime
    signals: int = 1
    last_signal_at: datetime
    quiet_since: datetime | None = None

    looked_by: str | None = Field(default=None, max_length=255)
    looked_at: datetime | None = None
    settled_by: str | None = Field(default=None, max_length=255)
    settled_at: datetime | None = None
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    same_as_id: int | None = Field(default=None, foreign_key="reports.id", index=True)
    dismissals: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)
    disputes: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)

    places: list[dict[str, str]] = Field(default_factory=no_items, sa_type=JsonList)
    waits_since: datetime
    raised: int = 0
    due_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a stored report."""
        if self.id is None:
            raise ValueError("this report is not stored yet")
        return self.id

    @property
    def reference(self) -> str:
        """``R-0007``."""
        return reference(self.key)

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody's judgement."""
        return self.state in OPEN

    @property
    def reporter_id(self) -> str | None:
        """The Slack id of whoever reported, when a person did."""
        actor = Actor.parse(self.reported_by)
        return actor.id if actor.is_person else None


class Reports:
    """Finding and keeping reports."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, report: Report) -> tuple[Report, bool]:
        """Keep a report unless its ``source_key`` made one already; the stored one, locked, and whether it is new."""
        row = {name: value for name, value in report.model_dump().items() if name != "id"}
        is_new = await insert_new(self._session, Report, row)
        stored = await self.by_source(report.source_key)
        if stored is None:
            raise RuntimeError("a report that was kept is not there")
        return stored, is_new

    async def get(self, report_id: int, *, lock: bool = False) -> Report | None:
        """The report by number. ``lock``: who else would change it waits for this unit."""
        query = select(Report).where(col(Report.id) == report_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return (await self._session.exec(query)).one_or_none()

    async def by_source(self, source_key: str) -> Report | None:
        """The report that this submission, or this group of alerts, made; locked until the unit ends."""
        query = select(Report).where(col(Report.source_key) == source_key).with_for_update()
        return (await self._session.exec(query)).one_or_none()

    async def open_ones(self, limit: int = 200) -> Sequence[Report]:
        """Reports that wait for somebody, oldest first. Callers leave out what the asker may not see."""
        query = select(Report).where(text(IS_OPEN)).order_by(col(Report.id)).limit(limit)
        return (await self._session.exec(query)).all()

    async def newest_open(self, limit: int) -> Sequence[Report]:
        """Reports that wait for somebody, newest first. Callers leave out what the asker may not see."""
        query = select(Report).where(text(IS_OPEN)).order_by(col(Report.id).desc()).limit(limit)
        return (await self._session.exec(query)).all()

    async def latest(self, limit: int = 50) -> Sequence[Report]:
        """Reports of any state, newest first. Callers leave out what the asker may not see."""
        return (await self._session.exec(select(Report).order_by(col(Report.id).desc()).limit(limit))).all()

    async def together_with(self, report_id: int) -> Sequence[Report]:
        """The reports that were found to say the same as this one."""
        query = select(Report).where(col(Report.same_as_id) == report_id).order_by(col(Report.id))
        return (await self._session.exec(query)).all()

    async def of_incident(self, incident_id: int) -> Sequence[Report]:
        """The reports that became this incident or were added to it."""
        query = select(Report).where(col(Report.incident_id) == incident_id).order_by(col(Report.id))
        return (await self._session.exec(query)).all()

    async def forget_message(self, incident_id: int, channel_id: str, ts: str) -> list[int]:
        """Take a message out of the incident's reports; the numbers of those that were made of it."""
        made = [
            one
            for one in await self.of_incident(incident_id)
            if (one.source.get("channel_id"), one.source.get("ts")) == (channel_id, ts)
        ]
        for report in made:
            report.source = {}
        return [report.key for report in made]

    async def due(self, now: datetime, limit: int = 200) -> Sequence[Report]:
        """Reports for which somebody is to be asked, locked; what another replica looks at meanwhile is left out."""
        query = select(Report).where(col(Report.due_at) <= now).order_by(col(Report.id)).limit(limit)
        return (await self._session.exec(query.with_for_update(skip_locked=True))).all()

    async def waiting(self) -> int:
        """How many wait for somebody."""
        return (await self._session.exec(select(func.count()).select_from(Report).where(text(IS_OPEN)))).one()
