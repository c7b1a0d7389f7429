"""Who is part of an incident: invited or let in, and who follows its updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Participant(SQLModel, table=True):
    """One person's tie to one incident. ``has_access`` opens a private incident to them.

    ``stays_out`` marks somebody who is told and may join, but is not invited into the channel (an executive).
    """

    __tablename__ = "participants"

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    user_id: str = Field(primary_key=True, max_length=32, index=True)
    has_access: bool = False
    stays_out: bool = False
    is_following: bool = False
    since_at: datetime
    caught_up_at: datetime | None = None


class Participants:
    """Ties between people and incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, incident_id: int, user_id: str) -> Participant | None:
        """This person's tie to the incident, if any."""
        return await self._session.get(Participant, (incident_id, user_id))

    async def let_in(self, incident_id: int, user_ids: Iterable[str], at: datetime, *, to_channel: bool = True) -> None:
        """Give these people access; who has it already keeps it. ``to_channel``: they belong into the channel, too."""
        wanted = sorted(set(user_ids))
        query = select(Participant).where(
            col(Participant.incident_id) == incident_id, col(Participant.user_id).in_(wanted)
        )
        known = {tie.user_id: tie for tie in (await self._session.exec(query)).all()}
        for user_id in wanted:
            tie = known.get(user_id)
            if tie is None:
                self._session.add(
                    Participant(
                        incident_id=incident_id, user_id=user_id, has_access=True, stays_out=not to_channel, since_at=at
                    )
                )
            else:
                tie.stays_out = not to_channel and (tie.stays_out or not tie.has_access)
                tie.has_access = True
        await self._session.flush()

    async def follow(self, incident_id: int, user_id: str, at: datetime, *, following: bool = True) -> bool:
        """Follow or stop following; False when nothing changed."""
        tie = await self.get(incident_id, user_id)
        if tie is None:
            self._session.add(
                Participant(incident_id=incident_id, user_id=user_id, is_following=following, since_at=at)
            )
            return following
        changed = tie.is_following != following
        tie.is_following = following
        return changed

    async def of(self, incident_id: int) -> Sequence[Participant]:
        """Everybody tied to the incident."""
        query = select(Participant).where(col(Participant.incident_id) == incident_id)
        return (await self._session.exec(query)).all()

    async def open_to(self, user_id: str) -> set[int]:
        """The ids of incidents this person was let into."""
        query = select(col(Participant.incident_id)).where(
            col(Participant.user_id) == user_id, col(Participant.has_access).is_(True)
        )
        return set((await self._session.exec(query)).all())
