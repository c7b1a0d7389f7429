"""Column types that mean the same on SQLite and PostgreSQL.

What another version of Andon wrote, or only half, is read all the same: one such row among others must not keep a
query from giving the rest. Whoever needs more of it than it says finds out when using it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Integer, MetaData
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from bot.domain.escalation import RungKind
from bot.domain.incident import DEFAULT_SEVERITY, IncidentType, Outcome, Phase, Severity
from bot.domain.timeline import EntryKind

# Set before any record is defined, so that migrations can name what they change.
SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention

BigId: Any = BigInteger().with_variant(Integer(), "sqlite")


def no_items() -> list[Any]:
    """A list's default. Pydantic asks each time for its maker's signature, which ``list`` itself is slow to give."""
    return []


def no_entries() -> dict[str, Any]:
    """The default of an object; see ``no_items``."""
    return {}


# What a word of another version counts as; where none stands here the word itself is given, which equals no member.
UNKNOWN: Mapping[type[StrEnum], StrEnum | None] = {
    IncidentType: IncidentType.UNSURE,
    Severity: DEFAULT_SEVERITY,
    Phase: Phase.TRIAGE,
    Outcome: None,
    RungKind: RungKind.PAGE,
    EntryKind: EntryKind.NOTE,
}


def words(kind: type[StrEnum]) -> TypeEngine[Any]:
    """A VARCHAR holding the enum's values; adding a word needs no migration, and an unknown one breaks no query."""
    return _Words(kind)


class _Words(TypeDecorator[Any]):
    impl = SqlEnum
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(
            kind,
            native_enum=False,
            values_callable=lambda members: [member.value for member in members],
            length=32,
            name=kind.__name__.lower(),
        )
        self.kind = kind

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """From the stored word to the member."""
        kind = self.kind
        members: dict[str, StrEnum] = {member.value: member for member in kind}

        def read(word: str | None) -> StrEnum | str | None:
            return word if word is None else members.get(word) or UNKNOWN.get(kind, word)

        return read


class _Json(TypeDecorator[Any]):
    """JSON that is read as ``kind``, empty where it is null, something else or no JSON at all."""

    impl = JSON
    cache_ok = True
    kind: type[Any]

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """From the stored text to the thing."""
        inner, kind = super().result_processor(dialect, coltype), self.kind

        def read(stored: Any) -> Any:
            try:
                found = inner(stored) if inner else stored
            except (ValueError, TypeError):
                found = None
            return found if isinstance(found, kind) else kind()

        return read


class JsonObject(_Json):
    """A JSON object."""

    cache_ok = True
    kind = dict


class JsonList(_Json):
    """A JSON list."""

    cache_ok = True
    kind = list
