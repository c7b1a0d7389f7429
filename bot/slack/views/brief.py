"""The executive brief: one screen, decisions first, no jargon."""

from __future__ import annotations

from bot.domain.incident import Phase
from bot.domain.notices.brief import Brief, BriefHourSet, BriefLine, Decision
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, channel, context, divider, escape, mention, quote, section, when

DECISIONS = 6
STANDS = {
    Phase.TRIAGE: "we are finding out what it is",
    Phase.CONTAINMENT: "we are stopping the harm",
    Phase.INVESTIGATION: "we are looking for the cause",
    Phase.REMEDIATION: "we are putting it right",
    Phase.RECOVERY: "we are bringing it back with care",
    Phase.REVIEW: "it is put right; we are drawing the lessons",
    Phase.CLOSED: "it is over",
}


def brief(notice: Brief) -> Message:
    """Decisions wanted, then each incident."""
    count = len(notice.decisions)
    wanted = "No decision is wanted from anybody" if not count else f"{count} decision{'s' if count > 1 else ''} wanted"
    total = len(notice.lines) + notice.more
    text = (
        f"Brief: {total} grave incident{'' if total == 1 else 's'} open, {wanted.lower()}"
        if total
        else "Brief: nothing grave is open"
    )
    if not notice.lines:
        return Message(text, [section(":white_check_mark: *Nothing grave is open.*"), context(_foot(notice))])
    blocks: list[Block] = [
        section(f"*{wanted}*" + "".join(f"\n{_decision(one)}" for one in notice.decisions[:DECISIONS]))
    ]
    if count > DECISIONS:
        blocks.append(context(f"… and {count - DECISIONS} more"))
    for line in notice.lines:
        blocks += [divider(), section(_incident(line))]
    if notice.more:
        blocks.append(context(f"… and {notice.more} more incidents: `{notice.command} list`"))
    blocks.append(context(_foot(notice)))
    return Message(text, blocks)


def hour_set(notice: BriefHourSet) -> Message:
    """Whether and when it comes."""
    if notice.next_at is None:
        said = "The daily brief does not come any more."
        return Message(said, [section(f":no_bell: {said} `{notice.command} brief` shows it whenever you want.")])
    said = f":bell: The brief comes daily, first {when(notice.next_at)} ({escape(notice.zone, 60)}),"
    said += " while anything grave is open."
    return Message("The brief comes daily", [section(f"{said} `{notice.command} brief off` ends it.")])


def _decision(one: Decision) -> str:
    by = f" by {when(one.by_when)}" if one.by_when else ""
    who = f" ({escape(one.who, 80)})" if one.who else ""
    return f"• *{one.summary.reference}*: {escape(one.what, 250)}{who}{by}"


def _incident(line: BriefLine) -> str:
    summary = line.summary
    place = f" {channel(summary.channel_id)}" if summary.channel_id else ""
    private = ":lock: " if summary.is_private else ""
    emoji = words.severity(summary.severity).partition(" ")[0]
    name = f"*{words.drill(summary)}{summary.reference}* {escape(summary.title, 120)}"
    rows = [f"{private}{emoji} {name}{place}"]
    if line.happening:
        rows.append(quote(line.happening, 300))
    facts = [
        f"How bad: {words.SEVERITY_WORD[summary.severity]}{', not confirmed yet' if summary.is_provisional else ''}",
        f"Affected: {escape(line.people, 80) if line.people else 'not yet known'}",
        f"Led by {mention(summary.lead_id)}" if summary.lead_id else "*Nobody leads*",
    ]
    rows.append("  ·  ".join(facts))
    stopped = (
        f"the harm is stopped since {when(summary.contained_at)}"
        if summary.contained_at
        else "*the harm is not stopped yet*"
    )
    rows.append(
        f"Now: {STANDS[summary.phase]}; {stopped}" + (f". Done: {escape(line.doing, 200)}" if line.doing else "")
    )
    if line.clocks:
        rows.append("Legal clocks: " + "; ".join(f"{escape(name, 80)} by {when(due)}" for name, due in line.clocks[:4]))
    if summary.next_update_at:
        rows.append(f"Next update {when(summary.next_update_at)}")
    return "\n".join(rows)


def _foot(notice: Brief) -> str:
    if notice.is_daily:
        return f"You get this daily at the hour you chose. `{notice.command} brief off` ends it."
    return f"`{notice.command} brief daily 8:00` brings it every day at that time, where you are."


MESSAGES = {Brief: brief, BriefHourSet: hour_set}
