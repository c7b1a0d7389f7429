"""Agreeing to containment, refusing it, ratifying what one person did alone, and saying what was done by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain import escalation as ladder
from bot.domain.containment import run as rules
from bot.domain.containment.words import Direction, RunState
from bot.domain.errors import AlreadyDone, NotAllowed
from bot.domain.escalation import Change, ChangeKind, StandDownReason
from bot.domain.lifecycle import reason
from bot.domain.notices.containment import SwitchReceipt
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.containment.people import Operators
from bot.services.containment.reading import receipt
from bot.services.containment.record import action_of, end, found, named, note, owe
from bot.services.escalations import Escalations
from bot.services.guards import require_open
from bot.services.work import Work
from storage.incidents import Incident
from storage.store import Unit
from storage.switches import ContainmentRun

WHY_NOT = "Say why it should not be run."
HOW_BY_HAND = "Say what you did and how you saw that it worked."


class Deciding:
    """Takes decisions in, each under the incident's lock: of two at once, one is first."""

    def __init__(self, work: Work, access: Access, operators: Operators, escalations: Escalations) -> None:
        self._work = work
        self._access = access
        self._operators = operators
        self._escalations = escalations

    async def approve(self, run_id: int, *, by: Actor) -> SwitchReceipt:
        """Agree; it runs at once when enough have. Raises for whoever asked, too late, and not allowed."""
        async with self._work() as unit:
            row, incident = await self._open(unit, run_id, by)
            if row.direction is Direction.OFF:
                await require_open(unit, incident)
            now, person = self._work.now(), await self._operators.person(unit, incident, by)
            run = rules.approve(row.run(), person, now)
            row.become(run)
            more = f"; {run.wanted} more must agree" if run.wanted and run.state is RunState.REQUESTED else ""
            note(unit, row, "approved", f"Agreed to {_lower(named(row))}{more}", by=by, at=now)
            if run.state is RunState.APPROVED:
                owe(unit, row)
            return receipt(incident, row)

    async def refuse(self, run_id: int, why: str, *, by: Actor) -> SwitchReceipt:
        """Say no, with a reason; whoever asked takes it back so."""
        async with self._work() as unit:
            row, incident = await self._open(unit, run_id, by)
            now, person, stated = (
                self._work.now(),
                await self._operators.person(unit, incident, by),
                reason(why, WHY_NOT),
            )
            row.become(rules.refuse(row.run(), person, now))
            end(row, now, by, stated)
            note(unit, row, "refused", f"Refused {_lower(named(row))}: {stated}", by=by, at=now)
            return receipt(incident, row)

    async def ratify(self, run_id: int, *, by: Actor) -> SwitchReceipt:
        """Agree afterwards to what one person ran alone."""
        async with self._work() as unit:
            row, incident = await self._open(unit, run_id, by)
            now, person = self._work.now(), await self._operators.person(unit, incident, by)
            row.become(rules.ratify(row.run(), person, now))
            row.look_at(row.check_at)
            note(unit, row, "ratified", f"Ratified {_lower(named(row))}", by=by, at=now)
            await self._stand_down(unit, incident, row, now, by)
            return receipt(incident, row)

    async def stays(self, run_id: int, *, by: Actor) -> SwitchReceipt:
        """Say that what is not meant to stay does, so that nobody is asked again."""
        async with self._work() as unit:
            row, incident = await self._open(unit, run_id, by)
            person, rule = await self._operators.person(unit, incident, by), row.run().rule
            if not person.who & (rule.run_by | rule.approve_by):
                raise NotAllowed("Only whoever may ask for this or agree to it can say that it stays.")
            if row.review_at is None or row.state is RunState.RUNNING:
                raise AlreadyDone(f"Nobody is asked about this any more: it is {rules.said(row.state)}.")
            row.review_at = None
            row.look_at(row.check_at)
            now = self._work.now()
            note(unit, row, "stays", f"{named(row)} stays until somebody switches it on again", by=by, at=now)
            return receipt(incident, row)

    async def may_act(self, run_id: int, *, by: Actor) -> bool:
        """Whether this person may ask for such a run or agree to it."""
        async with self._work.read() as unit:
            row, incident = await found(unit, run_id, lock=False)
            await self._access.require(unit, incident, Verb.SEE, by)
            rule = row.run().rule
            return bool((await self._operators.person(unit, incident, by)).who & (rule.run_by | rule.approve_by))

    async def done_by_hand(self, run_id: int, how: str, *, by: Actor) -> SwitchReceipt:
        """A person did it, and says how it was seen to work; that is what is held from then on."""
        async with self._work() as unit:
            row, incident = await self._open(unit, run_id, by)
            person, rule = await self._operators.person(unit, incident, by), row.run().rule
            if not person.who & (rule.run_by | rule.approve_by):
                raise NotAllowed("Only whoever may ask for this or agree to it can say that it was done.")
            if action_of(row).call.adapter != "record" or row.state is not RunState.RUNNING:
                raise AlreadyDone(f"There is nothing to do by hand now: this run is {rules.said(row.state)}.")
            now, stated = self._work.now(), reason(how, HOW_BY_HAND, "how")
            row.become(rules.move(row.run(), RunState.VERIFYING))
            row.answer, row.called_at, row.verify_until, row.review_at = stated, now, now, None
            row.checks = [*row.checks, _stated(stated, by, now)]
            row.look_at(now)
            note(unit, row, "done", f"{named(row)}: done by hand: {stated}", by=by, at=now)
            return receipt(incident, row)

    async def _open(self, unit: Unit, run_id: int, by: Actor) -> tuple[ContainmentRun, Incident]:
        row, incident = await found(unit, run_id)
        await self._access.require(unit, incident, Verb.SEE, by)
        return row, incident

    async def _stand_down(self, unit: Unit, incident: Incident, row: ContainmentRun, now: datetime, by: Actor) -> None:
        """Whoever was asked about the missing ratification need not answer any more."""
        rows = await unit.escalations.of(incident.key)
        over = [
            Change(ChangeKind.STAND_DOWN, ladder.stood_down(step, now, StandDownReason.ANSWERED))
            for step in (stored.step() for stored in rows)
            if step.is_live and step.plan.rung_key == ratification(row)
        ]
        await self._escalations.apply(unit, incident, rows, over, by)


def ratification(row: ContainmentRun) -> str:
    """The name of the rung that asks about a missing ratification."""
    return f"ratify_{row.number}"


def _stated(how: str, by: Actor, at: datetime) -> dict[str, Any]:
    return {"step": "by hand", "ok": True, "what": how, "at": at.isoformat(), "by": str(by)}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
