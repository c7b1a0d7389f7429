"""Incidents in a terminal: what was declared, what is open, one of them on a page, and what an act has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Role
from bot.domain.notices.backlog import Backlog
from bot.domain.notices.escalation import LadderList
from bot.domain.notices.home import ClosedLine
from bot.domain.notices.incident import IncidentCard, Summary
from bot.domain.notices.lists import IncidentList
from bot.domain.notices.tasks import TaskItem, TaskList
from bot.domain.notices.timeline import Line, TimelinePage
from bot.terminal import escalations, words
from bot.terminal.text import (
    Names,
    ago,
    due,
    facts,
    indented,
    line,
    paragraph,
    part,
    people,
    person,
    place,
    table,
    utc,
)

TITLE_LIMIT, LINE_LIMIT = 80, 200
LATER = "`andon run` tells Slack, once and in order: now if both are up, else as soon as they are."


class Act(StrEnum):
    """What somebody did to an incident."""

    UPDATE = "update"
    NOTE = "note"
    TAKE = "take"
    CONTAINED = "contained"
    RESOLVED = "resolved"
    CLOSE = "close"
    CANCEL = "cancel"
    REOPEN = "reopen"


DONE = {
    Act.UPDATE: "the update is kept, and owed to the channel and everybody who follows.",
    Act.NOTE: "your note is on the timeline.",
    Act.TAKE: "you are {role} now.",
    Act.CONTAINED: "contained. Investigation follows.",
    Act.RESOLVED: "resolved. Review follows; `andon incident close` ends it.",
    Act.CLOSE: "closed. The post-mortem draft is compiled from the record.",
    Act.CANCEL: "closed as not an incident.",
    Act.REOPEN: "open again.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """All there is to say about one incident."""

    card: IncidentCard
    tasks: TaskList
    ladder: LadderList
    timeline: TimelinePage
    latest_update: Line | None
    backlog: Backlog | None
    now: datetime


def declared(summary: Summary, now: datetime, names: Names, backlog: Backlog | None, *, was_already: bool) -> str:
    """The receipt of a declaration, and what can be done next."""
    ref = summary.reference
    head = f"{ref} was declared with this key before. Nothing was changed." if was_already else f"{ref} is declared."
    private = "Only people who were let in can see it." if summary.is_private else ""
    lines = [
        f"{head}  {words.severity(summary)}, {words.state(summary)}",
        *indented([f"{words.marks(summary)}{line(summary.title, names)}", *([private] if private else [])]),
        "",
        LATER,
        *words.late(backlog, now),
        *([f"The first update is due {due(summary.next_update_at, now)}."] if summary.next_update_at else []),
        "",
        *table(
            [
                (f"andon escalations {ref}", "who is asked now, and who is next"),
                (f"andon incident take {ref} lead", "lead it"),
                (f"andon incident show {ref}", "everything about it"),
            ]
        ),
    ]
    return "\n".join(lines)


def listing(found: IncidentList, closed: tuple[ClosedLine, ...] | None, names: Names, backlog: Backlog | None) -> str:
    """Open incidents, gravest first, and those closed lately where they were asked for."""
    total = len(found.rows) + found.more
    if total:
        lines = [f"{total} open", "", *table([HEAD, *(_row(row, found.now, names) for row in found.rows)])]
        lines += [f"and {found.more} more"] if found.more > 0 else []
    else:
        lines = ["No incident is open."]
    if closed is not None:
        rows = [(one.summary.reference, utc(one.closed_at), _ended(one, names)) for one in closed]
        lines += part("Closed in the last 30 days", table(rows) or ["none"])
    missing = words.late(backlog, found.now)
    return "\n".join([*lines, *(["", *missing] if missing else [])])


def shown(page: Page, names: Names) -> str:
    """One incident on a page."""
    summary, now = page.card.summary, page.now
    lines = [f"{summary.reference}  {words.marks(summary)}{line(summary.title, names)}", ""]
    lines += facts(_facts(page, names))
    story = page.card.what_happened.strip()
    lines += part("What happened", paragraph(story, names) if story != summary.title else [])
    lines += part("Latest update", _update(page.latest_update, now, names))
    tasks = (*page.tasks.open_tasks, *page.tasks.ended)
    lines += part("Tasks", indented(table([_task(task, now, names) for task in tasks])))
    lines += escalations.asked_and_next(page.ladder.lines, {}, now, names)
    lines += part(*_timeline(page.timeline, now, names))
    lines += part("Slack", indented(words.late(page.backlog, now)))
    return "\n".join(lines)


def done(after: Summary, act: Act, role: Role | None, now: datetime, backlog: Backlog | None) -> str:
    """What was done, and when stakeholders hear again."""
    lines = [f"{after.reference}: {DONE[act].format(role=role)}"]
    if act is Act.UPDATE and after.next_update_at:
        lines.append(f"The next one is due {due(after.next_update_at, now)}.")
    return "\n".join([*lines, *([LATER] if act is not Act.NOTE else []), *words.late(backlog, now)])


HEAD = ("REFERENCE", "SEVERITY", "STATE", "LEAD", "NEXT UPDATE", "TITLE")


def _row(row: Summary, now: datetime, names: Names) -> tuple[str, ...]:
    return (
        row.reference,
        words.severity(row),
        words.state(row),
        person(row.lead_id, names) if row.lead_id else "wanted",
        due(row.next_update_at, now) if row.next_update_at else "-",
        f"{words.marks(row)}{line(row.title, names, TITLE_LIMIT)}",
    )


def _ended(one: ClosedLine, names: Names) -> str:
    how = words.OUTCOME[one.summary.outcome] if one.summary.outcome else "closed"
    return f"{words.marks(one.summary)}{line(one.summary.title, names, TITLE_LIMIT)} ({how})"


def _facts(page: Page, names: Names) -> Iterator[tuple[str, str]]:
    card, now = page.card, page.now
    summary = card.summary
    yield "Severity", words.severity(summary)
    yield "State", words.state(summary)
    yield "Type", card.type_name
    yield "System", line(card.system_name or "", names)
    declared_at = f"{utc(summary.declared_at)} " if summary.declared_at else ""
    yield "Declared", f"{declared_at}by {person(card.declared_by, names)}"
    for role in Role:
        yield role.capitalize(), _seat(card, role, names)
    yield "Contained", _achieved(summary.contained_at, card.contained_how, now, names)
    yield "Resolved", _achieved(card.resolved_at, None, now, names)
    yield "Closed", _achieved(card.closed_at, card.closed_note, now, names)
    yield "Goes on in", card.merged_into.reference if card.merged_into else ""
    yield "Next update", due(summary.next_update_at, now) if summary.next_update_at else ""
    yield "Evidence", f"{card.exhibits} kept" if card.exhibits else ""
    yield "Channel", "open in Slack" if summary.channel_id else "not open yet"
    yield "Not done", "; ".join(_problems(card, names))


def _seat(card: IncidentCard, role: Role, names: Names) -> str:
    sitting, asked = card.seats.get(role, ()), card.asked.get(role, ())
    waiting = f" (asked: {people(asked, names)})" if asked else ""
    return f"{people(sitting, names) or 'nobody'}{waiting}"


def _achieved(at: datetime | None, how: str | None, now: datetime, names: Names) -> str:
    if at is None:
        return ""
    return ago(at, now) + (f": {line(how, names, LINE_LIMIT)}" if how else "")


def _problems(card: IncidentCard, names: Names) -> Iterable[str]:
    for problem in card.problems:
        whom = f" {person(problem.user_id, names)}" if problem.user_id else ""
        yield f"{problem.what}{whom} ({place(problem.code)})"


def _update(update: Line | None, now: datetime, names: Names) -> list[str]:
    if update is None:
        return []
    return [f"  {ago(update.at, now)}, {person(update.actor, names)}", *paragraph(update.text, names)]


def _task(task: TaskItem, now: datetime, names: Names) -> tuple[str, str, str]:
    owner = person(task.owner_id, names) if task.owner_id else "nobody"
    when = f", due {due(task.due_at, now)}" if task.due_at and task.ended_at is None else ""
    ended = f", {task.state}" if task.ended_at else ""
    return str(task.number), line(task.text, names, LINE_LIMIT), f"{owner}{when}{ended}"


def _timeline(page: TimelinePage, now: datetime, names: Names) -> tuple[str, list[str]]:
    rows = [(utc(one.at, now), person(one.actor, names), line(one.text, names, LINE_LIMIT)) for one in page.lines]
    return f"Timeline, the last {len(rows)} lines" if page.older_than else "Timeline", indented(table(rows))
