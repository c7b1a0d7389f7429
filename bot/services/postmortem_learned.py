"""What a post-mortem says of the playbook and the investigation, in four statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain import postmortem as pm
from bot.domain.investigation import FindingKind, Proof
from storage.findings import Finding
from storage.incidents import Incident
from storage.steps import PlaybookStep
from storage.store import Unit


async def learned(unit: Unit, incident: Incident, ai: pm.AiFacts) -> tuple[pm.Learned, pm.AiFacts]:
    """What is kept of it, and the AI facts with the latest reproduction before the fix."""
    number = incident.key
    plan, findings = await unit.steps.plan(number), await unit.findings.of(number)
    found = pm.Learned(
        version=plan.version if plan else None,
        playbook=tuple(_step(step) for step in await unit.steps.of(number) if step.is_planned),
        findings=tuple(_finding(finding) for finding in findings),
        suggestions=tuple(
            pm.SuggestionLine(text=one.text, by=one.suggested_by, at=one.suggested_at, step=one.step_key)
            for one in await unit.suggestions.of(number)
        ),
    )
    return found, replace(ai, **_reproduction(findings))


def _step(step: PlaybookStep) -> pm.PlaybookLine:
    return pm.PlaybookLine(
        number=step.number,
        phase=step.phase,
        role=step.role,
        text=step.text,
        due_at=step.due_at,
        done_at=step.done_at,
        done_by=step.done_by,
        dropped_at=step.dropped_at,
        dropped_by=step.dropped_by,
        reason=step.drop_reason,
    )


def _finding(finding: Finding) -> pm.FindingLine:
    is_hypothesis = finding.kind is FindingKind.HYPOTHESIS
    return pm.FindingLine(
        number=finding.number,
        kind=finding.kind,
        text=finding.text,
        by=finding.found_by,
        at=finding.found_at,
        proof=Proof(finding.data.get("proof", Proof.OPEN)) if is_hypothesis else None,
        why=str(finding.data.get("why") or "") if is_hypothesis else "",
    )


def _reproduction(findings: Sequence[Finding]) -> dict[str, Any]:
    kept = [one.data for one in findings if one.kind is FindingKind.REPRODUCTION and not one.data.get("after_fix")]
    if not kept:
        return {}
    return {"reproduced": kept[-1]["fired"], "tried": kept[-1]["tried"], "settings": kept[-1].get("settings") or None}
