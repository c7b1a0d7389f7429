"""Fixtures for every test."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot import logs
from storage import database
from tests import engines
from tests.faults.matrix.table import pytest_terminal_summary as pytest_terminal_summary  # noqa: PLC0414
from tests.office import Office, open_office
from tests.workshop import Workshop, open_workshop

pytest_plugins = ("tests.databases",)

# Every test has files of its own, thousands in all and soon gone: where there is room, Linux keeps them in memory.
MEMORY, ROOM = Path("/dev/shm"), 1 << 30
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# A quarter of what Hypothesis tries by itself, and no clock on it: the machine may be busy with other tests.
settings.register_profile("andon", max_examples=25, deadline=None)
settings.load_profile("andon")


def pytest_collection_finish() -> None:
    """What is loaded by now stays, so that no collection of garbage need look through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's SDK reads proxies from the environment and ignores NO_PROXY: the sandbox would be out of reach."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def quiet_logs() -> None:
    """Logs as the program writes them, warnings and worse."""
    logs.configure("console", "warning")


@pytest.fixture(autouse=True, scope="session")
def cheap_databases() -> Iterator[None]:
    """Every database of the tests knows what the ones before had compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_async_engine", engines.shared)
        yield


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """Services on SQLite with a fake chat."""
    async with open_workshop(tmp_path) as opened:
        yield opened


@pytest.fixture
async def office(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Office]:
    """The whole company on the wire, on SQLite."""
    shutil.copy(sqlite_template, tmp_path / "andon.db")
    async with open_office(tmp_path) as opened:
        yield opened
