"""The timeline as people read it: one line per thing that happened, each linked to where it comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.domain.notices.timeline import Line, NoteForm, TimelinePage
from bot.domain.timeline import EntryKind
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actions, actor, button, context, escape, link, section, when
from bot.slack.views.forms import field, modal, text_input

LINE_LIMIT, PAGE_LIMIT = 280, 2900
Words = Callable[[Line], str]


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
    said = WORDING.get(one.kind, _plain)(one)
    source = f"  {link(one.permalink, 'link')}" if one.permalink else ""
    return f"{when(one.at, '{date_short_pretty} {time}')}  {said}  ·  {actor(one.actor)}{source}"


def _typed(text: object) -> str:
    return escape(" ".join(str(text).split()), LINE_LIMIT)


def _plain(one: Line) -> str:
    reason = f": {_typed(one.data['reason'])}" if one.data.get("reason") else ""
    return f"{_typed(one.text)}{reason}"


def _marked(emoji: str, before: str = "") -> Words:
    return lambda one: f"{emoji} {before}{_plain(one)}"


def _change(what: str) -> Words:
    def said(one: Line) -> str:
        old, new = one.data.get("old"), one.data.get("new")
        if not new:
            return _plain(one)
        struck = f"~{_typed(old)}~ " if old else ""
        reason = f": {_typed(one.data['reason'])}" if one.data.get("reason") else ""
        return f"{what} {struck}*{_typed(new)}*{reason}"

    return said


def _declared(one: Line) -> str:
    severity = f" ({_typed(one.data['severity'])})" if one.data.get("severity") else ""
    return f":rotating_light: Declared: {_typed(one.text)}{severity}"


def _problem(one: Line) -> str:
    return f":warning: Slack did not allow {_typed(one.data.get('reaction') or one.text)}"


WORDING: dict[EntryKind, Words] = {
    EntryKind.DECLARED: _declared,
    EntryKind.CHANNEL: lambda one: f"Channel #{_typed(one.text)} opened",
    EntryKind.SEVERITY: _change("Severity"),
    EntryKind.TYPE: _change("Type"),
    EntryKind.PHASE: _change("Phase"),
    EntryKind.CONTAINED: _marked(":white_check_mark:", "Contained: "),
    EntryKind.RESOLVED: _marked(":white_check_mark:", "Resolved: "),
    EntryKind.CLOSED: _marked(":checkered_flag:", "Closed: "),
    EntryKind.UPDATE: _marked(":mega:", "Update: "),
    EntryKind.ESCALATION: _marked(":bell:"),
    EntryKind.EVIDENCE: _marked(":receipt:", "Kept as evidence: "),
    EntryKind.PINNED: _marked(":pushpin:"),
    EntryKind.NOTE: _marked(":memo:"),
    EntryKind.REDACTED: _marked(":black_square:"),
    EntryKind.PROBLEM: _problem,
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
