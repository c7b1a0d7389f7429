"""Working on incidents from a terminal: the same services, rules and permissions as Slack's doors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain.declaration import Declaration
from bot.domain.errors import AlreadyDone, BadInput, NotAllowed, StorageUnavailable
from bot.domain.events import IncidentDeclared
from bot.domain.incident import IncidentType, Role, Severity
from bot.domain.lifecycle import parse_severity
from bot.domain.notices.roles import SeatHeld
from bot.errands.seat import COMMAND_LINE, Seat, Told
from bot.services import dates
from bot.services.ports import Once
from bot.services.reaction import Attempt
from bot.terminal import data, incidents, text
from bot.terminal.incidents import Act
from playbooks.library import Library

TIME_ALONE = re.compile(r"\d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Wish:
    """A declaration as typed. ``key`` names it, so that the same one again is the same incident."""

    what_happened: str
    type: str = IncidentType.UNSURE
    severity: str = ""
    system: str = ""
    is_private: bool = False
    key: str | None = None


async def declare(seat: Seat, wish: Wish) -> Told:
    """Pull the cord; what follows in Slack is owed from now on."""
    declaration = Declaration(
        what_happened=wish.what_happened,
        type=IncidentType(wish.type),
        severity=_severity(wish.severity),
        system=_system(seat.services.library, wish.system),
        is_private=wish.is_private,
    )
    made = await seat.services.incidents.declare(declaration, by=seat.actor, key=seat.key(wish.key))
    with suppress(StorageUnavailable):  # it is declared; `andon run` prepares it, if need be
        await seat.services.incidents.prepare(IncidentDeclared(made.summary.incident_id), _once(seat.now()))
    said = incidents.declared(made.summary, seat.now(), seat.names, await seat.backlog(), was_already=made.was_already)
    return Told(said, {**data.incident(made.summary, seat.names), "was_already_declared": made.was_already})


async def listing(seat: Seat, *, limit: int, with_closed: bool) -> Told:
    """Open incidents the person may see, gravest first; with those closed lately."""
    home = seat.services.home
    found = await home.listing(by=seat.actor, limit=limit)
    closed = await home.closed(by=seat.actor, limit=limit) if with_closed else None
    backlog = await seat.backlog()
    return Told(incidents.listing(found, closed, seat.names, backlog), data.listing(found, closed, seat.names, backlog))


async def show(seat: Seat, reference: str) -> Told:
    """Everything about one incident on one page."""
    about = await seat.about(reference)
    services, incident_id = seat.services, about.incident_id
    page = incidents.Page(
        card=(await services.panel.read(incident_id, by=seat.actor)).card,
        tasks=await services.tasks.listing(incident_id, by=seat.actor),
        ladder=await services.asks.listing(incident_id, by=seat.actor),
        timeline=await services.timeline.page(incident_id, by=seat.actor),
        latest_update=await services.updates.latest(incident_id, by=seat.actor),
        backlog=await seat.backlog(),
        now=seat.now(),
    )
    return Told(incidents.shown(page, seat.names), data.page(page, seat.names))


async def update(seat: Seat, reference: str, said: str, *, due: str = "", key: str | None = None) -> Told:
    """Tell stakeholders; ``due`` is when they hear again, else policy says."""
    about = await seat.about(reference)
    next_due_at = await dates.read(due, "UTC", seat.now(), field="next") if due else None
    send, submission = seat.services.updates.send, seat.key(key)
    with _saying_how(about.reference):
        await send(about.incident_id, said, by=seat.actor, key=submission, next_due_at=next_due_at)
    return await _done(seat, reference, Act.UPDATE)


async def note(seat: Seat, reference: str, said: str, *, key: str | None = None) -> Told:
    """A line for the timeline."""
    about = await seat.about(reference)
    await seat.services.timeline.note(about.incident_id, said, by=seat.actor, key=seat.key(key))
    return await _done(seat, reference, Act.NOTE)


async def take(seat: Seat, reference: str, role: Role, over: str = "") -> Told:
    """Sit down; in a taken seat only with a reason why it cannot wait."""
    about = await seat.about(reference)
    if over:
        await seat.services.roles.take_over(about.incident_id, role, over, by=seat.actor)
    elif (held := await seat.services.roles.take(about.incident_id, role, by=seat.actor)) is not None:
        raise AlreadyDone(_who_sits(seat, held))
    return await _done(seat, reference, Act.TAKE, role)


async def contained(seat: Seat, reference: str, how: str, *, at: str = "") -> Told:
    """The harm is stopped, and how that was verified."""
    about, when = await seat.about(reference), _past(at, seat.now())
    with _saying_how(about.reference):
        await seat.services.lifecycle.contain(about.incident_id, how, by=seat.actor, stated_at=when)
    return await _done(seat, reference, Act.CONTAINED)


async def resolved(seat: Seat, reference: str, how: str, *, at: str = "") -> Told:
    """The cause is fixed, and how that was validated."""
    about, when = await seat.about(reference), _past(at, seat.now())
    with _saying_how(about.reference):
        await seat.services.lifecycle.resolve(about.incident_id, how, by=seat.actor, stated_at=when)
    return await _done(seat, reference, Act.RESOLVED)


async def close(seat: Seat, reference: str, said: str, *, anyway: str = "") -> Told:
    """The response is over; ``anyway`` says why, where it was not contained or resolved."""
    about = await seat.about(reference)
    with _saying_how(about.reference):
        form = await seat.services.closing.close_form(about.incident_id, by=seat.actor)
    if form.missing and not anyway.strip():
        raise BadInput(f"{about.reference} is {form.missing}. Say why it is closed all the same: --anyway “why”.")
    await seat.services.closing.close(about.incident_id, said, by=seat.actor, why_anyway=anyway)
    return await _done(seat, reference, Act.CLOSE)


async def cancel(seat: Seat, reference: str, why: str) -> Told:
    """It is no incident."""
    about = await seat.about(reference)
    await seat.services.closing.cancel(about.incident_id, why, by=seat.actor)
    return await _done(seat, reference, Act.CANCEL)


async def reopen(seat: Seat, reference: str, why: str) -> Told:
    """It goes on."""
    about = await seat.about(reference)
    await seat.services.closing.reopen(about.incident_id, why, by=seat.actor)
    return await _done(seat, reference, Act.REOPEN)


async def _done(seat: Seat, reference: str, act: Act, role: Role | None = None) -> Told:
    """The receipt: what was done, and where the incident stands now."""
    after = await seat.about(reference)
    said = incidents.done(after, act, role, seat.now(), await seat.backlog())
    return Told(said, data.incident(after, seat.names))


def _once(now: datetime) -> Attempt:
    """A first try: `andon run` may be down, and who is asked first should be known without it."""
    return Attempt(Once(COMMAND_LINE, look_first=False, since=now), 1)


@contextmanager
def _saying_how(reference: str) -> Iterator[None]:
    """A refusal for want of a role names the way to one."""
    try:
        yield
    except NotAllowed as error:
        raise NotAllowed(f"{error.sentence} To lead it: `andon incident take {reference} lead`.") from error


def _severity(typed: str) -> Severity | None:
    if not typed:
        return None
    found = parse_severity(typed)
    if found is None:
        raise BadInput(f"“{typed}” is no severity: SEV1 (worst) to SEV4, or leave it out if you are not sure.")
    return found


def _system(library: Library, typed: str) -> str | None:
    """A system of the catalogue by slug or name; anything else is kept as it was typed."""
    wanted = typed.strip().casefold()
    by_name = {spelled.casefold(): slug for slug, name in library.system_choices() for spelled in (slug, name)}
    return by_name.get(wanted, typed.strip()) or None


def _past(typed: str, now: datetime) -> datetime | None:
    """When it happened, read in UTC; a time alone is the latest such one. Raises BadInput for what is no instant."""
    if not typed:
        return None
    try:
        if TIME_ALONE.fullmatch(typed):
            at = datetime.combine(now.date(), time.fromisoformat(typed.zfill(5)), UTC)
            return at if at <= now else at - timedelta(days=1)
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise BadInput(f"“{typed}” is no instant: write 14:05, or {now:%Y-%m-%d} 14:05, in UTC.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _who_sits(seat: Seat, held: SeatHeld) -> str:
    name = text.person(held.holder_id, seat.names)
    return (
        f"{name} is {held.role} of {held.summary.reference} since {text.utc(held.since)}. Nothing was changed. "
        "If that cannot wait for a handover: --over “why”."
    )
