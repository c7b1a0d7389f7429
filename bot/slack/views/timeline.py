"""The timeline as people read it: one line per thing that happened, each linked to where it comes from."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.timeline import Line, NoteForm, TimelinePage
from bot.domain.timeline import EntryKind
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actions, actor, button, context, escape, link, section, when
from bot.slack.views.forms import field, modal, text_input

LINE_LIMIT, PAGE_LIMIT = 280, 2900


def page(notice: TimelinePage) -> Message:
    """Some lines, and the way to older ones."""
    which = "Timeline" if notice.is_newest else "Earlier on the timeline"
    return Message(f"{which} of {words.name_plain(notice.summary)}", _blocks(notice))


def page_modal(notice: TimelinePage) -> dict[str, Any]:
    """The same as a window of its own."""
    return modal(f"Timeline {notice.summary.reference}", _blocks(notice), callback_id=ids.CLOSED_VIEW, close="Close")


def _blocks(notice: TimelinePage) -> list[Block]:
    summary = notice.summary
    title = "Timeline of" if notice.is_newest else "Earlier in"
    blocks = [section(f"*{words.drill(summary)}{title} {summary.reference}* {escape(summary.title, 160)}")]
    blocks += [section(text) for text in _packed([line(one) for one in notice.lines])]
    if not notice.lines:
        blocks.append(context("Nothing yet. Put :pushpin: on a message, or write a `note`."))
    if notice.older_than is not None:
        value = f"{summary.incident_id}:{notice.older_than}"
        blocks.append(actions(button("Older", ids.TIMELINE_OLDER, value)))
    return blocks


def _packed(lines: list[str]) -> list[str]:
    """Lines joined into as few paragraphs as fit."""
    packed: list[str] = []
    for one in lines:
        if packed and len(packed[-1]) + len(one) < PAGE_LIMIT:
            packed[-1] += "\n" + one
        else:
            packed.append(one)
    return packed


def line(one: Line) -> str:
    """One line as mrkdwn: when, what, by whom, and a link to it."""
    emoji = EMOJI.get(one.kind, "")
    said = f"{emoji} {escape(' '.join(one.text.split()), LINE_LIMIT)}".strip()
    source = f"  {link(one.permalink, 'link')}" if one.permalink else ""
    return f"{when(one.at, '{date_short_pretty} {time}')}  {said}  ·  {actor(one.actor)}{source}"


EMOJI = {
    EntryKind.DECLARED: ":rotating_light:",
    EntryKind.CONTAINED: ":white_check_mark:",
    EntryKind.RESOLVED: ":white_check_mark:",
    EntryKind.CLOSED: ":checkered_flag:",
    EntryKind.UPDATE: ":mega:",
    EntryKind.ESCALATION: ":bell:",
    EntryKind.EVIDENCE: ":receipt:",
    EntryKind.ALERT: ":satellite_antenna:",
    EntryKind.PINNED: ":pushpin:",
    EntryKind.NOTE: ":memo:",
    EntryKind.REDACTED: ":black_square:",
    EntryKind.PROBLEM: ":warning:",
}


def note_form(notice: NoteForm) -> dict[str, Any]:
    """One field."""
    blocks = [
        field(
            ids.NOTE,
            "What is to be remembered?",
            text_input(notice.typed, placeholder="A fact, a decision, an open question", multiline=True),
            hint="It goes on the timeline with your name and the present time. Facts only, no guesses about people.",
        )
    ]
    metadata = json.dumps({"incident": notice.summary.incident_id})
    return modal(
        f"Note for {notice.summary.reference}",
        blocks,
        callback_id=ids.NOTE_FORM,
        submit="Write it down",
        private_metadata=metadata,
    )


MESSAGES = {TimelinePage: page}
MODALS = {TimelinePage: page_modal, NoteForm: note_form}
