"""Gates between phases: what should hold before containment and remediation are left, or be said not to."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.errors import BadInput
from bot.domain.incident import WORKING, Phase
from bot.domain.lifecycle import BEFORE_INVESTIGATION
from bot.domain.playbook import Gate
from storage.incidents import Incident
from storage.store import Unit

CONTAINMENT = ("verified containment",)
WORDS = {
    Gate.STAGING_TEST: "the test in staging",
    Gate.TRIGGER_GONE: "that the trigger no longer fires",
    Gate.NO_REGRESSION: "that the regression evaluation is not worse",
}


async def unmet(unit: Unit, incident: Incident) -> tuple[Gate, ...]:
    """The validation gates that still have an open step; none for an incident without a playbook."""
    waiting = {step.gate for step in await unit.steps.gates(incident.key) if not step.is_settled and step.is_planned}
    return tuple(gate for gate in Gate if gate in waiting)


def listed(gates: Sequence[Gate]) -> str:
    """These gates in words."""
    return ", ".join(WORDS[gate] for gate in gates)


async def check_leaving(unit: Unit, incident: Incident, target: Phase, anyway: str) -> str:
    """What is passed by, in words; empty when nothing. Raises BadInput about ``anyway`` unless a reason is stated."""
    missing: list[str] = []
    if incident.phase in BEFORE_INVESTIGATION and target not in BEFORE_INVESTIGATION and incident.contained_at is None:
        missing += CONTAINMENT
    if WORKING.index(target) > WORKING.index(Phase.REMEDIATION) >= WORKING.index(incident.phase):
        missing += [WORDS[gate] for gate in await unmet(unit, incident)]
    if missing and not anyway.strip():
        way = "`contained <how verified>` says how the harm was stopped. " if missing[0] in CONTAINMENT else ""
        raise BadInput(
            f"Before {target} comes {', '.join(missing)}. {way}"
            f"If it cannot wait, say why: `phase {target} anyway <why>`.",
            field="anyway",
        )
    return ", ".join(missing)
