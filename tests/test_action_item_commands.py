"""`andon action-items`: listed and exported at a terminal; no cell is a formula, no private one is seen."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.postmortem import ActionKind
from storage.action_items import ActionItem
from storage.store import Unit
from tests.test_incident_commands import (
    Terminal,
    both,
    database_url,
    postgresql_current_url,
    sqlite_current_url,
    terminal,
)

__all__ = ["database_url", "postgresql_current_url", "sqlite_current_url", "terminal"]
FORMULA = '=HYPERLINK("https://evil.example","click")'


async def _promise(unit: Unit) -> None:
    now = datetime.now(UTC)
    for number, text, owner in ((1, FORMULA, "URAE"), (1, "A *limit* | <@ULENA>", None), (2, "Secret", "ULENA")):
        item = ActionItem(
            incident_id=number,
            text=text,
            kind=ActionKind.PREVENT,
            owner_id=owner,
            due_at=now + timedelta(days=3) if owner else None,
            added_by="person:URAE",
            added_at=now,
        )
        await unit.action_items.add(item)


@both
def test_items_are_listed_and_exported(terminal: Terminal, tmp_path: Path) -> None:
    """Open ones by due date; CSV reads back as it was typed, but no cell begins a formula; Markdown does nothing."""
    assert "no action items" in terminal.did("action-items", "list")
    terminal.did("incident", "declare", "The shop bot gives 99% off")
    terminal.did("incident", "declare", "Secret", "--private", by="lena")
    terminal.unit(_promise)
    said = terminal.did("action-items", "list")
    assert "A1" in said and "nobody" in said and "Secret" not in said
    found = terminal.data("action-items", "list", "AI-0001")["action_items"]
    assert [one["id"] for one in found] == ["A1", "A2"]
    assert (found[0]["owner"], found[1]["text"]) == ("Rae Okafor", "A *limit* | <@ULENA>")
    rows = list(csv.reader(io.StringIO(terminal.did("action-items", "export"))))
    assert rows[0][:3] == ["id", "incident", "action"]
    assert rows[1][2] == f"'{FORMULA}"
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert len(rows) == 3
    table = terminal.did("action-items", "export", "AI-0001", "--table", "md")
    assert "\\*limit\\* \\|" in table and "<@" not in table
    file = tmp_path / "items.csv"
    assert "3 action items are in" in terminal.did("action-items", "export", "--out", str(file), by="lena")
    assert file.read_bytes().count(b"\r\n") == 4
    assert [one["id"] for one in terminal.data("action-items", "list", "--mine", by="lena")["action_items"]] == ["A3"]
    assert "There is no such incident" in terminal.refused("action-items", "list", "AI-0002")
