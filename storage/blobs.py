"""Files of evidence, by their SHA-256, in a directory or at any address that fsspec knows."""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.domain.custody import sha256

NAME = re.compile(r"[0-9a-f]{64}")


class BlobMissing(Exception):
    """The store has no such file."""


class BlobStore:
    """Content-addressed files. ``url`` is an fsspec address; a bare path is a directory, made when it is first needed.

    A file is there whole or not at all. Whatever the store itself raises passes through.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    async def put(self, data: bytes) -> str:
        """Keep these bytes; gives their SHA-256. There already is fine."""
        name = sha256(data)
        await asyncio.to_thread(self._put, name, data)
        return name

    async def get(self, name: str) -> bytes:
        """The bytes kept under a SHA-256, whatever they are by now. Raises BlobMissing."""
        return await asyncio.to_thread(self._get, name)

    async def drop(self, name: str) -> None:
        """Forget a file; gone already is fine."""
        await asyncio.to_thread(self._drop, name)

    @cached_property
    def _place(self) -> tuple[Any, str]:
        import fsspec  # noqa: PLC0415 - only who needs it waits for it

        filesystem, path = fsspec.core.url_to_fs(self.url)
        return filesystem, str(path).rstrip("/")

    @property
    def _is_local(self) -> bool:
        from fsspec.implementations.local import LocalFileSystem  # noqa: PLC0415 - only who needs it waits for it

        return isinstance(self._place[0], LocalFileSystem)

    def _path(self, name: str) -> str:
        if not NAME.fullmatch(name):
            raise BlobMissing(name)  # what somebody wrote over a hash must lead nowhere else
        return f"{self._place[1]}/{name[:2]}/{name}"

    def _put(self, name: str, data: bytes) -> None:
        path = self._path(name)
        if self._is_local:
            _write_whole(Path(path), data)
            return
        filesystem = self._place[0]
        filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
        filesystem.pipe_file(path, data)  # object stores show what was put whole, or nothing

    def _get(self, name: str) -> bytes:
        try:
            return bytes(self._place[0].cat_file(self._path(name)))
        except FileNotFoundError as error:
            raise BlobMissing(name) from error

    def _drop(self, name: str) -> None:
        try:
            self._place[0].rm_file(self._path(name))
        except (FileNotFoundError, BlobMissing):
            return


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
