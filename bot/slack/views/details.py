"""What people add: the questions after a declaration in a hurry, and another example of the same thing."""

from __future__ import annotations

from typing import Any

from bot.domain.notices.updates import AnswersForm, AnswersPost, ExampleForm, ExamplePost, Thanks
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Message, actor, context, escape, option, quote, section
from bot.slack.views.declare import NOT_SURE
from bot.slack.views.forms import field, instant_select, modal, radio, select, text_input
from bot.slack.views.severity import about


def answers(notice: AnswersPost) -> Message:
    """What was answered."""
    summary = notice.summary
    lines = "\n".join(f"*{label}*: {escape(value, 600)}" for label, value in notice.answers)
    head = f"{words.drill(summary)}{actor(notice.by)} answered:"
    return Message(f"{words.drill(summary)}{summary.reference}: more is known", [section(f"{head}\n{lines}")])


def example(notice: ExamplePost) -> Message:
    """Another example."""
    summary = notice.summary
    head = f"{words.drill(summary)}{actor(notice.by)} has another example:"
    kept = f"Kept as evidence with its hash ({notice.exhibits} kept so far)."
    text = f"{words.drill(summary)}{summary.reference}: another example"
    return Message(text, [section(f"{head}\n{quote(notice.text, 300)}"), context(kept)])


def answers_form(notice: AnswersForm) -> dict[str, Any]:
    """The questions; every one may be left out."""
    systems = [option("Not sure", NOT_SURE), *(option(name, slug) for slug, name in notice.systems[:98])]
    types = [option("Not sure", NOT_SURE), *(option(name, slug, text) for slug, name, text in notice.types)]
    levels = [*(option(sentence, level) for level, sentence in notice.severities), option("Not sure", NOT_SURE)]
    who = text_input(placeholder="Customers, colleagues, nobody yet? How many, as far as you know?", multiline=True)
    blocks = [
        section(f"{words.name(notice.summary)}\nAnswer what you can; guesses are fine when you say so."),
        field(ids.SYSTEM, "Which AI system?", select(systems, placeholder="Not sure"), optional=True),
        field(ids.OTHER_SYSTEM, "Another system", text_input(limit=100), optional=True),
        field(ids.TYPE, "What kind?", select(types, placeholder="Not sure"), optional=True),
        field(ids.AFFECTED, "Who has been affected?", who, optional=True),
        field(ids.STARTED_AT, "When did it start, as far as you know?", instant_select(), optional=True),
        field(ids.SEVERITY, "How bad is it?", radio(levels, initial=NOT_SURE), optional=True),
    ]
    return modal(
        "A few questions",
        blocks,
        callback_id=ids.ANSWERS_FORM,
        submit="Send",
        private_metadata=about(notice.summary),
    )


def example_form(notice: ExampleForm) -> dict[str, Any]:
    """Another example."""
    text = text_input(placeholder="What did the AI say or do, where and when? Paste it, or a link.", multiline=True)
    hint = "It is kept as evidence. You need no proof, and you will hear how it ends."
    blocks = [section(words.name(notice.summary)), field(ids.TEXT, "What did you see?", text, hint=hint)]
    return modal(
        "Another example",
        blocks,
        callback_id=ids.EXAMPLE_FORM,
        submit="Add it",
        private_metadata=about(notice.summary),
    )


def thanks(notice: Thanks) -> Message:
    """It is kept."""
    line = f"*Thank you.* It is kept with {words.name(notice.summary)}, and you will hear how it ends."
    return Message(
        f"{words.drill(notice.summary)}Thank you. It is kept with {notice.summary.reference}", [section(line)]
    )


def thanks_modal(notice: Thanks) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Added", thanks(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


MESSAGES = {AnswersPost: answers, ExamplePost: example, Thanks: thanks}
MODALS = {AnswersForm: answers_form, ExampleForm: example_form, Thanks: thanks_modal}
