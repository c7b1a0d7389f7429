"""Notices about reports: what whoever looks sees, what whoever reported hears, the forms between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incident import Severity
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.report import ReportState


@dataclass(frozen=True, slots=True)
class Judgement:
    """A dismissal, or what a reporter held against it."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in one line. ``title`` is empty where it must not be seen."""

    report_id: int
    reference: str
    title: str
    state: ReportState
    reported_by: str
    reported_at: datetime
    waits_since: datetime
    signals: int = 1
    severity: Severity | None = None
    type_name: str | None = None
    system_name: str | None = None
    is_private: bool = False
    is_drill: bool = False
    looked_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody's judgement."""
        return self.state in (ReportState.WAITING, ReportState.DISPUTED)


@dataclass(frozen=True, slots=True)
class ReportPost(Notice):
    """A report for whoever looks, edited in place until it is settled.

    ``hidden``: it stands where not everybody may read it, so it shows nothing but that it exists. ``why`` says why it
    came to this person. ``is_trace_known``: the trace stands where the catalogue has dashboards. ``incident`` is what
    it became or was added to; None with ``is_elsewhere`` where that may not be seen here.
    """

    line: ReportLine
    hidden: bool = False
    why: str = ""
    calls: tuple[str, ...] = ()
    what_happened: str = ""
    has_source: bool = False
    files: int = 0
    source_link: str = ""
    origin_channel_id: str | None = None
    model_version: str = ""
    trace_url: str = ""
    is_trace_known: bool = False
    links: tuple[str, ...] = ()
    last_signal_at: datetime | None = None
    quiet_since: datetime | None = None
    looked_at: datetime | None = None
    dismissals: tuple[Judgement, ...] = ()
    disputes: tuple[Judgement, ...] = ()
    similar: tuple[Summary, ...] = ()
    same: tuple[ReportLine, ...] = ()
    incident: Summary | None = None
    is_elsewhere: bool = False
    same_as: str = ""
    settled_by: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportReceipt(Notice):
    """What whoever reported reads at once."""

    line: ReportLine
    command: str
    was_already: bool = False


@dataclass(frozen=True, slots=True)
class ReportOutcome(Notice):
    """What became of a report, for whoever made it. ``incident`` is None where they may not see it."""

    line: ReportLine
    reason: str = ""
    can_disagree: bool = False
    incident: Summary | None = None
    same_as: str = ""
    command: str = "/incident"


@dataclass(frozen=True, slots=True)
class ReportSource(Notice):
    """The reported message itself, for the eyes of whoever asked."""

    line: ReportLine
    text: str


@dataclass(frozen=True, slots=True)
class ReportDone(Notice):
    """A judgement was taken, told where it was made."""

    line: ReportLine
    sentence: str


@dataclass(frozen=True, slots=True)
class DeclareReportForm(Notice):
    """The form to declare a report with, with what is known chosen."""

    line: ReportLine
    types: tuple[tuple[str, str, str], ...]
    severities: tuple[tuple[str, str], ...]
    type: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class AddReportForm(Notice):
    """The form to add a report to an incident, or to another report that says the same."""

    line: ReportLine
    incidents: tuple[Summary, ...]
    reports: tuple[ReportLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DismissForm(Notice):
    """The form to dismiss with: its reason is told to whoever reported."""

    line: ReportLine


@dataclass(frozen=True, slots=True)
class DisagreeForm(Notice):
    """The form to disagree with a dismissal."""

    line: ReportLine
    reason: str


@dataclass(frozen=True, slots=True)
class ReportList(Notice):
    """Reports that wait for somebody, oldest first; ``hidden`` counts those that the reader may not see."""

    lines: tuple[ReportLine, ...]
    command: str
    hidden: int = 0
