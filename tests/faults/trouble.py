"""What can befall a database, as context managers: while inside, it is so; afterwards all is well again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event

from storage.database import Database

MOST_PAGES = 1_073_741_823
Trouble = Callable[[Database], AbstractContextManager[None]]
ALWAYS: Callable[[], bool] = lambda: True  # noqa: E731


@contextmanager
def full(database: Database, when: Callable[[], bool] = ALWAYS) -> Iterator[None]:
    """No page more: SQLite by its own limit, PostgreSQL by answering as it does when its disk is full."""
    if not database.is_sqlite:
        with _refused(database, "53100", "could not extend file: No space left on device"):
            yield
        return
    with _pragmas(database, lambda used: f"max_page_count={used if when() else MOST_PAGES}"):
        yield


@contextmanager
def read_only(database: Database, when: Callable[[], bool] = ALWAYS) -> Iterator[None]:
    """Every statement that would write is refused."""
    if database.is_sqlite:
        with _pragmas(database, lambda _: f"query_only={'ON' if when() else 'OFF'}"):
            yield
        return
    try:
        _alter(database, "SET default_transaction_read_only = on")
        yield
    finally:
        _alter(database, "RESET default_transaction_read_only")


@contextmanager
def _pragmas(database: Database, pragma: Callable[[int], str]) -> Iterator[None]:
    """Set on every connection when it is taken from the pool, and set free when it is next taken after this is over."""
    engine, over = database.engine.sync_engine, False

    def set_it(connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        if over:
            cursor.execute(f"PRAGMA max_page_count={MOST_PAGES}")
            cursor.execute("PRAGMA query_only=OFF")
        else:
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA {pragma(cursor.fetchone()[0])}")
        cursor.close()

    event.listen(engine, "checkout", set_it)
    try:
        yield
    finally:
        over = True


def _alter(database: Database, what: str) -> None:
    """Change a setting of the database for every session, those that are open included."""
    name = database.url.database or ""
    with _maintenance(database) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} " + what).format(sql.Identifier(name)))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


@contextmanager
def _refused(database: Database, code: str, words: str) -> Iterator[None]:
    """Every insert and update fails with this error."""
    with _maintenance(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        body = f"BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{words}'; END"
        connection.execute(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        for table in tables:
            connection.execute(
                sql.SQL("CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {} EXECUTE FUNCTION refuse()").format(
                    sql.Identifier(table)
                )
            )
    try:
        yield
    finally:
        with _maintenance(database) as connection:
            connection.execute("DROP FUNCTION refuse CASCADE")


@contextmanager
def _maintenance(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of our own, which may write whatever the database's setting says."""
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        yield connection
