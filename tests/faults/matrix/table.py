"""The matrix's own table, printed when it has run; tests/conftest.py hangs it up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

COLUMNS = "{:<16} {:<14} {:>6} {:>6} {:>6}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Cases, right and wrong, by story and fault."""
    cells = sorted(_cells(terminalreporter))
    if not cells:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(COLUMNS.format("story", "fault", "cases", "right", "wrong"))
    for story, fault, cases, wrong in cells:
        terminalreporter.write_line(COLUMNS.format(story, fault, cases, cases - wrong, wrong))
    cases, wrong = sum(cell[2] for cell in cells), sum(cell[3] for cell in cells)
    terminalreporter.write_line(COLUMNS.format("all", "", cases, cases - wrong, wrong))


def _cells(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, str, int, int]]:
    for outcome in ("passed", "failed"):
        for report in reporter.getreports(outcome):
            if getattr(report, "when", "") == "call":
                yield from (tuple(value) for name, value in report.user_properties if name == "cell")
