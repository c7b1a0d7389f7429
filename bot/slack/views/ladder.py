"""What the ladder's messages become once they are answered, the list of its steps, and the forms of its buttons."""

from __future__ import annotations

from typing import Any

from bot.domain.escalation import RungKind, StepState
from bot.domain.notices.escalation import Asked, DelegateForm, LadderLine, LadderList, SnoozeForm
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Message, actor, clock_time, escape, mention, mentions, option, section, when
from bot.slack.views.escalation import WHY
from bot.slack.views.forms import field, modal, person_select, select, text_input

ANSWERED = {
    "acknowledged": ":white_check_mark: acknowledged by {by}, {at}.{until}",
    "muted": ":no_bell: acknowledged by {by}, {at}, and quiet.{until}",
    "delegated": ":arrow_right: delegated to {to}, {at}.",
    "declined": ":arrow_right: passed on, {at}. The next person is asked.",
    "snoozed": ":zzz: snoozed by {by}{later}.",
    "climbed": ":arrow_up: put off too often, so it went on to somebody else, {at}.",
    "asked_again": ":repeat: asked again, {at}: please answer the newer message.",
    "taken": ":white_check_mark: {by} has it since {at}. Nothing more is wanted of you.",
    "settled": ":white_check_mark: no longer needed, {at}.",
    "unreachable": ":warning: could not be reached.",
}
KIND = {RungKind.EXECUTIVE: "executive", RungKind.PAGE: "page", RungKind.NUDGE: "reminder"}
STATE = {
    StepState.PENDING: "due",
    StepState.RAISED: "asked",
    StepState.ACKNOWLEDGED: "acknowledged",
    StepState.STOOD_DOWN: "no longer needed",
}
SHOWN = 20


def asked(notice: Asked) -> Message:
    """What is left of a message once it is answered."""
    word = "taken" if notice.answer == "settled" and notice.by else notice.answer
    until = clock_time(notice.until) if notice.until else ""
    line = ANSWERED[word].format(
        by=actor(notice.by) if notice.by else "Andon",
        at=clock_time(notice.at) if notice.at else "just now",
        to=mention(notice.delegated_to) if notice.delegated_to else "somebody else",
        until=f" It counts until {until}." if until else "",
        later=f" until {until}" if until else "",
    )
    return Message(f"{words.name_plain(notice.summary)}: {line}", [section(f"{words.name(notice.summary)}\n{line}")])


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


MESSAGES = {Asked: asked, LadderList: listing}
MODALS = {DelegateForm: delegate_form, SnoozeForm: snooze_form}
