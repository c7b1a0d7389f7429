"""Edits of the organisation's own files, taken up while Andon runs; a broken one is refused, the old stays in force."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from bot.services.directory import Directory
from playbooks.library import Library, PolicyError
from playbooks.loading import FOLDERS, SUFFIXES

log = structlog.get_logger(__name__)
Stamp = tuple[tuple[str, int, int], ...]


class Reloading:
    """Looks for edits. ``files`` is where the organisation keeps its own; None: there is nothing to look at.

    ``problem`` says why the latest edit was refused; None when what stands there is in force.
    """

    def __init__(self, library: Library, directory: Directory, files: Path | None, admins: tuple[str, ...]) -> None:
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
            return
        self.problem = None
        if newer.content_hash == self._library.content_hash:
            return
        self._library.adopt(newer)
        log.info("the playbooks were edited and are in force", version=newer.content_hash[:12])
        self._directory.look_for((*newer.roster_entries(), *self._admins))
        await self._directory.prepare()


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
