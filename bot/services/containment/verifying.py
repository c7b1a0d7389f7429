"""Whether it worked: the control plane read, then the data plane probed, then both again until the harm stayed away.

An answer is no proof. What has not moved in time, or moves back while it is held, fails loudly.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import escalation as ladder
from bot.domain.containment import run as rules
from bot.domain.containment.words import UNDER_WAY, Direction, RunState
from bot.domain.deadlines import Duration
from bot.domain.escalation import Ask, AskKind, Ending, PlannedStep, RungKind, Why
from bot.domain.events import SwitchApproved, SwitchStays, SwitchTurned, SwitchUnratified
from bot.domain.incident import Role
from bot.domain.people import ANDON
from bot.services.containment.deciding import ratification
from bot.services.containment.ports import Sighting, Switchboard
from bot.services.containment.record import action_of, end, fail, found, named, note, order_of, saw
from bot.services.lifecycle import Lifecycle
from bot.services.reaction import Attempt
from bot.services.singly import singly
from bot.services.work import Work
from playbooks.catalogue import span
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.switches import ContainmentRun

LOOK_AGAIN = timedelta(seconds=10)
WHILE_HELD = timedelta(minutes=5)
BY_HAND_AGAIN = timedelta(minutes=30)
LOOKED_AT = frozenset({RunState.VERIFYING, RunState.HOLDING})
OFF = frozenset({RunState.HOLDING, RunState.CONTAINED})
NOT_MOVED = "it was answered, but the switch has not moved"
MOVED_BACK = "it had moved, and it has not stayed so"


class Verifying:
    """Looks at what was turned, and at what waits too long."""

    def __init__(self, work: Work, lifecycle: Lifecycle, library: Library, board: Switchboard) -> None:
        self._work = work
        self._lifecycle = lifecycle
        self._library = library
        self._board = board

    async def look(self, fact: SwitchTurned, _: Attempt) -> None:
        """Read and probe once, and go on from what was seen."""
        async with self._work.read() as unit:
            row = await unit.switches.get(fact.run_id)
            incident = await unit.incidents.get(fact.incident_id)
        if row is None or incident is None or row.state not in LOOKED_AT:
            return
        order = order_of(row, incident)
        read, probe = await self._board.read(order), None
        if read.is_as_wanted is not False:  # what has not moved need not be tried
            probe = await self._board.probe(order)
        async with self._work() as unit:
            row, incident = await found(unit, fact.run_id)
            if row.state in LOOKED_AT and not await self._is_being_put_back(unit, row):
                await self._judge(unit, row, incident, read, probe)

    async def glance(self, run_id: int) -> list[tuple[str, Sighting]]:
        """Read and probe, and change nothing."""
        async with self._work.read() as unit:
            row, incident = await found(unit, run_id, lock=False)
        order = order_of(row, incident)
        read, probe = await self._board.read(order), await self._board.probe(order)
        return [("read", read), *([("probe", probe)] if probe else [])]

    async def look_for_due(self) -> None:
        """A tick: what waits too long expires, what is to be looked at again is, what nobody ratified climbs."""
        async with self._work.read() as unit:
            due = await unit.switches.due_incidents(self._work.now())
        await singly(self._look_at, due, what="look at its containment")

    async def _look_at(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True, unless_taken=True)
            if incident is None:
                return
            now = self._work.now()
            for row in await unit.switches.of(incident_id):
                if row.due_at is not None and row.due_at <= now:
                    self._climb(unit, incident, row, now)
                    self._review(unit, row, now)
                    self._due(unit, row, now)

    def _due(self, unit: Unit, row: ContainmentRun, now: datetime) -> None:
        if row.check_at is None or row.check_at > now:
            row.look_at(row.check_at)
            return
        run = rules.expire(row.run(), now)
        if run.state is RunState.EXPIRED:
            row.become(run)
            end(row, now, ANDON, "Nobody agreed in time. Nothing was run.")
            note(unit, row, "expired", f"{named(row)} expired: nobody agreed in time", by=ANDON, at=now)
        elif row.state is RunState.APPROVED:
            row.look_at(row.expires_at)
            unit.tell(SwitchApproved(row.incident_id, row.key))
        else:
            row.look_at(None)
            unit.tell(SwitchTurned(row.incident_id, row.key))

    def _review(self, unit: Unit, row: ContainmentRun, now: datetime) -> None:
        """What is not meant to stay still does, or nobody did what is done by hand: people are asked, and again."""
        if row.review_at is None or row.review_at > now:
            return
        is_owed = row.state is RunState.RUNNING and action_of(row).call.adapter == "record"
        every = BY_HAND_AGAIN if is_owed else self._every(row) if row.state in OFF else None
        if every is None:
            row.review_at = None
            return
        row.review_at = now + every
        stands = "is still to be done by hand" if is_owed else "is still in force"
        note(unit, row, "reminded", f"{named(row)} {stands}: people are asked", by=ANDON, at=now)
        unit.tell(SwitchStays(row.incident_id, row.key))

    def _every(self, row: ContainmentRun) -> timedelta | None:
        entry = self._library.containment.entry(row.catalogue)
        return span(entry.look_again) if entry and entry.look_again else None

    def _climb(self, unit: Unit, incident: Incident, row: ContainmentRun, now: datetime) -> None:
        """Nobody ratified in time: the lead is asked, then who stands above."""
        if row.ratify_by is None or row.ratified or row.unratified_at is not None or row.ratify_by > now:
            return
        row.unratified_at = now
        step = PlannedStep(
            key=ratification(row),
            severity=incident.severity,
            kind=RungKind.NUDGE,
            ask=Ask(AskKind.SEAT, Role.LEAD),
            after=Duration.parse("30m"),
            due_at=now,
            why=Why.NOT_RATIFIED,
            ends=Ending.CLOSED,
            repeat=Duration.parse("10m"),
            max_repeats=1,
            climbs_to=Ask(AskKind.MANAGER, Role.LEAD),
        )
        unit.escalations.add(incident.key, ladder.begin(step))
        note(unit, row, "unratified", f"{named(row)}: nobody ratified it in time", by=ANDON, at=now)
        unit.tell(SwitchUnratified(row.incident_id, row.key))

    async def _judge(
        self, unit: Unit, row: ContainmentRun, incident: Incident, read: Sighting, probe: Sighting | None
    ) -> None:
        now = self._work.now()
        saw(row, "read", read.is_as_wanted, read.what, now)
        if probe is not None:
            saw(row, "probe", probe.is_as_wanted, probe.what, now)
        seen = _together(row, read, probe)
        if row.state is RunState.VERIFYING:
            await self._verified(unit, row, incident, seen, now)
        else:
            await self._held(unit, row, incident, seen, now)

    async def _verified(
        self, unit: Unit, row: ContainmentRun, incident: Incident, seen: Sighting, now: datetime
    ) -> None:
        if not seen.is_as_wanted:
            if row.verify_until is None or now >= row.verify_until:
                fail(unit, row, f"{NOT_MOVED}: {seen.what}.", now)
            else:
                row.look_at(min(now + LOOK_AGAIN, row.verify_until))
        elif row.direction is Direction.ON:
            await self._put_back(unit, row, now)
        else:
            row.become(rules.move(row.run(), RunState.HOLDING))
            hold = action_of(row).verify.hold or self._library.containment.hold[incident.severity]
            row.hold_until = now + span(hold)
            row.review_at = now + every if (every := self._every(row)) else None
            row.look_at(min(row.hold_until, now + WHILE_HELD))
            text = f"{named(row)} has moved, and is held until {row.hold_until:%H:%M} UTC"
            note(unit, row, "moved", text, by=ANDON, at=now)

    async def _held(self, unit: Unit, row: ContainmentRun, incident: Incident, seen: Sighting, now: datetime) -> None:
        until = row.hold_until or now
        if seen.is_as_wanted and now >= until:
            await self._contained(unit, row, incident, now)
        elif seen.is_as_wanted:
            row.look_at(min(until, now + WHILE_HELD))
        elif seen.is_as_wanted is None and now < until + span(action_of(row).verify.within):
            row.look_at(now + LOOK_AGAIN)
        else:
            fail(unit, row, f"{MOVED_BACK}: {seen.what}.", now)

    async def _contained(self, unit: Unit, row: ContainmentRun, incident: Incident, now: datetime) -> None:
        row.become(rules.move(row.run(), RunState.CONTAINED))
        end(row, now, ANDON, "Read, probed and held.")
        note(unit, row, "contained", f"{named(row)} holds: {_how(row)}", by=ANDON, at=now)
        entry, action = self._library.containment.entry(row.catalogue), action_of(row)
        stops_harm = action.stops_harm if action.stops_harm is not None else bool(entry and entry.stops_harm)
        if stops_harm and incident.is_open and incident.contained_at is None:
            how = f"{row.title} ({row.catalogue}, containment {row.number}): {_how(row)}"
            await self._lifecycle.set_contained(unit, incident, how, now, ANDON)

    async def _put_back(self, unit: Unit, row: ContainmentRun, now: datetime) -> None:
        row.become(rules.move(row.run(), RunState.ROLLED_BACK))
        end(row, now, ANDON, "Switched on again.")
        note(unit, row, "put back", f"{named(row)} is on again", by=ANDON, at=now)
        off = await unit.switches.get(row.back_for_id, fresh=True) if row.back_for_id else None
        if off is not None and RunState.ROLLED_BACK in rules.MOVES.get(off.state, frozenset()):
            off.become(rules.move(off.run(), RunState.ROLLED_BACK))
            off.review_at = None
            end(off, now, ANDON, f"Switched on again by containment {row.number}.")
            note(unit, off, "rolled back", f"{named(off)} was put back", by=ANDON, at=now)

    async def _is_being_put_back(self, unit: Unit, row: ContainmentRun) -> bool:
        """Whether people are switching it on again just now: that it does not stay off is what they want."""
        others = [other for other in await unit.switches.of(row.incident_id) if other.back_for_id == row.key]
        is_so = any(other.state in UNDER_WAY - {RunState.REQUESTED} for other in others)
        if is_so:
            row.look_at(self._work.now() + LOOK_AGAIN)
        return is_so


def _together(row: ContainmentRun, read: Sighting, probe: Sighting | None) -> Sighting:
    """What both looks say: as wanted when one does and neither denies it; a person's word counts as a reading."""
    seen = [read, *([probe] if probe else [])]
    for one in seen:
        if one.is_as_wanted is False:
            return one
    if probe is not None and probe.is_as_wanted is None:
        return probe
    is_stated = any(check.get("step") == "by hand" for check in row.checks)
    if is_stated or any(one.is_as_wanted for one in seen):
        return Sighting(True, "; ".join(one.what for one in seen if one.is_as_wanted))
    return read


def _how(row: ContainmentRun) -> str:
    """How it was seen, in a line."""
    steps = {"read": "the control plane reads off", "probe": "the probe gets the fallback", "by hand": "seen by hand"}
    seen = [words for step, words in steps.items() if any(c.get("step") == step and c.get("ok") for c in row.checks)]
    since = f", held until {row.hold_until:%H:%M} UTC" if row.hold_until else ""
    return ", ".join(seen) + since
