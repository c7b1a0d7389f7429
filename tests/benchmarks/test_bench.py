"""The bench itself: its quickest rows are measured, judged and written, so that it cannot rot unseen."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.__main__ import write
from tests.benchmarks.looking import compared as looking
from tests.benchmarks.rows import Goal, Row, percentile, table
from tests.benchmarks.statements import measure as statements

# What a person waits for is this many statements at most; more is a decision, not an accident.
MOST = {
    "a message in a channel of no incident": 1,
    "a message": 5,
    "an emoji": 5,
    "open the form": 1,
    "hand in the form": 17,
    "list": 4,
    "panel": 10,
}


async def test_listeners_ask_a_fixed_number_of_statements(tmp_path: Path) -> None:
    """As many with a hundred open incidents as with one; the figures are written as promised."""
    rows = [row async for row in statements()]
    assert [] == [row.name for row in rows if not row.reached]
    counts = {row.name.removeprefix("statements: "): row.value for row in rows}
    assert {} == {name: counts[name] for name, most in MOST.items() if counts[name] > most}
    write(rows, tmp_path / "bench.json")
    written = json.loads((tmp_path / "bench.json").read_text())["rows"]
    assert {"name", "value", "unit", "floor", "ratio", "goal", "reached", "runs"} == set(written[0])


async def test_every_look_is_measured(tmp_path: Path) -> None:
    """Each tick that looks for what is due has its row."""
    urls = (f"sqlite:///{tmp_path}/few.db", f"sqlite:///{tmp_path}/many.db")
    rows = [row async for row in looking("SQLite", urls, few=2, many=4, runs=1)]
    assert {"escalations", "auditor", "outbox"} <= {row.name.split()[1].rstrip(",") for row in rows}


def test_a_row_is_judged_by_its_goal() -> None:
    """By its value or by its ratio to the floor; without a goal it is only told."""
    assert Row("a", 12, "ms", floor=10, goal=Goal("<=", 1.3, "ratio")).reached is True
    assert Row("a", 14, "ms", floor=10, goal=Goal("<=", 1.3, "ratio")).reached is False
    assert Row("a", 499, "messages/s", goal=Goal(">=", 500)).reached is False
    assert Row("a", 1, "count").reached is None
    assert "NO" in table([Row("a", 14, "ms", floor=10, goal=Goal("<=", 1.3, "ratio"))])


def test_percentiles_are_figures_that_were_measured() -> None:
    """The 95th of a hundred is the 95th, of one the only one."""
    figures = [float(number) for number in range(1, 101)]
    assert (50.0, 95.0, 100.0) == tuple(percentile(figures, share) for share in (0.5, 0.95, 1.0))
    assert 7.0 == percentile([7.0], 0.95)
