"""Asking for containment: an action off, or back on again; alone over broken glass at SEV1; by a breaker."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from bot.domain.containment import run as rules
from bot.domain.containment.run import Run
from bot.domain.containment.words import Direction
from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotFound
from bot.domain.events import SwitchAsked
from bot.domain.incident import Severity
from bot.domain.lifecycle import reason
from bot.domain.notices.containment import SwitchReceipt
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.containment.people import Operators
from bot.services.containment.ports import Switchboard
from bot.services.containment.reading import receipt, snapshot
from bot.services.containment.record import action_of, found, note, owe
from bot.services.guards import require_open
from bot.services.work import Work
from playbooks.actions import Action, target
from playbooks.catalogue import CatalogueEntry, span
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.switches import ContainmentRun, stored_rule

WHY = "Say what you see that makes this necessary."
WHY_BACK = "Say why it is safe to switch it on again."
NO_SYSTEM = "Andon knows no containment action for {what}: systems.yaml says what can be done about a system."
NOT_KEPT_FIRST = (
    "This destroys what would show the harm: keep {what} as evidence first, or say why the harm cannot wait for that."
)
NO_SNAPSHOT = (
    "Turning it may destroy what shows the harm. Keep {what} as evidence first, say that it is unknown, or say why the "
    "harm cannot wait for that."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for. ``alone``: at once, on this one word; ``key`` names the submission."""

    action: str
    why: str
    key: str
    harm_cannot_wait: str = ""
    alone: bool = False


