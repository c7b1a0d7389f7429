"""The checklist of an incident: its steps ticked, said not to be needed, assigned, listed."""

from __future__ import annotations

from bot.domain.errors import BadInput, NotAllowed, NotFound
from bot.domain.events import StepGiven, StepsChanged
from bot.domain.investigation import FindingKind
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.notices import Notice
from bot.domain.notices.investigation import ReplayForm
from bot.domain.notices.playbook import ChecklistScreen, StepAssignForm, StepDropForm, StepItem, StepReceipt
from bot.domain.people import Actor
from bot.domain.permissions import Verb, may_see
from bot.domain.playbook import Gate
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.guards import already, require_open
from bot.services.naming import Naming
from bot.services.playbook.reading import checklist, item
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.steps import PlaybookStep
from storage.store import Unit

WHY_DROP = "Say in a few words why it is not needed."


class Checklists:
    """What the playbook wants of an incident."""

    def __init__(self, work: Work, access: Access, naming: Naming, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._naming = naming
        self._library = library
        self._command = command

    async def done(self, step_id: int, *, by: Actor) -> Notice:
        """It is done. Raises AlreadyDone, naming who was first, and BadInput while it waits for another step.

        That a trigger is gone wants to be shown: without a replay after the fix the answer is the form for it.
        """
        async with self._work() as unit:
            step, incident = await self._open_step(unit, step_id, by)
            await self._check_turn(unit, step)
            if step.gate is Gate.TRIGGER_GONE and not await _is_shown_gone(unit, incident):
                return ReplayForm(summary(incident), step.step_id)
            return self.settle(unit, incident, step, by)

    def settle(self, unit: Unit, incident: Incident, step: PlaybookStep, by: Actor) -> StepReceipt:
        """Tick it within the caller's transaction."""
        step.done_at, step.done_by = self._work.now(), str(by)
        self._note(unit, step, "done", by, f"Step {step.number} done: {step.text}")
        return self._receipt(unit, incident, step)

    async def drop(self, step_id: int, why: str, *, by: Actor) -> StepReceipt:
        """It is not needed, for a stated reason."""
        stated = stated_reason(why, WHY_DROP)
        async with self._work() as unit:
            step, incident = await self._open_step(unit, step_id, by)
            step.dropped_at, step.dropped_by, step.drop_reason = self._work.now(), str(by), stated
            text = f"Step {step.number} not needed: {step.text}: {stated}"
            self._note(unit, step, "dropped", by, text, reason=stated)
            return self._receipt(unit, incident, step)

    async def assign(self, step_id: int, user_id: str, *, by: Actor) -> StepReceipt:
        """Somebody sees to it. Raises NotAllowed for an outsider of a private incident."""
        owner = await self._naming.by_id(user_id)
        async with self._work() as unit:
            step, incident = await self._open_step(unit, step_id, by)
            standings = await self._access.standings(unit, incident, Actor.person(owner.id))
            if not may_see(incident.is_private, standings):
                raise NotAllowed(
                    f"{incident.reference} is private and {owner.name} is not part of it. "
                    f"Let them in first: `{self._command} invite`."
                )
            if step.owner_id != owner.id:
                step.owner_id = owner.id
                self._note(unit, step, "assigned", by, f"Step {step.number} for <@{owner.id}>: {step.text}")
                if owner.id != by.id:
                    unit.tell(StepGiven(incident.key, step.step_id, owner.id, str(by)))
            return self._receipt(unit, incident, step)

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> int:
        """The id of the incident's step with this number. Raises NotFound, with the way to the list."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            step = await unit.steps.by_number(incident.key, number)
        if step is None or not step.is_planned:
            raise NotFound(f"{incident.reference} has no step {number}. `{self._command} playbook` lists them.")
        return step.step_id

    async def screen(self, incident_id: int, *, by: Actor) -> ChecklistScreen:
        """All of it."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            return ChecklistScreen(await checklist(unit, incident, self._library, self._work.now(), self._command))

    async def drop_form(self, step_id: int, *, by: Actor) -> StepDropForm:
        """The form that asks why a step is not needed."""
        async with self._work.read() as unit:
            step, incident = await self._open_step(unit, step_id, by, lock=False)
            return StepDropForm(summary(incident), self._item(step))

    async def assign_form(self, step_id: int, *, by: Actor) -> StepAssignForm:
        """The form that asks who sees to a step."""
        async with self._work.read() as unit:
            step, incident = await self._open_step(unit, step_id, by, lock=False)
            return StepAssignForm(summary(incident), self._item(step))

    async def _open_step(
        self, unit: Unit, step_id: int, by: Actor, *, lock: bool = True
    ) -> tuple[PlaybookStep, Incident]:
        """The step, still to do, of an open incident, which is locked."""
        found = await unit.steps.get(step_id)
        if found is None:
            raise NotFound(NO_SUCH)
        incident = await self._access.get(unit, found.incident_id, Verb.DO_TASK, by, lock=lock)
        step = await unit.steps.get(step_id, fresh=True) or found
        if step.done_at is not None:
            raise await already(unit, f"Step {step.number} was done", step.done_by, step.done_at)
        if step.dropped_at is not None:
            raise await already(unit, f"Step {step.number} was said not to be needed", step.dropped_by, step.dropped_at)
        await require_open(unit, incident)
        return step, incident

    async def _check_turn(self, unit: Unit, step: PlaybookStep) -> None:
        if not step.after:
            return
        for other in await unit.steps.of(step.incident_id):
            if other.key in step.after and not other.is_settled and other.withdrawn_at is None:
                raise BadInput(
                    f"Step {other.number} comes first: {other.text}. "
                    "If that one is not needed here, say so there with the reason."
                )

    def _item(self, step: PlaybookStep) -> StepItem:
        return item(step, self._library.catalogue_names(), self._work.now())

    def _note(self, unit: Unit, step: PlaybookStep, act: str, by: Actor, text: str, **more: str) -> None:
        data = {"act": act, "step": step.number, "key": step.key, **more}
        unit.timeline.note(step.incident_id, EntryKind.PLAYBOOK, text, by=by, at=self._work.now(), data=data)

    def _receipt(self, unit: Unit, incident: Incident, step: PlaybookStep) -> StepReceipt:
        unit.tell(StepsChanged(incident.key))
        return StepReceipt(summary(incident), self._item(step))


async def _is_shown_gone(unit: Unit, incident: Incident) -> bool:
    """Whether the trigger was replayed after the fix and did not fire once."""
    found = await unit.findings.of(incident.key)
    replays = [one.data for one in found if one.kind is FindingKind.REPRODUCTION and one.data.get("after_fix")]
    return bool(replays) and replays[-1].get("fired") == 0
