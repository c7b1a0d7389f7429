"""The investigation record: the four questions answered, hypotheses, reproductions, the scope."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.domain.errors import AlreadyDone, NotFound
from bot.domain.events import FindingAdded
from bot.domain.investigation import (
    Assessment,
    Confidence,
    FindingKind,
    Judgement,
    Proof,
    Reproduction,
    Scope,
    judge,
)
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.lifecycle import utc
from bot.domain.notices.investigation import (
    Assessed,
    AssessForm,
    FindingItem,
    FindingList,
    FindingReceipt,
    HypothesisForm,
    ProofForm,
    ReplayForm,
    ScopeForm,
)
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.guards import require_open
from bot.services.playbook.checklists import Checklists
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.findings import Finding
from storage.incidents import Incident
from storage.store import Unit

PROOFS = {Proof.OPEN: "is open again", Proof.SHOWN: "is shown to be true", Proof.RULED_OUT: "is ruled out"}
WHY = "Say in a few words what shows it."


class Findings:
    """Writes down what is found, each marked as what it is."""

    def __init__(self, work: Work, access: Access, checklists: Checklists, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._checklists = checklists
        self._library = library
        self._command = command

    async def assess(self, incident_id: int, answers: Assessment, *, by: Actor, key: str) -> Assessed:
        """Keep the answers to the four questions, and say which severity they mean and why."""
        async with self._work() as unit:
            incident = await self._open(unit, incident_id, Verb.NOTE, by)
            floor = self._library.severity_floor(incident.type)
            rule = f"{self._library.type_name(incident.type)} is at least {floor}: policy" if floor else ""
            found = judge(answers, floor, rule)
            data = {**asdict(answers), "severity": found.severity, "why": list(found.why)}
            data["provisional"] = found.is_provisional
            text = f"The four questions say {found.severity}{_provisional(found)}: {found.reason}"
            await self._add(unit, incident, FindingKind.ASSESSMENT, text, data, by, key)
            is_set = incident.severity is found.severity and incident.is_provisional is found.is_provisional
            return Assessed(summary(incident), found, is_set)

    async def suppose(self, incident_id: int, text: str, *, by: Actor, key: str) -> FindingReceipt:
        """Write down a hypothesis; it stays one until somebody shows it or rules it out."""
        stated = stated_reason(text, "Say what you think the cause is.", "text")
        async with self._work() as unit:
            incident = await self._open(unit, incident_id, Verb.NOTE, by)
            data = {"proof": Proof.OPEN}
            finding = await self._add(unit, incident, FindingKind.HYPOTHESIS, stated, data, by, key)
            return FindingReceipt(summary(incident), item(finding))

    async def settle(self, finding_id: int, proof: Proof, why: str, *, by: Actor) -> FindingReceipt:
        """Say what became of a hypothesis, and what shows it. Raises AlreadyDone when it is so already."""
        stated = stated_reason(why, WHY)
        async with self._work() as unit:
            found = await unit.findings.get(finding_id)
            if found is None or found.kind is not FindingKind.HYPOTHESIS:
                raise NotFound(NO_SUCH)
            incident = await self._open(unit, found.incident_id, Verb.NOTE, by)
            finding = await unit.findings.get(finding_id, fresh=True) or found
            if finding.data.get("proof") == proof:
                raise AlreadyDone(f"Hypothesis {finding.number} {PROOFS[proof]} already. Nothing was changed.")
            finding.data = {**finding.data, "proof": proof, "why": stated, "settled_by": str(by)}
            text = f"Hypothesis {finding.number} {PROOFS[proof]}: {finding.text}: {stated}"
            self._tell(unit, finding, text, by)
            return FindingReceipt(summary(incident), item(finding))

    async def reproduce(
        self, incident_id: int, tried: Reproduction, *, by: Actor, key: str, step_id: int | None = None
    ) -> FindingReceipt:
        """Keep how often it fired of how many tries. ``step_id``: tick that step if, with the fix, it never did."""
        async with self._work() as unit:
            incident = await self._open(unit, incident_id, Verb.NOTE, by)
            if (known := await unit.findings.by_source(key)) is not None:
                return FindingReceipt(summary(incident), item(known))
            when = "after the fix" if tried.after_fix else "reproduced"
            text = f"{when.capitalize()}: it fired {tried.rate}" + (f" ({tried.settings})" if tried.settings else "")
            finding = await self._add(unit, incident, FindingKind.REPRODUCTION, text, asdict(tried), by, key)
            note = await self._ticked(unit, incident, tried, step_id, by)
            return FindingReceipt(summary(incident), item(finding), note)

    async def estimate(self, incident_id: int, scope: Scope, *, by: Actor, key: str) -> FindingReceipt:
        """Keep who was exposed between the first bad output and containment, and how sure that is."""
        async with self._work() as unit:
            incident = await self._open(unit, incident_id, Verb.NOTE, by)
            data = {**asdict(scope), "window": _window(incident)}
            text = f"Exposed: {scope.number} ({scope.who}), confidence {scope.confidence}"
            text += f": {scope.basis}" if scope.basis else ""
            finding = await self._add(unit, incident, FindingKind.SCOPE, text, data, by, key)
            return FindingReceipt(summary(incident), item(finding))

    async def listing(self, incident_id: int, *, by: Actor) -> FindingList:
        """Everything that was written down."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            items = tuple(item(finding) for finding in await unit.findings.of(incident.key))
        return FindingList(summary(incident), items, self._command)

    async def last_reason(self, incident_id: int, *, by: Actor) -> str:
        """What the last answers to the four questions said; empty when nobody answered them."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            found = [one for one in await unit.findings.of(incident.key) if one.kind is FindingKind.ASSESSMENT]
        return "; ".join(found[-1].data.get("why", ())) if found else ""

    async def assess_form(self, incident_id: int, *, by: Actor) -> AssessForm:
        """The four questions."""
        return AssessForm(summary(await self._open_one(incident_id, by)))

    async def hypothesis_form(self, incident_id: int, *, by: Actor) -> HypothesisForm:
        """The form for a hypothesis."""
        return HypothesisForm(summary(await self._open_one(incident_id, by)))

    async def replay_form(self, incident_id: int, *, by: Actor) -> ReplayForm:
        """The form for a reproduction."""
        return ReplayForm(summary(await self._open_one(incident_id, by)))

    async def scope_form(self, incident_id: int, *, by: Actor) -> ScopeForm:
        """The form for the scope."""
        incident = await self._open_one(incident_id, by)
        return ScopeForm(summary(incident), _window(incident))

    async def proof_form(self, finding_id: int, *, by: Actor) -> ProofForm:
        """The form that asks what became of a hypothesis."""
        async with self._work.read() as unit:
            finding = await unit.findings.get(finding_id)
            if finding is None:
                raise NotFound(NO_SUCH)
            incident = await self._access.get(unit, finding.incident_id, Verb.NOTE, by)
            return ProofForm(summary(incident), item(finding))

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> int:
        """The id of the incident's finding with this number. Raises NotFound, with the way to the list."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            finding = await unit.findings.by_number(incident.key, number)
        if finding is None or finding.id is None:
            raise NotFound(f"{incident.reference} has no finding {number}. `{self._command} findings` lists them.")
        return finding.id

    async def _ticked(self, unit: Unit, incident: Incident, tried: Reproduction, step_id: int | None, by: Actor) -> str:
        if step_id is None:
            return ""
        step = await unit.steps.get(step_id, fresh=True)
        if step is None or step.incident_id != incident.key or step.is_settled:
            return ""
        if tried.fired or not tried.after_fix:
            return f"Step {step.number} stays open: the trigger still fires {tried.rate}."
        self._checklists.settle(unit, incident, step, by)
        return f"Step {step.number} is done."

    async def _add(
        self, unit: Unit, incident: Incident, kind: FindingKind, text: str, data: dict[str, Any], by: Actor, key: str
    ) -> Finding:
        known = await unit.findings.by_source(key)
        if known is not None:
            return known
        finding = await unit.findings.add(
            Finding(
                incident_id=incident.key,
                number=await unit.findings.next_number(incident.key),
                kind=kind,
                text=text,
                data=data,
                found_at=self._work.now(),
                found_by=str(by),
                source_key=key,
            )
        )
        said = f"Hypothesis {finding.number} (not shown): {text}" if kind is FindingKind.HYPOTHESIS else text
        self._tell(unit, finding, said, by)
        return finding

    def _tell(self, unit: Unit, finding: Finding, text: str, by: Actor) -> None:
        data = {"finding": finding.number, "kind": finding.kind}
        unit.timeline.note(finding.incident_id, EntryKind.FINDING, text, by=by, at=self._work.now(), data=data)
        unit.tell(FindingAdded(finding.incident_id, finding.number))

    async def _open(self, unit: Unit, incident_id: int, verb: Verb, by: Actor) -> Incident:
        incident = await self._access.get(unit, incident_id, verb, by, lock=True)
        await require_open(unit, incident)
        return incident

    async def _open_one(self, incident_id: int, by: Actor) -> Incident:
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by)
            await require_open(unit, incident)
        return incident


