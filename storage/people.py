"""People as Slack describes them, kept so that documents name them without asking again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Profile
from storage.inserts import put


class Person(SQLModel, table=True):
    """The last profile fetched from Slack."""

    __tablename__ = "people"

    id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=255)
    title: str = Field(default="", max_length=255)
    email: str = Field(default="", max_length=255, index=True)
    is_bot: bool = False
    is_deactivated: bool = False
    handle: str = Field(default="", max_length=255)
    timezone: str = Field(default="", max_length=64)
    fetched_at: datetime

    def profile(self) -> Profile:
        """The person as the rules see them."""
        return Profile(
            self.id,
            self.name,
            self.title,
            self.email,
            self.is_bot,
            self.is_deactivated,
            self.handle,
            self.timezone,
        )


class People:
    """Known people."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: str) -> Person | None:
        """The person by Slack id, if known."""
        return await self._session.get(Person, user_id)

    async def keep(self, profile: Profile, at: datetime) -> None:
        """Store what Slack said of a person."""
        await self.keep_all([profile], at)

    async def keep_all(self, profiles: Iterable[Profile], at: datetime) -> None:
        """Store what Slack said of these people."""
        people = {
            profile.id: Person(
                id=profile.id,
                name=profile.name,
                title=profile.title,
                email=profile.email,
                is_bot=profile.is_bot,
                is_deactivated=profile.is_deactivated,
                handle=profile.handle,
                timezone=profile.timezone,
                fetched_at=at,
            )
            for profile in profiles
        }
        await put(self._session, list(people.values()))

    async def names(self, user_ids: Iterable[str]) -> dict[str, Profile]:
        """Profiles by id; unknown people are missing."""
        query = select(Person).where(col(Person.id).in_(sorted(set(user_ids))))
        return {person.id: person.profile() for person in (await self._session.exec(query)).all()}

    async def profiles(self) -> list[Profile]:
        """Everybody Andon has met."""
        return [person.profile() for person in (await self._session.exec(select(Person))).all()]

    async def by_emails(self, emails: Iterable[str]) -> dict[str, Person]:
        """Known people by lower-case e-mail address."""
        query = select(Person).where(col(Person.email).in_(sorted({email.lower() for email in emails})))
        return {person.email: person for person in (await self._session.exec(query)).all()}
