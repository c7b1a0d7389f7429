"""Messages of incident channels: one row per message, every text it ever had, and its files."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func, tuple_, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.messages import MessageKind, Placement, Seen, instant_of, place
from storage.columns import words
from storage.inserts import insert_missing


class Message(SQLModel, table=True):
    """One message. ``version`` is that of ``text``; None while the message was only heard of, not seen.

    ``reply_count`` is what Slack says of its thread, ``replies_read`` what it said when the thread was last read
    whole, up to ``read_ts``.
    A redacted message has no text any more, here or in its versions; ``sha256`` of what it said stays.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_incident_ts", "incident_id", "ts"),
        Index("ix_messages_thread", "channel_id", "thread_ts"),
    )

    channel_id: str = Field(primary_key=True, max_length=32)
    ts: str = Field(primary_key=True, max_length=32)
    incident_id: int = Field(foreign_key="incidents.id")
    thread_ts: str | None = Field(default=None, max_length=32)
    author_id: str | None = Field(default=None, max_length=32)
    kind: MessageKind = Field(default=MessageKind.MESSAGE, sa_type=words(MessageKind))
    is_bot: bool = False
    text: str = Field(default="", sa_type=Text)
    sha256: str = Field(default="", max_length=64)
    version: str | None = Field(default=None, max_length=32)
    reply_count: int = 0
    replies_read: int = 0
    read_ts: str = Field(default="", max_length=32)
    sent_at: datetime
    recorded_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    is_deletion_noticed: bool = False
    redacted_at: datetime | None = None
    redacted_by: str | None = Field(default=None, max_length=255)
    redaction_reason: str | None = Field(default=None, sa_type=Text)
    permalink: str | None = Field(default=None, max_length=1000)


class MessageVersion(SQLModel, table=True):
    """A text a message had before; ``version`` is empty for the text as first sent."""

    __tablename__ = "message_versions"

    channel_id: str = Field(primary_key=True, max_length=32)
    ts: str = Field(primary_key=True, max_length=32)
    version: str = Field(primary_key=True, max_length=32)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    text: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)


class MessageFile(SQLModel, table=True):
    """A file on a message: named and linked, not copied. ``problem`` says why Slack would not show it."""

    __tablename__ = "message_files"

    channel_id: str = Field(primary_key=True, max_length=32)
    ts: str = Field(primary_key=True, max_length=32)
    file_id: str = Field(primary_key=True, max_length=32)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    name: str = Field(sa_type=Text)
    mimetype: str = Field(default="", max_length=255)
    size: int = 0
    permalink: str = Field(default="", max_length=1000)
    problem: str | None = Field(default=None, max_length=255)


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Messages:
    """Messages, their versions and files. Every method asks a fixed number of statements."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, channel_id: str, ts: str) -> Message | None:
        """The message, if it was ever seen or heard of."""
        return await self._session.get(Message, (channel_id, ts))

    async def take(self, incident_id: int, sightings: Sequence[Seen], now: datetime) -> dict[str, Message]:
        """Bring sightings of one channel into the record, by ts; repeated and unordered ones are harmless."""
        if not sightings:
            return {}
        channel_id = sightings[0].channel_id
        by_ts = await self.expect(incident_id, channel_id, {seen.ts for seen in sightings}, now)
        older: list[dict[str, Any]] = []
        for seen in sightings:
            older += _absorb(by_ts[seen.ts], seen)
        await insert_missing(self._session, MessageVersion, older)
        files = [row for seen in sightings for row in _files(by_ts[seen.ts], seen)]
        await insert_missing(self._session, MessageFile, files)
        return by_ts

    async def expect(
        self, incident_id: int, channel_id: str, tss: Collection[str], now: datetime
    ) -> dict[str, Message]:
        """The rows of these messages, held for this unit; those not known yet are made, without a text."""
        rows = [
            {"channel_id": channel_id, "ts": ts, "incident_id": incident_id, "sent_at": instant_of(ts)}
            | {"recorded_at": now, "kind": MessageKind.MESSAGE, "text": "", "sha256": "", "is_bot": False}
            | {"reply_count": 0, "replies_read": 0, "read_ts": "", "is_deletion_noticed": False}
            for ts in sorted(tss)
        ]
        await insert_missing(self._session, Message, rows)
        query = (
            select(Message)
            .where(col(Message.channel_id) == channel_id, col(Message.ts).in_(sorted(tss)))
            .order_by(col(Message.ts))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.ts: row for row in (await self._session.exec(query)).all()}

    async def files_on(self, channel_id: str, ts: str) -> Sequence[MessageFile]:
        """The files on one message."""
        query = select(MessageFile).where(col(MessageFile.channel_id) == channel_id, col(MessageFile.ts) == ts)
        return (await self._session.exec(query.order_by(col(MessageFile.file_id)))).all()

    async def versions_on(self, channel_id: str, ts: str) -> Sequence[MessageVersion]:
        """The texts one message had before, oldest first."""
        query = select(MessageVersion).where(col(MessageVersion.channel_id) == channel_id, col(MessageVersion.ts) == ts)
        return (await self._session.exec(query.order_by(col(MessageVersion.version)))).all()

    async def threads(self, channel_id: str, parents: Collection[str]) -> dict[str, tuple[int, str]]:
        """How many replies of each of these threads stand in the record, and the newest one's ts."""
        query = (
            select(Message.thread_ts, func.count(), func.max(col(Message.ts)))
            .where(col(Message.channel_id) == channel_id, col(Message.thread_ts).in_(sorted(parents)))
            .where(col(Message.version).is_not(None), col(Message.deleted_at).is_(None))
            .group_by(col(Message.thread_ts))
        )
        return {str(parent): (count, newest) for parent, count, newest in (await self._session.exec(query)).all()}

    async def mark_gone(
        self,
        channel_id: str,
        *,
        thread_ts: str | None,
        above: str,
        below: str | None,
        present: Collection[str],
        recorded_before: datetime,
        at: datetime,
    ) -> int:
        """Messages of a range that Slack showed whole and that are not in it are gone; how many."""
        statement = (
            update(Message)
            .where(
                col(Message.channel_id) == channel_id,
                col(Message.thread_ts).is_(None) if thread_ts is None else col(Message.thread_ts) == thread_ts,
                col(Message.ts) >= above,
                col(Message.ts).not_in(sorted(present)),
                col(Message.deleted_at).is_(None),
                col(Message.version).is_not(None),
                col(Message.recorded_at) < recorded_before,
            )
            .values(deleted_at=at, is_deletion_noticed=True)
            .execution_options(synchronize_session=False)
        )
        if below is not None:
            statement = statement.where(col(Message.ts) < below)
        return (await self._session.exec(statement)).rowcount

    async def redact(self, message: Message, *, by: str, reason: str, at: datetime) -> None:
        """Forget what a message and its files said, now and in every version; hashes, who and why stay."""
        message.text, message.redacted_at, message.redacted_by, message.redaction_reason = "", at, by, reason
        here = (message.channel_id, message.ts)
        for kind, blank in (
            (MessageVersion, {"text": ""}),
            (MessageFile, {"name": "", "permalink": "", "mimetype": ""}),
        ):
            where = tuple_(col(kind.channel_id), col(kind.ts)).in_([here])
            await self._session.exec(
                update(kind).where(where).values(**blank).execution_options(synchronize_session="fetch")
            )

    async def of(self, incident_id: int) -> Sequence[Message]:
        """Every message seen, oldest first; redacted ones without their text."""
        query = select(Message).where(col(Message.incident_id) == incident_id, col(Message.version).is_not(None))
        return (await self._session.exec(query.order_by(col(Message.ts)))).all()

    async def versions_of(self, incident_id: int) -> Sequence[MessageVersion]:
        """Every earlier text, by message and age."""
        query = select(MessageVersion).where(col(MessageVersion.incident_id) == incident_id)
        order = (col(MessageVersion.ts), col(MessageVersion.version))
        return (await self._session.exec(query.order_by(*order))).all()

    async def files_of(self, incident_id: int) -> Sequence[MessageFile]:
        """Every file, in the order of their messages."""
        query = select(MessageFile).where(col(MessageFile.incident_id) == incident_id)
        return (await self._session.exec(query.order_by(col(MessageFile.ts), col(MessageFile.file_id)))).all()


