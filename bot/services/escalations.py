"""The running ladder: planned with the incident, looked at when due, followed through every change of its life.

Rows are the truth. Each look is one transaction on one locked incident, so any number of replicas may look and a
failure at one incident touches no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain import escalation as ladder
from bot.domain.escalation import (
    CHANNEL,
    Change,
    ChangeKind,
    Condition,
    RungKind,
    Situation,
    StandDownReason,
    Step,
    Verdict,
)
from bot.domain.events import AskSettled, ChannelAsked, Fact, PersonAsked
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.moments import Moment, Moments
from bot.services.reactions import Attempt
from bot.services.targets import Targets
from bot.services.work import Work
from playbooks.library import Library
from storage.escalations import AskState, EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.store import Unit

LOOK_AT_ONCE = 200
MOST_LOOKS = 12
log = structlog.get_logger(__name__)


class Escalations:
    """Plans, looks, replans and stands down."""

    def __init__(self, work: Work, library: Library, targets: Targets) -> None:
        self._work = work
        self._library = library
        self._targets = targets

    def hang_on(self, moments: Moments) -> None:
        """Follow the incident through every moment of its life, in the transaction of the act."""
        moments.at(Moment.DECLARED, self.schedule)
        for moment in (Moment.SEVERITY, Moment.TYPE):
            moments.at(moment, self.replan)
        for moment in (Moment.CONFIRMED, Moment.CONTAINED):
            moments.at(moment, self.settle)
        moments.at(Moment.UNCONTAINED, self.renew)
        moments.at(Moment.RESOLVED, self.after_resolution)
        moments.at(Moment.STOPPED, self.stop)
        moments.at(Moment.REOPENED, self.restart)
        moments.at(Moment.UPDATED, self.follow_update)

    async def schedule(self, unit: Unit, incident: Incident) -> None:
        """Copy the policy's ladder into rows, within the declaration's transaction."""
        policy, calendar = self._library.escalation_policy, self._library.calendar
        flags = self._targets.flags(incident)
        for planned in ladder.plan(policy, incident.severity, incident.declared_at, calendar, flags):
            await unit.escalations.add(incident.key, ladder.begin(planned))
        await self.follow_update(unit, incident)

    async def raise_due(self) -> int:
        """A tick: look at every step that is due; how many incidents were looked at."""
        async with self._work.read() as unit:
            due = await unit.escalations.due_incidents(self._work.now(), LOOK_AT_ONCE)
        for incident_id in due:
            try:
                await self._look(incident_id)
            except Exception:
                log.exception("a ladder could not be looked at; the others are", incident_id=incident_id)
        return len(due)

    async def look_again(self, fact: Fact, _: Attempt) -> None:
        """Something about the seats changed: what is answered by it stands down, what is open again starts anew."""
        async with self._work() as unit:
            incident = await unit.incidents.get(fact.incident_id, lock=True)
            if incident is not None and incident.is_open:
                await self.settle(unit, incident)
                await self.renew(unit, incident)

    async def replan(self, unit: Unit, incident: Incident) -> None:
        """Follow another severity or type, keeping what was acknowledged. A hook."""
        await self._replan_from(unit, incident, incident.declared_at)

    async def restart(self, unit: Unit, incident: Incident) -> None:
        """A reopened incident climbs its ladder anew. A hook."""
        await self._replan_from(unit, incident, self._work.now())
        await self.follow_update(unit, incident)

    async def settle(self, unit: Unit, incident: Incident) -> None:
        """Stand down whatever has become pointless. A hook."""
        now, rows = self._work.now(), await unit.escalations.of(incident.key)
        situation = await self._situation(unit, incident, rows)
        pointless = [
            Change(
                ChangeKind.STAND_DOWN,
                ladder.stood_down(step, now, ladder.reason_to_stand_down(step, situation)),
            )
            for row in rows
            if (step := row.step()).is_live
            and ladder.is_pointless(step.plan, situation)
            and not _is_ahead(step, situation)
        ]
        await self.apply(unit, incident, rows, pointless)

    async def renew(self, unit: Unit, incident: Incident) -> None:
        """Start anew what had been answered by something that is undone. A hook."""
        rows = await unit.escalations.of(incident.key)
        situation = await self._situation(unit, incident, rows)
        steps, calendar = [row.step() for row in rows], self._library.calendar
        policy, flags = self._library.escalation_policy, self._targets.flags(incident)
        await self.apply(unit, incident, rows, ladder.renew(steps, policy, situation, calendar, flags))

    async def after_resolution(self, unit: Unit, incident: Incident) -> None:
        """Stop what the resolution ends, and start what counts from it (the post-mortem's dates). A hook."""
        await self.settle(unit, incident)
        known = {row.key for row in await unit.escalations.of(incident.key)}
        planned = ladder.plan_from(
            self._library.escalation_policy,
            incident.severity,
            ladder.Anchor.RESOLVED,
            incident.resolved_at or self._work.now(),
            self._library.calendar,
            self._targets.flags(incident),
        )
        for step in planned:
            if step.key not in known:
                await unit.escalations.add(incident.key, ladder.begin(step))

    async def stop(self, unit: Unit, incident: Incident) -> None:
        """The incident is over: nothing asks any more. A hook."""
        rows = await unit.escalations.of(incident.key)
        changes = ladder.stand_down_all([row.step() for row in rows], self._work.now())
        await self.apply(unit, incident, rows, changes)

    async def follow_update(self, unit: Unit, incident: Incident) -> None:
        """The next update is promised for another instant. A hook."""
        rows = await unit.escalations.of(incident.key)
        changes = ladder.follow_update(
            [row.step() for row in rows],
            self._library.escalation_policy,
            incident.severity,
            incident.next_update_at,
            self._work.now(),
            self._library.calendar,
            self._targets.flags(incident),
        )
        await self.apply(unit, incident, rows, changes)
        await self.settle(unit, incident)

    async def apply(
        self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep], changes: Iterable[Change]
    ) -> None:
        """Store changes; messages about steps that stand down are condensed."""
        by_turn = {(row.key, row.turn): row for row in rows}
        ended: list[int] = []
        for change in changes:
            row = by_turn.get((change.step.plan.key, change.step.plan.turn))
            if row is None:
                await unit.escalations.add(incident.key, change.step)
                continue
            row.become(change.step)
            climbed = change.step.stood_down_for is StandDownReason.CLIMBED  # who was asked may still answer
            if change.kind is ChangeKind.STAND_DOWN and not climbed:
                ended.append(row.number)
        await self._settle_asks(unit, incident, ended)

    async def _replan_from(self, unit: Unit, incident: Incident, since: datetime) -> None:
        rows = await unit.escalations.of(incident.key)
        changes = ladder.replan(
            [row.step() for row in rows],
            self._library.escalation_policy,
            incident.severity,
            self._work.now(),
            declared_at=since,
            calendar=self._library.calendar,
            flags=self._targets.flags(incident),
        )
        await self.apply(unit, incident, rows, changes)
        await self.follow_update(unit, incident)

    async def _settle_asks(self, unit: Unit, incident: Incident, step_ids: list[int]) -> None:
        if not step_ids:
            return
        touched: set[int] = set()
        for ask in await unit.escalations.waiting_asks(incident.key, step_ids):
            ask.state, ask.answered_at = AskState.SETTLED, self._work.now()
            touched.add(ask.batch or ask.key)
        for batch in sorted(touched):
            pairs = await unit.escalations.batch(batch)
            if all(ask.state is not AskState.ASKED for ask, _ in pairs):
                unit.tell(AskSettled(incident.key, batch))

    async def _look(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is None:
                return
            asked: list[tuple[EscalationStep, list[str], datetime]] = []
            for _ in range(MOST_LOOKS):  # a step that climbs makes another that is due at once
                rows = await unit.escalations.of(incident_id)
                due = [row for row in rows if row.step().is_due(self._work.now())]
                if not due:
                    break
                for row in due:
                    await self._decide(unit, incident, rows, row, asked)
            await self._ask(unit, incident, asked)

    async def _decide(
        self,
        unit: Unit,
        incident: Incident,
        rows: Sequence[EscalationStep],
        row: EscalationStep,
        asked: list[tuple[EscalationStep, list[str], datetime]],
    ) -> None:
        now, step = self._work.now(), row.step()
        situation = await self._situation(unit, incident, rows)
        verdict = ladder.look(step, situation)
        if verdict is Verdict.STAND_DOWN:
            over = ladder.stood_down(step, now, ladder.reason_to_stand_down(step, situation))
            await self.apply(unit, incident, rows, [Change(ChangeKind.STAND_DOWN, over)])
        elif verdict is Verdict.REST:
            row.become(ladder.rest(step))
        elif verdict is Verdict.CLIMB:
            await self.apply(unit, incident, rows, ladder.climb(step, now))
        elif verdict in (Verdict.RAISE, Verdict.ASK_AGAIN):
            was_due_at = row.next_look_at or now
            row.become(ladder.raised(step, now, self._library.calendar))
            people = await self._targets.people(unit, incident, step.plan.ask)
            asked.append((row, people, was_due_at))
            if verdict is Verdict.ASK_AGAIN:
                await self.renew(unit, incident)

    async def _ask(
        self, unit: Unit, incident: Incident, asked: list[tuple[EscalationStep, list[str], datetime]]
    ) -> None:
        """Fold what fell due together into one message for each person, and one for the channel."""
        by_person: dict[str, list[EscalationAsk]] = defaultdict(list)
        for row, people, was_due_at in asked:
            for user_id in people or [""]:
                by_person[user_id].append(
                    EscalationAsk(
                        step_id=row.number,
                        incident_id=incident.key,
                        user_id=user_id,
                        round=row.times_raised,
                        was_due_at=was_due_at,
                        asked_at=self._work.now(),
                    )
                )
            self._note(unit, incident, row, people, was_due_at)
        for user_id, asks in by_person.items():
            await unit.escalations.add_asks(asks)
            batch = asks[0].key
            unit.tell(PersonAsked(incident.key, batch, user_id) if user_id else ChannelAsked(incident.key, batch))
            if user_id:
                is_told = all(row.kind is RungKind.EXECUTIVE for row, people, _ in asked if user_id in people)
                await unit.participants.let_in(incident.key, [user_id], self._work.now(), to_channel=not is_told)

    def _note(
        self, unit: Unit, incident: Incident, row: EscalationStep, people: list[str], was_due_at: datetime
    ) -> None:
        now = self._work.now()
        plan = row.step().plan
        data = {
            "asked": people,
            "why": plan.why,
            "kind": plan.kind,
            "key": plan.key,
            "late_seconds": (now - was_due_at) // timedelta(seconds=1),
            "nobody_reachable": not people and plan.ask.kind not in (CHANNEL.kind, ladder.AskKind.LEAD_OR_CHANNEL),
        }
        unit.timeline.note(incident.key, EntryKind.ESCALATION, plan.why, by=ANDON, at=now, data=data)

    async def _situation(self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep]) -> Situation:
        steps: list[Step] = [row.step() for row in rows]
        now = self._work.now()
        held = await unit.roles.held(incident.key)
        return Situation(
            now=now,
            severity=incident.severity,
            is_provisional=incident.is_provisional,
            is_acknowledged=ladder.acknowledged(steps, now),
            is_executive_informed=ladder.executive_informed(steps, now),
            seated=frozenset(tenure.role for tenure in held),
            updates_sent=0 if incident.last_update_at is None else 1,
            next_update_at=incident.next_update_at,
            is_contained=incident.contained_at is not None,
            is_resolved=incident.resolved_at is not None,
            is_closed=not incident.is_open,
            has_postmortem=bool(incident.facts.get("postmortem_drafted")),
        )


def _is_ahead(step: Step, situation: Situation) -> bool:
    """Whether it guards a promise for an instant to come: on time now says nothing about then."""
    is_promise = step.plan.unless is Condition.UPDATE_ON_TIME and step.plan.due_at > situation.now
    return is_promise and ladder.reason_to_stand_down(step, situation) is StandDownReason.CONDITION


def unreachable(step: Step, now: datetime) -> Step:
    """A step whose person cannot be asked at all: the next look climbs at once."""
    return replace(step, unanswered=step.plan.max_repeats + 1, next_look_at=now)
