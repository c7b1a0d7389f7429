"""What is right: the end of the undisturbed run, but for what nobody can promise, of which EXCUSES is all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
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
BRIEFLY: tuple[FaultKind, ...] = ("rate_limited", "hang", "lost_answer")  # one of each sort
KILLS: dict[str, FaultKind] = {"killed before": "hang", "killed after": "hang_after"}
WHISPERED = re.compile(r"for the eyes of (@\S+) in \S+: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Excuse:
    """What else is right where a call of ``method`` met a fault.

    Lines that fit ``besides`` may be there, too, of those that fit ``instead`` one may stand in the place of another,
    and those that fit ``without`` may be missing. ``if_killed``: only where the program was killed.
    """

    method: str
    why: str
    besides: str = "(?!)"
    instead: str = "(?!)"
    without: str = "(?!)"
    if_killed: bool = False


WHISPERS = ("chat.postEphemeral", "response_url")
EXCUSES = (
    Excuse(
        "views.open",
        "A trigger lives three seconds: who gets no form in that time hears it, gets back what they typed, tries again.",
        besides="^@.* message @andon.*Slack did not let me open the form",
    ),
    Excuse(
        "views.update",
        "A person waits before the form: when Slack does not take the change at once, they hear it and choose again.",
        besides="^@.* message @andon.*Slack did not let me show that in the form",
    ),
    Excuse(
        "conversations.setTopic",
        "A topic that is overtaken before Slack takes it is never shown, nor is Slack's line about it.",
        without="channel_topic",
    ),
    Excuse("views.publish", "A Home that is shown later shows what is true by then.", instead="^home of "),
    Excuse(
        "response_url",
        "A press is answered from no memory: killed before that, the person sees it done where they pressed.",
        without="^for the eyes of ",
        if_killed=True,
    ),
)


def wrongs(calls: Iterable[Call], expected: Ended, ended: Ended, *, is_killed: bool = False) -> list[str]:
    """What differs from the undisturbed run and is not excused, where any of these calls may have met the fault."""
    methods = {call.method for call in calls}
    lines = _differing(expected, expected.state, expected.state, ended.state, methods, is_killed=is_killed)
    if is_killed:  # one start more must not be what puts it right; looks of that start may have come before it
        always, ever = expected.early & expected.state, expected.early | expected.state
        early = _differing(expected, always, ever, ended.early, methods, is_killed=True)
        lines += [f"before the last start, {line}" for line in early]
    return [*ended.problems, *(line.replace("\n", " ")[:400] for line in lines)]


def _differing(
    expected: Ended,
    always: Counter[str],
    ever: Counter[str],
    found: Counter[str],
    methods: set[str],
    *,
    is_killed: bool,
) -> list[str]:
    """What is not there of what always is, what is there that never is, but for what is excused."""
    missing, extra = list((always - found).elements()), list((found - ever).elements())
    if methods.intersection(WHISPERS):
        missing, extra = _said_by_message(expected, missing, extra)
    for excuse in EXCUSES:
        if excuse.method in methods and (is_killed or not excuse.if_killed):
            missing, extra = _excused(excuse, missing, extra)
    return [*(f"missing: {line}" for line in missing), *(f"extra: {line}" for line in extra)]


def _said_by_message(expected: Ended, missing: list[str], extra: list[str]) -> tuple[list[str], list[str]]:
    """What is for one person's eyes only cannot be looked for: in doubt it is said once more, as a message that can."""
    whispered = Counter(_message(line) for line in expected.state.elements() if WHISPERED.match(line))
    told = Counter(extra) & whispered
    left = [line for line in missing if not (WHISPERED.match(line) and told[_message(line)])]
    return left, list((Counter(extra) - told).elements())


def _message(whisper: str) -> str:
    """The line of a direct message that says the same."""
    found = WHISPERED.match(whisper)
    return f"{found.group(1)} message @andon  []: {found.group(2)}" if found else ""


def _excused(excuse: Excuse, missing: list[str], extra: list[str]) -> tuple[list[str], list[str]]:
    gone = [line for line in missing if re.search(excuse.instead, line)]
    come = [line for line in extra if re.search(excuse.instead, line)]
    pairs = min(len(gone), len(come))
    spared = {*gone[:pairs], *come[:pairs]}
    missing = [line for line in missing if line not in spared and not re.search(excuse.without, line)]
    return missing, [line for line in extra if line not in spared and not re.search(excuse.besides, line, re.DOTALL)]
