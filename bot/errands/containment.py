"""Containment from a terminal: the rules and people of Slack, and the switch itself while no bot runs."""

from __future__ import annotations

from bot.domain.containment.words import MAY_HAVE_MOVED, UNDER_WAY
from bot.domain.errors import IllegalMove, NotAllowed
from bot.domain.events import SwitchApproved, SwitchTurned
from bot.domain.notices.containment import RunItem, SwitchReceipt
from bot.errands.seat import COMMAND_LINE, Seat, Told
from bot.services.containment.requesting import Wish
from bot.services.failing import NotYet
from bot.services.ports import Once
from bot.services.reaction import Attempt
from bot.terminal import containment, data

BUSY = "Another Andon is running it just now: look again in half a minute."
NOT_YOURS = "Only whoever may ask for this or agree to it can run or verify it."


async def actions(seat: Seat, reference: str) -> Told:
    """What can be done about the incident's system."""
    about = await seat.about(reference)
    found = await seat.services.containment.listing(about.incident_id, by=seat.actor)
    return Told(containment.actions(found), {"actions": [containment.action(one) for one in found.actions]})


async def listing(seat: Seat, reference: str) -> Told:
    """What was asked for, and what became of it."""
    about = await seat.about(reference)
    found = await seat.services.containment.listing(about.incident_id, by=seat.actor)
    told = [containment.run(one) for one in found.runs]
    return Told(containment.listing(found, seat.names), {**data.incident(about, seat.names), "runs": told})


async def request(
    seat: Seat, reference: str, action: str, why: str, *, harm: str, alone: bool, key: str | None
) -> Told:
    """Ask for an action; at SEV1 alone, if need be."""
    about = await seat.about(reference)
    wish = Wish(action=action, why=why, key=seat.key(key), harm_cannot_wait=harm, alone=alone)
    return _told(seat, await seat.services.requesting.request(about.incident_id, wish, by=seat.actor))


async def approve(seat: Seat, reference: str, number: int) -> Told:
    """Agree."""
    return _told(seat, await seat.services.deciding.approve(await _run(seat, reference, number), by=seat.actor))


async def refuse(seat: Seat, reference: str, number: int, why: str) -> Told:
    """Say no."""
    return _told(seat, await seat.services.deciding.refuse(await _run(seat, reference, number), why, by=seat.actor))


async def ratify(seat: Seat, reference: str, number: int) -> Told:
    """Agree afterwards."""
    return _told(seat, await seat.services.deciding.ratify(await _run(seat, reference, number), by=seat.actor))


async def done(seat: Seat, reference: str, number: int, how: str) -> Told:
    """It was done by hand."""
    run_id = await _run(seat, reference, number)
    return _told(seat, await seat.services.deciding.done_by_hand(run_id, how, by=seat.actor))


async def rollback(seat: Seat, reference: str, number: int, why: str, *, key: str | None) -> Told:
    """Ask to switch it on again."""
    run_id = await _run(seat, reference, number)
    made = await seat.services.requesting.request_return(run_id, why, by=seat.actor, key=seat.key(key))
    return _told(seat, made)


async def dry_run(seat: Seat, reference: str, action: str) -> Told:
    """What would be sent, to the letter."""
    about = await seat.about(reference)
    shown = await seat.services.containment.rehearse(about.incident_id, action, by=seat.actor)
    return Told(containment.dry_run(shown), {"calls": list(shown.calls), "missing": list(shown.missing)})


async def run(seat: Seat, reference: str, number: int) -> Told:
    """Turn an approved switch from here, once: where the bot is running it already, this says so."""
    run_id = await _run(seat, reference, number)
    before = await _may_act(seat, run_id)
    if before.run.state not in UNDER_WAY:
        raise IllegalMove(f"Containment {number} is {before.run.state}: there is nothing to run.")
    about = before.summary.incident_id
    try:
        await seat.services.switching.run(SwitchApproved(about, run_id), _once(seat))
    except NotYet:
        raise IllegalMove(BUSY) from None
    await seat.services.proving.look(SwitchTurned(about, run_id), _once(seat))
    return _told(seat, await seat.services.containment.one(run_id, by=seat.actor))


async def verify(seat: Seat, reference: str, number: int) -> Told:
    """Read the control plane and probe, now."""
    run_id = await _run(seat, reference, number)
    before = await _may_act(seat, run_id)
    if before.run.state not in MAY_HAVE_MOVED:
        raise IllegalMove(f"Containment {number} is {before.run.state}: nothing was turned that could be looked at.")
    await seat.services.proving.look(SwitchTurned(before.summary.incident_id, run_id), _once(seat))
    seen = await seat.services.proving.glance(run_id)
    after = await seat.services.containment.one(run_id, by=seat.actor)
    told = containment.seen(after.run, seen, seat.names)
    looks = [{"step": step, "is_as_wanted": one.is_as_wanted, "what": one.what} for step, one in seen]
    return Told(told, {"run": containment.run(after.run), "seen": looks})


async def trip(seat: Seat, system: str, action: str, why: str, *, key: str | None) -> Told:
    """A breaker trips."""
    return _told(seat, await seat.services.breakers.breaker(system, action, why, key=seat.key(key)))


async def _run(seat: Seat, reference: str, number: int) -> int:
    about = await seat.about(reference)
    return await seat.services.containment.numbered(about.incident_id, number, by=seat.actor)


async def _may_act(seat: Seat, run_id: int) -> SwitchReceipt:
    found = await seat.services.containment.one(run_id, by=seat.actor)
    if not await seat.services.deciding.may_act(run_id, by=seat.actor):
        raise NotAllowed(NOT_YOURS)
    return found


def _told(seat: Seat, receipt: SwitchReceipt) -> Told:
    found: RunItem = receipt.run
    return Told(containment.one(receipt.summary, found, seat.names), containment.run(found))


def _once(seat: Seat) -> Attempt:
    return Attempt(Once(COMMAND_LINE, look_first=False, since=seat.now()), 1)
