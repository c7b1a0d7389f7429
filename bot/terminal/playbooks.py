"""A playbook for a terminal: phase by phase, each line with what goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.domain.incident import Severity
from bot.domain.playbook import Book, Line


def shown(
    title: str, version: str, lines: Sequence[Line], book: Book, severity: Severity, names: Mapping[str, str]
) -> str:
    """The plan of a type at a severity. ``names`` are those of evidence and actions by id."""
    said = [f"{title} at {severity}: {len(lines)} steps, version {version[:12]}"]
    for phase, group in groupby(lines, key=lambda line: line.phase):
        said.append(f"\n{phase.upper()}")
        for line in group:
            by = book.tiers[line.tier][severity]
            said.append(f"  {line.key}  ({line.owner}, within {by})")
            said.append(f"      {line.text}")
            said += [f"      {label}: {value}" for label, value in _details(line, names) if value]
    return "\n".join(said)


def data(version: str, lines: Sequence[Line], book: Book, severity: Severity) -> dict[str, Any]:
    """The same for machines."""
    return {
        "severity": severity.value,
        "version": version,
        "steps": [
            {
                "key": line.key,
                "phase": line.phase.value,
                "activity": line.activity.value,
                "owner": line.owner.value,
                "tier": line.tier,
                "within": str(book.tiers[line.tier][severity]),
                "text": line.text,
                "evidence": list(line.evidence),
                "actions": list(line.actions),
                "tell": [who.value for who in line.tell],
                "gate": line.gate.value if line.gate else None,
                "after": list(line.after),
            }
            for line in lines
        ],
    }


def _details(line: Line, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    def named(ids: Sequence[str]) -> str:
        return ", ".join(f"{one} {names[one]}" if one in names else one for one in ids)

    return (
        ("keep", named(line.evidence)),
        ("may use", named(line.actions)),
        ("tell", ", ".join(line.tell)),
        ("gate", line.gate.replace("_", " ") if line.gate else ""),
        ("after", ", ".join(line.after)),
    )
