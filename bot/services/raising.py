"""Looking at ladders: what is due is asked once, what is in vain goes on to the next person.

Each look is one transaction on one locked incident, so any number of replicas may look and a failure at one incident
touches no other. What falls due together reaches each person as one message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain import escalation as ladder
from bot.domain.escalation import AskKind, Change, ChangeKind, RungKind, StandDownReason, Step, Verdict
from bot.domain.events import AuditFailed, ChannelAsked, PersonAsked, ProblemNoted
from bot.domain.notices.audit import Lack
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.escalations import Escalations, settle_asks
from bot.services.singly import singly
from bot.services.targets import Targets
from bot.services.work import Work
from playbooks.library import Library
from storage.escalations import EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.store import Unit

LOOK_AT_ONCE = 200
MOST_LOOKS = 12
FOREIGN_PATIENCE = timedelta(minutes=2)
OF_THE_CHANNEL = frozenset({AskKind.CHANNEL, AskKind.LEAD_OR_CHANNEL})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that was raised: whom it asks (nobody: the channel), and since when it was due."""

    row: EscalationStep
    people: list[str]
    was_due_at: datetime


class Raising:
    """Raises what is due."""

    def __init__(self, work: Work, library: Library, targets: Targets, escalations: Escalations) -> None:
        self._work = work
        self._library = library
        self._targets = targets
        self._escalations = escalations

    async def raise_due(self) -> int:
        """A tick: look at every step that is due; how many incidents were looked at."""
        async with self._work.read() as unit:
            due = await unit.escalations.due_incidents(self._work.now(), LOOK_AT_ONCE)
        await singly(self._look, due, what="look at its ladder")
        return len(due)

    async def _look(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True, unless_taken=True)
            if incident is None:  # another replica looks at it, or a person acts on it: the next look sees what is left
                return
            asked: list[Asked] = []
            now = self._work.now()
            for _ in range(MOST_LOOKS):  # a step that climbs makes another that is due at once
                rows = await unit.escalations.of(incident_id)
                due = [row for row in rows if row.step().is_due(now) and (row.is_readable or _is_nobodys(row, now))]
                if not due:
                    break
                for row in due:
                    asked += await self._decide(unit, incident, rows, row)
            await self._ask(unit, incident, asked)

    async def _decide(
        self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep], row: EscalationStep
    ) -> list[Asked]:
        """Follow the rules for one step; what is to be asked, if anything."""
        now, step = self._work.now(), row.step()
        if not row.is_readable:
            await self._lay_aside(unit, incident, rows, row)
            return []
        situation = await self._escalations.situation(unit, incident, rows)
        verdict = ladder.look(step, situation)
        if verdict is Verdict.STAND_DOWN:
            over = ladder.stood_down(step, now, ladder.reason_to_stand_down(step, situation))
            await self._escalations.apply(unit, incident, rows, [Change(ChangeKind.STAND_DOWN, over)])
        elif verdict is Verdict.REST:
            row.become(ladder.rest(step))
        elif verdict is Verdict.CLIMB:
            await self._pass_on(unit, incident, rows, step)
        elif verdict in (Verdict.RAISE, Verdict.ASK_AGAIN):
            return await self._raise(unit, incident, rows, row, is_renewed=verdict is Verdict.ASK_AGAIN)
        return []

    async def _lay_aside(
        self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep], row: EscalationStep
    ) -> None:
        """Nobody can tell whom a step asks: its people are told that, once, and the rest of the ladder goes on."""
        log.error("a step cannot be read; its people are told", incident=incident.reference, step=row.key)
        now, due_at = self._work.now(), row.due_at
        over = ladder.stood_down(row.step(), now, StandDownReason.UNREADABLE)
        await self._escalations.apply(unit, incident, rows, [Change(ChangeKind.STAND_DOWN, over)])
        data = {"reaction": "escalations.read_step", "code": row.key}
        unit.timeline.note(incident.key, EntryKind.PROBLEM, f"step {row.key}", by=ANDON, at=now, data=data)
        unit.tell(ProblemNoted(incident.key))
        unit.tell(AuditFailed(incident.key, Lack.STEP, due_at))

    async def _raise(
        self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep], row: EscalationStep, *, is_renewed: bool
    ) -> list[Asked]:
        now, step = self._work.now(), row.step()
        people = await self._targets.people(unit, incident, step.plan.ask)
        if not people and step.plan.ask.kind not in OF_THE_CHANNEL:
            data = {"unreachable": str(step.plan.ask), "why": step.plan.why, "key": step.plan.key}
            unit.timeline.note(incident.key, EntryKind.ESCALATION, step.plan.why, by=ANDON, at=now, data=data)
            await self._pass_on(unit, incident, rows, step)
            return []
        asked = Asked(row, people, row.next_look_at or now)
        row.become(ladder.raised(step, now, self._library.calendar))
        if is_renewed:
            await self._escalations.renew(unit, incident)
        return [asked]

    async def _pass_on(self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep], step: Step) -> None:
        steps = [row.step() for row in rows]
        await self._escalations.apply(unit, incident, rows, ladder.pass_on(step, steps, self._work.now()))

    async def _ask(self, unit: Unit, incident: Incident, asked: Sequence[Asked]) -> None:
        """Fold what fell due together into one message for each person, and one for the channel."""
        if not asked:
            return
        by_person: dict[str, list[EscalationAsk]] = defaultdict(list)
        for one in asked:
            for user_id in one.people or [""]:
                by_person[user_id].append(self._new_ask(incident, one, user_id))
            self._note(unit, incident, one)
        await self._replace_earlier(unit, incident, asked)
        await unit.escalations.add_asks(*by_person.values())
        for user_id, asks in by_person.items():
            batch = asks[0].key
            unit.tell(PersonAsked(incident.key, batch, user_id) if user_id else ChannelAsked(incident.key, batch))
        called = {user_id for one in asked if one.row.kind is not RungKind.EXECUTIVE for user_id in one.people}
        told = by_person.keys() - called - {""}
        for people, is_called in ((called, True), (told, False)):
            if people:
                await unit.participants.let_in(incident.key, people, self._work.now(), to_channel=is_called)

    def _new_ask(self, incident: Incident, one: Asked, user_id: str) -> EscalationAsk:
        return EscalationAsk(
            step_id=one.row.number,
            incident_id=incident.key,
            user_id=user_id,
            round=one.row.times_raised,
            was_due_at=one.was_due_at,
            asked_at=self._work.now(),
        )

    async def _replace_earlier(self, unit: Unit, incident: Incident, asked: Sequence[Asked]) -> None:
        """Whoever is asked the same again answers the new message; the old one loses its buttons."""
        again = {(one.row.number, user_id) for one in asked for user_id in one.people or [""]}
        waiting = await unit.escalations.waiting_asks(incident.key, sorted({number for number, _ in again}))
        old = [ask for ask in waiting if (ask.step_id, ask.user_id) in again]
        await settle_asks(unit, incident, old, self._work.now(), "asked_again")

    def _note(self, unit: Unit, incident: Incident, one: Asked) -> None:
        now, plan = self._work.now(), one.row.step().plan
        data = {
            "asked": one.people,
            "why": plan.why,
            "kind": plan.kind,
            "key": plan.key,
            "late_seconds": (now - one.was_due_at) // timedelta(seconds=1),
        }
        unit.timeline.note(incident.key, EntryKind.ESCALATION, plan.why, by=ANDON, at=now, data=data)


def _is_nobodys(row: EscalationStep, now: datetime) -> bool:
    """Whether no replica of another version, which may well understand it, has taken a step in good time."""
    return row.next_look_at is not None and row.next_look_at <= now - FOREIGN_PATIENCE


def unreachable(step: Step, now: datetime) -> Step:
    """A step whose person cannot or will not: the next look passes it on at once."""
    return replace(step, unanswered=step.plan.max_repeats + 1, next_look_at=now)
