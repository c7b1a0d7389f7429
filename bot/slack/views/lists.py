"""Open incidents in lines that can be read at a glance: severity, name, lead, next update."""

from __future__ import annotations

from datetime import datetime

from bot.domain.notices.incident import Summary
from bot.domain.notices.lists import IncidentList
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, clock_time, context, mention, section


def listing(notice: IncidentList) -> Message:
    """The answer to ``list``."""
    if not notice.rows:
        text = "No incident is open."
        hint = f"Seen something odd? `{notice.command} ‹what happened›` is enough."
        return Message(text, [section(f":white_check_mark: {text}"), context(hint)])
    total = len(notice.rows) + notice.more
    text = "One incident is open" if total == 1 else f"{total} incidents are open"
    return Message(text, [section(f"*{text}*"), *rows(notice.rows, notice.now), *more(notice.more)])


def rows(summaries: tuple[Summary, ...], now: datetime) -> list[Block]:
    """Incidents, a section each."""
    return [section(line(summary, now)) for summary in summaries]


def more(count: int) -> list[Block]:
    """How many are not shown, if any."""
    return [context(f"and {count} more")] if count > 0 else []


def line(summary: Summary, now: datetime) -> str:
    """One incident in two lines."""
    lock = ":lock: " if summary.is_private else ""
    lead = f"led by {mention(summary.lead_id)}" if summary.lead_id else "*lead wanted*"
    contained = ["contained"] if summary.contained_at else []
    facts = [
        words.severity(summary.severity, provisional=summary.is_provisional),
        words.PHASE_NAME[summary.phase].lower(),
        *contained,
        lead,
        *_next_update(summary.next_update_at, now),
    ]
    return f"{lock}{words.name(summary)}\n{'  ·  '.join(facts)}"


def _next_update(due_at: datetime | None, now: datetime) -> list[str]:
    if due_at is None:
        return []
    if due_at < now:
        return [f":hourglass: *update overdue since {clock_time(due_at)}*"]
    return [f"update due {clock_time(due_at)}"]


MESSAGES = {IncidentList: listing}
