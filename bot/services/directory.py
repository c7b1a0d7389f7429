"""Who is meant: roster entries of the policy files turned into Slack people, kept in storage.

Declaring must not wait for Slack, so entries are resolved ahead of time (at start and by a tick) and read from there.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.errors import ChatError, ChatRateLimited, ChatRefused
from bot.domain.people import Profile
from bot.services.ports import Chat
from bot.services.work import Work
from storage.store import Unit

FRESH_FOR = timedelta(minutes=10)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Who an entry stands for, None when Slack could not say, and why nobody can be reached by it."""

    entry: str
    profiles: list[Profile] | None
    problem: str | None = None
    may_ask_on: bool = True


class Directory:
    """Resolves and remembers people. ``entries``: all that the policy files name; ``announce``: a channel or empty."""

    def __init__(self, work: Work, chat: Chat, entries: Iterable[str], announce: str) -> None:
        self._work = work
        self._chat = chat
        self._entries = tuple(dict.fromkeys(entries))
        self._announce = announce

    def look_for(self, entries: Iterable[str]) -> None:
        """From now on these are all that the policy files name."""
        self._entries = tuple(dict.fromkeys(entries))

    async def people(self, unit: Unit, entries: Sequence[str]) -> list[str]:
        """The Slack ids behind these entries as last resolved, each once, in the order of the entries."""
        found = await unit.directory.find(entries)
        ids = [user_id for entry in entries if entry in found for user_id in found[entry].slack_ids]
        return list(dict.fromkeys(ids))

    async def announce_channel(self, unit: Unit) -> str | None:
        """The id of the announce channel; None when there is none or it was not found."""
        if not self._announce or is_channel_id(self._announce):
            return self._announce or None
        found = (await unit.directory.find([self._announce])).get(self._announce)
        return found.slack_ids[0] if found and found.slack_ids else None

    async def find_announce_channel(self) -> str | None:
        """As :meth:`announce_channel`, asking Slack where it is not known. Raises ChatError when Slack cannot say."""
        async with self._work.read() as unit:
            known = await self.announce_channel(unit)
        return known if known or not self._announce else await self._look_for_channel()

    async def problems(self, unit: Unit) -> dict[str, str]:
        """Entries that stand for nobody, with Slack's reason."""
        wanted = [*self._entries, *([self._announce] if self._announce else [])]
        found = await unit.directory.find(wanted)
        missing = {entry: "not looked up yet" for entry in wanted if entry not in found and not is_channel_id(entry)}
        return missing | {entry: kept.problem for entry, kept in found.items() if kept.problem}

    async def prepare(self) -> None:
        """Ask Slack about what was never asked, so that the first declaration finds its channel and everybody."""
        async with self._work.read() as unit:
            known = await unit.directory.find([*self._entries, self._announce])
        if self._announce and self._announce not in known and not is_channel_id(self._announce):
            await self._refresh_channel()
        await asyncio.gather(*(self._refresh_entry(entry) for entry in self._entries if entry not in known))

    async def refresh(self) -> None:
        """Ask Slack about every entry again; what Slack cannot answer now keeps its last meaning."""
        answers = [await self._ask(entry) for entry in self._entries]
        async with self._work() as unit:
            for answer in answers:
                await self._keep(unit, answer)
        if self._announce and not is_channel_id(self._announce):
            await self._refresh_channel()

    async def look_again(self) -> None:
        """A tick: ask Slack about what no replica has asked about for a while, or ever."""
        now, wanted = self._work.now(), [*self._entries, *([self._announce] if self._announce else [])]
        async with self._work() as unit:
            known = await unit.directory.find(wanted)
            stale = await unit.directory.claim(known, now - FRESH_FOR, now)
        unknown = [entry for entry in wanted if entry not in known]
        # In any order, so that where Slack's limits end the look early nobody is always the last.
        for entry in (*unknown, *random.sample(sorted(stale), len(stale))):
            if entry != self._announce:
                if not await self._refresh_entry(entry):
                    return
            elif not is_channel_id(entry):
                await self._refresh_channel()

    async def profile(self, user_id: str) -> Profile:
        """The person, from storage or from Slack. Raises ChatRefused("user_not_found")."""
        async with self._work.read() as unit:
            known = await unit.people.get(user_id)
        if known is not None:
            return known.profile()
        return await self.refresh_profile(user_id)

    async def refresh_profile(self, user_id: str) -> Profile:
        """The person as Slack has them now, kept."""
        profile = await self._chat.profile(user_id)
        async with self._work() as unit:
            await unit.people.keep(profile, self._work.now())
        return profile

    async def _refresh_entry(self, entry: str) -> bool:
        """False when Slack lets us ask no more for now."""
        answer = await self._ask(entry)
        if answer.may_ask_on:
            async with self._work() as unit:
                await self._keep(unit, answer)
        return answer.may_ask_on

    async def _ask(self, entry: str) -> _Answer:
        try:
            profiles = await self._look_up(entry)
        except ChatRefused as refusal:
            log.warning("a roster entry stands for nobody", entry=entry, reason=refusal.code)
            return _Answer(entry, [], refusal.code)
        except ChatError as error:
            log.warning("Slack cannot be asked who this is now", entry=entry, reason=error.code)
            return _Answer(entry, None, error.code, may_ask_on=not isinstance(error, ChatRateLimited))
        is_usable = any(profile.can_hold_role for profile in profiles)
        return _Answer(entry, profiles, None if is_usable else "deactivated")

    async def _keep(self, unit: Unit, answer: _Answer) -> None:
        """What Slack said; where it said nothing, what it said last stays."""
        if answer.profiles is None:
            return
        usable = [profile.id for profile in answer.profiles if profile.can_hold_role]
        await unit.people.keep_all(answer.profiles, self._work.now())
        await unit.directory.keep(answer.entry, usable, self._work.now(), answer.problem)

    async def _look_up(self, entry: str) -> list[Profile]:
        if entry.startswith("@"):
            return [await self._chat.profile(user_id) for user_id in await self._chat.group_members(entry)]
        if "@" in entry:
            return [await self._chat.find_by_email(entry)]
        return [await self._chat.profile(entry)]

    async def _refresh_channel(self) -> None:
        try:
            await self._look_for_channel()
        except ChatError as error:
            log.warning("the announce channel could not be looked up", reason=error.code)

    async def _look_for_channel(self) -> str | None:
        channel = await self._chat.find_channel(self._announce.removeprefix("#"))
        async with self._work() as unit:
            ids, problem = ([channel.id], None) if channel else ([], "channel_not_found")
            await unit.directory.keep(self._announce, ids, self._work.now(), problem)
        return channel.id if channel else None


def is_channel_id(text: str) -> bool:
    """Whether this is Slack's id of a channel, rather than a name."""
    return text[:1] in ("C", "G") and text.isalnum() and text.isupper() and len(text) >= 9
