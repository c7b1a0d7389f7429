"""The forms in which reports are judged: declare, add, dismiss, disagree."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.reports import (
    AddReportForm,
    DeclareReportForm,
    DisagreeForm,
    DismissForm,
    ReportLine,
)
from bot.slack import ids
from bot.slack.views.blocks import Block, clip, option, quote, section
from bot.slack.views.declare import NOT_SURE
from bot.slack.views.forms import field, modal, radio, select, text_input, yes_no
from bot.slack.views.reports import title

INCIDENT, REPORT = "i", "r"


def declare_form(notice: DeclareReportForm) -> dict[str, Any]:
    """What whoever declares it may say otherwise than it was reported."""
    types = [option("Not sure", NOT_SURE), *(option(name, slug, text) for slug, name, text in notice.types)]
    levels = [*(option(sentence, level) for level, sentence in notice.severities), option("Not sure", NOT_SURE)]
    blocks = [
        section(f"{title(notice.line)}\nWho reported it is let in, and hears how it ends."),
        field(ids.TYPE, "What kind?", select(types, initial=notice.type, placeholder="Not sure"), optional=True),
        field(ids.SEVERITY, "How bad is it?", radio(levels, initial=notice.severity or NOT_SURE), optional=True),
    ]
    if not notice.line.is_private:
        private = yes_no("Only the people working on it", "Everyone")
        hint = "Private is right when people's data, a legal claim or an accusation is involved."
        blocks.append(field(ids.PRIVATE, "Who may see it?", private, hint=hint))
    return _form("Declare", blocks, ids.REPORT_DECLARE_FORM, "Declare", notice.line)


def add_form(notice: AddReportForm) -> dict[str, Any]:
    """What it may be part of."""
    choices = [
        option(clip(f"{one.reference} {one.title}", 75), f"{INCIDENT}:{one.incident_id}") for one in notice.incidents
    ]
    choices += [option(clip(f"{one.reference} {one.title}", 75), f"{REPORT}:{one.report_id}") for one in notice.reports]
    if not choices:
        blocks = [
            section(f"{title(notice.line)}\nNothing is open that it could be part of. Declare it, or dismiss it.")
        ]
        return _form("Add to…", blocks, ids.CLOSED_VIEW, None, notice.line)
    hint = "It becomes an example there, with what was kept. With another report it waits for the same judgement."
    blocks = [
        section(title(notice.line)),
        field(ids.INTO, "What is it part of?", select(choices, initial=str(choices[0]["value"])), hint=hint),
    ]
    return _form("Add to…", blocks, ids.REPORT_ADD_FORM, "Add", notice.line)


def dismiss_form(notice: DismissForm) -> dict[str, Any]:
    """Why not."""
    hint = "Whoever reported it reads this, and may disagree: then somebody else judges it."
    reason = text_input(placeholder="What did you look at, and what did you find?", multiline=True)
    blocks = [section(title(notice.line)), field(ids.REASON, "Why is it no incident?", reason, hint=hint)]
    return _form("Dismiss", blocks, ids.REPORT_DISMISS_FORM, "Dismiss", notice.line)


def disagree_form(notice: DisagreeForm) -> dict[str, Any]:
    """Why so."""
    hint = "Somebody who did not dismiss it reads this and judges it. You need no proof."
    held = text_input(placeholder="What was missed?", multiline=True)
    blocks = [
        section(f"{title(notice.line)}\nIt was dismissed, because\n{quote(notice.reason, 500)}"),
        field(ids.REASON, "What was missed?", held, hint=hint),
    ]
    return _form("I disagree", blocks, ids.REPORT_DISAGREE_FORM, "Send", notice.line)


def _form(name: str, blocks: list[Block], callback_id: str, submit: str | None, line: ReportLine) -> dict[str, Any]:
    about = json.dumps({"report": line.report_id})
    return modal(f"{name} {line.reference}", blocks, callback_id=callback_id, submit=submit, private_metadata=about)


MODALS = {
    DeclareReportForm: declare_form,
    AddReportForm: add_form,
    DismissForm: dismiss_form,
    DisagreeForm: disagree_form,
}
