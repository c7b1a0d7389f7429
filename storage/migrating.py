"""Alembic, which moves a database from one version of the schema to another. Loaded only where that is to be done."""

from __future__ import annotations

from threading import Lock

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_one_by_one = Lock()  # Alembic keeps what it works on in one place for the whole process


def config() -> Config:
    """Where the migrations are."""
    made = Config()
    made.set_main_option("script_location", "storage:migrations")
    return made


def run(connection: Connection, work: str, *args: str) -> None:
    """One command of Alembic (``upgrade``, ``downgrade``, ``check``) on this connection, committed."""
    made = config()
    made.attributes["connection"] = connection
    with _one_by_one:
        getattr(command, work)(made, *args)
    connection.commit()
