"""How an incident ends, goes on elsewhere or starts again, as people meet it."""

from __future__ import annotations

from typing import Any

from bot.domain.incident import Outcome
from bot.domain.notices.closing import (
    AbsorbedPost,
    CancelForm,
    CancelledPost,
    ClosedPost,
    CloseForm,
    Ending,
    MergedPost,
    MergeForm,
    ReopenedPost,
    ReopenForm,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actor, clip, context, option, quote, section
from bot.slack.views.forms import field, modal, select, text_input
from bot.slack.views.severity import about

ENDING = {
    Outcome.RESOLVED: "is resolved and closed",
    Outcome.UNRESOLVED: "is closed",
    Outcome.CANCELLED: "turned out not to be an incident",
    Outcome.MERGED: "goes on as part of another incident",
}
KEPT = "This channel stays, as the record."


def closed(notice: ClosedPost) -> Message:
    """The closing note."""
    summary = notice.summary
    head = f"{words.drill(summary)}*{summary.reference} is closed*, by {actor(notice.by)}"
    blocks = [section(f"{head}\n{quote(notice.note)}")]
    if notice.why_anyway:
        blocks.append(
            section(f"Closed although it was not contained and resolved, because\n{quote(notice.why_anyway)}")
        )
    blocks.append(context(f"{KEPT} What people saw and learned belongs in the post-mortem."))
    return Message(f"{words.drill(summary)}{summary.reference} is closed", blocks)


def cancelled(notice: CancelledPost) -> Message:
    """It is no incident."""
    summary = notice.summary
    head = f"{words.drill(summary)}*{summary.reference} is not an incident*, says {actor(notice.by)}"
    thanks = f"Pulling the cord was right: better once too often. {KEPT}"
    text = f"{words.drill(summary)}{summary.reference} is not an incident"
    return Message(text, [section(f"{head}\n{quote(notice.reason)}"), context(thanks)])


def merged(notice: MergedPost) -> Message:
    """Where it goes on."""
    summary = notice.summary
    head = f"{words.drill(summary)}{summary.reference} goes on in {words.name(notice.into)}, by {actor(notice.by)}"
    text = f"{words.drill(summary)}{summary.reference} was merged into {notice.into.reference}"
    note = f"You have been added there; updates come from there. {KEPT}"
    return Message(text, [section(f"{head}\n{quote(notice.reason)}"), context(note)])


def absorbed(notice: AbsorbedPost) -> Message:
    """What was merged into this one."""
    summary = notice.summary
    head = f"{words.drill(summary)}Merged into this one by {actor(notice.by)}: {words.name(notice.merged)}"
    text = f"{words.drill(summary)}{notice.merged.reference} was merged into {summary.reference}"
    note = "Its people and followers have been added. Its record and evidence stay with it, linked from the timeline."
    return Message(text, [section(f"{head}\n{quote(notice.reason)}"), context(note)])


def reopened(notice: ReopenedPost) -> Message:
    """It goes on."""
    summary = notice.summary
    head = f":arrows_counterclockwise: {words.drill(summary)}*{summary.reference} is open again*, by {actor(notice.by)}"
    note = (
        "It is in investigation and counts as contained. If the harm goes on, move it back to containment."
        if summary.contained_at
        else "It is in investigation and not contained."
    )
    text = f"{words.drill(summary)}{summary.reference} is open again"
    return Message(text, [section(f"{head}\n{quote(notice.reason)}"), context(note)])


def ending(notice: Ending) -> Message:
    """How it ended, for whoever declared or follows it."""
    summary = notice.summary
    yours = "What you reported " if notice.is_declarer else ""
    head = f"{words.drill(summary)}{yours}{words.name(summary)} {ENDING[notice.outcome]}."
    if notice.into is not None:
        head = f"{words.drill(summary)}{yours}{words.name(summary)} goes on in {words.name(notice.into)}."
    blocks = [section(f"{head}\n{quote(notice.note)}")]
    if notice.is_declarer:
        blocks.append(context(_thanks(notice.outcome)))
    else:
        blocks.append(context("You get this because you follow it."))
    return Message(f"{words.drill(summary)}{summary.reference} {ENDING[notice.outcome]}", blocks)


def close_form(notice: CloseForm) -> dict[str, Any]:
    """The closing note, and a reason where something is missing."""
    note = text_input(notice.note, placeholder="What was it, what was done, how do we know it is over?", multiline=True)
    blocks = [
        section(words.name(notice.summary)),
        field(ids.NOTE, "How did it end?", note, hint="Whoever reported it and everybody who follows it reads this."),
    ]
    if notice.missing:
        blocks.insert(1, section(f":warning: It is {notice.missing}."))
        why = text_input(placeholder="Why is it closed all the same?", multiline=True)
        blocks.append(field(ids.WHY_ANYWAY, "Why close it all the same?", why))
    return _modal("Close", blocks, ids.CLOSE_FORM, "Close it", notice)


def cancel_form(notice: CancelForm) -> dict[str, Any]:
    """Why it is no incident."""
    why = text_input(placeholder="What was looked at, and why is it harmless?", multiline=True)
    hint = "Whoever reported it reads this. Thank them: the next report may be the one that counts."
    blocks = [section(words.name(notice.summary)), field(ids.REASON, "Why is it no incident?", why, hint=hint)]
    return _modal("Not an incident", blocks, ids.CANCEL_FORM, "Not an incident", notice)


def merge_form(notice: MergeForm) -> dict[str, Any]:
    """Where it goes on."""
    blocks = [section(words.name(notice.summary))]
    if not notice.candidates:
        blocks.append(section("There is no other open incident that it could be merged into."))
        return modal("Merge", blocks, callback_id=ids.CLOSED_VIEW, close="Close")
    choices = [option(clip(f"{one.reference} {one.title}", 75), one.incident_id) for one in notice.candidates]
    blocks += [
        field(ids.INTO, "It goes on in", select(choices, placeholder="Choose an open incident")),
        field(ids.REASON, "Why are they the same?", text_input(placeholder="One line")),
    ]
    return _modal("Merge", blocks, ids.MERGE_FORM, "Merge", notice)


def reopen_form(notice: ReopenForm) -> dict[str, Any]:
    """Why it goes on."""
    why = text_input(placeholder="One line: what happened again?")
    blocks = [section(words.name(notice.summary)), field(ids.REASON, "Why does it go on?", why)]
    return _modal("Reopen", blocks, ids.REOPEN_FORM, "Reopen", notice)


def _thanks(outcome: Outcome) -> str:
    if outcome is Outcome.CANCELLED:
        return "Thank you for saying it: reporting was right, and nobody holds it against you."
    return "Thank you for saying it."


def _modal(
    title: str,
    blocks: list[Block],
    callback_id: str,
    submit: str,
    notice: CloseForm | CancelForm | MergeForm | ReopenForm,
) -> dict[str, Any]:
    return modal(title, blocks, callback_id=callback_id, submit=submit, private_metadata=about(notice.summary))


MESSAGES = {
    ClosedPost: closed,
    CancelledPost: cancelled,
    MergedPost: merged,
    AbsorbedPost: absorbed,
    ReopenedPost: reopened,
    Ending: ending,
}
MODALS = {CloseForm: close_form, CancelForm: cancel_form, MergeForm: merge_form, ReopenForm: reopen_form}
