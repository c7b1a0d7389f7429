"""The running ladder: planned with the incident and followed through every change of its life. Rows are the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import escalation as ladder
from bot.domain.escalation import (
    Anchor,
    Change,
    ChangeKind,
    Condition,
    EscalationPolicy,
    Situation,
    StandDownReason,
    Step,
    StepState,
)
from bot.domain.events import AskSettled, Fact
from bot.domain.incident import Role
from bot.domain.people import Actor
from bot.services.moments import Moment, Moments
from bot.services.reaction import Attempt
from bot.services.targets import Targets
from bot.services.work import Work
from playbooks.library import Library
from storage.escalations import AskState, EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.store import Unit

DRILL_ASKS_EXECUTIVES = "drill_asks_executives"  # stated among an incident's facts


class Escalations:
    """Plans, replans, renews and stands down."""

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
        """Copy the policy's ladder into rows, unless there is one. A hook.

        Somebody may have been quicker: an update sent meanwhile has a step of its own, beside which the
        ladder is wanted all the same.
        """
        rows = await unit.escalations.of(incident.key)
        if any(row.step().plan.anchor is Anchor.DECLARED for row in rows):
            return
        policy, calendar, flags = self._policy(incident), self._library.calendar, self._targets.flags(incident)
        planned = ladder.plan(policy, incident.severity, incident.declared_at, calendar, flags)
        if incident.next_update_at is not None:
            promised = (incident.next_update_at, calendar, flags)
            planned += ladder.plan_from(policy, incident.severity, Anchor.UPDATE_DUE, *promised)
        known = {row.key for row in rows}
        steps = [ladder.begin(step) for step in planned if step.key not in known]
        over = {change.step.plan.key: change.step for change in self._pointless(incident, steps, frozenset())}
        await unit.escalations.add_all(incident.key, [over.get(step.plan.key, step) for step in steps])

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
        rows = await unit.escalations.of(incident.key)
        steps = [row.step() for row in rows]
        await self.apply(unit, incident, rows, self._pointless(incident, steps, await self._seated(unit, incident)))

    async def renew(self, unit: Unit, incident: Incident) -> None:
        """Start anew what had been answered by something that is undone. A hook."""
        rows = await unit.escalations.of(incident.key)
        situation = await self.situation(unit, incident, rows)
        steps, calendar = [row.step() for row in rows], self._library.calendar
        policy, flags = self._policy(incident), self._targets.flags(incident)
        await self.apply(unit, incident, rows, ladder.renew(steps, policy, situation, calendar, flags))

    async def after_resolution(self, unit: Unit, incident: Incident) -> None:
        """Stop what the resolution ends, and start what counts from it (the post-mortem's dates). A hook."""
        await self.settle(unit, incident)
        known = {row.key for row in await unit.escalations.of(incident.key)}
        planned = ladder.plan_from(
            self._policy(incident),
            incident.severity,
            Anchor.RESOLVED,
            incident.resolved_at or self._work.now(),
            self._library.calendar,
            self._targets.flags(incident),
        )
        for step in planned:
            if step.key not in known:
                unit.escalations.add(incident.key, ladder.begin(step))

    async def stop(self, unit: Unit, incident: Incident) -> None:
        """The incident is over: nothing asks any more. A hook."""
        rows = await unit.escalations.of(incident.key)
        changes = ladder.stand_down_all([row.step() for row in rows], self._work.now())
        await self.apply(unit, incident, rows, changes)
        waiting = await unit.escalations.waiting_asks(incident.key, [row.number for row in rows])
        await settle_asks(unit, incident, waiting, self._work.now())

    async def follow_update(self, unit: Unit, incident: Incident) -> None:
        """The next update is promised for another instant. A hook."""
        rows = await unit.escalations.of(incident.key)
        changes = ladder.follow_update(
            [row.step() for row in rows],
            self._policy(incident),
            incident.severity,
            incident.next_update_at,
            self._work.now(),
            self._library.calendar,
            self._targets.flags(incident),
        )
        await self.apply(unit, incident, rows, changes)
        await self.settle(unit, incident)

    async def apply(
        self,
        unit: Unit,
        incident: Incident,
        rows: Sequence[EscalationStep],
        changes: Iterable[Change],
        by: Actor | None = None,
    ) -> None:
        """Store changes; messages about rungs that stand down are condensed and name who answered, if anybody did."""
        by_turn = {(row.key, row.turn): row for row in rows}
        over: set[str] = set()
        for change in changes:
            row = by_turn.get((change.step.plan.key, change.step.plan.turn))
            if row is None:
                unit.escalations.add(incident.key, change.step)
                continue
            row.become(change.step)
            climbed = change.step.stood_down_for is StandDownReason.CLIMBED  # who was asked may still answer
            if change.kind is ChangeKind.STAND_DOWN and not climbed:
                over.add(change.step.plan.rung_key)
        if over:
            ids = [row.number for row in rows if row.step().plan.rung_key in over]
            waiting = await unit.escalations.waiting_asks(incident.key, ids)
            await settle_asks(unit, incident, waiting, self._work.now(), by=by)

    async def situation(self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep]) -> Situation:
        """The incident as its steps see it now."""
        return self._situation(incident, [row.step() for row in rows], await self._seated(unit, incident))

    def _situation(self, incident: Incident, steps: Sequence[Step], seated: frozenset[Role]) -> Situation:
        now = self._work.now()
        return Situation(
            now=now,
            severity=incident.severity,
            is_provisional=incident.is_provisional,
            is_acknowledged=ladder.acknowledged(steps, now),
            is_executive_informed=ladder.executive_informed(steps, now),
            seated=seated,
            updates_sent=0 if incident.last_update_at is None else 1,
            next_update_at=incident.next_update_at,
            is_contained=incident.contained_at is not None,
            is_resolved=incident.resolved_at is not None,
            is_closed=not incident.is_open,
            has_postmortem=bool(incident.facts.get("postmortem_drafted")),
            is_review_booked=bool(incident.facts.get("review_booked")),
        )

    async def _seated(self, unit: Unit, incident: Incident) -> frozenset[Role]:
        return frozenset(tenure.role for tenure in await unit.roles.held(incident.key))

    def _pointless(self, incident: Incident, steps: Sequence[Step], seated: frozenset[Role]) -> list[Change]:
        """The steps that ask for what is so already, stood down."""
        now, situation = self._work.now(), self._situation(incident, steps, seated)
        return [
            Change(ChangeKind.STAND_DOWN, ladder.stood_down(step, now, ladder.reason_to_stand_down(step, situation)))
            for step in steps
            if step.is_live
            and ladder.is_pointless(step.plan, _beyond_itself(step, situation))
            and not _is_ahead(step, situation)
        ]

    async def _replan_from(self, unit: Unit, incident: Incident, since: datetime) -> None:
        rows = await unit.escalations.of(incident.key)
        changes = ladder.replan(
            [row.step() for row in rows],
            self._policy(incident),
            incident.severity,
            self._work.now(),
            declared_at=since,
            calendar=self._library.calendar,
            flags=self._targets.flags(incident),
        )
        await self.apply(unit, incident, rows, changes)
        await self.follow_update(unit, incident)

    def _policy(self, incident: Incident) -> EscalationPolicy:
        """The policy that counts for this incident; a drill asks executives only where that was stated for it."""
        policy = self._library.escalation_policy
        is_for_them = not incident.is_drill or bool(incident.facts.get(DRILL_ASKS_EXECUTIVES))
        return policy if is_for_them else ladder.for_drill(policy)


async def settle_asks(
    unit: Unit,
    incident: Incident,
    asks: Iterable[EscalationAsk],
    now: datetime,
    word: str = "",
    by: Actor | None = None,
) -> None:
    """Take these asks off people, for the reason that ``word`` names; their messages show what is left of them."""
    touched: set[int] = set()
    for ask in asks:
        ask.state, ask.answered_at, ask.answer = AskState.SETTLED, now, word
        ask.answered_by = str(by) if by else None
        touched.add(ask.batch or ask.key)
    for batch in sorted(touched):
        unit.tell(AskSettled(incident.key, batch))


def _beyond_itself(step: Step, situation: Situation) -> Situation:
    """The situation for a step: its own acknowledgement does not make it pointless, or it would never expire."""
    if step.state is not StepState.ACKNOWLEDGED:
        return situation
    return replace(situation, is_acknowledged=False, is_executive_informed=False)


def _is_ahead(step: Step, situation: Situation) -> bool:
    """Whether it guards a promise for an instant to come: on time now says nothing about then."""
    is_promise = step.plan.unless is Condition.UPDATE_ON_TIME and step.plan.due_at > situation.now
    return is_promise and ladder.reason_to_stand_down(step, situation) is StandDownReason.CONDITION
