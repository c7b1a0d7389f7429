"""Reviews: when an incident is looked back on and with whom, what was typed and not saved yet, files for Slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, delete
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonList, no_items
from storage.inserts import put


class Review(SQLModel, table=True):
    """The review of one incident. ``uid`` and ``sequence`` are those of its calendar entry, None while unbooked.

    ``waived`` are the gaps it was closed with and what somebody said about each.
    """

    __tablename__ = "reviews"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id")
    uid: str | None = Field(default=None, max_length=255)
    sequence: int = 0
    starts_at: datetime | None = None
    minutes: int = 0
    attendees: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    booked_at: datetime | None = None
    booked_by: str | None = Field(default=None, max_length=255)
    post_ts: str | None = Field(default=None, max_length=32)
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, max_length=255)
    waived: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)

    @property
    def is_booked(self) -> bool:
        """Whether it stands in calendars."""
        return self.uid is not None and self.starts_at is not None


class ReviewDraft(SQLModel, table=True):
    """What one person typed into one field of the review and has not saved yet."""

    __tablename__ = "review_drafts"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id")
    user_id: str = Field(primary_key=True, max_length=32)
    field: str = Field(primary_key=True, max_length=64)
    text: str = Field(sa_type=Text)
    kept_at: datetime


class ReviewFile(SQLModel, table=True):
    """A file made for an incident's channel: a calendar entry or a list of action items.

    ``sequence`` is that of the calendar entry, None for other files. ``content`` goes once Slack has the file.
    """

    __tablename__ = "review_files"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    name: str = Field(max_length=100)
    title: str = Field(max_length=255)
    content: str = Field(sa_type=Text)
    sequence: int | None = None
    made_at: datetime
    made_by: str = Field(max_length=255)
    file_id: str | None = Field(default=None, max_length=32)
    permalink: str | None = Field(default=None, max_length=1000)
    source_key: str | None = Field(default=None, unique=True, max_length=255)

    @property
    def key(self) -> int:
        """The id of a stored file."""
        if self.id is None:
            raise ValueError("this file is not stored yet")
        return self.id


class Reviews:
    """Reviews of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, incident_id: int) -> Review | None:
        """The review of an incident, if anybody has begun one."""
        return await self._session.get(Review, incident_id)

    async def begin(self, incident_id: int) -> Review:
        """The review of an incident, begun now where there is none; call under the incident's lock."""
        found = await self.get(incident_id)
        if found is None:
            found = Review(incident_id=incident_id)
            self._session.add(found)
            await self._session.flush()
        return found

    async def keep_typed(self, incident_id: int, user_id: str, texts: Mapping[str, str], at: datetime) -> None:
        """Keep what somebody typed, field by field, in place of what they had typed there before."""
        rows = [
            ReviewDraft(incident_id=incident_id, user_id=user_id, field=field, text=text, kept_at=at)
            for field, text in texts.items()
        ]
        await put(self._session, rows)

    async def typed(self, incident_id: int, user_id: str) -> dict[str, ReviewDraft]:
        """What somebody typed and has not saved, by field."""
        query = select(ReviewDraft).where(
            col(ReviewDraft.incident_id) == incident_id, col(ReviewDraft.user_id) == user_id
        )
        return {draft.field: draft for draft in (await self._session.exec(query)).all()}

    async def unsaved(self, incident_id: int) -> Sequence[ReviewDraft]:
        """What anybody typed and has not saved."""
        query = select(ReviewDraft).where(col(ReviewDraft.incident_id) == incident_id)
        return (await self._session.exec(query)).all()

    async def forget_typed(self, incident_id: int, user_id: str, fields: Sequence[str]) -> None:
        """It was saved."""
        saved = (
            col(ReviewDraft.incident_id) == incident_id,
            col(ReviewDraft.user_id) == user_id,
            col(ReviewDraft.field).in_(fields),
        )
        await self._session.exec(delete(ReviewDraft).where(*saved))

    async def add_file(self, file: ReviewFile) -> ReviewFile:
        """Keep a file until Slack has it."""
        self._session.add(file)
        await self._session.flush()
        return file

    async def file(self, file_id: int) -> ReviewFile | None:
        """A file by id."""
        return await self._session.get(ReviewFile, file_id)

    async def file_by_source(self, source_key: str) -> ReviewFile | None:
        """The file that this act already made, if any."""
        return (
            await self._session.exec(select(ReviewFile).where(col(ReviewFile.source_key) == source_key))
        ).one_or_none()
