"""Edits of the organisation's own files, taken up while Andon runs; a broken one is refused, the old stays in force."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from bot.domain.custody import sha256
from bot.domain.events import PolicyRefused
from bot.domain.notices.audit import PolicyProblem
from bot.services.directory import Directory
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.work import Work
from playbooks.library import Library, PolicyError
from playbooks.loading import FOLDERS, SUFFIXES

log = structlog.get_logger(__name__)
MOST_TOLD = 1500
Stamp = tuple[tuple[str, int, int], ...]


class Reloading:
    """Looks for edits. ``files`` is where the organisation keeps its own; None: there is nothing to look at.

    ``problem`` says why the latest edit was refused; None when what stands there is in force.
    """

    def __init__(
        self,
        work: Work,
        chat: Chat,
        library: Library,
        directory: Directory,
        files: Path | None,
        admins: tuple[str, ...],
    ) -> None:
        self._work = work
        self._chat = chat
        self._library = library
        self._directory = directory
        self._files = files
        self._admins = admins
        self._seen: Stamp | None = None
        self.problem: str | None = None

    async def look(self) -> None:
        """Take up what was edited since the last look, all of it or nothing. A tick."""
        if self._files is None:
            return
        stamp = await asyncio.to_thread(_stamp, self._files)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            newer = await asyncio.to_thread(Library.load, self._files)
        except PolicyError as error:
            self.problem = str(error)
            log.warning("an edit of the playbooks is refused; what was read before stays in force", reason=str(error))
            await self._refuse(str(error))
            return
        self.problem = None
        if newer.content_hash == self._library.content_hash:
            return
        self._library.adopt(newer)
        log.info("the playbooks were edited and are in force", version=newer.content_hash[:12])
        self._directory.look_for((*newer.roster_entries(), *self._admins))
        await self._directory.prepare()

    async def tell(self, fact: PolicyRefused, attempt: Attempt) -> None:
        """Tell an admin."""
        await self._chat.dm(fact.user_id, PolicyProblem(fact.reason), once=attempt.once)

    async def _refuse(self, reason: str) -> None:
        """Owe it to the admins: by one replica, and once a day for the same."""
        async with self._work() as unit:
            now = self._work.now()
            if await unit.tellings.is_first(f"policies:{sha256(reason)}:{now:%Y-%m-%d}", now):
                named = await self._directory.people(unit, self._library.people.admins)
                for user_id in dict.fromkeys((*self._admins, *named)):
                    unit.tell(PolicyRefused(user_id, reason[:MOST_TOLD]))


def _stamp(directory: Path) -> Stamp:
    """What tells one state of the files from another, without reading them."""
    found = []
    for folder, suffixes in (*((folder, SUFFIXES) for folder in FOLDERS), ("templates", (".md",))):
        for file in sorted((directory / folder).glob("*")):
            if file.suffix.lower() in suffixes:
                try:
                    known = file.stat()
                except OSError:  # gone between the two: the next look sees it
                    continue
                found.append((f"{folder}/{file.name}", known.st_mtime_ns, known.st_size))
    return tuple(found)
