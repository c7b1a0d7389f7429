"""What people answer to the ladder: I have it, somebody else does, not me, later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import escalation as ladder
from bot.domain.errors import AlreadyDone, BadInput, NotFound
from bot.domain.escalation import ChangeKind, RungKind, StandDownReason, Step, StepState
from bot.domain.events import AskSettled, IncidentAcknowledged, PersonAsked
from bot.domain.notices.escalation import DelegateForm, LadderLine, LadderList, SnoozeForm
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.ask_news import role_of
from bot.services.escalations import Escalations, settle_asks
from bot.services.guards import already, require_open
from bot.services.naming import Naming
from bot.services.raising import unreachable
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.escalations import AskState, EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.store import Unit

Pairs = Sequence[tuple[EscalationAsk, EscalationStep]]
ANSWERED = {
    AskState.ACKNOWLEDGED: "This was acknowledged",
    AskState.DELEGATED: "This was delegated",
    AskState.DECLINED: "This was passed on",
}
ANSWERS = {
    "snoozed": "This was snoozed",
    "climbed": "This was snoozed, and went on to somebody else",
    "asked_again": "You were asked this again",
}


class Asks:
    """Takes answers."""

    def __init__(
        self,
        work: Work,
        access: Access,
        naming: Naming,
        library: Library,
        escalations: Escalations,
    ) -> None:
        self._work = work
        self._access = access
        self._naming = naming
        self._library = library
        self._escalations = escalations

    async def acknowledge(self, batch: int, *, by: Actor, mute: bool = False) -> None:
        """Somebody has it: that counts until it expires. Raises AlreadyDone for a second press, saying who has it.

        ``mute`` holds until the next update is due instead.
        """
        async with self._work() as unit:
            incident, pairs = await self._take(unit, batch, by)
            await self._acknowledge(unit, incident, pairs, by, mute)

    async def acknowledge_own(self, incident_id: int, *, by: Actor) -> None:
        """Acknowledge whatever this person was last asked about the incident."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            ask = await unit.escalations.newest_ask(incident.key, by.id)
        if ask is None:
            raise AlreadyDone(f"Nothing about {incident.reference} waits for your answer.")
        await self.acknowledge(ask.batch or ask.key, by=by)

    async def delegate(self, batch: int, to_id: str, *, by: Actor) -> None:
        """Somebody else is asked instead. Raises BadInput for whoever cannot be asked."""
        if to_id == by.id:
            raise BadInput("That is you: use Acknowledge if you have it.", field="person")
        await self._naming.by_id(to_id)
        async with self._work() as unit:
            incident, pairs = await self._take(unit, batch, by)
            now, fresh = self._work.now(), []
            for ask, step in pairs:
                ask.state, ask.answered_at, ask.answered_by = AskState.DELEGATED, now, str(by)
                ask.delegated_to = to_id
                step.become(self._delegated(step.step(), now))
                fresh.append(_delegated(ask, step, to_id, by, now))
            await unit.escalations.add_asks(fresh)
            await unit.participants.let_in(incident.key, [to_id], now)
            data = {"answer": "delegated", "to": to_id}
            unit.timeline.note(incident.key, EntryKind.ESCALATION, "delegated", by=by, at=now, data=data)
            unit.tell(AskSettled(incident.key, batch))
            unit.tell(PersonAsked(incident.key, fresh[0].key, to_id))

    async def decline(self, batch: int, *, by: Actor) -> None:
        """Not this person: the next one is asked at once."""
        async with self._work() as unit:
            incident, pairs = await self._take(unit, batch, by)
            for ask, step in pairs:
                ask.state, ask.answered_at, ask.answered_by = AskState.DECLINED, self._work.now(), str(by)
                if step.state is StepState.RAISED:
                    step.become(unreachable(step.step(), self._work.now()))
            data = {"answer": "declined"}
            unit.timeline.note(incident.key, EntryKind.ESCALATION, "declined", by=by, at=self._work.now(), data=data)
            unit.tell(AskSettled(incident.key, batch))

    async def snooze(self, batch: int, minutes: int, reason: str, *, by: Actor) -> None:
        """Put a reminder off. Raises BadInput or IllegalMove; once too often, it climbs instead."""
        async with self._work() as unit:
            incident, pairs = await self._take(unit, batch, by, Verb.SNOOZE)
            rows = await unit.escalations.of(incident.key)
            rules = self._library.escalation_policy.snooze
            for ask, step in pairs:
                changes = ladder.snooze(step.step(), minutes, reason, rules, self._work.now())
                await self._escalations.apply(unit, incident, rows, changes)
                ask.state, ask.answered_at, ask.answered_by = AskState.SETTLED, self._work.now(), str(by)
                has_climbed = any(change.step.stood_down_for is StandDownReason.CLIMBED for change in changes)
                ask.answer = "climbed" if has_climbed else "snoozed"
            data = {"answer": "snoozed", "minutes": minutes, "reason": reason}
            unit.timeline.note(incident.key, EntryKind.ESCALATION, reason, by=by, at=self._work.now(), data=data)
            unit.tell(AskSettled(incident.key, batch))

    async def snooze_form(self, batch: int, *, by: Actor) -> SnoozeForm:
        """The form that asks for how long, and at SEV1 why."""
        async with self._work.read() as unit:
            incident, _ = await self._take(unit, batch, by, Verb.SNOOZE)
        rules = self._library.escalation_policy.snooze
        return SnoozeForm(batch, incident.reference, rules.minutes, incident.severity in rules.reason_at)

    async def delegate_form(self, batch: int, *, by: Actor) -> DelegateForm:
        """The form that asks whom."""
        async with self._work.read() as unit:
            incident, _ = await self._take(unit, batch, by)
        return DelegateForm(batch, incident.reference)

    async def newest_batch(self, incident_id: int, *, by: Actor) -> int:
        """What this person, or else the channel, was last asked and nobody answered. Raises AlreadyDone for nothing."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            ask = await unit.escalations.newest_ask(incident.key, by.id)
            ask = ask or await unit.escalations.newest_ask(incident.key, "")
        if ask is None:
            raise AlreadyDone(f"Nothing about {incident.reference} waits for your answer.")
        return ask.batch or ask.key

    async def incident_of(self, batch: int, *, by: Actor) -> int:
        """The incident that a message was about, if the person may see it."""
        async with self._work.read() as unit:
            incident, _ = await self._seen(unit, batch, by)
        return incident.key

    async def listing(self, incident_id: int, *, by: Actor) -> LadderList:
        """What is scheduled, who was asked, who has it."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            rows = await unit.escalations.of(incident.key)
            asks = await unit.escalations.asks_of(incident.key)
        return LadderList(summary(incident), tuple(_line(row, asks) for row in rows if _is_telling(row)))

    async def _take(self, unit: Unit, batch: int, by: Actor, verb: Verb = Verb.ACKNOWLEDGE) -> tuple[Incident, Pairs]:
        """The asks of a message that still wait for an answer, with the incident locked."""
        incident, pairs = await self._seen(unit, batch, by, verb)
        await require_open(unit, incident)
        waiting = [(ask, step) for ask, step in pairs if ask.state is AskState.ASKED]
        if not waiting:
            ask = pairs[0][0]
            raise await already(unit, _answered(ask), ask.answered_by, ask.answered_at)
        return incident, waiting

    async def _seen(self, unit: Unit, batch: int, by: Actor, verb: Verb = Verb.ACKNOWLEDGE) -> tuple[Incident, Pairs]:
        found = await unit.escalations.batch(batch)
        if not found:
            raise NotFound(NO_SUCH)
        incident = await self._access.get(unit, found[0][0].incident_id, verb, by, lock=True)
        return incident, await unit.escalations.batch(batch)

    async def _acknowledge(self, unit: Unit, incident: Incident, pairs: Pairs, by: Actor, mute: bool) -> None:
        now = self._work.now()
        until = self._muted_until(incident, pairs[0][1]) if mute else None
        rows = await unit.escalations.of(incident.key)
        mine = {step.step().plan.rung_key for _, step in pairs}  # who answers late answers what it has climbed to
        for ask, _ in pairs:
            ask.state, ask.answered_at, ask.answered_by = AskState.ACKNOWLEDGED, now, str(by)
            ask.answer = "muted" if mute else ""
        for row in rows:
            if row.step().plan.rung_key not in mine:
                continue
            steps = [other.step() for other in rows]
            changes = ladder.acknowledge(row.step(), steps, now, self._library.calendar, until=until)
            await self._escalations.apply(unit, incident, rows, changes, by)
            if any(change.kind is ChangeKind.ADOPT for change in changes):
                row.acknowledged_by = str(by)
        if incident.acknowledged_at is None and any(step.kind is RungKind.PAGE for _, step in pairs):
            incident.acknowledged_at = now
            unit.tell(IncidentAcknowledged(incident.key, str(by)))
        data = {"answer": "muted" if mute else "acknowledged", "asks": [ask.key for ask, _ in pairs]}
        unit.timeline.note(incident.key, EntryKind.ESCALATION, "acknowledged", by=by, at=now, data=data)
        if any(step.kind is not RungKind.EXECUTIVE for _, step in pairs):
            await self._answered_by_one(unit, incident, [row for row in rows if row.step().plan.rung_key in mine], by)
        unit.tell(AskSettled(incident.key, pairs[0][0].batch or pairs[0][0].key))

    def _muted_until(self, incident: Incident, step: EscalationStep) -> datetime | None:
        """Until the next update is due, and never shorter than a plain acknowledgement counts."""
        now, answered = self._work.now(), replace(step.step(), state=StepState.ACKNOWLEDGED, unanswered=0)
        plain = ladder.next_due(answered, now, self._library.calendar)
        return max(plain, incident.next_update_at) if plain and incident.next_update_at else plain

    def _delegated(self, step: Step, now: datetime) -> Step:
        """The step asked once more, of somebody else; what another has acknowledged stays so."""
        again = replace(step, times_raised=step.times_raised + 1)
        if step.state is not StepState.RAISED:
            return again
        again = replace(again, unanswered=1)
        return replace(again, next_look_at=ladder.next_due(again, now, self._library.calendar))

    async def _answered_by_one(self, unit: Unit, incident: Incident, rows: Sequence[EscalationStep], by: Actor) -> None:
        """Others who were asked the same hear who has it; an executive's notice stays each executive's to read."""
        ids = [row.number for row in rows if row.kind is not RungKind.EXECUTIVE]
        waiting = await unit.escalations.waiting_asks(incident.key, ids)
        await settle_asks(unit, incident, waiting, self._work.now(), by=by)


