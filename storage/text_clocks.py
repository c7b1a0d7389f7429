"""By when texts are wanted: one row for each text that policy wants of an incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, and_, case, literal_column, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Outcome
from bot.domain.texts.words import Since
from storage.columns import words
from storage.incidents import WANTS, Incident, is_open, is_unplanned
from storage.inserts import put

WAITING = "look_at IS NOT NULL"


class TextClock(SQLModel, table=True):
    """When one text is due. ``look_at`` is the next reminder; ``settled_at``: it was sent, or none is needed."""

    __tablename__ = "text_clocks"
    __table_args__ = (
        Index("ix_text_clocks_waiting", "look_at", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
    )

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id", sa_column_kwargs={"autoincrement": False})
    template: str = Field(primary_key=True, max_length=40)
    since: Since = Field(sa_type=words(Since))
    ready_at: datetime | None = None
    due_at: datetime
    look_at: datetime | None = None
    settled_at: datetime | None = None


class TextClocks:
    """Clocks of texts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unplanned(self, limit: int) -> Sequence[int]:
        """Incidents whose clocks are not those of what they are now, oldest first."""
        query = select(Incident.id).where(is_unplanned(), col(Incident.id) > 0).order_by(col(Incident.id)).limit(limit)
        return [number for number in (await self._session.exec(query)).all() if number is not None]

    async def plan(self, incident: Incident, clocks: Sequence[TextClock]) -> None:
        """Keep these clocks instead of the earlier ones; what is settled stays settled."""
        earlier = {clock.template: clock for clock in await self.of(incident.key)}
        wanted = {clock.template for clock in clocks}
        for name, clock in earlier.items():
            if name not in wanted and clock.settled_at is None:
                await self._session.delete(clock)
        await put(self._session, [clock for clock in clocks if not _is_kept(earlier.get(clock.template), clock)])
        planned = update(Incident).where(col(Incident.id) == incident.key).values(texts_for=literal_column(WANTS))
        await self._session.exec(planned.execution_options(synchronize_session=False))

    async def of(self, incident_id: int) -> Sequence[TextClock]:
        """The clocks of an incident, the first due first."""
        query = select(TextClock).where(col(TextClock.incident_id) == incident_id).order_by(col(TextClock.due_at))
        return (await self._session.exec(query.execution_options(populate_existing=True))).all()

    async def settle(self, incident_id: int, template: str, at: datetime) -> None:
        """Nobody need be reminded of this text any more."""
        clock = await self._session.get(TextClock, (incident_id, template))
        if clock is not None:
            clock.look_at, clock.settled_at = None, at

    async def claim(self, now: datetime, limit: int = 200) -> Sequence[TextClock]:
        """Clocks whose reminder is due, as they are after it: the next is when the text is due, then none.

        They are held until the unit ends: two workers never both claim one.
        """
        owed = select(Incident.id).where(
            col(Incident.id) == col(TextClock.incident_id),
            or_(_is_owed(Since.DECLARED), and_(col(TextClock.since) == Since.RESOLVED, _is_owed(Since.RESOLVED))),
        )
        keys = (
            select(TextClock.incident_id, TextClock.template)
            .where(col(TextClock.look_at) <= now, owed.exists())
            .order_by(col(TextClock.look_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = [tuple(row) for row in (await self._session.exec(keys)).all()]
        if not found:
            return []
        one_of = or_(
            *(and_(col(TextClock.incident_id) == number, col(TextClock.template) == name) for number, name in found)
        )
        later: Any = case((col(TextClock.due_at) > now, col(TextClock.due_at)), else_=None)
        statement = (
            update(TextClock)
            .where(one_of, col(TextClock.look_at) <= now)
            .values(look_at=later)
            .returning(TextClock)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return (await self._session.exec(statement)).scalars().all()

    async def look_again(self, clock: TextClock, at: datetime) -> None:
        """There was nobody to remind: look again then."""
        clock.look_at = at


def _is_owed(since: Since) -> Any:
    """Texts of an incident that goes on; what is owed after the end, of one that ended well."""
    if since is Since.RESOLVED:
        return col(Incident.outcome) == Outcome.RESOLVED
    return is_open()


def _is_kept(earlier: TextClock | None, clock: TextClock) -> bool:
    """Whether the clock that is there stays: settled, or the same, so that nobody is reminded again."""
    if earlier is None:
        return False
    return earlier.settled_at is not None or (earlier.ready_at, earlier.due_at) == (clock.ready_at, clock.due_at)
