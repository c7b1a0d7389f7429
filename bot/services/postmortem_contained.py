"""Containment for the post-mortem: every run of an incident, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain import postmortem as pm
from bot.domain.containment.run import said
from bot.domain.containment.words import Direction
from storage.store import Unit
from storage.switches import ContainmentRun

STEP = {"read": "control plane", "probe": "what users got", "by hand": "seen by hand"}
MARK = {True: "as wanted", False: "not as wanted", None: "nobody could tell"}


async def contained(unit: Unit, number: int) -> tuple[pm.ContainmentLine, ...]:
    """What was switched off and on again, oldest first."""
    return tuple(_line(row) for row in await unit.switches.of(number))


def people(lines: Sequence[pm.ContainmentLine]) -> Iterable[str]:
    """The Slack ids of all who asked or agreed."""
    return [who for line in lines for who in (line.asked_by, *line.agreed) if ":" not in who]


def _line(row: ContainmentRun) -> pm.ContainmentLine:
    run = row.run()
    agreed = [approval.by.id for approval in (*run.approvals, *([run.ratified] if run.ratified else []))]
    back = "Back on: " if row.direction is Direction.ON else ""
    return pm.ContainmentLine(
        number=row.number,
        what=f"{back}{row.title} ({row.catalogue})",
        state=said(row.state),
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        agreed=tuple(agreed),
        alone=run.is_break_glass,
        why=row.reason,
        harm_cannot_wait=row.harm_cannot_wait,
        seen="; ".join(_seen(check) for check in row.checks[-6:]),
        outcome=row.outcome,
    )


def _seen(check: dict[str, object]) -> str:
    at = datetime.fromisoformat(str(check.get("at")))
    ok = check.get("ok")
    mark = MARK[ok if isinstance(ok, bool) else None]
    return f"{STEP.get(str(check.get('step')), check.get('step'))} {mark} at {at:%H:%M}"
