"""Every outbound call meets every fault: in the end there is what there would have been without it.

The calls are those that the stories were seen to make, so that a new one joins by itself. The short form, part of the
whole suite, lets all calls of a story meet a fault in one run; ``make faults`` runs each case alone, and kills the real
program just before and just after the effect of each call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.faults import FaultKind
from tests.faults.ends import each_end_lost_once
from tests.faults.matrix.running import Call, Ended, Prepared, act, act_and_kill, prepare, prepare_for_now
from tests.faults.matrix.stories import STORIES, Story
from tests.faults.matrix.verdicts import BRIEFLY, FAULTS, KILLS, wrongs

Record = Callable[[str, object], None]
FRESH = timedelta(minutes=1)  # then a workspace prepared for the real program is too old: reminders would fall due
by_name = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
by_name_briefly = pytest.mark.parametrize(
    "story",
    [pytest.param(story, marks=[pytest.mark.whole] if story.is_rare else [], id=story.name) for story in STORIES],
)


class Cell:
    """One story with one fault: its cases, counted."""

    def __init__(self, story: Story, fault: str, record: Record) -> None:
        self.wrong: dict[str, list[str]] = {}
        self._cases, self._story, self._fault, self._record = 0, story.name, fault, record

    def judge(self, call: Call, ended: Ended, found: list[str]) -> None:
        """Take one case in, with what is wrong about it."""
        self._cases += 1
        if not ended.struck:
            found = [*found, "the call was not made"]
        if found:
            self.wrong[str(call)] = found

    def close(self) -> None:
        """Hand the figures over to the table; nothing may be wrong."""
        self._record("cell", (self._story, self._fault, self._cases, len(self.wrong)))
        lines = [f"\n{name}\n  " + "\n  ".join(found) for name, found in self.wrong.items()]
        if self.wrong:
            told = f"{self._story}, {self._fault}: {len(lines)} of {self._cases} are wrong"
            pytest.fail(told + "".join(lines), pytrace=False)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Path]:
    """A fresh directory for each run."""
    return (tmp_path / str(number) for number in range(10_000))


@by_name_briefly
async def test_every_call_fails_once(story: Story, places: Iterator[Path], sqlite_template: Path) -> None:
    """All calls of a story fail once in the same run, with one fault after the other."""
    prepared = await prepare(story, next(places), sqlite_template)
    expected = await act(story, prepared, next(places))
    wrong = []
    for fault in BRIEFLY:
        ended = await act(story, prepared, next(places), expected.calls, fault)
        wrong += [f"{fault}: {one}" for one in wrongs(expected.calls, expected, ended)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.whole
@pytest.mark.timeout(900)
@by_name
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_call_fails_alone(
    story: Story, fault: FaultKind, places: Iterator[Path], sqlite_template: Path, record_property: Record
) -> None:
    """One call fails, everything else goes well."""
    prepared = await prepare(story, next(places), sqlite_template)
    expected = await act(story, prepared, next(places))
    assert not expected.problems
    cell = Cell(story, fault, record_property)
    for call in expected.calls:
        ended = await act(story, prepared, next(places), [call], fault)
        cell.judge(call, ended, wrongs([call], expected, ended))
    cell.close()


@pytest.mark.whole
@by_name
async def test_every_reaction_is_begun_again(story: Story, places: Iterator[Path], sqlite_template: Path) -> None:
    """As if killed after each reaction, before its end was written down: whoever takes it over does nothing twice."""
    prepared = await prepare(story, next(places), sqlite_template)
    expected = await act(story, prepared, next(places))
    with each_end_lost_once() as begun_again:
        ended = await act(story, prepared, next(places))
    assert begun_again
    assert [] == wrongs(expected.calls, expected, ended, is_killed=True)


@pytest.mark.whole
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("moment", KILLS)
@pytest.mark.parametrize("story", [story for story in STORIES if not story.waits], ids=lambda story: story.name)
async def test_killed_at_each_call(
    story: Story, moment: str, places: Iterator[Path], sqlite_template: Path, record_property: Record
) -> None:
    """The real program is killed while one call is under way, and started again."""
    prepared: Prepared | None = None

    async def fresh() -> Prepared:
        nonlocal prepared
        if prepared is None or datetime.now(UTC) - prepared.at > FRESH:
            prepared = await prepare_for_now(story, next(places), sqlite_template)
        return prepared

    expected = await act_and_kill(story, await fresh(), next(places))
    assert not expected.problems
    cell = Cell(story, moment, record_property)
    for call in expected.calls:
        ended = await act_and_kill(story, await fresh(), next(places), [call], KILLS[moment])
        # A kill cuts off all that is under way, whichever call it waited for.
        cell.judge(call, ended, wrongs(expected.calls, expected, ended, is_killed=True))
    cell.close()
