"""Requests to be let into a private incident, and what became of them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class AccessRequest(SQLModel, table=True):
    """One person asking. ``is_allowed`` is None until somebody decides; where it was posted is kept to edit it then."""

    __tablename__ = "access_requests"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    user_id: str = Field(max_length=32, index=True)
    asked_at: datetime
    is_allowed: bool | None = None
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, max_length=255)
    channel_id: str | None = Field(default=None, max_length=32)
    message_ts: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored request."""
        if self.id is None:
            raise ValueError("this request is not stored yet")
        return self.id


class AccessRequests:
    """Requests for access."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, request: AccessRequest) -> AccessRequest:
        """Keep a request."""
        self._session.add(request)
        await self._session.flush()
        return request

    async def get(self, request_id: int, *, fresh: bool = False) -> AccessRequest | None:
        """The request by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(AccessRequest, request_id, populate_existing=fresh)

    async def latest(self, incident_id: int, user_id: str) -> AccessRequest | None:
        """The person's latest request for this incident, if any."""
        query = (
            select(AccessRequest)
            .where(col(AccessRequest.incident_id) == incident_id, col(AccessRequest.user_id) == user_id)
            .order_by(col(AccessRequest.id).desc())
            .limit(1)
        )
        return (await self._session.exec(query)).first()
