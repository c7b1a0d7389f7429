"""The ladder in a terminal: who was asked, who has it, who is next and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.escalation import Ask, StepState
from bot.domain.notices.backlog import Backlog
from bot.domain.notices.escalation import LadderLine, LadderList
from bot.domain.notices.incident import Summary
from bot.domain.people import Profile
from bot.terminal import words
from bot.terminal.text import Names, ago, due, indented, line, part, people, person, table, utc

TITLE_LIMIT, SOON = 80, 3
Whom = Mapping[Ask, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ladder:
    """An incident's steps, and the people behind those to come."""

    found: LadderList
    whom: Whom


def listing(ladders: Sequence[Ladder], now: datetime, names: Names, backlog: Backlog | None, *, in_whole: bool) -> str:
    """One ladder in whole; of several only what waits for an answer and what comes soon."""
    if not ladders:
        return "\n".join(["No incident is open: nothing is asked.", *words.late(backlog, now)])
    parts = [_of_one(ladder, now, names, in_whole=in_whole) for ladder in ladders]
    return "\n\n".join(["\n".join(lines) for lines in (*parts, words.late(backlog, now)) if lines])


def acknowledged(about: Summary, until: datetime | None, now: datetime, me: Profile, backlog: Backlog | None) -> str:
    """The receipt of an acknowledgement."""
    counts = f" It counts until {utc(until, now)}; then you are asked again." if until else ""
    lines = [f"{about.reference}: acknowledged by {person(me.id, {me.id: me})}. Thank you.{counts}"]
    return "\n".join([*lines, *words.late(backlog, now)])


def asked_and_next(lines: Sequence[LadderLine], whom: Whom, now: datetime, names: Names) -> list[str]:
    """Two parts: who was asked and what came of it, and what is scheduled."""
    asked = [one for one in lines if one.state is not StepState.PENDING]
    coming = [one for one in lines if one.state is StepState.PENDING]
    told = table([(_who(one, whom, names), words.why(one.why, one.role), _outcome(one, now, names)) for one in asked])
    ahead = table(
        [
            (due(one.next_look_at or one.due_at, now), _who(one, whom, names), words.why(one.why, one.role))
            for one in coming
        ]
    )
    return [
        *part("Asked", indented([*told, *_undelivered(asked, names)])),
        *part("Next, unless it is settled before", indented(ahead)),
    ]


def _of_one(ladder: Ladder, now: datetime, names: Names, *, in_whole: bool) -> list[str]:
    summary = ladder.found.summary
    lines = ladder.found.lines if in_whole else _waiting(ladder.found.lines)
    title = f"{words.marks(summary)}{line(summary.title, names, TITLE_LIMIT)}"
    head = [f"{summary.reference}  {words.severity(summary)}, {words.state(summary)}", f"  {title}"]
    return [*head, *(asked_and_next(lines, ladder.whom, now, names) or ["", "Nothing is scheduled."])]


def _waiting(lines: Sequence[LadderLine]) -> list[LadderLine]:
    """What waits for an answer, what somebody has, and the next few steps."""
    live = [one for one in lines if one.state in (StepState.RAISED, StepState.ACKNOWLEDGED)]
    return [*live, *[one for one in lines if one.state is StepState.PENDING][:SOON]]


def _who(one: LadderLine, whom: Whom, names: Names) -> str:
    if one.asked_ids:
        return people(one.asked_ids, names)
    part_of_ladder = words.ASKED[one.ask.kind].format(name=" ".join(one.ask.name.split()))
    known = whom.get(one.ask, ())
    return f"{people(known, names)}, {part_of_ladder}" if known else part_of_ladder


def _outcome(one: LadderLine, now: datetime, names: Names) -> str:
    if one.acknowledged_by and one.acknowledged_at and one.state is not StepState.RAISED:
        until = f", until {utc(one.next_look_at, now)}" if one.next_look_at else ""
        return f"acknowledged by {person(one.acknowledged_by, names)} {utc(one.acknowledged_at, now)}{until}"
    if one.state is StepState.STOOD_DOWN:
        return "no answer, went on to the next" if one.has_climbed else "no longer needed"
    again = f", next look {utc(one.next_look_at, now)}" if one.next_look_at else ""
    return f"asked {ago(one.raised_at, now)}{again}, no answer yet" if one.raised_at else "asked"


def _undelivered(asked: Sequence[LadderLine], names: Names) -> list[str]:
    waiting = dict.fromkeys(user_id for one in asked for user_id in one.undelivered_ids)
    if not waiting:
        return []
    return [f"NOT DELIVERED, Slack has not taken it yet: call {people(waiting, names)}."]
