"""The schema's version: upgraded by itself on SQLite, by command on PostgreSQL, refused when much newer than Andon.

Replicas are replaced one by one, so for a while an Andon works on the schema of the next. Versions are numbers, and
each leaves what the one before needs: tables, columns and rows that the older program writes and reads as ever. What
is to go stays for one version in which nothing uses it any more.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from storage.database import normalise

VERSIONS = Path(__file__).parent / "migrations" / "versions"
ADVISORY_LOCK = 0x616E646F6E  # "andon": one migration at a time, however many replicas start
# Replicas are at work meanwhile: a migration steps back before PostgreSQL, after a second, chooses who has to.
LOCK_PATIENCE, LOCK_TRIES = timedelta(milliseconds=500), 100
BUSY = {"55P03", "40P01"}  # lock_not_available, deadlock_detected


class SchemaError(Exception):
    """The database cannot be used as it is; the sentence says what to do."""


def head() -> str:
    """The version this Andon works with."""
    versions = _known()
    if not versions:
        raise SchemaError("This installation has no migrations: reinstall Andon.")
    return max(versions)


def successor() -> str:
    """The one newer version that this Andon works with, too."""
    return f"{int(head()) + 1:04}"


def fits(found: str | None) -> bool:
    """Whether this Andon works on a database of that version."""
    return found in {head(), successor()}


async def current(url: str) -> str | None:
    """The version the database has; None for an empty one."""
    return await asyncio.to_thread(_on_connection, url, _current)


async def upgrade(url: str) -> str:
    """Bring the database to :func:`head`, unless it is newer and fits; gives the version reached.

    A SQLite file is copied beside itself first. Raises SchemaError.
    """
    reached: str = await asyncio.to_thread(_upgrade, url)
    return reached


async def ensure(url: str) -> None:
    """Make sure the database fits: an older SQLite file is upgraded. Raises SchemaError for the rest."""
    found = await current(url)
    if fits(found):
        return
    if found is not None and found not in _known():
        raise SchemaError(
            f"The database has the schema {found}, which is newer than this Andon ({head()}): install the newer Andon."
        )
    if not _sync_url(url).get_backend_name().startswith("sqlite"):
        raise SchemaError(f"The database has the schema {found or 'none'}, {head()} is needed: run `andon db upgrade`.")
    await upgrade(url)


async def require(url: str) -> None:
    """As :func:`ensure`, and never on a database that nobody has used: working there would be working for nobody.

    Raises SchemaError; a SQLite file that is not there is not made.
    """
    if not _may_exist(url) or await current(url) is None:
        raise SchemaError(
            f"There is no Andon at {_sync_url(url)!r} yet: "
            "run this where `andon run` has its settings, or set DATABASE_URL."
        )
    await ensure(url)


def _may_exist(url: str) -> bool:
    """False for a SQLite file that is not there: opening it would make it."""
    address = _sync_url(url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def _upgrade(url: str) -> Any:
    address = _sync_url(url)
    if address.get_backend_name() == "sqlite":
        _copy_aside(address)
    return _on_connection(url, _upgrade_locked)


def _upgrade_locked(connection: Connection) -> str:
    if connection.dialect.name != "postgresql":
        return _migrate(connection)
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text(f"SET lock_timeout = {LOCK_PATIENCE // timedelta(milliseconds=1)}"))
    connection.commit()
    try:
        for _ in range(LOCK_TRIES):
            try:
                return _migrate(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", "") not in BUSY:
                    raise
                connection.rollback()
                time.sleep(random.uniform(0.1, 0.5))
        raise SchemaError("Andon is too busy to be upgraded under way: try again, or stop its replicas first.")
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()


def _migrate(connection: Connection) -> str:
    """All steps that are missing, or none; the version reached."""
    found = _current(connection)
    connection.rollback()
    if found == successor():
        return found
    if found is not None and found not in _known():
        raise SchemaError(f"The database has the schema {found}, which is newer than this Andon ({head()}).")
    from storage import migrating

    migrating.run(connection, "upgrade", "head")
    if connection.dialect.name == "sqlite":
        # Before anybody works on the file: of two who come to it at once, neither could set it.
        connection.rollback()
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    return head()


def _on_connection(url: str, work: Any) -> Any:
    engine = create_engine(_sync_url(url))
    if engine.dialect.name == "sqlite":
        # A batch migration of a parent table with foreign keys on deletes its children.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    try:
        with engine.connect() as connection:
            return work(connection)
    except OperationalError as error:
        raise SchemaError(f"The database at {_sync_url(url)!r} cannot be opened: {error.orig}") from error
    finally:
        engine.dispose()


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _known() -> set[str]:
    """The versions this Andon knows, by the names of their files: 0001_make_every_table.py."""
    return {file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py")}


def _copy_aside(address: URL) -> None:
    file = Path(address.database or "")
    if not file.is_file() or not file.stat().st_size:
        return
    copy = file.with_name(file.name + ".before-upgrade")
    try:  # by SQLite itself: what a program left in the log beside the file when it was killed belongs to it
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.DatabaseError as error:
        raise SchemaError(f"The database at {file} cannot be copied to {copy.name} first: {error}") from error


def _sync_url(url: str) -> URL:
    address = make_url(normalise(url))
    return address.set(drivername="sqlite") if address.get_backend_name() == "sqlite" else address
