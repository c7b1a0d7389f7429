"""Reports as they are shown: a drill says so everywhere, a private one says nothing where all can read."""

from __future__ import annotations

import json

import pytest

from bot.domain.notices import Notice
from bot.domain.notices.reports import (
    ReportDone,
    ReportLine,
    ReportOutcome,
    ReportPost,
    ReportReceipt,
    ReportSource,
)
from bot.domain.report import ReportState
from bot.slack import views
from tests.clock import FRIDAY

LINE = ReportLine(7, "R-0007", "A name in an answer", ReportState.WAITING, "person:U1", FRIDAY, FRIDAY, is_drill=True)
OVER = ReportLine(7, "R-0007", "A name", ReportState.DISMISSED, "person:U1", FRIDAY, FRIDAY, is_drill=True)


@pytest.mark.parametrize(
    "notice",
    [
        ReportPost(LINE),
        ReportPost(OVER),
        ReportPost(LINE, hidden=True),
        ReportReceipt(LINE, "/incident"),
        ReportOutcome(OVER, "no"),
        ReportSource(LINE, "words"),
        ReportDone(LINE, "done"),
    ],
    ids=lambda notice: type(notice).__name__,
)
def test_a_drill_says_so(notice: Notice) -> None:
    """In the notification and in what is read."""
    message = views.message(notice)
    assert message.text.startswith("[DRILL]") and "[DRILL]" in json.dumps(message.blocks)


def test_a_private_report_says_nothing_where_all_can_read() -> None:
    """Not its title, not its reporter, and there is nothing to press."""
    shown = json.dumps(views.message(ReportPost(LINE, hidden=True, what_happened="A name", similar=())).arguments())
    assert "R-0007" in shown and "A name" not in shown and "U1" not in shown and "button" not in shown


def test_an_address_from_outside_is_no_link() -> None:
    """Only where the catalogue has dashboards; else it is text that nobody follows by accident."""
    address = "https://evil.example/<x>|a`b"
    unknown = json.dumps(views.message(ReportPost(LINE, trace_url=address)).arguments())
    known = json.dumps(
        views.message(ReportPost(LINE, trace_url="https://g.example/t", is_trace_known=True)).arguments()
    )
    assert "<https://evil" not in unknown and "<https://g.example/t|open the trace>" in known
