"""What is right: the end of the undisturbed run, but for what nobody can promise, of which this table is all."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bot.sandbox.faults import FaultKind
from tests.faults.matrix.running import Call, Ended

FAULTS: tuple[FaultKind, ...] = (
    "rate_limited",
    "server_error",
    "hang",
    "hang_after",
    "lost_answer",
    "cut",
    "cut_before",
)
KILLS: dict[str, FaultKind] = {"killed before": "hang", "killed after": "hang_after"}


@dataclass(frozen=True)
class Excuse:
    """Lines that may be there besides, where a call of ``method`` met a fault, and why nothing better can be had."""

    method: str
    besides: str
    why: str


EXCUSES: tuple[Excuse, ...] = ()


def wrongs(calls: tuple[Call, ...] | list[Call], expected: Ended, ended: Ended) -> list[str]:
    """What differs from the undisturbed run and is not excused."""
    methods = {call.method for call in calls}
    excused = [re.compile(excuse.besides, re.DOTALL) for excuse in EXCUSES if excuse.method in methods]
    besides = Counter(ended.state - expected.state)
    extra = [line for line in besides.elements() if not any(pattern.search(line) for pattern in excused)]
    missing = Counter(expected.state - ended.state).elements()
    return [
        *ended.problems,
        *(f"missing: {line[:400]}" for line in missing),
        *(f"extra: {line[:400]}" for line in extra),
    ]
