"""Reports taken in: once per key, by whoever noticed something; what is said again is folded into the same one."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import timedelta

from bot.domain.declaration import SourceFile, SourceMessage
from bot.domain.errors import BadInput
from bot.domain.events import ReportGrew, ReportOpened
from bot.domain.incident import Severity
from bot.domain.people import Actor
from bot.domain.report import NewReport, ReportState, Rung, next_ask
from bot.services.reports.circle import Circle
from bot.services.work import Work
from playbooks.library import Library
from storage.reports import Report
from storage.store import Unit

LINK = re.compile(r"https?://[^\s<>|]{1,900}")
NOBODY = (
    "Nobody on triage duty is known, so nobody could be shown this in private. Declare it as a private incident "
    "instead: only the people working on it will see it."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a report. ``was_already``: this very key had been taken before, and nothing was added."""

    report_id: int
    reference: str
    state: ReportState
    was_already: bool = False
    incident_id: int | None = None


class Reports:
    """Takes reports in. The methods that end in ``_in`` work within the caller's transaction."""

    def __init__(self, work: Work, circle: Circle, library: Library) -> None:
        self._work = work
        self._circle = circle
        self._library = library

    async def open(self, new: NewReport, *, by: Actor, key: str) -> Opened:
        """Take a report in; the same ``key`` again gives the report it made, whatever became of it.

        Raises BadInput, naming the field, before anything is stored; also for a private one that nobody could be shown.
        """
        async with self._work() as unit:
            return await self.open_in(unit, new, by=by, key=key)

    async def open_in(self, unit: Unit, new: NewReport, *, by: Actor, key: str) -> Opened:
        """As :meth:`open`. ``by`` is a person or an alert's source; ``key`` is at most 255 characters."""
        new.check()
        if new.is_private and not await self._circle.others(unit, ()):
            raise BadInput(NOBODY, field="private")
        stored, is_new = await unit.reports.take(self._report(new, by, key))
        if is_new:
            unit.tell(ReportOpened(stored.key))
        return _opened(stored, was_already=not is_new)

    async def fold(self, report_id: int, *, severity: Severity | None = None, is_resolved: bool = False) -> Opened:
        """One more signal of what was reported already. Raises LookupError for a number that no report has."""
        async with self._work() as unit:
            return await self.fold_in(unit, report_id, severity=severity, is_resolved=is_resolved)

    async def fold_in(
        self,
        unit: Unit,
        report_id: int,
        *,
        severity: Severity | None = None,
        is_resolved: bool = False,
        signals: int = 1,
    ) -> Opened:
        """As :meth:`fold`, for any number of signals at once. A graver severity is taken over; resolved is only noted.

        A settled report counts on and stays settled: whoever folds decides by its state whether to open another.
        """
        report = await unit.reports.get(report_id, lock=True)
        if report is None:
            raise LookupError(f"no report {report_id}")
        now = self._work.now()
        if is_resolved:
            report.quiet_since = report.quiet_since or now
        else:
            report.signals, report.last_signal_at, report.quiet_since = report.signals + signals, now, None
        if severity is not None and (report.severity is None or severity.is_worse_than(report.severity)):
            report.severity = severity
        unit.tell(ReportGrew(report.key))
        return _opened(report)

    def rungs(self) -> tuple[Rung, ...]:
        """Who is asked when nobody looks, as policy says now."""
        now = self._work.now()
        return tuple(Rung(self._library.span(rung.after, now), rung.ask) for rung in self._library.triage.unseen)

    def look_lasts(self) -> timedelta:
        """How long whoever says that they look has for a judgement."""
        return self._library.span(self._library.triage.look_lasts, self._work.now())

    def wait(self, report: Report, *, look: timedelta | None = None) -> None:
        """From now on, or once ``look`` is over, it waits for somebody to look: the ladder begins anew."""
        report.waits_since, report.raised = self._work.now() + (look or timedelta()), 0
        report.due_at = next_ask(self.rungs(), 0, report.waits_since)

    def _report(self, new: NewReport, by: Actor, key: str) -> Report:
        now = self._work.now()
        report = Report(
            source_key=key,
            title=new.title,
            what_happened=new.what_happened,
            type=new.type,
            severity=new.severity,
            system=new.system,
            is_private=new.is_private,
            is_drill=new.is_drill,
            model_version=new.model_version[:255],
            trace_url=(new.trace_url or _first_link(new.what_happened))[:1000],
            links=list(new.links),
            details=dict(new.details),
            source=asdict(new.source) if new.source else {},
            origin_channel_id=new.source.channel_id if new.source else new.origin_channel_id,
            reported_by=str(by),
            reported_at=new.reported_at or now,
            last_signal_at=now,
            waits_since=now,
        )
        self.wait(report)
        return report


def _first_link(text: str) -> str:
    """What people paste is mostly where it can be seen."""
    found = LINK.search(text)
    return found.group(0) if found else ""


def source_of(report: Report) -> SourceMessage | None:
    """The message that was reported, as it stood then."""
    if not report.source:
        return None
    files = tuple(SourceFile(**file) for file in report.source["files"])
    return SourceMessage(**{**report.source, "files": files})


def _opened(report: Report, *, was_already: bool = False) -> Opened:
    return Opened(report.key, report.reference, report.state, was_already, report.incident_id)