def item(finding: Finding) -> FindingItem:
    """A finding as screens show it."""
    data, kind = finding.data, finding.kind
    return FindingItem(
        finding_id=finding.id or 0,
        number=finding.number,
        kind=kind,
        text=finding.text,
        by=finding.found_by,
        at=finding.found_at,
        proof=Proof(data.get("proof", Proof.OPEN)) if kind is FindingKind.HYPOTHESIS else None,
        why=str(data.get("why", "")) if kind is FindingKind.HYPOTHESIS else "",
        reproduction=_reproduction(data) if kind is FindingKind.REPRODUCTION else None,
        scope=_scope(data) if kind is FindingKind.SCOPE else None,
    )


def _reproduction(data: dict[str, Any]) -> Reproduction:
    return Reproduction(data["fired"], data["tried"], data.get("settings", ""), bool(data.get("after_fix")))


def _scope(data: dict[str, Any]) -> Scope:
    return Scope(data["who"], data["low"], data["high"], Confidence(data["confidence"]), data.get("basis", ""))


def _provisional(found: Judgement) -> str:
    return ", provisionally" if found.is_provisional else ""


def _window(incident: Incident) -> str:
    """From the first bad output to containment, in words."""
    started = incident.facts.get("started_at")
    begun = f"{started[:16].replace('T', ' ')} UTC" if isinstance(started, str) and started else "not known"
    ended = f"contained {utc(incident.contained_at)}" if incident.contained_at else "not contained yet"
    return f"first bad output {begun}; {ended}"