def _delegated(ask: EscalationAsk, step: EscalationStep, to_id: str, by: Actor, now: datetime) -> EscalationAsk:
    return EscalationAsk(
        step_id=ask.step_id,
        incident_id=ask.incident_id,
        user_id=to_id,
        round=step.times_raised,
        was_due_at=now,
        asked_at=now,
        delegated_by=by.id,
    )


def _answered(ask: EscalationAsk) -> str:
    if ask.answer in ANSWERS:
        return ANSWERS[ask.answer]
    return ANSWERED.get(ask.state, "This was taken" if ask.answered_by else "This was settled")


def _is_telling(row: EscalationStep) -> bool:
    return row.state is not StepState.STOOD_DOWN or row.times_raised > 0


def _line(row: EscalationStep, asks: Sequence[EscalationAsk]) -> LadderLine:
    plan = row.step().plan
    ours = [ask for ask in asks if ask.step_id == row.id and ask.user_id]
    told = {ask.user_id for ask in ours if ask.message_ts}
    return LadderLine(
        why=plan.why,
        role=role_of(row),
        ask=plan.ask,
        state=row.state,
        has_climbed=row.stood_down_for is StandDownReason.CLIMBED,
        due_at=row.due_at,
        next_look_at=row.next_look_at,
        raised_at=row.raised_at,
        asked_ids=_people(ours),
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        undelivered_ids=_people(ask for ask in ours if ask.state is AskState.ASKED and ask.user_id not in told),
    )


def _people(asks: Iterable[EscalationAsk]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ask.user_id for ask in asks))
