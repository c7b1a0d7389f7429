"""The executive brief: on request, and daily at the hour of somebody's choice, where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.brief import minute_of_day, next_at
from bot.domain.containment.words import Direction, RunState
from bot.domain.errors import ChatError
from bot.domain.events import BriefDue
from bot.domain.incident import Role, Severity
from bot.domain.notices.brief import Brief, BriefHourSet, BriefLine, Decision
from bot.domain.obligations.words import Decision as Decided
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.texts.words import TextState
from bot.services.access import Access
from bot.services.comms.record import missing
from bot.services.dates import zone_of
from bot.services.directory import Directory
from bot.services.particulars import Particulars
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.briefs import BriefRows
from storage.incidents import Incident
from storage.obligations import Obligation
from storage.store import Unit
from storage.texts import Whole

GRAVE = frozenset({Severity.SEV1, Severity.SEV2})
SHOWN, LOOKED_AT = 5, 50
TOO_LATE = timedelta(hours=4)
PEOPLE, WHAT = "people_affected", "plain_statement"
log = structlog.get_logger(__name__)


class Briefing:
    """Makes briefs and keeps the hours of those who want them daily. ``command`` is what they mention."""

    def __init__(
        self,
        work: Work,
        chat: Chat,
        access: Access,
        directory: Directory,
        library: Library,
        particulars: Particulars,
        command: str,
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._directory = directory
        self._library = library
        self._particulars = particulars
        self._command = command

    async def one(self, incident_id: int, *, by: Actor) -> Brief:
        """The brief of one incident, whatever its severity."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            held = await unit.roles.held(incident.key, Role.LEAD)
            leads = {tenure.incident_id: tenure.user_id for tenure in held}
            return await self._brief(unit, [incident], leads)

    async def everything(self, *, by: Actor, is_daily: bool = False) -> Brief:
        """The brief of every open SEV1 and SEV2 that this person may see; drills are no news for executives."""
        async with self._work.read() as unit:
            board = await unit.screens.board(by.id, sees_all=self._access.is_admin(by.id), limit=LOOKED_AT)
            rows = [row for row in board.rows if row.incident.severity in GRAVE and not row.incident.is_drill]
            leads = {row.incident.key: row.lead_id for row in rows}
            return await self._brief(unit, [row.incident for row in rows], leads, is_daily=is_daily)

    async def wish(self, typed: str, *, by: Actor) -> BriefHourSet:
        """From now on daily at the time that was typed, on the person's own clock; ``off`` ends it. Raises BadInput."""
        if typed.strip().lower() in ("off", "never", "stop", "daily off"):
            async with self._work() as unit:
                await unit.briefs.forget(by.id)
            return BriefHourSet(None, "", self._command)
        minute = minute_of_day(typed)
        zone = await self._zone(by.id)
        due = next_at(minute, zone_of(zone), self._work.now())
        async with self._work() as unit:
            await unit.briefs.keep(by.id, minute, due)
        return BriefHourSet(due, str(zone_of(zone)), self._command)

    async def look(self) -> None:
        """A tick: whoever's hour has come is owed the brief, once; an hour missed by far is let go."""
        now = self._work.now()
        async with self._work() as unit:
            rows = await unit.briefs.due(now)
            known = await unit.people.names(row.user_id for row in rows)
            for row in rows:
                zone = known[row.user_id].timezone if row.user_id in known else ""
                if now - row.next_at < TOO_LATE:
                    unit.tell(BriefDue(row.user_id, row.next_at.isoformat()))
                row.next_at = next_at(row.minute, zone_of(zone), now)

    async def send(self, fact: BriefDue, attempt: Attempt) -> None:
        """The brief as it stands now; nobody is bothered to hear that there is nothing."""
        brief = await self.everything(by=Actor.person(fact.user_id), is_daily=True)
        if brief.lines:
            await self._chat.dm(fact.user_id, brief, once=attempt.once)

    async def _zone(self, user_id: str) -> str:
        try:
            return (await self._directory.profile(user_id)).timezone
        except ChatError as error:
            log.info("somebody's time zone is not known; it is UTC", user=user_id, reason=error.code)
            return ""

    async def _brief(
        self, unit: Unit, incidents: list[Incident], leads: Mapping[int, str | None], *, is_daily: bool = False
    ) -> Brief:
        ids = [incident.key for incident in incidents]
        rows = await unit.briefs.rows(ids, (PEOPLE, WHAT))
        texts = await unit.texts.of(ids)
        decisions = [one for incident in incidents for one in self._decisions(incident, leads, rows, texts)]
        shown = incidents[:SHOWN]
        lines = tuple(self._line(incident, leads, rows) for incident in shown)
        return Brief(
            _in_order(decisions), lines, len(incidents) - len(shown), self._work.now(), self._command, is_daily
        )

    def _decisions(
        self, incident: Incident, leads: Mapping[int, str | None], rows: BriefRows, texts: Sequence[Whole]
    ) -> Iterator[Decision]:
        about, templates = summary(incident), self._library.communications.templates
        if leads.get(incident.key) is None and incident.is_open:
            yield Decision(about, "Name somebody who leads: nobody does.")
        for run in rows.runs:
            if run.incident_id == incident.key and run.state is RunState.REQUESTED:
                back = "Switch on again" if run.direction is Direction.ON else "Switch off"
                yield Decision(about, f"{back}, yes or no: {run.title}.", "", run.expires_at)
        for wish in rows.proposals:
            if wish.incident_id == incident.key:
                yield Decision(about, f"Is it as bad as {self._word(wish.new)}? Somebody says so: {wish.reason}")
        for clock in rows.clocks:
            if clock.incident_id == incident.key and clock.decision in (Decided.PROPOSED, Decided.UNDECIDED):
                yield Decision(about, f"Must we notify: {_named(clock)}?", "legal", clock.due_strict)
        for whole in texts:
            template = templates.get(whole.text.template)
            is_open = whole.text.incident_id == incident.key and template is not None and not template.open_to
            if is_open and whole.text.state is TextState.DRAFT and (left := missing(template, whole)):
                roles = " and ".join(role.value for role in left)
                yield Decision(about, f"Approve what we say: {whole.text.title}.", roles)

    def _line(self, incident: Incident, leads: Mapping[int, str | None], rows: BriefRows) -> BriefLine:
        done = [
            run.title
            for run in rows.runs
            if run.incident_id == incident.key
            and run.direction is Direction.OFF
            and run.state is not RunState.REQUESTED
        ]
        own = (clock for clock in rows.clocks if clock.incident_id == incident.key and clock.is_running)
        return BriefLine(
            summary=summary(incident, leads.get(incident.key)),
            happening=self._words(rows, incident, WHAT) or rows.updates.get(incident.key, ""),
            people=self._words(rows, incident, PEOPLE),
            system=self._library.system_name(incident.system) or "",
            doing="; ".join(dict.fromkeys(done)),
            clocks=tuple((_named(clock), clock.due_strict) for clock in own if clock.due_strict),
        )

    def _words(self, rows: BriefRows, incident: Incident, key: str) -> str:
        version = rows.particulars.get((incident.key, key))
        return self._particulars.particular(version).words if version else ""

    def _word(self, severity: Severity) -> str:
        return self._library.severity(severity).name.lower()


def _in_order(decisions: list[Decision]) -> tuple[Decision, ...]:
    """The most urgent first; what has no time comes last, the gravest first."""
    latest = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(decisions, key=lambda one: (one.by_when or latest, one.summary.severity.rank)))


def _named(clock: Obligation) -> str:
    known = [str(clock.row[name]) for name in ("instrument", "article") if clock.row.get(name)]
    return " ".join(known) or clock.clock.replace("_", " ")
