"""What people see of containment: the form, the list, a run as it stands, and what would be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.containment.words import MAY_HAVE_MOVED, Direction, Reversibility, list_of
from bot.domain.errors import BadInput, NotFound
from bot.domain.evidence import WantedItem
from bot.domain.incident import IncidentType, Severity
from bot.domain.notices.containment import (
    ActionItem,
    Agreed,
    ByHandForm,
    DryRun,
    RunItem,
    Seen,
    SwitchBackForm,
    SwitchForm,
    SwitchList,
    SwitchReceipt,
    SwitchRefuseForm,
)
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.altering import untold
from bot.services.completeness import wanted
from bot.services.containment.ports import Order, Switchboard
from bot.services.containment.record import action_of, found, order_of
from bot.services.guards import require_open
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.actions import Action
from playbooks.catalogue import span
from playbooks.library import Library
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.switches import ContainmentRun

NO_SYSTEM = (
    "Andon does not know which AI system this is about, so it cannot say what can be switched off. Name the system "
    "with *Answer a few questions*, or state containment by hand with `contained`."
)
NO_ACTIONS = (
    "systems.yaml says nothing that could be done about {name}. Contain it by hand, and say so with `contained`."
)


class Reading:
    """Reads, and changes nothing."""

    def __init__(self, work: Work, access: Access, library: Library, board: Switchboard, command: str) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._board = board
        self._command = command

    async def form(
        self, incident_id: int, *, by: Actor, chosen: str | None = None, why: str = "", problem: str = ""
    ) -> SwitchForm:
        """The form with the system's actions. Raises BadInput where there are none."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            await require_open(unit, incident)
            exhibits = [kept for kept in await unit.evidence.of(incident.key) if kept.redacted_at is None]
            waiting = await untold(unit, incident.key)
        system = self._library.system(incident.system)
        if system is None:
            raise BadInput(NO_SYSTEM)
        if not system.actions:
            raise BadInput(NO_ACTIONS.format(name=system.name))
        minutes = int(span(self._library.containment.ratify_within).total_seconds() // 60)
        alone = incident.severity is Severity.SEV1
        about, items = summary(incident), self._items(incident)
        missing = tuple(f"{one.id} {one.name}" for one in snapshot(self._library, incident, exhibits))
        return SwitchForm(
            about, system.name, items, len(exhibits), alone, minutes, chosen, waiting, missing, why, problem
        )

    async def refuse_form(self, run_id: int, *, by: Actor) -> SwitchRefuseForm:
        """The form that asks why not."""
        row, incident = await self._seen(run_id, by)
        return SwitchRefuseForm(summary(incident), item(row))

    async def back_form(self, run_id: int, *, by: Actor) -> SwitchBackForm:
        """The form that asks why it is safe again."""
        row, incident = await self._seen(run_id, by)
        return SwitchBackForm(summary(incident), item(row))

    async def by_hand_form(self, run_id: int, *, by: Actor) -> ByHandForm:
        """The form that asks what was done."""
        row, incident = await self._seen(run_id, by)
        return ByHandForm(summary(incident), item(row))

    async def listing(self, incident_id: int, *, by: Actor) -> SwitchList:
        """What was done and what can be done."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            runs = tuple(item(row) for row in await unit.switches.of(incident.key))
        return SwitchList(summary(incident), runs, self._items(incident), self._command)

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> int:
        """The id of the incident's run with this number. Raises NotFound, with the way to the list."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            row = await unit.switches.by_number(incident.key, number)
        if row is None:
            raise NotFound(
                f"{incident.reference} has no containment {number}. `{self._command} containment` lists them."
            )
        return row.key

    async def one(self, run_id: int, *, by: Actor) -> SwitchReceipt:
        """Where a run stands."""
        row, incident = await self._seen(run_id, by)
        return receipt(incident, row)

    async def dry_run(self, run_id: int, *, by: Actor) -> DryRun:
        """What the run sends, to the letter."""
        row, incident = await self._seen(run_id, by)
        return self._planned(incident, order_of(row, incident), row.title)

    async def rehearse(self, incident_id: int, action_id: str, *, by: Actor) -> DryRun:
        """What an action would send if it were asked for now."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
        action = self._library.action(incident.system, action_id)
        if action is None:
            raise NotFound(f"There is no action “{action_id}” for the system of {incident.reference}.")
        order = Order(
            action, Direction.OFF, "(the id of the run)", incident.reference, by.id, is_drill=incident.is_drill
        )
        return self._planned(incident, order, action.title)

    def _planned(self, incident: Incident, order: Order, title: str) -> DryRun:
        calls = tuple(call.text for call in self._board.plan(order))
        return DryRun(summary(incident), title, calls, self._board.missing(order.action), incident.is_drill)

    def _items(self, incident: Incident) -> tuple[ActionItem, ...]:
        system = self._library.system(incident.system)
        return tuple(self._item(action) for action in system.actions) if system else ()

    def _item(self, action: Action) -> ActionItem:
        entry = self._library.containment.entry(action.catalogue)
        if entry is None:
            raise LookupError(f"no {action.catalogue} in the catalogue")
        return ActionItem(
            action=action.id,
            catalogue=action.catalogue,
            title=action.title,
            effect=action.effect,
            reversibility=entry.reversibility,
            approvers=entry.approvers,
            asks=list_of(entry.run_by),
            agrees=list_of(entry.approve_by, "or"),
            adapter=action.call.adapter,
            missing=self._board.missing(action),
            alters=entry.alters,
        )

    async def _seen(self, run_id: int, by: Actor) -> tuple[ContainmentRun, Incident]:
        async with self._work.read() as unit:
            row, incident = await found(unit, run_id, lock=False)
            await self._access.require(unit, incident, Verb.SEE, by)
        return row, incident


def snapshot(library: Library, incident: Incident, exhibits: Sequence[Exhibit]) -> tuple[WantedItem, ...]:
    """What of the snapshot the incident's type requires and nobody has kept, or said to be unknown."""
    items = [item for kept in exhibits if kept.redacted_at is None for item in kept.items]
    state = wanted(library, IncidentType(incident.type), items)
    return tuple(item for item in state.missing if item.id in library.containment.snapshot)


def receipt(incident: Incident, row: ContainmentRun) -> SwitchReceipt:
    """Where it stands, for whoever acted."""
    return SwitchReceipt(summary(incident), item(row))


def item(row: ContainmentRun) -> RunItem:
    """A run as screens show it."""
    run, action = row.run(), action_of(row)
    can_go_back = row.state in MAY_HAVE_MOVED and row.direction is Direction.OFF and action.can_go_back
    return RunItem(
        run_id=row.key,
        number=row.number,
        catalogue=row.catalogue,
        title=row.title,
        effect=action.effect,
        direction=row.direction,
        state=row.state,
        reason=row.reason,
        reversibility=run.rule.reversibility,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        agreed=tuple(Agreed(approval.by.id, approval.at) for approval in run.approvals),
        wanted=run.wanted,
        agrees=list_of(run.rule.approve_by, "or"),
        harm_cannot_wait=row.harm_cannot_wait,
        exhibits=row.exhibits,
        ratify_by=row.ratify_by,
        ratified=Agreed(run.ratified.by.id, run.ratified.at) if run.ratified else None,
        is_automatic=row.is_automatic,
        is_by_hand=action.call.adapter == "record",
        instructions=action.call.instructions if action.call.adapter == "record" else "",
        checks=tuple(_check(stored) for stored in row.checks),
        look_at=action.verify.by_hand,
        answer=row.answer,
        hold_until=row.hold_until,
        moved_at=row.called_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        outcome=row.outcome,
        can_go_back=can_go_back and run.rule.reversibility is not Reversibility.NONE,
        review_at=row.review_at,
    )


def _check(stored: dict[str, object]) -> Seen:
    ok = stored.get("ok")
    at = datetime.fromisoformat(str(stored.get("at")))
    return Seen(str(stored.get("step")), ok if isinstance(ok, bool) else None, str(stored.get("what")), at)
