"""The forms of the law: what is established, whether a clock applies, what counsel said, what was sent."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.domain.notices.law import (
    AddClockForm,
    ClockItem,
    CounselForm,
    DecideForm,
    ParticularChoice,
    ParticularChooser,
    ParticularForm,
    SentForm,
)
from bot.domain.obligations.words import Decision
from bot.domain.particulars import ParticularKind
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, context, escape, option, plain, section
from bot.slack.views.forms import (
    INPUT,
    field,
    instant_select,
    modal,
    person_select,
    radio,
    select,
    text_input,
    yes_no,
)
from bot.slack.views.law import small_print

DECISIONS = [
    option("It applies", Decision.APPLIES),
    option("It does not apply, because…", Decision.DOES_NOT_APPLY),
    option("Undecided for now", Decision.UNDECIDED),
]


def chooser(notice: ParticularChooser) -> dict[str, Any]:
    """Which particular."""
    choices = [option(one.title, one.key) for one in notice.choices]
    blocks = [
        section(f"{words.name(notice.summary)}\nWhat is established is written once; a correction says why."),
        field(ids.PARTICULAR, "What do you want to write down?", select(choices)),
    ]
    about = json.dumps({"incident": notice.summary.incident_id})
    return modal("Particulars", blocks, callback_id=ids.CHOOSE_PARTICULAR_FORM, submit="Next", private_metadata=about)


def particular(notice: ParticularForm) -> dict[str, Any]:
    """Its value, whence it is known, and why it is corrected."""
    one = notice.choice
    blocks = [section(f"*{escape(one.title)}*\n{escape(one.what, 500)}")]
    if one.now is not None:
        blocks.append(context(f"It is {escape(one.now.words, 300)} now."))
    blocks.append(field(ids.VALUE, one.title, _value(one)))
    if one.kind is ParticularKind.COUNT:
        sure = yes_no("Confirmed", "An estimate", initial="yes" if one.now and one.now.is_confirmed else "no")
        blocks.append(field(ids.SURE, "How sure is it?", sure))
    if one.is_decided:
        blocks.append(field(ids.DECIDED_BY, "Who decided so?", person_select(), optional=True, hint="Else it is you."))
    source = text_input(placeholder="a message, a query, a person's word", limit=500)
    blocks.append(field(ids.SOURCE, "Where is it known from?", source, optional=True))
    if one.now is not None:
        blocks.append(field(ids.REASON, "Why is it corrected?", text_input(limit=1000), optional=True))
    about = json.dumps({"incident": notice.summary.incident_id, "key": one.key, "kind": one.kind})
    return modal("Particular", blocks, callback_id=ids.PARTICULAR_FORM, submit="Write down", private_metadata=about)


def decide(notice: DecideForm) -> dict[str, Any]:
    """Whether it applies."""
    clock = notice.clock
    blocks = [
        *_about(clock),
        field(ids.DECISION, "Does it apply?", radio(DECISIONS)),
        field(
            ids.REASON,
            "Why?",
            text_input(clock.why, multiline=True, limit=2000),
            optional=True,
            hint="Wanted unless it applies. It is part of the record; keep advice in a privileged note.",
        ),
    ]
    return _form("Does it apply?", blocks, ids.DECIDE_FORM, "Decide", clock)


def counsel(notice: CounselForm) -> dict[str, Any]:
    """What counsel said of a row that is hardly known."""
    label = "Whom did you ask, and what did they say?"
    said = ":warning: Little is known for sure about this row. Write down counsel's word before you decide."
    blocks = [section(said), *_about(notice.clock), field(ids.TEXT, label, text_input(multiline=True, limit=2000))]
    return _form("Ask counsel first", blocks, ids.COUNSEL_FORM, "Go on", notice.clock)


def sent(notice: SentForm) -> dict[str, Any]:
    """When, to whom, under which reference, and the exact text."""
    clock = notice.clock
    wanted = "\n".join(f"• {escape(one, 200)}" for one in clock.content[:12])
    blocks = [
        *_about(clock),
        section(f"The notice should hold:\n{wanted}"),
        field(ids.AT, "When was it sent?", instant_select(), optional=True, hint="Leave it empty for now."),
        field(ids.RECIPIENT, "To whom?", text_input(clock.authority, limit=300)),
        field(ids.REFERENCE, "Their reference", text_input(limit=200), optional=True),
        field(ids.TEXT, "The exact text", text_input(multiline=True, limit=3000)),
        context("Longer texts: `andon obligations sent … -` reads them from standard input."),
    ]
    return _form("It was sent", blocks, ids.SENT_FORM, "Record", clock)


def add(notice: AddClockForm) -> dict[str, Any]:
    """Which clock was not proposed."""
    choices = [option(f"{name} ({key})", key) for key, name in notice.more]
    blocks = [section(words.name(notice.summary)), field(ids.CLOCK, "Which clock?", select(choices))]
    about = json.dumps({"incident": notice.summary.incident_id})
    return modal("Add a clock", blocks, callback_id=ids.ADD_CLOCK_FORM, submit="Add", private_metadata=about)


def _value(one: ParticularChoice) -> Block:
    now = one.now.value if one.now else ""
    match one.kind:
        case ParticularKind.INSTANT:
            return instant_select(datetime.fromisoformat(now) if now else None)
        case ParticularKind.CHOICE | ParticularKind.ANSWER:
            return select([_option(word) for word in one.words], initial=now or None)
        case ParticularKind.CHOICES:
            return _several([_option(word) for word in one.words], now.split(","))
        case ParticularKind.COUNT:
            return text_input(now, placeholder="1200", limit=14)
        case ParticularKind.TEXT:
            return text_input(now, multiline=True, limit=3000)


def _several(choices: list[Block], chosen: list[str]) -> Block:
    element: Block = {"type": "multi_static_select", "action_id": INPUT, "options": choices[:100]}
    initial = [choice for choice in choices if choice["value"] in chosen]
    if initial:
        element["initial_options"] = initial
    return {**element, "placeholder": plain("Choose", 150)}


def _option(word: str) -> Block:
    return option(word.replace("_", " "), word)


def _about(clock: ClockItem) -> list[Block]:
    return [section(_title(clock)), context(*small_print(clock))]


def _title(clock: ClockItem) -> str:
    return f"*{clock.number}. {escape(clock.name, 160)}*"


def _form(title: str, blocks: list[Block], callback_id: str, submit: str, clock: ClockItem) -> dict[str, Any]:
    about = json.dumps({"clock": clock.obligation_id})
    return modal(title, blocks, callback_id=callback_id, submit=submit, private_metadata=about)


MODALS = {
    ParticularChooser: chooser,
    ParticularForm: particular,
    DecideForm: decide,
    CounselForm: counsel,
    SentForm: sent,
    AddClockForm: add,
}
