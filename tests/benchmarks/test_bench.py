"""The bench itself: its quickest rows are measured, judged and written, so that it cannot rot unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import write
from tests.benchmarks.declaring import declare, recorded
from tests.benchmarks.looking import compared as looking
from tests.benchmarks.memory import resident
from tests.benchmarks.most import MOST
from tests.benchmarks.rows import Goal, Row, percentile, table
from tests.benchmarks.sides import andon, floor
from tests.benchmarks.statements import listeners, toured
from tests.office import Office


async def test_every_listener_has_its_number(office: Office) -> None:
    """How many statements each may ask is written down; the tour, which counts them, must come by each."""
    assert set() == listeners(office.stage) - set(MOST)


@pytest.mark.whole
@pytest.mark.timeout(300)
async def test_listeners_ask_a_fixed_number_of_statements() -> None:
    """No listener asks more than its number among ninety open incidents; each that there is was asked, and has one."""
    counts, there = await toured(90)
    assert set() == there - set(counts)
    assert set(MOST) == set(counts)
    assert {} == {name: count for name, count in counts.items() if count > MOST[name]}


def test_figures_are_written_as_promised(tmp_path: Path) -> None:
    """Every row has a name, a value and what it is judged by."""
    write([Row("a", 14, "ms", floor=10, goal=Goal("<=", 1.3, "ratio"))], tmp_path / "bench.json")
    (written,) = json.loads((tmp_path / "bench.json").read_text())["rows"]
    assert {"name", "value", "unit", "floor", "ratio", "goal", "reached", "runs"} == set(written)
    assert (14, 10, 1.4, "<= 1.3 x floor", False) == tuple(
        written[name] for name in ("value", "floor", "ratio", "goal", "reached")
    )


async def test_every_look_is_measured(tmp_path: Path) -> None:
    """Each tick that looks for what is due has its row."""
    urls = (f"sqlite:///{tmp_path}/few.db", f"sqlite:///{tmp_path}/many.db")
    rows = [row async for row in looking("SQLite", urls, few=2, many=4, runs=1)]
    assert {"escalations", "auditor", "outbox"} <= {row.name.split()[1].rstrip(",") for row in rows}


@pytest.mark.whole
async def test_the_floor_makes_the_same_calls() -> None:
    """The bare program declares by what Andon sends, in as many round trips, and Slack refuses nothing of it."""
    async with andon() as ours, floor(await recorded(ours)) as bare:
        mine, theirs = await declare(ours, "by Andon"), await declare(bare, "by nobody")
        assert sorted(entry.name for entry in mine.own) == sorted(entry.name for entry in theirs.own)
        assert [] == [entry for entry in theirs.calls if not entry.ok]
        assert [] == ours.sandbox.violations == bare.sandbox.violations
        assert 0 < theirs.seconds < 10 and resident(ours.program.pid) != 0


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
