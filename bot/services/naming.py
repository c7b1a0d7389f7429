"""Who is meant by what was typed, and whether they can be asked: the one gate for naming a person anywhere."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.errors import BadInput, ChatError, ChatRefused
from bot.domain.naming import Named, matching
from bot.domain.people import Actor, Profile
from bot.services.directory import Directory
from bot.services.work import Work

FRESH_FOR = timedelta(hours=1)
PICK = "Type @ and pick the person from Slack's list."


class Naming:
    """Finds people. Every refusal is a BadInput about ``field`` that names the reason and the way out."""

    def __init__(self, work: Work, directory: Directory) -> None:
        self._work = work
        self._directory = directory

    async def person(self, typed: Named, *, by: Actor, field: str = "person") -> Profile:
        """The one living human being that was named."""
        if typed.is_oneself:
            return await self.by_id(by.id, field=field)
        if typed.user_id is not None:
            return await self.by_id(typed.user_id, field=field)
        if typed.is_group or await self._is_group(typed.typed):
            sentence = f"{typed.typed} is a group, and only a person can answer for this. Name one of them."
            raise BadInput(sentence, field=field)
        async with self._work.read() as unit:
            found = matching(typed.typed, await unit.people.profiles())
        if len(found) > 1:
            names = ", ".join(profile.name for profile in found[:4])
            raise BadInput(f"“{typed.typed}” could be {names}. {PICK}", field=field)
        if not found:
            raise BadInput(f"I do not know who “{typed.typed}” is. {PICK}", field=field)
        return await self.by_id(found[0].id, field=field)

    async def by_id(self, user_id: str, *, field: str = "person") -> Profile:
        """The person with this Slack id."""
        profile = await self._profile(user_id, field)
        if profile.is_bot:
            raise BadInput(f"{profile.name} is a bot, and bots answer for nothing. Name a person.", field=field)
        if profile.is_deactivated:
            raise BadInput(f"{profile.name} has left: the account is deactivated. Name somebody else.", field=field)
        return profile

    async def _profile(self, user_id: str, field: str) -> Profile:
        async with self._work.read() as unit:
            kept = await unit.people.get(user_id)
        if kept is not None and self._work.now() - kept.fetched_at < FRESH_FOR:
            return kept.profile()
        try:
            return await self._directory.refresh_profile(user_id)
        except ChatRefused as refusal:
            raise BadInput(f"Slack knows nobody by the id {user_id}. {PICK}", field=field) from refusal
        except ChatError as error:
            if kept is not None:
                return kept.profile()
            raise BadInput("Slack cannot be asked who that is just now. Try again in a moment.", field=field) from error

    async def _is_group(self, typed: str) -> bool:
        async with self._work.read() as unit:
            return typed.startswith("@") and bool(await unit.directory.find([typed]))
