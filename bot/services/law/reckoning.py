"""What starts the clocks of an incident, when they are due, and when they are spoken of next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.incident import IncidentType, Outcome
from bot.domain.notices.law import ClockItem
from bot.domain.obligations import clock
from bot.domain.obligations.calendar import LegalCalendar
from bot.domain.obligations.reminding import next_at
from bot.domain.obligations.words import Decision, Step, Sureness
from bot.domain.particulars import CHOSEN
from bot.services.particulars import Particulars
from playbooks.calendars import legal_calendars
from playbooks.library import Library
from playbooks.obligations import SENT, ObligationPolicy
from storage.incidents import Incident
from storage.obligations import Obligation
from storage.store import Unit

ELSEWHERE = LegalCalendar()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an incident that clocks turn on: instants by what they start, words chosen, its types."""

    instants: dict[str, datetime]
    chosen: dict[str, tuple[str, ...]]
    types: tuple[IncidentType, ...]


class Reckoning:
    """Works out clocks."""

    def __init__(self, particulars: Particulars, library: Library) -> None:
        self._particulars = particulars
        self._library = library

    async def known(self, unit: Unit, incident: Incident, clocks: Sequence[Obligation]) -> Known:
        """What is known by now, within the caller's transaction."""
        particulars = await self._particulars.known(unit, incident)
        instants = {key: one.instant for key, one in particulars.items() if one.instant is not None}
        by_id = {one.key: one.clock for one in clocks}
        for notice in await unit.obligations.notices(incident.key) if by_id else ():
            instants[f"{SENT}{by_id.get(notice.obligation_id, '')}"] = notice.sent_at
        chosen = {key: one.chosen for key, one in particulars.items() if one.kind in CHOSEN}
        known = [kind for kind in incident.secondary_types if kind in set(IncidentType)]
        types = (incident.type, *(IncidentType(kind) for kind in known))
        return Known(_of(incident) | instants, chosen, types)

    async def restart(self, unit: Unit, incident: Incident) -> Known:
        """Work every clock of an incident out anew, by what is known now; the incident is locked."""
        clocks = await unit.obligations.of(incident.key)
        known = await self.known(unit, incident, clocks)
        for one in clocks:
            self.reckon(one, known, is_void=incident.outcome is Outcome.CANCELLED)
        return known

    def reckon(self, one: Obligation, known: Known, *, is_void: bool = False) -> None:
        """Set when a clock began, is due and is spoken of next. ``is_void``: it was no incident at all."""
        rule, calendar = row_of(one).rule, self.calendar(one)
        found = clock.due(rule, known.instants, calendar) if rule else None
        if found is None:
            one.started_at = one.due_strict = one.due_statutory = None
        elif one.due_strict != found.strict:
            one.started_at, one.due_strict, one.due_statutory = found.started, found.strict, found.statutory
            one.said = Step.NOTHING  # another time: whatever was said before was about the old one
        self.remind(one, is_void=is_void)

    def remind(self, one: Obligation, *, is_void: bool = False) -> None:
        """Set when a clock is spoken of next; never once it was met, ruled out or void."""
        is_silent = is_void or not one.is_open or one.started_at is None or one.due_strict is None
        one.remind_at = None if is_silent else next_at(one.started_at, one.due_strict, one.said)  # type: ignore[arg-type]

    def calendar(self, one: Obligation) -> LegalCalendar:
        """The calendar where the authority sits; of one that the policy has no longer, only weekends are known."""
        return self._calendars.get(row_of(one).calendar, ELSEWHERE)

    def item(self, one: Obligation) -> ClockItem:
        """A clock as screens show it."""
        row = row_of(one)
        return ClockItem(
            obligation_id=one.key,
            number=one.number,
            clock=one.clock,
            name=row.name,
            who=row.who,
            trigger=row.trigger,
            authority=row.authority,
            content=row.content,
            note=row.note or "",
            source=row.source,
            reviewed=f"{row.reviewed_on} by {row.reviewed_by}",
            confidence=row.confidence,
            timezone=self.calendar(one).timezone,
            starts=self._starts(row),
            because=one.because,
            decision=one.decision,
            why=one.why,
            decided_at=one.decided_at,
            decided_by=one.decided_by,
            started_at=one.started_at,
            due_strict=one.due_strict,
            due_statutory=one.due_statutory,
            said=one.said,
            sent_at=one.sent_at,
            needs_counsel=needs_counsel(one),
            no_alteration=row.no_alteration,
        )

    def _starts(self, row: ObligationPolicy) -> str:
        def named(start: str) -> str:
            if start.startswith(SENT):
                return f"the notice {start.removeprefix(SENT)}"
            known = self._library.particulars.get(start)
            return f"“{known.title}”" if known else start.removesuffix("_at").replace("_", " ")

        return " or ".join(named(start) for start in row.starts)

    @property
    def _calendars(self) -> dict[str, LegalCalendar]:
        return legal_calendars(self._library.obligations.calendars)


def row_of(one: Obligation) -> ObligationPolicy:
    """The policy's row as it was when the clock was proposed."""
    known = {key: value for key, value in one.row.items() if key in ObligationPolicy.model_fields}
    return ObligationPolicy.model_validate(known)


def needs_counsel(one: Obligation) -> bool:
    """Whether its row is hardly known and counsel has not been asked."""
    return one.row.get("confidence") == Sureness.LOW and one.counsel_at is None


def is_undecided(one: Obligation) -> bool:
    """Whether legal has yet to say whether it applies."""
    return one.decision in (Decision.PROPOSED, Decision.UNDECIDED)


def _of(incident: Incident) -> dict[str, datetime]:
    """The incident's own instants."""
    started = incident.facts.get("started_at")
    stated = {
        "declared_at": incident.declared_at,
        "detected_at": incident.detected_at,
        "contained_at": incident.contained_at,
        "resolved_at": incident.resolved_at,
        "started_at": _instant(started) if isinstance(started, str) else None,
    }
    return {name: at for name, at in stated.items() if at is not None}


def _instant(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
