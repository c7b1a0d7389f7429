"""What the ladder says: one screen for an executive, a page, a nudge, and the line that each becomes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.escalation import RungKind, StepState, Why
from bot.domain.notices.escalation import Asked, Asking, DelegateForm, LadderLine, LadderList, Reason, SnoozeForm
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    clock_time,
    context,
    escape,
    fields,
    mention,
    mentions,
    option,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, modal, person_select, select, text_input

HEADLINE = {
    RungKind.EXECUTIVE: "You are being told about an AI incident",
    RungKind.PAGE: "You are needed in an AI incident",
    RungKind.NUDGE: "A reminder",
}
# Why it came, for the one who asks "why me, why now".
WHY = {
    Why.DECLARED: "you are on duty and an incident was declared",
    Why.NOT_ACKNOWLEDGED: "nobody has acknowledged it yet",
    Why.NOBODY_REACHABLE: "nobody on the ladder has answered or could be reached",
    Why.SEAT_WANTED: "your seat is wanted",
    Why.NO_LEAD: "nobody leads it yet",
    Why.EMPTY_ROLE: "a role is still empty",
    Why.NO_FIRST_UPDATE: "no first update has been sent",
    Why.UPDATE_OVERDUE: "the promised update is overdue",
    Why.NOT_CONTAINED: "the harm is not contained yet",
    Why.PROVISIONAL_SEVERITY: "its severity is still provisional: confirm it or change it",
    Why.EXECUTIVE_NOTICE: "policy wants you told at this severity",
    Why.EXECUTIVE_SILENT: "no executive has acknowledged it yet",
    Why.POSTMORTEM_MEETING: "the post-mortem meeting is not booked yet, as far as Andon knows",
    Why.POSTMORTEM_DRAFT: "the post-mortem draft is due",
}
BY_ROLE = {
    Why.SEAT_WANTED: "somebody is wanted for {role}",
    Why.EMPTY_ROLE: "nobody sits as {role} yet",
}
ANSWERED = {
    "acknowledged": ":white_check_mark: acknowledged",
    "delegated": ":arrow_right: delegated to",
    "declined": ":arrow_right: passed on",
    "unreachable": ":warning: could not be reached",
    "settled": ":white_check_mark: taken care of",
    "asked": "still waiting",
}
KIND = {RungKind.EXECUTIVE: "executive", RungKind.PAGE: "page", RungKind.NUDGE: "reminder"}
STATE = {
    StepState.PENDING: "due",
    StepState.RAISED: "asked",
    StepState.ACKNOWLEDGED: "acknowledged",
    StepState.STOOD_DOWN: "no longer needed",
}
SHOWN = 20


def asking(notice: Asking) -> Message:
    """One message of the ladder."""
    if not notice.to_id:
        return _to_channel(notice)
    if notice.kind is RungKind.NUDGE and notice.seat is None:
        return _nudge(notice)
    summary = notice.summary
    head = f"*{words.drill(summary)}{HEADLINE[notice.kind]}: {summary.reference}*"
    state = words.severity(summary.severity, provisional=summary.is_provisional)
    blocks = [section(f"{head}\n{escape(summary.title, 160)}"), fields(_facts(notice, state))]
    if notice.latest_update:
        blocks.append(section(f"*What is being done*\n{quote(notice.latest_update, 400)}"))
    blocks += [section(_wanted(notice)), actions(*_buttons(notice)), context(_why(notice))]
    text = f"{words.drill(summary)}{HEADLINE[notice.kind]}: {summary.reference}, {summary.severity}, {escape(summary.title, 120)}"
    return Message(text, blocks)


def _facts(notice: Asking, state: str) -> list[tuple[str, str]]:
    summary = notice.summary
    where = (
        f"{escape(notice.type_name)} in {escape(notice.system_name, 80)}"
        if notice.system_name
        else escape(notice.type_name)
    )
    rows = [("How bad", state), ("What", where)]
    if notice.affected:
        rows.append(("Who is affected", escape(notice.affected, 300)))
    rows.append(("Who leads", mention(notice.lead_id) if notice.lead_id else ":warning: nobody yet"))
    contained = f":white_check_mark: since {clock_time(summary.contained_at)}" if summary.contained_at else "not yet"
    rows.append(("Harm stopped", contained))
    if summary.next_update_at:
        rows.append(("Next update", clock_time(summary.next_update_at)))
    return rows


def _wanted(notice: Asking) -> str:
    if notice.kind is RungKind.EXECUTIVE:
        return "*What is wanted of you*: acknowledge that you know. No other decision is asked now."
    if notice.seat is not None:
        return f"*What is wanted of you*: take the seat of {words.ROLE_NAME[notice.seat].lower()}, or pass it on."
    return "*What is wanted of you*: say that you have it, and join."


def _buttons(notice: Asking) -> list[Block]:
    if notice.seat is not None and notice.kind is not RungKind.EXECUTIVE:
        take = f"{ids.TAKE_ROLE}:{notice.seat}"
        name = words.ROLE_NAME[notice.seat].lower()
        return [
            button(f"Take {name}", take, notice.summary.incident_id, style="primary"),
            button("Acknowledge", ids.ACKNOWLEDGE, notice.batch),
            button("Not me", ids.DECLINE_ASK, notice.batch),
        ]
    row = [
        button("Acknowledge", ids.ACKNOWLEDGE, notice.batch, style="primary"),
        button("Delegate to…", ids.DELEGATE, notice.batch),
        button("Join", ids.JOIN_ASKED, notice.batch),
    ]
    if notice.kind is RungKind.EXECUTIVE:
        row.append(button("Mute until next update", ids.MUTE, notice.batch))
    return row


def _nudge(notice: Asking) -> Message:
    summary = notice.summary
    reasons = _reasons(notice.reasons)
    text = f"{words.drill(summary)}{summary.reference}: {reasons}"
    blocks = [
        section(f"{words.name(summary)}\n:alarm_clock: {reasons[:1].upper()}{reasons[1:]}."),
        actions(
            *(_remedies(notice)),
            button("Snooze…", ids.SNOOZE, notice.batch),
        ),
        context(_why(notice)),
    ]
    return Message(text, blocks)


def _remedies(notice: Asking) -> list[Block]:
    incident_id, whys = notice.summary.incident_id, {reason.why for reason in notice.reasons}
    row = []
    if whys & {Why.NO_FIRST_UPDATE, Why.UPDATE_OVERDUE}:
        row.append(button("Send update", ids.SEND_UPDATE, incident_id, style="primary"))
    if Why.NO_LEAD in whys:
        row.append(button("Take lead", f"{ids.TAKE_ROLE}:lead", incident_id, style="primary"))
    return row


def _to_channel(notice: Asking) -> Message:
    summary = notice.summary
    reasons = _reasons(notice.reasons)
    text = f"{words.drill(summary)}{summary.reference}: {reasons}. Whoever reads this: please act or call somebody."
    row = _remedies(notice) or [button("Take lead", f"{ids.TAKE_ROLE}:lead", summary.incident_id, style="primary")]
    head = f":alarm_clock: {words.drill(summary)}*{reasons[:1].upper()}{reasons[1:]}.* Please act, or call somebody who can."
    return Message(text, [section(head), actions(*row), context(_why(notice))])


def _reasons(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(dict.fromkeys(_say(reason) for reason in reasons))


def _say(reason: Reason) -> str:
    if reason.role is not None and reason.why in BY_ROLE:
        return BY_ROLE[reason.why].format(role=words.ROLE_NAME[reason.role].lower())
    return WHY[reason.why]


def _why(notice: Asking) -> str:
    by = f" {mention(notice.delegated_by)} delegated it to you." if notice.delegated_by else ""
    rule = "; ".join(f"{_say(r)} ({_after(r)}{_times(r)})" for r in notice.reasons)
    late = max((reason.late_by for reason in notice.reasons), default=timedelta())
    delay = f" This comes {_span(late)} late: Andon was not running when it was due." if late else ""
    return f"Why you get this: {rule}.{by}{delay}"


def _after(reason: Reason) -> str:
    return "at once" if reason.after.startswith("0") else f"after {reason.after}"


def _times(reason: Reason) -> str:
    return f", asked for the {_ordinal(reason.times)} time" if reason.times > 1 else ""


def _ordinal(number: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{suffix}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def asked(notice: Asked) -> Message:
    """What is left of a message once it is answered."""
    summary = notice.summary
    word = ANSWERED[notice.answer]
    by = f" {actor(notice.by) if ':' in notice.by else mention(notice.by)}" if notice.by else ""
    joint = " by" if notice.answer in ("acknowledged", "declined") and by else ""
    at = f", {clock_time(notice.at)}" if notice.at else ""
    until = f". It counts until {clock_time(notice.expires_at)}" if notice.expires_at else ""
    line = f"{words.name(summary)}\n{word}{joint}{by}{at}{until}."
    return Message(f"{words.name_plain(summary)}: {notice.answer}", [section(line)])


def listing(notice: LadderList) -> Message:
    """The ladder of an incident."""
    title = f"Escalation of {words.name(notice.summary)}"
    rows = [_line(line) for line in notice.lines[:SHOWN]]
    rest = len(notice.lines) - SHOWN
    if rest > 0:
        rows.append(f"… and {rest} more, later")
    body = "\n".join(rows) or "Nothing is scheduled."
    return Message(f"Escalation of {words.name_plain(notice.summary)}", [section(title), section(body)])


def _line(line: LadderLine) -> str:
    who = mentions(line.asked_ids) if line.asked_ids else f"`{escape(line.ask, 60)}`"
    if line.state is StepState.ACKNOWLEDGED and line.acknowledged_by and line.acknowledged_at:
        end = f"acknowledged by {actor(line.acknowledged_by)} {clock_time(line.acknowledged_at)}"
    elif line.state is StepState.STOOD_DOWN:
        end = STATE[line.state]
    else:
        end = f"{STATE[line.state]} {when(line.next_look_at or line.due_at)}"
    return f"• {KIND[line.kind]}, {who}: {WHY[line.why]} — {end}"


def delegate_form(notice: DelegateForm) -> dict[str, Any]:
    """Whom to delegate to."""
    blocks = [field("person", "Who takes it for you?", person_select())]
    return modal(
        f"Delegate {notice.reference}",
        blocks,
        callback_id=ids.DELEGATE_FORM,
        submit="Delegate",
        private_metadata=_id(notice.batch),
    )


def snooze_form(notice: SnoozeForm) -> dict[str, Any]:
    """For how long, and why."""
    choices = [option(f"{minutes} minutes", minutes) for minutes in notice.minutes]
    blocks = [
        field("minutes", "For how long?", select(choices, initial=choices[0]["value"])),
        field("reason", "Why?", text_input(limit=300), optional=not notice.needs_reason),
    ]
    return modal(
        f"Snooze {notice.reference}",
        blocks,
        callback_id=ids.SNOOZE_FORM,
        submit="Snooze",
        private_metadata=_id(notice.batch),
    )


def _id(batch: int) -> str:
    return f'{{"batch": {batch}}}'


MESSAGES = {Asking: asking, Asked: asked, LadderList: listing}
MODALS = {DelegateForm: delegate_form, SnoozeForm: snooze_form}
