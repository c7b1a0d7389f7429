"""What the ladder says: one screen for an executive or whoever is paged, a nudge, a call to the channel."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.escalation import RungKind, Why
from bot.domain.incident import Role
from bot.domain.notices.escalation import Asking, Reason
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    button,
    clock_time,
    context,
    escape,
    fields,
    mention,
    quote,
    section,
)

HEADLINE = {
    RungKind.EXECUTIVE: "You are being told about an AI incident",
    RungKind.PAGE: "You are needed in an AI incident",
    RungKind.NUDGE: "An AI incident wants your attention",
}
# Why it came, for the one who asks "why me, why now".
WHY = {
    Why.DECLARED: "you are on duty and an incident was declared",
    Why.NOT_ACKNOWLEDGED: "nobody has acknowledged it yet",
    Why.NOBODY_REACHABLE: "nobody on duty has answered or could be reached",
    Why.SEAT_WANTED: "your seat is wanted",
    Why.NO_LEAD: "nobody leads it yet",
    Why.EMPTY_ROLE: "a role is still empty",
    Why.NO_FIRST_UPDATE: "no first update has been sent",
    Why.UPDATE_OVERDUE: "the promised update is overdue",
    Why.NOT_CONTAINED: "the harm is not contained yet",
    Why.PROVISIONAL_SEVERITY: "its severity is still provisional: confirm it or change it",
    Why.EXECUTIVE_NOTICE: "policy wants you told at this severity",
    Why.EXECUTIVE_SILENT: "no executive has acknowledged it yet",
    Why.NOT_RATIFIED: "nobody has ratified yet what one person switched off alone",
    Why.POSTMORTEM_MEETING: "the review is not booked yet",
    Why.POSTMORTEM_DRAFT: "the post-mortem draft is due",
}
# The same where the channel hears it, since nobody could be asked.
CHANNEL_WHY = {
    Why.DECLARED: "nobody on duty could be reached",
    Why.EXECUTIVE_NOTICE: "no executive could be reached",
}
BY_ROLE = {
    Why.SEAT_WANTED: "somebody is wanted for {role}",
    Why.EMPTY_ROLE: "nobody sits as {role} yet",
}
PLEASE = "Please act, or call somebody who can."
ABOUT_THE_LEAD = frozenset({Why.NO_LEAD, Why.DECLARED, Why.NOT_ACKNOWLEDGED, Why.NOBODY_REACHABLE})
UPDATES = frozenset({Why.NO_FIRST_UPDATE, Why.UPDATE_OVERDUE})
IN_THE_PANEL = frozenset({Why.NOT_CONTAINED, Why.PROVISIONAL_SEVERITY, Why.EMPTY_ROLE})


def asking(notice: Asking) -> Message:
    """One message of the ladder."""
    if not notice.to_id:
        return _to_channel(notice)
    if notice.kind is RungKind.NUDGE and notice.to_id == notice.lead_id:
        return _nudge(notice)
    summary = notice.summary
    head = f"*{words.drill(summary)}{HEADLINE[notice.kind]}: {summary.reference}*"
    blocks = [section(f"{head}\n{_story(notice)}"), fields(_facts(notice))]
    if notice.latest_update:
        blocks.append(section(f"*What is being done*\n{quote(notice.latest_update, 400)}"))
    blocks += [section(_wanted(notice)), actions(*_buttons(notice)), context(_why(notice))]
    title = escape(summary.title, 120)
    text = f"{words.drill(summary)}{HEADLINE[notice.kind]}: {summary.reference}, {summary.severity}, {title}"
    return Message(text, blocks)


def _story(notice: Asking) -> str:
    """What happened, in the reporter's words; the title where it says it all."""
    told, title = notice.what_happened.strip(), notice.summary.title
    return escape(title, 160) if told in ("", title) else quote(told, 400)


def _facts(notice: Asking) -> list[tuple[str, str]]:
    summary = notice.summary
    what = escape(notice.type_name)
    if notice.system_name:
        what = f"{what} in {escape(notice.system_name, 80)}"
    rows = [("How bad", words.severity(summary.severity, provisional=summary.is_provisional)), ("What", what)]
    if notice.affected:
        rows.append(("Who is affected", escape(notice.affected, 300)))
    rows.append(("Who leads", mention(notice.lead_id) if notice.lead_id else ":warning: nobody yet"))
    contained = f":white_check_mark: since {clock_time(summary.contained_at)}" if summary.contained_at else "not yet"
    rows.append(("Harm stopped", contained))
    if summary.next_update_at:
        rows.append(("Next update", clock_time(summary.next_update_at)))
    return rows


def _wanted(notice: Asking) -> str:
    by = f" by {clock_time(notice.answer_by)}" if notice.answer_by else ""
    if notice.kind is RungKind.EXECUTIVE:
        return f"*What is wanted of you*: acknowledge that you know{by}. No other decision is asked now."
    if notice.kind is RungKind.NUDGE and notice.seat is None:
        return f"*What is wanted of you*: see that somebody acts, since {_reasons(notice)}."
    if notice.seat is not None:
        seat = words.ROLE_NAME[notice.seat].lower()
        return f"*What is wanted of you*: take the seat of {seat}{by}, or pass it on."
    return f"*What is wanted of you*: say that you have it{by}, and join."


