"""Texts of incidents: each with every version anybody wrote, who approved which of them, and what was sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Role
from bot.domain.texts.approving import Approval
from bot.domain.texts.words import TextState
from storage.columns import JsonObject, no_entries, words
from storage.text_clocks import TextClocks


class SentText(SQLModel, table=True):
    """One text. ``version_id`` is what it says now; once it is sent, what was sent, for good.

    ``place`` is where it was sent, by its name in the policy, ``told`` to whom and under which reference.
    ``post_ts`` is its message in the incident's channel; ``channel_id``, ``channel_ts`` where Andon itself posted it.
    """

    __tablename__ = "texts"
    __table_args__ = (Index("uq_texts_number", "incident_id", "number", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    number: int
    template: str = Field(max_length=40)
    title: str = Field(max_length=255)
    state: TextState = Field(default=TextState.DRAFT, sa_type=words(TextState))
    version_id: int | None = None
    started_by: str = Field(max_length=255)
    started_at: datetime
    reason: str = Field(default="", sa_type=Text)
    place: str = Field(default="", max_length=40)
    told: str = Field(default="", sa_type=Text)
    sent_at: datetime | None = None
    settled_by: str | None = Field(default=None, max_length=255)
    settled_at: datetime | None = None
    post_ts: str | None = Field(default=None, max_length=32)
    channel_id: str | None = Field(default=None, max_length=32)
    channel_ts: str | None = Field(default=None, max_length=32)
    source_key: str = Field(unique=True, max_length=255)

    @property
    def key(self) -> int:
        """The id of a stored text."""
        if self.id is None:
            raise ValueError("this text is not stored yet")
        return self.id


class TextVersion(SQLModel, table=True):
    """What a text once said. Never changed. ``uses`` are the values established of the incident that stand in it."""

    __tablename__ = "text_versions"
    __table_args__ = (Index("uq_text_versions_number", "text_id", "number", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    text_id: int = Field(foreign_key="texts.id")
    number: int
    fields: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    body: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    uses: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    written_by: str = Field(max_length=255)
    written_at: datetime
    source_key: str = Field(unique=True, max_length=255)

    @property
    def key(self) -> int:
        """The id of a stored version."""
        if self.id is None:
            raise ValueError("this version is not stored yet")
        return self.id


class TextApproval(SQLModel, table=True):
    """Somebody's yes to one version, as one role. Never changed; a newer version has none of it."""

    __tablename__ = "text_approvals"
    __table_args__ = (Index("uq_text_approvals_role", "version_id", "role", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    text_id: int = Field(foreign_key="texts.id", index=True)
    version_id: int = Field(foreign_key="text_versions.id")
    sha256: str = Field(max_length=64)
    role: Role = Field(sa_type=words(Role))
    given_by: str = Field(max_length=32)
    email: str = Field(default="", max_length=320)
    given_at: datetime

    def approval(self) -> Approval:
        """The approval as the rules see it."""
        return Approval(self.given_by, self.email, self.role, self.given_at, self.sha256)


@dataclass(frozen=True, slots=True)
class Whole:
    """A text, what it says now, and who approved exactly that."""

    text: SentText
    version: TextVersion | None
    approvals: tuple[Approval, ...]


class Texts:
    """Texts and their versions, and the clocks they are due by."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.clocks = TextClocks(session)

    async def add(self, text: SentText) -> SentText:
        """Keep a new text."""
        self._session.add(text)
        await self._session.flush()
        return text

    async def add_version(self, version: TextVersion) -> TextVersion:
        """Keep what a text says from now on; call under the incident's lock."""
        self._session.add(version)
        await self._session.flush()
        return version

    async def approve(self, approval: TextApproval) -> None:
        """Keep a yes."""
        self._session.add(approval)
        await self._session.flush()

    async def get(self, text_id: int, *, fresh: bool = False) -> SentText | None:
        """The text by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(SentText, text_id, populate_existing=fresh)

    async def version(self, version_id: int) -> TextVersion | None:
        """One version by id."""
        return await self._session.get(TextVersion, version_id)

    async def by_number(self, incident_id: int, number: int) -> SentText | None:
        """The text as people number it."""
        query = select(SentText).where(col(SentText.incident_id) == incident_id, col(SentText.number) == number)
        return (await self._session.exec(query)).one_or_none()

    async def by_source(self, source_key: str) -> SentText | None:
        """The text that this submission already made, if any."""
        return (await self._session.exec(select(SentText).where(col(SentText.source_key) == source_key))).one_or_none()

    async def version_by_source(self, source_key: str) -> TextVersion | None:
        """The version that this submission already made, if any."""
        query = select(TextVersion).where(col(TextVersion.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def next_number(self, incident_id: int) -> int:
        """The number of the incident's next text; call under the incident's lock."""
        query = select(func.max(SentText.number)).where(col(SentText.incident_id) == incident_id)
        return ((await self._session.exec(query)).one() or 0) + 1

    async def versions(self, text_id: int) -> Sequence[TextVersion]:
        """Everything it ever said, oldest first."""
        query = select(TextVersion).where(col(TextVersion.text_id) == text_id).order_by(col(TextVersion.number))
        return (await self._session.exec(query)).all()

    async def whole(self, text: SentText) -> Whole:
        """The text with what it says and who approved that."""
        return (await self._whole([text]))[0]

    async def of(self, incident_ids: Collection[int]) -> Sequence[Whole]:
        """Every text of these incidents as it stands, oldest first; three statements, however many there are."""
        query = select(SentText).where(col(SentText.incident_id).in_(sorted(incident_ids))).order_by(col(SentText.id))
        return await self._whole((await self._session.exec(query)).all())

    async def _whole(self, texts: Sequence[SentText]) -> Sequence[Whole]:
        ids = sorted(text.version_id for text in texts if text.version_id is not None)
        if not ids:
            return [Whole(text, None, ()) for text in texts]
        known = select(TextVersion).where(col(TextVersion.id).in_(ids))
        versions = {version.id: version for version in (await self._session.exec(known)).all()}
        given = select(TextApproval).where(col(TextApproval.version_id).in_(ids)).order_by(col(TextApproval.id))
        rows = (await self._session.exec(given)).all()
        return [
            Whole(
                text,
                versions.get(text.version_id),
                tuple(row.approval() for row in rows if row.version_id == text.version_id),
            )
            for text in texts
        ]
