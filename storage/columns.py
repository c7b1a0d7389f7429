"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

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


def words(kind: type[StrEnum]) -> TypeEngine[Any]:
    """A VARCHAR holding the enum's values; adding a word needs no migration."""
    return SqlEnum(
        kind,
        native_enum=False,
        values_callable=lambda members: [member.value for member in members],
        length=32,
        name=kind.__name__.lower(),
    )
