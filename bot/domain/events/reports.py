"""Reports: a possible incident, from coming in to what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import AnyFact


@dataclass(frozen=True, slots=True)
class ReportFact(AnyFact):
    """Something that happened to a report."""

    report_id: int

    @property
    def owner(self) -> str:
        """Every report has lanes of its own."""
        return f"report {self.report_id}"


@dataclass(frozen=True, slots=True)
class ReportOpened(ReportFact):
    """A report came in and waits for somebody's judgement."""


@dataclass(frozen=True, slots=True)
class ReportChanged(ReportFact):
    """A report stands elsewhere than before, or somebody looks into it."""


@dataclass(frozen=True, slots=True)
class ReportGrew(ReportFact):
    """One more signal was folded into it."""


@dataclass(frozen=True, slots=True)
class ReportShown(ReportFact):
    """A report that has no place in the triage channel is to be shown to this person."""

    user_id: str


@dataclass(frozen=True, slots=True)
class ReportUnseen(ReportFact):
    """Nobody looked in time: this person is asked. ``rung`` counts from one."""

    user_id: str
    rung: int


@dataclass(frozen=True, slots=True)
class ReportDisputed(ReportFact):
    """Its reporter disagrees with the dismissal: somebody else must judge."""


@dataclass(frozen=True, slots=True)
class ReporterOwed(ReportFact):
    """This reporter is to hear what became of it."""

    user_id: str