def _absorb(row: Message, seen: Seen) -> Iterable[dict[str, Any]]:
    """Let a row learn from a sighting; gives the text that belongs to its versions, if any."""
    placement = place(seen, row.version, row.text) if row.redacted_at is None else _redacted_place(row, seen)
    older: list[dict[str, Any]] = []
    if row.version is not None and placement in {Placement.NEWEST, Placement.NOTICED}:
        older.append(_version(row, row.version, row.text, row.sha256))
    if placement is Placement.OLDER:
        hidden = row.redacted_at is not None
        older.append(_version(row, seen.version, "" if hidden else seen.text, digest(seen.text)))
    if placement in {Placement.NEWEST, Placement.NOTICED}:
        row.version = seen.noticed_ts if placement is Placement.NOTICED else seen.version
        row.text = seen.text if row.redacted_at is None else ""
        row.sha256 = digest(seen.text)
        row.edited_at = instant_of(row.version) if row.version else None
    row.author_id = row.author_id or seen.author_id
    row.thread_ts = row.thread_ts or seen.thread_ts
    row.kind, row.is_bot = seen.kind, row.is_bot or seen.is_bot
    row.reply_count = max(row.reply_count, seen.reply_count)
    return older


def _redacted_place(row: Message, seen: Seen) -> Placement:
    """Of a redacted message only hashes are compared."""
    same = digest(seen.text) == row.sha256
    return place(seen, row.version, seen.text if same else "")


def _version(row: Message, version: str, text: str, sha256: str) -> dict[str, Any]:
    return {
        "channel_id": row.channel_id,
        "ts": row.ts,
        "version": version,
        "incident_id": row.incident_id,
        "text": text,
        "sha256": sha256,
    }


def _files(row: Message, seen: Seen) -> list[dict[str, Any]]:
    if row.redacted_at is not None:
        return []
    return [
        {"channel_id": row.channel_id, "ts": row.ts, "file_id": file.id, "incident_id": row.incident_id}
        | {"name": file.name, "mimetype": file.mimetype, "size": file.size, "permalink": file.permalink}
        | {"problem": file.problem}
        for file in seen.files
        if file.id
    ]
