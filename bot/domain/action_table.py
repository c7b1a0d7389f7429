"""Action items as a table for other programs: CSV that no spreadsheet runs, and Markdown in which nothing acts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.domain.action_items import defanged
from bot.domain.notices.action_items import ActionItemLine
from bot.domain.people import Profile
from bot.domain.plain import name_of, readable

COLUMNS = (
    "id",
    "incident",
    "action",
    "kind",
    "owner",
    "due",
    "state",
    "moves",
    "step",
    "ended_by",
    "ended_at",
    "reason",
)
Names = Mapping[str, Profile]


def rows(items: Iterable[ActionItemLine], names: Names) -> list[tuple[str, ...]]:
    """A row of plain texts for each item: instants in ISO 8601 UTC, people by name."""
    return [_row(item, names) for item in items]


def as_csv(items: Iterable[ActionItemLine], names: Names) -> str:
    """RFC 4180, every cell quoted, every cell that could be a formula made text."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([defanged(cell) for cell in row] for row in rows(items, names))
    return out.getvalue()


def _row(item: ActionItemLine, names: Names) -> tuple[str, ...]:
    owner = f"{name_of(item.owner_id, names)}{' (has left)' if item.owner_left else ''}" if item.owner_id else ""
    return (
        f"A{item.item_id}",
        item.reference,
        readable(item.text, names).strip(),
        item.kind.value,
        owner,
        _instant(item.due_at),
        item.state.value,
        str(item.moves),
        item.step or "",
        name_of(item.ended_by, names) if item.ended_by else "",
        _instant(item.ended_at),
        readable(item.reason, names).strip(),
    )


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else ""
