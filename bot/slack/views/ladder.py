"""What the ladder's messages become once they are answered, the list of its steps, and the forms of its buttons."""

from __future__ import annotations

from typing import Any

from bot.domain.escalation import AskKind, StepState
from bot.domain.notices.escalation import Asked, DelegateForm, LadderLine, LadderList, SnoozeForm
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Message, actor, clock_time, escape, mention, mentions, option, section, when
from bot.slack.views.escalation import said
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
ASKED = {
    AskKind.SEAT: "{name}",
    AskKind.PRIMARY: "first for {name}",
    AskKind.SECONDARY: "second for {name}",
    AskKind.MANAGER: "manager for {name}",
    AskKind.EXECUTIVES: "executives",
    AskKind.EXECUTIVE: "executive ({name})",
    AskKind.LEAD_OR_CHANNEL: "lead, else the channel",
    AskKind.CHANNEL: "the channel",
}
SHOWN = 15


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
    plain = line.partition(": ")[2]
    text = f"{words.drill(notice.summary)}{notice.summary.reference}: {plain}"
    return Message(text, [section(f"{words.name(notice.summary)}\n{line}")])


def listing(notice: LadderList) -> Message:
    """The ladder of an incident: who was asked, and what comes next."""
    asked = [line for line in notice.lines if line.asked_ids or line.state is not StepState.PENDING]
    coming = [line for line in notice.lines if line not in asked]
    blocks = [section(f"Escalation of {words.name(notice.summary)}")]
    blocks += [section("\n".join([f"*{head}*", *_cut(lines)])) for head, lines in _parts(asked, coming) if lines]
    if len(blocks) == 1:
        blocks.append(section("Nothing is scheduled."))
    return Message(f"Escalation of {words.name_plain(notice.summary)}", blocks)


def _parts(asked: list[LadderLine], coming: list[LadderLine]) -> tuple[tuple[str, list[LadderLine]], ...]:
    return ("Asked so far", asked), ("Comes next, unless it is settled before", coming)


def _cut(lines: list[LadderLine]) -> list[str]:
    rest = len(lines) - SHOWN
    return [*map(_line, lines[:SHOWN]), *([f"… and {rest} more"] if rest > 0 else [])]


def _line(line: LadderLine) -> str:
    who = mentions(line.asked_ids) if line.asked_ids else ASKED[line.ask.kind].format(name=escape(line.ask.name, 40))
    return f"• {who}: {said(line.why, line.role)} — {_state(line)}"


def _state(line: LadderLine) -> str:
    if line.state is StepState.ACKNOWLEDGED and line.acknowledged_by and line.acknowledged_at:
        return f"acknowledged by {actor(line.acknowledged_by)} {clock_time(line.acknowledged_at)}"
    if line.state is StepState.STOOD_DOWN:
        return "no answer, went on to the next" if line.has_climbed else "no longer needed"
    if line.state is StepState.RAISED and line.raised_at:
        return f"asked {when(line.raised_at)}"
    return when(line.next_look_at or line.due_at)


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
