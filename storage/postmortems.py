"""Post-mortems: what people wrote, and each draft that was compiled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession


class PostmortemSection(SQLModel, table=True):
    """One version of one section, as somebody wrote it. The newest counts, older ones are kept."""

    __tablename__ = "postmortem_sections"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    key: str = Field(max_length=64)
    text: str = Field(sa_type=Text)
    written_by: str = Field(max_length=255)
    written_at: datetime
    source_key: str | None = Field(default=None, unique=True, max_length=255)


class PostmortemDraft(SQLModel, table=True):
    """One compiled draft. All drafts of an incident share one message in the channel, edited in place.

    Only the newest keeps its text: what is redacted later must not live on in an older one.
    """

    __tablename__ = "postmortem_drafts"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    version: int
    markdown: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    compiled_at: datetime
    compiled_by: str = Field(max_length=255)
    message_ts: str | None = Field(default=None, max_length=32)
    file_id: str | None = Field(default=None, max_length=32)
    permalink: str | None = Field(default=None, max_length=1000)
    canvas_id: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored draft."""
        if self.id is None:
            raise ValueError("this draft is not stored yet")
        return self.id


class Postmortems:
    """Sections and drafts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def write(self, section: PostmortemSection) -> None:
        """Keep a version of a section."""
        self._session.add(section)
        await self._session.flush()

    async def section_by_source(self, source_key: str) -> PostmortemSection | None:
        """The version that this submission already wrote."""
        query = select(PostmortemSection).where(col(PostmortemSection.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def section(self, section_id: int) -> PostmortemSection | None:
        """One version of a section."""
        return await self._session.get(PostmortemSection, section_id)

    async def sections(self, incident_id: int) -> dict[str, PostmortemSection]:
        """The newest version of every section written, by key."""
        query = (
            select(PostmortemSection)
            .where(col(PostmortemSection.incident_id) == incident_id)
            .order_by(col(PostmortemSection.id))
        )
        return {section.key: section for section in (await self._session.exec(query)).all()}

    async def add_draft(self, draft: PostmortemDraft) -> PostmortemDraft:
        """Keep a compiled draft."""
        self._session.add(draft)
        await self._session.flush()
        return draft

    async def draft(self, draft_id: int) -> PostmortemDraft | None:
        """A draft by id."""
        return await self._session.get(PostmortemDraft, draft_id)

    async def newest(self, incident_id: int) -> PostmortemDraft | None:
        """The newest draft of an incident."""
        query = (
            select(PostmortemDraft)
            .where(col(PostmortemDraft.incident_id) == incident_id)
            .order_by(col(PostmortemDraft.version).desc())
            .limit(1)
        )
        return (await self._session.exec(query)).one_or_none()

    async def with_files(self, incident_id: int, before: int) -> Sequence[int]:
        """The ids of drafts before this version whose file is in Slack."""
        query = select(col(PostmortemDraft.id)).where(
            col(PostmortemDraft.incident_id) == incident_id,
            col(PostmortemDraft.version) < before,
            col(PostmortemDraft.file_id).is_not(None),
        )
        return [draft_id for draft_id in (await self._session.exec(query)).all() if draft_id is not None]

    async def forget_older(self, draft: PostmortemDraft) -> None:
        """Drop the texts of every draft before this one; their hashes stay."""
        older = (col(PostmortemDraft.incident_id) == draft.incident_id, col(PostmortemDraft.version) < draft.version)
        await self._session.exec(update(PostmortemDraft).where(*older).values(markdown=""))

    async def message_ts(self, incident_id: int) -> str | None:
        """The message in the channel that shows the draft, whichever version posted it."""
        return await self._latest(incident_id, col(PostmortemDraft.message_ts))

    async def canvas_id(self, incident_id: int) -> str | None:
        """The canvas that shows the draft, whichever version made it."""
        return await self._latest(incident_id, col(PostmortemDraft.canvas_id))

    async def _latest(self, incident_id: int, column: Mapped[str | None]) -> str | None:
        query = (
            select(column)
            .where(col(PostmortemDraft.incident_id) == incident_id, column.is_not(None))
            .order_by(col(PostmortemDraft.version).desc())
            .limit(1)
        )
        return (await self._session.exec(query)).one_or_none()
