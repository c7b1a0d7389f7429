"""The law's clocks of an incident from a terminal, under the same rules as in Slack."""

from __future__ import annotations

from bot.domain.errors import BadInput
from bot.domain.obligations.words import Decision
from bot.domain.particulars import ParticularKind as Kind
from bot.domain.particulars import canonical
from bot.errands.seat import Seat, Told
from bot.services.law.deciding import Sent
from bot.terminal import clocks

DECISIONS = {"applies": Decision.APPLIES, "not": Decision.DOES_NOT_APPLY, "undecided": Decision.UNDECIDED}


async def of(seat: Seat, reference: str) -> Told:
    """Every clock of the incident."""
    about = await seat.about(reference)
    found = await seat.services.obligations.listing(about.incident_id, by=seat.actor)
    return Told(clocks.listing(found, seat.names), clocks.data(found))


async def add(seat: Seat, reference: str, clock: str) -> Told:
    """A clock that was not proposed."""
    about = await seat.about(reference)
    made = await seat.services.proposing.add(about.incident_id, clock, by=seat.actor)
    return Told(clocks.one(made.clock, seat.now(), seat.names), clocks.item(made.clock))


async def decide(seat: Seat, reference: str, number: int, word: str, why: str, *, key: str | None) -> Told:
    """Legal's word on a clock."""
    about = await seat.about(reference)
    clock = await seat.services.obligations.numbered(about.incident_id, number, by=seat.actor)
    made = await seat.services.obligations.decide(clock, DECISIONS[word], why, by=seat.actor, source_key=seat.key(key))
    return Told(clocks.one(made.clock, seat.now(), seat.names), clocks.item(made.clock))


async def sent(
    seat: Seat, reference: str, number: int, text: str, *, to: str, under: str, at: str, key: str | None
) -> Told:
    """A notice was sent."""
    about = await seat.about(reference)
    clock = await seat.services.obligations.numbered(about.incident_id, number, by=seat.actor)
    moment = clocks.instant(canonical(Kind.INSTANT, at, (), seat.now())) if at else None
    what = Sent(recipient=to, text=text, reference=under, at=moment)
    made = await seat.services.obligations.sent(clock, what, by=seat.actor, source_key=seat.key(key))
    return Told(clocks.one(made.clock, seat.now(), seat.names), clocks.item(made.clock))


async def export(seat: Seat, reference: str) -> Told:
    """The data for authorities' forms."""
    about = await seat.about(reference)
    made = await seat.services.exporting_law.make(about.incident_id, by=seat.actor)
    return Told(made.markdown.rstrip("\n"), {"version": made.version, **made.data})


async def establish(
    seat: Seat, reference: str, what: str, value: str, *, why: str, source: str, estimate: bool, key: str | None
) -> Told:
    """Write down a particular."""
    about = await seat.about(reference)
    if not value.strip():
        raise BadInput("Say what it is: a number, a word, or an instant like 2026-11-20T16:30 (UTC).")
    made = await seat.services.particulars.set(
        about.incident_id,
        what,
        value,
        by=seat.actor,
        source_key=seat.key(key),
        reason=why,
        source=source,
        is_confirmed=not estimate,
    )
    return Told(clocks.established(made.particular, seat.names), clocks.particular(made.particular))


async def particulars(seat: Seat, reference: str) -> Told:
    """What is established."""
    about = await seat.about(reference)
    found = await seat.services.particulars.listing(about.incident_id, by=seat.actor)
    said = "\n".join(clocks.established(one, seat.names) for one in found.known) or "Nothing is established yet."
    return Told(said, {"particulars": [clocks.particular(one) for one in found.known]})
