"""Statements compiled once for all engines of the tests.

Each test has a database of its own, and compiling takes longer than most of what is then asked.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


class Compiled(MutableMapping[Any, Any]):
    """A compiled cache for :func:`create_async_engine` in which dialects of one driver are the same."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._kept[self._plain(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._kept[self._plain(key)] = value

    def __delitem__(self, key: Any) -> None:
        del self._kept[self._plain(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def _plain(key: Any) -> Any:
        dialect, *rest = key
        return (dialect.name, dialect.driver, *rest)


_compiled = Compiled()


def engine(*args: Any, **options: Any) -> AsyncEngine:
    """An engine that compiles nothing that another has."""
    return create_async_engine(*args, execution_options={"compiled_cache": _compiled}, **options)