class Requesting:
    """Takes requests in."""

    def __init__(self, work: Work, access: Access, operators: Operators, library: Library, board: Switchboard) -> None:
        self._work = work
        self._access = access
        self._operators = operators
        self._library = library
        self._board = board

    async def request(self, incident_id: int, wish: Wish, *, by: Actor) -> SwitchReceipt:
        """Ask for an action of the incident's system. Raises when it may not be so; the same key again asks nothing."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by, lock=True)
            if (known := await unit.switches.by_source(wish.key)) is not None:
                return receipt(incident, known)
            await require_open(unit, incident)
            action, entry = self.find(incident, wish.action)
            await self._check_ready(unit, incident, action)
            stated, who = reason(wish.why, WHY), await self._operators.person(unit, incident, by)
            exhibits = await self._kept(unit, incident, entry, wish.harm_cannot_wait)
            now, file = self._work.now(), self._library.containment
            run = rules.request(
                entry.rule(),
                who,
                now,
                span(file.approval_expires),
                evidence=exhibits,
                harm_cannot_wait=wish.harm_cannot_wait,
            )
            if wish.alone:
                run = rules.break_glass(run, incident.severity, now, span(file.ratify_within))
            row = await self._add(unit, incident, run, action, by=by, why=stated, key=wish.key)
            row.harm_cannot_wait, row.exhibits = wish.harm_cannot_wait.strip(), exhibits
            self._tell(unit, row, run, by)
            return receipt(incident, row)

    async def request_return(self, run_id: int, why: str, *, by: Actor, key: str) -> SwitchReceipt:
        """Ask to put a switch back. Two people, whatever the severity."""
        async with self._work() as unit:
            off, incident = await found(unit, run_id)
            await self._access.require(unit, incident, Verb.SEE, by)
            if (known := await unit.switches.by_source(key)) is not None:
                return receipt(incident, known)
            stated, who = reason(why, WHY_BACK), await self._operators.person(unit, incident, by)
            run = rules.request_return(
                off.run(), who, self._work.now(), span(self._library.containment.approval_expires)
            )
            action = action_of(off)
            if not action.can_go_back:
                raise IllegalMove("systems.yaml says no way to switch this on again: do it by hand, and note it here.")
            await _check_free(unit, off.target, besides=off)
            row = await self._add(unit, incident, run, action, by=by, why=stated, key=key)
            row.back_for_id = off.key
            self._tell(unit, row, run, by)
            return receipt(incident, row)

    async def trip(self, incident_id: int, action_id: str, why: str, *, key: str, by: Actor = ANDON) -> SwitchReceipt:
        """A breaker turns what policy approved beforehand for this system. Raises IllegalMove for anything else."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by, lock=True)
            if (known := await unit.switches.by_source(key)) is not None:
                return receipt(incident, known)
            await require_open(unit, incident)
            action, entry = self.find(incident, action_id)
            if not (action.automatic and entry.automatic):
                raise IllegalMove(f"Nobody approved beforehand that “{action.title}” runs by itself: ask people.")
            await self._check_ready(unit, incident, action)
            now, expires = self._work.now(), span(self._library.containment.approval_expires)
            breaker = await self._operators.person(unit, incident, ANDON)
            asked = rules.request(entry.rule(), breaker, now, expires, evidence=0, harm_cannot_wait="a breaker tripped")
            run = rules.trip(asked)
            row = await self._add(unit, incident, run, action, by=by, why=reason(why, WHY), key=key)
            self._tell(unit, row, run, by)
            return receipt(incident, row)

    def find(self, incident: Incident, action_id: str) -> tuple[Action, CatalogueEntry]:
        """The action of the incident's system, and what the catalogue says of it. Raises NotFound."""
        system = self._library.system(incident.system)
        if system is None or not system.actions:
            what = system.name if system else incident.system or "an incident whose AI system nobody has named"
            raise NotFound(NO_SYSTEM.format(what=what))
        action = next((action for action in system.actions if action_id in (action.id, action.catalogue)), None)
        entry = self._library.containment.entry(action.catalogue) if action else None
        if action is None or entry is None:
            known = ", ".join(action.id for action in system.actions)
            raise NotFound(f"{system.name} has no action “{action_id}”; it has {known}.")
        return action, entry

    async def _check_ready(self, unit: Unit, incident: Incident, action: Action) -> None:
        await _check_free(unit, target(action))
        if not incident.is_drill and (missing := self._board.missing(action)):
            raise BadInput(f"Andon cannot run this: {', '.join(missing)} is not set where it runs.", field="action")

    async def _kept(self, unit: Unit, incident: Incident, entry: CatalogueEntry, harm_cannot_wait: str) -> int:
        exhibits = [kept for kept in await unit.evidence.of(incident.key) if kept.redacted_at is None]
        covered = {item for kept in exhibits for item in kept.items}
        missing = [item for item in entry.keep_first if item not in covered]
        if missing and not harm_cannot_wait.strip():
            raise BadInput(NOT_KEPT_FIRST.format(what=", ".join(missing)), field="harm")
        wanted = snapshot(self._library, incident, exhibits)
        if wanted and not harm_cannot_wait.strip():
            raise BadInput(NO_SNAPSHOT.format(what=", ".join(f"{one.id} {one.name}" for one in wanted)), field="harm")
        return len(exhibits)

    async def _add(
        self, unit: Unit, incident: Incident, run: Run, action: Action, *, by: Actor, why: str, key: str
    ) -> ContainmentRun:
        number = await unit.switches.next_number(incident.key)
        row = ContainmentRun(
            incident_id=incident.key,
            number=number,
            system=incident.system or "",
            action=action.id,
            catalogue=action.catalogue,
            title=action.title,
            target=target(action),
            direction=run.direction,
            reason=why,
            plan=action.model_dump(mode="json", by_alias=True),
            rule=stored_rule(run.rule),
            source_key=key,
            requested_by=by.id if by.is_person else str(by),
            requested_email=run.requested_by.email,
            requested_as=sorted(run.requested_as),
            requested_at=run.requested_at,
            expires_at=run.expires_at,
            call_key=f"{incident.reference}-{number}-{uuid.uuid4().hex}"[:64],
        )
        row.become(run)
        return await unit.switches.add(row)

    def _tell(self, unit: Unit, row: ContainmentRun, run: Run, by: Actor) -> None:
        unit.tell(SwitchAsked(row.incident_id, row.key))
        how = ", alone over broken glass" if run.is_break_glass else ", by a breaker" if run.is_automatic else ""
        what = "back on" if row.direction is Direction.ON else "off"
        text = f"Asked to switch {what}{how}: {row.title} ({row.catalogue}): {row.reason}"
        more = {"harm_cannot_wait": row.harm_cannot_wait} if row.harm_cannot_wait else {}
        note(unit, row, "requested", text, by=by, at=self._work.now(), **more)
        if run.is_break_glass or run.is_automatic:
            owe(unit, row)
        else:
            row.look_at(row.expires_at)


def may_break_glass(severity: Severity) -> bool:
    """Whether anybody may act alone."""
    return severity is Severity.SEV1


async def _check_free(unit: Unit, wanted: str, besides: ContainmentRun | None = None) -> None:
    await unit.switches.hold(wanted)
    for other in await unit.switches.under_way_on(wanted):
        if besides is None or other.key != besides.key:
            raise AlreadyDone(
                f"This switch is being turned already: containment {other.number}, asked for by "
                f"somebody at {other.requested_at:%H:%M} UTC, is {rules.said(other.state)}. Nothing was changed."
            )
