"""What every act on a run writes: its state, the timeline, the facts that follow; and the order it stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.containment import run as rules
from bot.domain.containment.words import Direction, RunState
from bot.domain.errors import NotFound
from bot.domain.events import SwitchApproved, SwitchChanged, SwitchFailed
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH
from bot.services.containment.ports import Order
from playbooks.actions import Action
from storage.incidents import Incident
from storage.store import Unit
from storage.switches import ContainmentRun

MOST_CHECKS = 60


async def found(unit: Unit, run_id: int, *, lock: bool = True) -> tuple[ContainmentRun, Incident]:
    """The run as it is now, and its incident, locked. Raises NotFound."""
    row = await unit.switches.get(run_id)
    incident = await unit.incidents.get(row.incident_id, lock=lock) if row else None
    fresh = await unit.switches.get(run_id, fresh=True)
    if fresh is None or incident is None:
        raise NotFound(NO_SUCH)
    return fresh, incident


def note(unit: Unit, row: ContainmentRun, act: str, text: str, *, by: Actor, at: datetime, **more: Any) -> None:
    """A line of the timeline, and whoever shows the run shows it anew."""
    data = {"act": act, "run": row.number, "catalogue": row.catalogue, **more}
    unit.timeline.note(row.incident_id, EntryKind.SWITCH, text, by=by, at=at, data=data)
    unit.tell(SwitchChanged(row.incident_id, row.key))


def owe(unit: Unit, row: ContainmentRun) -> None:
    """It may begin; what cannot begin in time expires."""
    row.look_at(row.expires_at)
    unit.tell(SwitchApproved(row.incident_id, row.key))


def fail(unit: Unit, row: ContainmentRun, why: str, at: datetime) -> None:
    """It failed, and people must hear it."""
    row.become(rules.move(row.run(), RunState.FAILED))
    end(row, at, ANDON, why)
    note(unit, row, "failed", f"{named(row)} FAILED: {why}", by=ANDON, at=at)
    unit.tell(SwitchFailed(row.incident_id, row.key))


def end(row: ContainmentRun, at: datetime, by: Actor, why: str) -> None:
    """Nothing is to happen to it any more by itself."""
    row.ended_at, row.ended_by, row.outcome = at, str(by), why
    row.look_at(None)


def saw(row: ContainmentRun, step: str, is_as_wanted: bool | None, what: str, at: datetime) -> bool:
    """Keep what a look saw, unless the last look of this kind saw the same; whether it was something new."""
    earlier = [check for check in row.checks if check.get("step") == step]
    if earlier and earlier[-1].get("ok") is is_as_wanted and len(row.checks) > 2:
        return False
    line = {"step": step, "ok": is_as_wanted, "what": what, "at": at.isoformat()}
    row.checks = [*row.checks, line][-MOST_CHECKS:]
    return True


def named(row: ContainmentRun) -> str:
    """The run in a sentence."""
    back = ", back on" if row.direction is Direction.ON else ""
    return f"Containment {row.number} ({row.catalogue}{back}) “{row.title}”"


def action_of(row: ContainmentRun) -> Action:
    """The action as it was asked for. Raises ValueError for a copy that is not understood any more."""
    return Action.model_validate(row.plan)


def order_of(row: ContainmentRun, incident: Incident) -> Order:
    """What the switchboard is to do."""
    return Order(
        action=action_of(row),
        direction=row.direction,
        key=row.call_key,
        reference=f"{incident.reference} run {row.number}",
        requested_by=row.requested_by,
        approved_by=tuple(approval.by.id for approval in row.run().approvals),
        expires_at=row.expires_at,
        is_drill=incident.is_drill,
    )