def _buttons(notice: Asking) -> list[Block]:
    if notice.kind is RungKind.NUDGE and notice.seat is None:
        return [*_remedies(notice), button("Join", ids.JOIN_ASKED, notice.batch), _snooze(notice)]
    if notice.seat is not None and notice.kind is not RungKind.EXECUTIVE:
        row = [
            _take(notice, notice.seat),
            button("Acknowledge", ids.ACKNOWLEDGE, notice.batch),
            button("Not me", ids.DECLINE_ASK, notice.batch),
        ]
        return [*row, _snooze(notice)] if notice.kind is RungKind.NUDGE else row
    row = [
        button("Acknowledge", ids.ACKNOWLEDGE, notice.batch, style="primary"),
        button("Delegate to…", ids.DELEGATE, notice.batch),
        button("Join", ids.JOIN_ASKED, notice.batch),
    ]
    if notice.kind is RungKind.EXECUTIVE:
        row.append(button("Mute until next update", ids.MUTE, notice.batch))
    return row


def _nudge(notice: Asking) -> Message:
    text = f"{words.drill(notice.summary)}{notice.summary.reference}: {_reasons(notice)}"
    head = f"{words.name(notice.summary)}\n:alarm_clock: "
    row = [*_remedies(notice), _snooze(notice)]
    return Message(text, [section(f"{head}{_list(notice, '')}"), actions(*row), context(_why(notice))])


def _remedies(notice: Asking) -> list[Block]:
    """What can be done about the reasons, one button each."""
    incident_id, whys = notice.summary.incident_id, {reason.why for reason in notice.reasons}
    row = []
    if whys & UPDATES:
        row.append(button("Send update", ids.SEND_UPDATE, incident_id, style="primary"))
    if notice.lead_id is None and whys & ABOUT_THE_LEAD:
        row.append(_take(notice, Role.LEAD))
    if notice.seat not in (None, Role.LEAD) and not notice.to_id:
        row.append(_take(notice, notice.seat))
    if whys & IN_THE_PANEL:
        row.append(button("Open the panel", ids.OPEN_PANEL, incident_id))
    if Why.POSTMORTEM_DRAFT in whys:
        row.append(button("Compile the draft", ids.COMPILE, incident_id, style="primary"))
    return row


def _take(notice: Asking, role: Role) -> Block:
    action_id, value = f"{ids.TAKE_ROLE}:{role}", notice.summary.incident_id
    return button(f"Take {words.ROLE_NAME[role].lower()}", action_id, value, style="primary")


def _snooze(notice: Asking) -> Block:
    return button("Snooze…", ids.SNOOZE, notice.batch)


def _to_channel(notice: Asking) -> Message:
    drill = words.drill(notice.summary)
    text = f"{drill}{notice.summary.reference}: {_reasons(notice)}. {PLEASE}"
    row = [*_remedies(notice), *([_snooze(notice)] if notice.kind is RungKind.NUDGE else [])]
    head = section(f":alarm_clock: {drill}{_list(notice, PLEASE)}")
    return Message(text, [head, *([actions(*row)] if row else []), context(_why(notice))])


def _list(notice: Asking, please: str) -> str:
    """One reason as a sentence, several as a list with the timer of each."""
    if len(notice.reasons) == 1:
        return f"*{_capital(_reasons(notice))}.* {please}".rstrip()
    lines = dict.fromkeys(f"• {_capital(_say(notice, r))} ({_after(r)}{_times(r)})" for r in notice.reasons)
    return "\n".join([f"*Several things are due.* {please}".rstrip(), *lines])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reasons(notice: Asking) -> str:
    return "; ".join(dict.fromkeys(_say(notice, reason) for reason in notice.reasons))


def _say(notice: Asking, reason: Reason) -> str:
    if not notice.to_id and reason.why in CHANNEL_WHY:
        return CHANNEL_WHY[reason.why]
    return said(reason.why, reason.role)


def said(why: Why, role: Role | None) -> str:
    """A reason in words, by the role it is about where it is about one."""
    if role is not None and why in BY_ROLE:
        return BY_ROLE[why].format(role=words.ROLE_NAME[role].lower())
    return WHY[why]


def _why(notice: Asking) -> str:
    """The rule, the timer, who passed it on, and how late it comes."""
    head = "Why you get this" if notice.to_id else "Why this is asked"
    is_listed = len(notice.reasons) > 1 and (not notice.to_id or notice.to_id == notice.lead_id)
    rules = dict.fromkeys(f"{_say(notice, r)} ({_after(r)}{_times(r)})" for r in notice.reasons)
    rule = "the timers of the escalation policy" if is_listed else "; ".join(rules)
    by = f" {mention(notice.delegated_by)} delegated it to you." if notice.delegated_by else ""
    latest = max(notice.reasons, key=lambda reason: reason.late_by)
    due = clock_time(latest.due_at)
    delay = f" This comes {_span(latest.late_by)} late: it was due at {due}, and could not be sent before."
    return f"{head}: {rule}.{by}{delay if latest.late_by else ''}"


def _after(reason: Reason) -> str:
    if not reason.after:
        return "passed on, since whoever was asked before has not taken it"
    return "at once" if reason.after.startswith("0") else f"after {reason.after}"


def _times(reason: Reason) -> str:
    return f", asked for the {_ordinal(reason.times)} time" if reason.times > 1 else ""


def _ordinal(number: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{suffix}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


MESSAGES = {Asking: asking}
