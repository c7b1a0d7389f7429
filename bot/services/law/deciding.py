"""What legal says of clocks: whether each applies, what counsel said, what was sent. Only legal; every word is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotFound
from bot.domain.events import ClockDecided, ClockMet
from bot.domain.lifecycle import happened_at, reason, utc
from bot.domain.notices.law import AddClockForm, ClockList, ClockReceipt, CounselForm, DecideForm, SentForm
from bot.domain.obligations.words import Decision
from bot.domain.people import Actor
from bot.domain.permissions import Verb, may
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.law.reckoning import Reckoning, needs_counsel, row_of
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.obligations import Obligation, ObligationDecision, ObligationNotice
from storage.store import Unit

COUNSEL = "counsel"
TEXT_LIMIT = 200_000
WHY_NOT = "Say why it does not apply: that is evidence, too."
WHY_OPEN = "Say what is missing to decide."
COUNSEL_FIRST = "Little is known for sure about this row: write down what counsel said of it first."
SAID = {
    Decision.APPLIES: "applies",
    Decision.DOES_NOT_APPLY: "does not apply",
    Decision.UNDECIDED: "is undecided",
    Decision.PROPOSED: "is proposed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A notice as it was sent: when (None: now), to whom, under which reference, the exact text."""

    recipient: str
    text: str
    reference: str = ""
    at: datetime | None = None


