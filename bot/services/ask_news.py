"""The messages of the ladder: sent once, and condensed to a line when they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import escalation as ladder
from bot.domain.errors import ChatRefused
from bot.domain.escalation import RungKind, StepState
from bot.domain.events import AskSettled, ChannelAsked, PersonAsked
from bot.domain.incident import Role
from bot.domain.messages import instant_of
from bot.domain.notices.escalation import Asked, Asking, Reason
from bot.domain.notices.incident import Summary
from bot.services.ports import Chat, Posted
from bot.services.raising import unreachable
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from playbooks.library import Library
from storage.escalations import AskState, EscalationAsk, EscalationStep
from storage.store import Unit

LATE = timedelta(minutes=2)
SNOOZED = "snoozed"
Pairs = Sequence[tuple[EscalationAsk, EscalationStep]]
GRAVEST = (RungKind.EXECUTIVE, RungKind.PAGE, RungKind.NUDGE)


class AskNews:
    """Delivers and condenses; every public method is one reaction."""

    def __init__(self, work: Work, chat: Chat, voice: Voice, library: Library) -> None:
        self._work = work
        self._chat = chat
        self._voice = voice
        self._library = library

    async def deliver(self, fact: PersonAsked, attempt: Attempt) -> None:
        """Ask one person by direct message; one who cannot be reached is passed over for the next at once."""
        async with self._work.read() as unit:
            notice = await self._asking(unit, fact.batch)
        if notice is None:
            await self._recall(fact.batch, fact.user_id, attempt)
            return
        try:
            posted = await self._chat.dm(fact.user_id, notice, once=attempt.once)
        except ChatRefused as refusal:
            await self._pass_over(fact, refusal)
            return
        await self._remember(fact.batch, posted)

    async def post(self, fact: ChannelAsked, attempt: Attempt) -> None:
        """Ask the channel."""
        async with self._work.read() as unit:
            notice = await self._asking(unit, fact.batch)
            incident = await unit.incidents.get(fact.incident_id)
        if notice is not None:
            posted = await self._voice.say(fact, attempt, lambda _: notice)
            if posted is not None:
                await self._remember(fact.batch, posted)
        elif incident is not None and incident.channel_id is not None:
            await self._recall(fact.batch, incident.channel_id, attempt)

    async def condense(self, fact: AskSettled, _: Attempt) -> None:
        """A message that is answered keeps one line, without buttons; one that is answered in part asks the rest."""
        async with self._work.read() as unit:
            pairs = await unit.escalations.batch(fact.batch)
            incident = await unit.incidents.get(fact.incident_id)
            left = await self._asking(unit, fact.batch)
        ask = pairs[0][0]
        if incident is None or ask.channel_id is None or ask.message_ts is None:
            return
        try:
            await self._chat.edit(Posted(ask.channel_id, ask.message_ts), left or _settled(pairs, summary(incident)))
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise

    async def _pass_over(self, fact: PersonAsked, refusal: ChatRefused) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(fact.incident_id, lock=True)
            for ask, step in await unit.escalations.batch(fact.batch):
                if ask.state is AskState.ASKED:
                    ask.state, ask.answer = AskState.UNREACHABLE, refusal.code
                    others = await unit.escalations.waiting_asks(fact.incident_id, [ask.step_id])
                    if incident is not None and not others and step.state is StepState.RAISED:
                        step.become(unreachable(step.step(), self._work.now()))

    async def _recall(self, batch: int, place_id: str, attempt: Attempt) -> None:
        """Nothing is left to ask; what an earlier try may have asked all the same gets its answer."""
        posted = await self._chat.recall(place_id, once=attempt.once)
        if posted is not None:
            await self._remember(batch, posted)

    async def _remember(self, batch: int, posted: Posted) -> None:
        async with self._work() as unit:
            pairs = await unit.escalations.batch(batch)
            for ask, _ in pairs:
                ask.channel_id, ask.message_ts = posted.channel_id, posted.ts
            if any(ask.state is not AskState.ASKED for ask, _ in pairs):
                unit.tell(AskSettled(pairs[0][0].incident_id, batch))  # answered while it was being sent

    async def _asking(self, unit: Unit, batch: int) -> Asking | None:
        pairs = [(ask, step) for ask, step in await unit.escalations.batch(batch) if ask.state is AskState.ASKED]
        if not pairs:
            return None
        row = await unit.cards.incident(pairs[0][0].incident_id)
        if row is None or not row.incident.is_open:
            return None
        lead = next(iter(row.seats[Role.LEAD]), None)
        kind = _gravest(pairs)
        return Asking(
            batch=batch,
            kind=kind,
            to_id=pairs[0][0].user_id,
            summary=summary(row.incident, lead),
            what_happened=row.incident.what_happened,
            affected=str(row.incident.facts.get("affected", "")),
            type_name=self._library.type_name(row.incident.type),
            system_name=self._library.system_name(row.incident.system),
            lead_id=lead,
            latest_update=row.latest_update,
            reasons=tuple(_reason(ask, step, self._work.now()) for ask, step in pairs),
            answer_by=_next_after(await unit.escalations.of(row.incident.key), pairs),
            snooze_minutes=self._library.escalation_policy.snooze.minutes if kind is RungKind.NUDGE else (),
            delegated_by=pairs[0][0].delegated_by,
            seat=_seat(pairs, row.seats),
        )


def _settled(pairs: Pairs, about: Summary) -> Asked:
    """What became of a message: the answer of a person before anything that happened by itself."""
    ask, step = max(pairs, key=lambda pair: (pair[0].answered_by is not None, pair[0].answered_at or pair[0].asked_at))
    return Asked(
        summary=about,
        kind=_gravest(pairs),
        to_id=ask.user_id,
        answer=ask.answer or ask.state,
        by=ask.answered_by,
        at=ask.answered_at,
        until=step.next_look_at if step.is_running and _has_end(ask) else None,
        delegated_to=ask.delegated_to,
    )


def _gravest(pairs: Pairs) -> RungKind:
    return min((step.kind for _, step in pairs), key=GRAVEST.index)


def _has_end(ask: EscalationAsk) -> bool:
    return ask.state is AskState.ACKNOWLEDGED or ask.answer == SNOOZED


def _next_after(rows: Sequence[EscalationStep], pairs: Pairs) -> datetime | None:
    """When silence sends it on to somebody else: the next look at these steps, or at one that waits for the same."""
    mine = [step.step() for _, step in pairs if step.kind is not RungKind.NUDGE]
    after = [row.step() for row in rows if row.state is StepState.PENDING]
    after = [other for other in after if any(ladder.waits_alike(other, step) for step in mine)]
    looks = [step.next_look_at for step in (*mine, *after) if step.next_look_at is not None]
    return min(looks, default=None)


def _seat(pairs: Pairs, seats: dict[Role, tuple[str, ...]]) -> Role | None:
    """The empty seat that the person is asked to take, if it is about one."""
    roles = [role_of(step) or step.step().plan.ask.role for _, step in pairs if step.kind is not RungKind.EXECUTIVE]
    return next((role for role in roles if role is not None and not seats[role]), None)


def _reason(ask: EscalationAsk, step: EscalationStep, now: datetime) -> Reason:
    """``now`` is when a message goes out that is not out yet; Slack may have kept it waiting."""
    plan = step.step().plan
    late = max(ask.asked_at, instant_of(ask.message_ts) if ask.message_ts else now) - ask.was_due_at
    role = role_of(step)
    is_passed_on = ask.was_due_at < plan.due_at or plan.key != plan.rung_key  # whoever comes before has not taken it
    after = "" if is_passed_on else str(plan.after)
    return Reason(plan.why, after, ask.was_due_at, late if late >= LATE else timedelta(), ask.round, role)


def role_of(step: EscalationStep) -> Role | None:
    """The role that a step is about: the one whose seat would settle it."""
    name = step.step().plan.unless.value.partition("role_seated:")[2]
    return Role(name) if name else None
