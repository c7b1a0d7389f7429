"""Whatever people do, each reaction to it begun again after its end, as if killed before that was written down."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.stage import staged
from tests.benchmarks.tour import tour
from tests.clock import FRIDAY
from tests.faults.ends import each_end_lost_once
from tests.faults.matrix.state import state

RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,64}")
# What is looked at is looked at twice, and written down so; and who looks later knows the channel that opened meanwhile.
LOOKS = re.compile(r'"checks": "\[.*?\]"|\w[\w ]* (as wanted|nobody could tell) at <time>(; )?| <##ai-0005[\w-]*>')
RECEIPT = "Thank you for pulling the cord"  # was whispered, which leaves nothing to look for: it is said by message


@pytest.mark.whole
@pytest.mark.timeout(600)
async def test_a_tour_of_everything(tmp_path: Path, sqlite_template: Path) -> None:
    """In the end there is in Slack and in the record what there would have been, and nothing twice."""
    directories = [tmp_path / "plain", tmp_path / "again"]
    for directory in directories:
        directory.mkdir()
    plain = await toured(directories[0], sqlite_template)
    with each_end_lost_once() as begun_again:
        again = await toured(directories[1], sqlite_template)
    assert len(begun_again) > 500
    assert [] == list((plain - again).elements())
    assert [] == [line for line in (again - plain).elements() if RECEIPT not in line]


async def toured(directory: Path, template: Path) -> Counter[str]:
    """What there is after the tour."""
    database = shutil.copy(template, directory / "andon.db")
    async with staged(directory, start=FRIDAY) as stage:
        await tour(stage, 0)
        return Counter(_plain(state(stage.sandbox, Path(database)).elements()))


def _plain(lines: Iterable[str]) -> Iterable[str]:
    return (LOOKS.sub("", RANDOM.sub("<random>", line)) for line in lines)