class Obligations:
    """Takes legal's word."""

    def __init__(self, work: Work, access: Access, reckoning: Reckoning, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._reckoning = reckoning
        self._library = library
        self._command = command

    async def listing(self, incident_id: int, *, by: Actor) -> ClockList:
        """Every clock of an incident, those that run first, by when they are due."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            clocks = [self._reckoning.item(one) for one in await unit.obligations.of(incident.key)]
            standings = await self._access.standings(unit, incident, by)
        is_legal = may(Verb.DECIDE_OBLIGATION, incident.is_private, standings)
        there = {one.clock for one in clocks}
        rows = {row.id: row.name for row in self._library.obligations.on(self._work.now().date())}
        more = tuple((name, title) for name, title in rows.items() if name not in there) if is_legal else ()
        ordered = sorted(clocks, key=lambda one: (not one.is_running, not one.is_undecided, one.number))
        return ClockList(summary(incident), tuple(ordered), self._work.now(), is_legal, more, self._command)

    async def add_form(self, incident_id: int, *, by: Actor) -> AddClockForm:
        """The form for a clock that was not proposed. Raises NotAllowed for anybody but legal."""
        async with self._work.read() as unit:
            await self._access.get(unit, incident_id, Verb.DECIDE_OBLIGATION, by)
        found = await self.listing(incident_id, by=by)
        return AddClockForm(found.summary, found.more)

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> int:
        """The id of the incident's clock with this number. Raises NotFound, with the way to the list."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            one = await unit.obligations.by_number(incident.key, number)
        if one is None:
            raise NotFound(f"{incident.reference} has no clock {number}. `{self._command} clocks` lists them.")
        return one.key

    async def decide_form(self, obligation_id: int, *, by: Actor) -> DecideForm | CounselForm:
        """The form to decide with; for a row that is hardly known, first the one for counsel's word."""
        one, incident = await self._seen(obligation_id, by)
        clock = self._reckoning.item(one)
        form = CounselForm if clock.needs_counsel else DecideForm
        return form(summary(incident), clock)

    async def sent_form(self, obligation_id: int, *, by: Actor) -> SentForm:
        """The form for what was sent. Raises IllegalMove before legal has said that the clock applies."""
        one, incident = await self._seen(obligation_id, by)
        _check_applies(one)
        return SentForm(summary(incident), self._reckoning.item(one))

    async def decide(
        self, obligation_id: int, decision: Decision, why: str, *, by: Actor, source_key: str
    ) -> ClockReceipt:
        """Say whether a clock applies. ``source_key`` names the submission; the same again changes nothing.

        Raises NotAllowed for anybody but legal, BadInput without counsel's word on a row that is hardly known or
        without a reason for anything but *applies*, AlreadyDone when it was said so already.
        """
        async with self._work() as unit:
            one, incident = await self._found(unit, obligation_id, by)
            if await unit.obligations.decision_by_source(source_key) is not None:
                return self._receipt(incident, one)
            if decision is not Decision.UNDECIDED and needs_counsel(one):
                raise BadInput(COUNSEL_FIRST, field="decision")
            if one.sent_at is not None and decision is not Decision.APPLIES:
                raise IllegalMove(f"Its notice was sent {utc(one.sent_at)}: it applied. Nothing was changed.")
            stated = _stated(decision, why)
            if one.decision is decision and one.why == stated:
                raise AlreadyDone(f"Clock {one.number} {SAID[decision]} already. Nothing was changed.")
            now = self._work.now()
            one.decision, one.why, one.decided_at, one.decided_by = decision, stated, now, str(by)
            self._reckoning.remind(one)
            await unit.obligations.decided(_word(one, decision, stated, now, by, source_key))
            self._note(unit, one, _decided(one), by, decision=decision)
            unit.tell(ClockDecided(incident.key, one.key, decision, stated, str(by)))
            return self._receipt(incident, one)

    async def counsel(self, obligation_id: int, said: str, *, by: Actor, source_key: str) -> ClockReceipt:
        """Write down what counsel said of a row that is hardly known; then it can be decided."""
        stated = reason(said, "Say whom you asked and what they said.", "text")
        async with self._work() as unit:
            one, incident = await self._found(unit, obligation_id, by)
            if await unit.obligations.decision_by_source(source_key) is None:
                now = self._work.now()
                one.counsel_at, one.counsel_by = now, str(by)
                await unit.obligations.decided(_word(one, COUNSEL, stated, now, by, source_key))
                # What counsel said is legal's own; that it was asked is everybody's.
                self._note(unit, one, f"Clock {one.number}: counsel was asked about {row_of(one).name}", by)
            return self._receipt(incident, one)

    async def sent(self, obligation_id: int, what: Sent, *, by: Actor, source_key: str) -> ClockReceipt:
        """Record a notice that was sent, with its exact text. The first meets the clock; more are kept beside it."""
        recipient = reason(what.recipient, "Say to whom it was sent.", "recipient")
        if not what.text.strip() or len(what.text) > TEXT_LIMIT:
            raise BadInput(f"Give the exact text that was sent, at most {TEXT_LIMIT:,} characters.", field="text")
        async with self._work() as unit:
            one, incident = await self._found(unit, obligation_id, by)
            _check_applies(one)
            if await unit.obligations.notice_by_source(source_key) is not None:
                return self._receipt(incident, one)
            now = self._work.now()
            at = happened_at(what.at, now)
            version = 1 + sum(sent.obligation_id == one.key for sent in await unit.obligations.notices(incident.key))
            await unit.obligations.sent(
                ObligationNotice(
                    obligation_id=one.key,
                    version=version,
                    sent_at=at,
                    recipient=recipient,
                    reference=what.reference.strip(),
                    text=what.text,
                    sha256=hashlib.sha256(what.text.encode()).hexdigest(),
                    recorded_at=now,
                    recorded_by=str(by),
                    source_key=source_key,
                )
            )
            one.sent_at = one.sent_at or at
            self._reckoning.remind(one)
            self._note(unit, one, _sent(one, recipient, what.reference, at, version), by, sent=version)
            unit.tell(ClockMet(incident.key, one.key, version, str(by)))
            return self._receipt(incident, one)

    async def _seen(self, obligation_id: int, by: Actor) -> tuple[Obligation, Incident]:
        async with self._work.read() as unit:
            one = await unit.obligations.get(obligation_id)
            if one is None:
                raise NotFound(NO_SUCH)
            return one, await self._access.get(unit, one.incident_id, Verb.DECIDE_OBLIGATION, by)

    async def _found(self, unit: Unit, obligation_id: int, by: Actor) -> tuple[Obligation, Incident]:
        """The clock and its incident, locked."""
        one = await unit.obligations.get(obligation_id)
        if one is None:
            raise NotFound(NO_SUCH)
        incident = await self._access.get(unit, one.incident_id, Verb.DECIDE_OBLIGATION, by, lock=True)
        return await unit.obligations.get(obligation_id, fresh=True) or one, incident

    def _receipt(self, incident: Incident, one: Obligation) -> ClockReceipt:
        return ClockReceipt(summary(incident), self._reckoning.item(one))

    def _note(self, unit: Unit, one: Obligation, text: str, by: Actor, **more: object) -> None:
        data = {"clock": one.clock, "number": one.number, **more}
        unit.timeline.note(one.incident_id, EntryKind.OBLIGATION, text, by=by, at=self._work.now(), data=data)


def _check_applies(one: Obligation) -> None:
    if one.decision is not Decision.APPLIES:
        raise IllegalMove(f"Clock {one.number} {SAID[one.decision]}: decide first that it applies.")


def _stated(decision: Decision, why: str) -> str:
    if decision is Decision.APPLIES and not why.strip():
        return ""
    return reason(why, WHY_OPEN if decision is Decision.UNDECIDED else WHY_NOT)


def _word(one: Obligation, what: str, why: str, at: datetime, by: Actor, source_key: str) -> ObligationDecision:
    return ObligationDecision(
        obligation_id=one.key, what=what, why=why, decided_at=at, decided_by=str(by), source_key=source_key
    )


def _decided(one: Obligation) -> str:
    due = f", due {utc(one.due_strict)}" if one.decision is Decision.APPLIES and one.due_strict else ""
    why = f": {one.why}" if one.why else ""
    return f"Clock {one.number}, {row_of(one).name}, {SAID[one.decision]}{due}{why}"


def _sent(one: Obligation, recipient: str, reference: str, at: datetime, version: int) -> str:
    late = " (late)" if one.due_strict is not None and at > one.due_strict and version == 1 else ""
    under = f", reference {reference.strip()}" if reference.strip() else ""
    return f"Clock {one.number}, {row_of(one).name}: notice {version} sent to {recipient}{under}{late}"
