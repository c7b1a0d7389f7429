"""Turning the switch: once. Written down before the call, so that whoever finds it begun looks before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.containment import run as rules
from bot.domain.containment.words import RunState
from bot.domain.events import SwitchApproved, SwitchTurned
from bot.domain.people import ANDON
from bot.services.containment.ports import Order, Switchboard, SwitchRefused, SwitchUnavailable, SwitchUncertain
from bot.services.containment.record import action_of, end, fail, found, named, note, order_of
from bot.services.failing import NotYet
from bot.services.reaction import Attempt
from bot.services.work import Work
from playbooks.catalogue import span

IN_FLIGHT = timedelta(seconds=20)  # a call that began so lately may still be under way in another process
AGAIN_AFTER = timedelta(seconds=10)
BY_HAND_WITHIN = timedelta(minutes=15)
MOST_CALLS = 3
LOST = "Whether it moved is not known: {why} The control plane says: {seen}. Nothing was repeated; look at it by hand."
NOT_MOVED = "{why} The control plane says that it has not moved: {seen}."


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be turned now. ``is_doubtful``: an earlier try may have turned it."""

    order: Order
    is_doubtful: bool


class Switching:
    """Carries approved runs out."""

    def __init__(self, work: Work, board: Switchboard) -> None:
        self._work = work
        self._board = board

    async def run(self, fact: SwitchApproved, attempt: Attempt) -> None:
        """Turn the switch, or find out whether an earlier try did. Raises NotYet while that may be under way."""
        begun = await self._begin(fact.run_id)
        if begun is None:
            return
        if begun.is_doubtful:
            await self._look(fact.run_id, begun.order, "the last try was cut off.")
            return
        try:
            answer = await self._board.turn(begun.order)
        except SwitchRefused as refusal:
            await self._failed(fact.run_id, f"{refusal} The switch has not moved.")
        except SwitchUnavailable as error:
            await self._try_again(fact.run_id, str(error))
        except SwitchUncertain as error:
            await self._look(fact.run_id, begun.order, str(error))
        else:
            await self._turned(fact.run_id, answer)

    async def _begin(self, run_id: int) -> Begun | None:
        """Note that it begins; None where nothing is to be done."""
        async with self._work() as unit:
            row, incident = await found(unit, run_id)
            now = self._work.now()
            if row.state is RunState.RUNNING:
                if action_of(row).call.adapter == "record":
                    return None
                if row.called_at is not None and now - row.called_at < IN_FLIGHT:
                    raise NotYet
                return Begun(order_of(row, incident), is_doubtful=True)
            if row.state is not RunState.APPROVED:
                return None
            run = rules.begin(row.run(), now)
            row.become(run)
            if run.state is RunState.EXPIRED:
                end(row, now, ANDON, "It could not begin before the approval ran out. Nothing was run.")
                note(unit, row, "expired", f"{named(row)} expired before it could begin", by=ANDON, at=now)
                return None
            row.calls, row.called_at = row.calls + 1, now
            by_hand = action_of(row).call.adapter == "record"
            row.review_at = now + BY_HAND_WITHIN if by_hand else None
            row.look_at(None)
            word = "is to be done by hand now" if by_hand else "runs"
            note(unit, row, "running", f"{named(row)} {word}", by=ANDON, at=now)
            return None if by_hand else Begun(order_of(row, incident), is_doubtful=False)

    async def _turned(self, run_id: int, answer: str) -> None:
        async with self._work() as unit:
            row, _ = await found(unit, run_id)
            if row.state is not RunState.RUNNING:
                return
            now, action = self._work.now(), action_of(row)
            row.become(rules.move(row.run(), RunState.VERIFYING))
            row.answer, row.verify_until = answer, now + span(action.verify.within)
            row.look_at(None)
            note(unit, row, "turned", f"{named(row)}: called, answered {answer or 'nothing'}", by=ANDON, at=now)
            unit.tell(SwitchTurned(row.incident_id, row.key))

    async def _look(self, run_id: int, order: Order, why: str) -> None:
        """The answer was lost: the control plane says what became of it."""
        seen = await self._board.read(order)
        if seen.is_as_wanted:
            await self._turned(run_id, f"the answer was lost; found moved: {seen.what}")
        elif seen.is_as_wanted is None:
            await self._failed(run_id, LOST.format(why=why, seen=seen.what))
        else:
            await self._try_again(run_id, NOT_MOVED.format(why=why, seen=seen.what))

    async def _try_again(self, run_id: int, why: str) -> None:
        """Surely nothing happened: once more in a moment under the same key, a few times."""
        async with self._work() as unit:
            row, _ = await found(unit, run_id)
            if row.state is not RunState.RUNNING:
                return
            now = self._work.now()
            if row.calls >= MOST_CALLS or now + AGAIN_AFTER >= row.expires_at:
                fail(unit, row, f"{why} Tried {row.calls} times; nothing has moved.", now)
                return
            row.become(rules.move(row.run(), RunState.APPROVED))
            row.look_at(now + AGAIN_AFTER)
            note(unit, row, "again", f"{named(row)}: {why} It is tried once more", by=ANDON, at=now)

    async def _failed(self, run_id: int, why: str) -> None:
        async with self._work() as unit:
            row, _ = await found(unit, run_id)
            if row.state is RunState.RUNNING:
                fail(unit, row, why, self._work.now())
