"""Suggestions for the playbooks in a terminal: a list for people, a YAML fragment for the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.terminal.text import Names, line, paragraph, person, place, utc

FIRST = ("id", "activity", "phase", "owner", "tier", "gate", "evidence", "actions", "tell", "after")


@dataclass(frozen=True, slots=True)
class Row:
    """A suggestion. ``file`` is the playbook it is about, ``step`` the step as that file writes it, if about one."""

    reference: str
    text: str
    by: str
    at: datetime
    file: str
    step: Mapping[str, Any] | None


def listing(rows: Sequence[Row], names: Names) -> str:
    """Who suggested what, oldest first."""
    if not rows:
        return "Nothing has been suggested yet. In an incident's channel: `/incident suggest …`."
    said = []
    for row in rows:
        about = f"{row.file}.{row.step['id']}" if row.step else row.file
        said.append(f"{row.reference}  {place(about)}  {utc(row.at)}  {person(row.by, names)}")
        said += paragraph(row.text, names)
    return "\n".join(said)


def fragment(rows: Sequence[Row], names: Names) -> str:
    """The steps as their files write them, each under what is suggested for it: edit, and put them in their file."""
    documents = []
    for file, group in groupby(sorted(rows, key=lambda row: row.file), key=lambda row: row.file):
        mine = list(group)
        steps = {row.step["id"]: row.step for row in mine if row.step}
        said = [f"# responses/{file}.yaml", *(_comment(row, names) for row in mine if row.step is None)]
        said += [f"type: {file}", "steps:" if steps else "steps: []"]
        for step_id, step in steps.items():
            said += [f"  {_comment(row, names)}" for row in mine if row.step and row.step["id"] == step_id]
            said.append(_step(step))
        documents.append("\n".join(said))
    return "\n---\n".join(documents)


def data(rows: Sequence[Row], names: Names) -> dict[str, Any]:
    """The same for machines."""
    return {
        "suggestions": [
            {
                "incident": row.reference,
                "playbook": row.file,
                "step": row.step["id"] if row.step else None,
                "text": row.text,
                "by": person(row.by, names),
                "at": row.at.isoformat(),
            }
            for row in rows
        ]
    }


def _comment(row: Row, names: Names) -> str:
    return f"# {row.reference}, {utc(row.at)}, {person(row.by, names)}: {line(row.text, names)}"


def _step(step: Mapping[str, Any]) -> str:
    parts = [f"{name}: {_flow(step[name])}" for name in FIRST if name in step]
    return f"  - {{{', '.join(parts)},\n     text: {json.dumps(step['text'], ensure_ascii=False)}}}"


def _flow(value: Any) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)
