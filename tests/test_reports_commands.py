"""`andon reports`: what waits, at a terminal, with the permissions of Slack and without one call to it."""

from __future__ import annotations

import pytest

from bot.domain.report import NewReport, ReportState
from storage.reports import Report
from storage.store import Unit
from tests.clock import FRIDAY
from tests.test_incident_commands import Terminal, terminal  # noqa: F401  the fixture is asked for by name


@pytest.fixture
def desk(terminal: Terminal) -> Terminal:  # noqa: F811  as pytest does it
    """Two reports of Rae's, one of them private, and one of an alert."""
    said = (("The bot \x1b[31mgives 99 % off", False, "person:URAE"), ("A name in an answer", True, "person:URAE"))

    async def look(unit: Unit) -> None:
        for number, (text, is_private, by) in enumerate((*said, ("Toxicity above 2 %", False, "alert:grafana"))):
            new = NewReport(text)
            at = {"reported_at": FRIDAY, "last_signal_at": FRIDAY, "waits_since": FRIDAY}
            report = Report(source_key=str(number), title=new.title, what_happened=text, reported_by=by, **at)
            report.is_private = is_private
            await unit.reports.take(report)

    terminal.unit(look)
    return terminal


def test_what_waits_is_listed_and_shown(desk: Terminal) -> None:
    """Oldest first; what is private only to its reporter and those on duty; nothing steers the terminal."""
    said = desk.did("reports", "list", by="otto")
    assert ["R-0001", "R-0003"] == [row.split()[0] for row in said.splitlines()] and "\x1b" not in said
    assert 3 == len(desk.data("reports", "list")["reports"]) == len(desk.data("reports", "list", by="lena")["reports"])
    assert "no such report" in desk.refused("reports", "show", "R-0002", by="otto")
    assert "names no report" in desk.refused("reports", "show", "AI-0001")
    shown = desk.data("reports", "show", "r3")
    assert ("waiting", "alert from grafana") == (shown["state"], shown["reported_by"])
    assert "Toxicity above 2 %" in desk.did("reports", "show", "R-0003")


def test_what_waits_is_judged(desk: Terminal) -> None:
    """Dismissed with a reason, declared with a severity; once."""
    assert "kindly" in desk.refused("reports", "dismiss", "R-0003", by="lena")
    assert "may disagree" in desk.did("reports", "dismiss", "R-0003", "a", "test", "run", by="lena")
    assert "was dismissed by Lena Voss" in desk.refused("reports", "declare", "R-0003", by="otto")
    assert "R-0001 is AI-0001 now." in desk.did("reports", "declare", "R-0001", "--severity", "SEV1", "--type", "drift")
    listed = desk.data("reports", "list", "--all")["reports"]
    assert [ReportState.DISMISSED, ReportState.WAITING, ReportState.DECLARED] == [one["state"] for one in listed]
    assert "a test run" in desk.did("reports", "show", "R-0003")
