"""Containment in a terminal: what can be done, what was done, what was seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from bot.domain.containment.words import Direction, Reversibility, RunState
from bot.domain.notices.containment import ActionItem, DryRun, RunItem, SwitchList
from bot.domain.notices.incident import Summary
from bot.terminal.text import Names, line, person

UNDONE = {
    Reversibility.FULL: "can be undone in full",
    Reversibility.PARTIAL: "can be undone only in part",
    Reversibility.NONE: "CANNOT BE UNDONE",
}
STATE = {RunState.REQUESTED: "waiting for approval", RunState.ROLLED_BACK: "switched on again"}
STEP = {"read": "control plane", "probe": "what users get", "by hand": "seen by hand"}
MARK = {True: "yes", False: "NO", None: "cannot tell"}
WIDTH = 100


class Sighting(Protocol):
    """What a look saw."""

    @property
    def is_as_wanted(self) -> bool | None:
        """As wanted, or not, or nobody can tell."""

    @property
    def what(self) -> str:
        """In words."""


def actions(found: SwitchList) -> str:
    """What can be done, and what that asks of people."""
    if not found.actions:
        return f"{found.summary.reference}: systems.yaml says nothing that could be done about its system."
    lines = []
    for one in found.actions:
        lines += [f"{one.action}  {one.title} ({one.catalogue})", f"  {one.effect}"]
        lines.append(f"  {UNDONE[one.reversibility]}; asked for by {one.asks}; {one.approvers} of {one.agrees} agree")
        lines += [f"  NOT SET: {', '.join(one.missing)}"] if one.missing else []
    return "\n".join(lines)


def listing(found: SwitchList, names: Names) -> str:
    """Every run."""
    rows = [_row(item, names) for item in found.runs]
    return "\n".join([f"Containment of {found.summary.reference}", *(rows or ["  Nothing was asked for yet."])])


def one(summary: Summary, item: RunItem, names: Names) -> str:
    """Where a run stands."""
    wanted = f"\n  {item.wanted} more must agree: {item.agrees}" if item.state is RunState.REQUESTED else ""
    outcome = f"\n  {line(item.outcome, names, 300)}" if item.outcome else ""
    return f"{summary.reference}\n{_row(item, names)}{wanted}{outcome}"


def seen(item: RunItem, looks: Sequence[tuple[str, Sighting]], names: Names) -> str:
    """What a look saw just now."""
    told = [f"  {STEP.get(step, step)}: {MARK[one.is_as_wanted]}, {line(one.what, names, 200)}" for step, one in looks]
    return "\n".join([_row(item, names), *told])


def dry_run(shown: DryRun) -> str:
    """The exact calls."""
    missing = [f"NOT SET: {', '.join(shown.missing)}"] if shown.missing else []
    calls = [call.replace("\x1b", "") for call in shown.calls] or ["Nothing is sent: a person does it by hand."]
    return "\n\n".join([f"Dry run: {shown.title}. Nothing was sent; secrets are masked.", *missing, *calls])


def action(item: ActionItem) -> dict[str, Any]:
    """The same for machines."""
    return {
        "action": item.action,
        "catalogue": item.catalogue,
        "title": item.title,
        "effect": item.effect,
        "reversibility": item.reversibility,
        "approvers": item.approvers,
        "adapter": item.adapter,
        "missing": list(item.missing),
    }


def run(item: RunItem) -> dict[str, Any]:
    """A run for machines."""
    return {
        "number": item.number,
        "catalogue": item.catalogue,
        "title": item.title,
        "direction": item.direction,
        "state": item.state,
        "reason": item.reason,
        "requested_by": item.requested_by,
        "requested_at": item.requested_at.isoformat(),
        "agreed": [{"by": yes.by, "at": yes.at.isoformat()} for yes in item.agreed],
        "is_break_glass": item.is_break_glass,
        "is_automatic": item.is_automatic,
        "ratified_by": item.ratified.by if item.ratified else None,
        "checks": [{"step": c.step, "ok": c.is_as_wanted, "what": c.what, "at": c.at.isoformat()} for c in item.checks],
        "hold_until": item.hold_until.isoformat() if item.hold_until else None,
        "outcome": item.outcome,
    }


def _row(item: RunItem, names: Names) -> str:
    back = "back on: " if item.direction is Direction.ON else ""
    until = f" until {item.hold_until:%H:%M} UTC" if item.state is RunState.HOLDING and item.hold_until else ""
    who = "a breaker" if item.is_automatic else person(item.requested_by, names)
    yes = ", ".join(person(yes.by, names) for yes in item.agreed)
    agreed = f", agreed by {yes}" if yes else ""
    state = STATE.get(item.state, item.state.value)
    return f"  {item.number}. {back}{item.title} ({item.catalogue}): {state}{until}; asked for by {who}{agreed}"
