"""How often anything was written to a database by this process: whoever knows the count need not look again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from storage.database import Database

SAYS_NOTHING = ("SELECT", "BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")


class Changes:
    """Counts the statements that changed rows, from its making on."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        event.listen(database.engine.sync_engine, "after_cursor_execute", self._note)

    def _note(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if cursor.rowcount != 0 and not statement.startswith(SAYS_NOTHING):
            self.count += 1
