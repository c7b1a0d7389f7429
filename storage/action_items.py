"""Action items: the promises of post-mortems, and everything that ever happened to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, and_, case, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.action_items import ActionAct
from bot.domain.postmortem import ActionKind
from storage.cards import visible_to
from storage.columns import JsonObject, no_entries, words
from storage.incidents import Incident

# Somebody is to be reminded of these, now or later.
CHASED = "done_at IS NULL AND dropped_at IS NULL AND owner_id IS NOT NULL AND due_at IS NOT NULL"


class ActionItem(SQLModel, table=True):
    """A promise for the time after. ``eval_added``: whether an evaluation guards it; None where nobody said.

    ``step_key`` is the playbook step it came from. ``chase_at`` is when its owner is reminded next, None before that
    is planned. Where the owner was told is kept, to be edited.
    """

    __tablename__ = "action_items"
    __table_args__ = (
        Index("ix_action_items_chased", "chase_at", sqlite_where=text(CHASED), postgresql_where=text(CHASED)),
        Index("ix_action_items_owner_id", "owner_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    text: str = Field(sa_type=Text)
    kind: ActionKind = Field(sa_type=words(ActionKind))
    owner_id: str | None = Field(default=None, max_length=32)
    due_at: datetime | None = None
    eval_added: bool | None = None
    added_by: str = Field(max_length=255)
    added_at: datetime
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, max_length=255)
    dropped_at: datetime | None = None
    dropped_by: str | None = Field(default=None, max_length=255)
    drop_reason: str = Field(default="", sa_type=Text)
    step_key: str | None = Field(default=None, max_length=100)
    chase_at: datetime | None = None
    owner_left_at: datetime | None = None
    told_id: str | None = Field(default=None, max_length=32)
    told_channel_id: str | None = Field(default=None, max_length=32)
    told_ts: str | None = Field(default=None, max_length=32)
    source_key: str | None = Field(default=None, unique=True, max_length=255)

    @property
    def key(self) -> int:
        """The id of a stored item."""
        if self.id is None:
            raise ValueError("this action item is not stored yet")
        return self.id

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.done_at is None and self.dropped_at is None

    @property
    def is_unowned(self) -> bool:
        """Whether nobody who is still here has promised it."""
        return self.owner_id is None or self.owner_left_at is not None


class ActionChange(SQLModel, table=True):
    """One thing that happened to an action item: never altered, never removed.

    ``was`` and ``now`` hold what was changed; ``item`` the item as it stood afterwards, for whoever is told later.
    """

    __tablename__ = "action_item_changes"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="action_items.id", index=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    act: ActionAct = Field(sa_type=words(ActionAct))
    at: datetime
    by: str = Field(max_length=255)
    reason: str = Field(default="", sa_type=Text)
    was: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    now: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    item: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)

    @property
    def key(self) -> int:
        """The id of a stored change."""
        if self.id is None:
            raise ValueError("this change is not stored yet")
        return self.id


class ActionItems:
    """Action items of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, item: ActionItem) -> ActionItem:
        """Keep a new item."""
        self._session.add(item)
        await self._session.flush()
        return item

    async def get(self, item_id: int, *, fresh: bool = False) -> ActionItem | None:
        """The item by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(ActionItem, item_id, populate_existing=fresh)

    async def some(self, item_ids: Sequence[int]) -> Sequence[ActionItem]:
        """These items, oldest first."""
        query = select(ActionItem).where(col(ActionItem.id).in_(item_ids)).order_by(col(ActionItem.id))
        return (await self._session.exec(query)).all()

    async def by_source(self, source_key: str) -> ActionItem | None:
        """The item that this submission already made."""
        query = select(ActionItem).where(col(ActionItem.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def of(self, incident_id: int) -> Sequence[ActionItem]:
        """Every item of an incident, oldest first."""
        query = select(ActionItem).where(col(ActionItem.incident_id) == incident_id).order_by(col(ActionItem.id))
        return (await self._session.exec(query)).all()

    async def record(self, change: ActionChange) -> ActionChange:
        """Keep what happened to an item, for good."""
        self._session.add(change)
        await self._session.flush()
        return change

    async def change(self, change_id: int) -> ActionChange | None:
        """One change by id."""
        return await self._session.get(ActionChange, change_id)

    async def changes_of(self, incident_id: int) -> Sequence[ActionChange]:
        """Everything that happened to the items of an incident, in order."""
        query = select(ActionChange).where(col(ActionChange.incident_id) == incident_id).order_by(col(ActionChange.id))
        return (await self._session.exec(query)).all()

    async def changes_to(self, item_ids: Sequence[int]) -> Sequence[ActionChange]:
        """Everything that happened to these items, in order."""
        query = select(ActionChange).where(col(ActionChange.item_id).in_(item_ids)).order_by(col(ActionChange.id))
        return (await self._session.exec(query)).all()

    async def seen_by(
        self, user_id: str, *, sees_all: bool, incident_id: int | None = None, is_own: bool = False, limit: int
    ) -> Sequence[tuple[ActionItem, Incident]]:
        """Items of incidents that this person may see: open ones first, by due date."""
        wanted = [] if sees_all else [visible_to(user_id)]
        if incident_id is not None:
            wanted.append(col(ActionItem.incident_id) == incident_id)
        if is_own:
            wanted += [col(ActionItem.owner_id) == user_id, _is_open()]
        query = (
            select(ActionItem, Incident)
            .join(Incident, col(Incident.id) == col(ActionItem.incident_id))
            .where(*wanted)
            .order_by(
                case((_is_open(), 0), else_=1),
                case((col(ActionItem.due_at).is_(None), 1), else_=0),
                col(ActionItem.due_at),
                col(ActionItem.id),
            )
            .limit(limit)
        )
        return (await self._session.exec(query)).all()

    async def due(self, now: datetime, limit: int = 200) -> Sequence[int]:
        """The ids of open, owned, dated items whose reminder is due or was never planned, the longest due first."""
        query = (
            select(ActionItem.id)
            .where(_is_promised(), or_(col(ActionItem.chase_at).is_(None), col(ActionItem.chase_at) <= now))
            .order_by(col(ActionItem.chase_at), col(ActionItem.id))
            .limit(limit)
        )
        return [item_id for item_id in (await self._session.exec(query)).all() if item_id is not None]

    async def plan(self, item_id: int, was: datetime | None, chase_at: datetime) -> bool:
        """Remind at this instant next; False when somebody else has planned it meanwhile."""
        same = col(ActionItem.chase_at).is_(None) if was is None else col(ActionItem.chase_at) == was
        statement = update(ActionItem).where(col(ActionItem.id) == item_id, same, _is_open()).values(chase_at=chase_at)
        return bool((await self._session.exec(statement)).rowcount)


def is_to_be_planned() -> Any:
    """The condition that an item was promised for a day, and when to remind of it was never worked out."""
    return and_(_is_promised(), col(ActionItem.chase_at).is_(None))


def _is_promised() -> Any:
    return and_(_is_open(), col(ActionItem.owner_id).is_not(None), col(ActionItem.due_at).is_not(None))


def _is_open() -> Any:
    return and_(col(ActionItem.done_at).is_(None), col(ActionItem.dropped_at).is_(None))
