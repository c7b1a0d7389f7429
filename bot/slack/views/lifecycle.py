"""Type, phase, contained and resolved as people meet them: one short message per change, one short form per act."""

from __future__ import annotations

from typing import Any

from bot.domain.incident import WORKING, Phase
from bot.domain.notices.incident import Summary
from bot.domain.notices.lifecycle import (
    ContainedForm,
    ContainedPost,
    PhaseForm,
    PhasePost,
    ResolvedForm,
    ResolvedPost,
    TypeForm,
    TypePost,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actor, clock_time, escape, option, quote, section
from bot.slack.views.forms import field, instant_select, modal, select, text_input
from bot.slack.views.law import untold
from bot.slack.views.severity import about

PHASE_MEANING = {
    Phase.TRIAGE: "what is it, and how bad?",
    Phase.CONTAINMENT: "stop the harm",
    Phase.INVESTIGATION: "find the cause",
    Phase.REMEDIATION: "fix the cause",
    Phase.RECOVERY: "bring it back, watch it",
    Phase.REVIEW: "learn from it",
}


def type_changed(notice: TypePost) -> Message:
    """The type changed."""
    head = (
        f"{words.drill(notice.summary)}Type: *{escape(notice.new_name)}*  ~{escape(notice.old_name)}~, "
        f"set by {actor(notice.by)}"
    )
    text = f"{words.drill(notice.summary)}{notice.summary.reference}: type is now {escape(notice.new_name)}"
    return Message(text, [section(f"{head}\n{quote(notice.reason)}")])


def phase_changed(notice: PhasePost) -> Message:
    """The phase changed; when the harm goes on again that comes first."""
    head = (
        f"{words.drill(notice.summary)}Phase: *{words.PHASE_NAME[notice.new]}*  ~{words.PHASE_NAME[notice.old]}~, "
        f"set by {actor(notice.by)}"
    )
    text = f"{words.drill(notice.summary)}{notice.summary.reference}: phase is now {notice.new}"
    if notice.lost_containment:
        head = f":warning: *Not contained any more.* {head}"
        text = f"{text}, not contained any more"
    return Message(text, [section(f"{head}\n{quote(notice.reason)}")])


def contained(notice: ContainedPost) -> Message:
    """The harm is stopped."""
    head = f"{words.drill(notice.summary)}*Contained* at {clock_time(notice.at)}, set by {actor(notice.by)}. Verified:"
    text = f"{words.drill(notice.summary)}{notice.summary.reference} is contained"
    return Message(text, [section(f":white_check_mark: {head}\n{quote(notice.how)}")])


def resolved(notice: ResolvedPost) -> Message:
    """The cause is fixed."""
    head = f"{words.drill(notice.summary)}*Resolved* at {clock_time(notice.at)}, set by {actor(notice.by)}. Validated:"
    text = f"{words.drill(notice.summary)}{notice.summary.reference} is resolved"
    return Message(text, [section(f":white_check_mark: {head}\n{quote(notice.how)}")])


def type_form(notice: TypeForm) -> dict[str, Any]:
    """Another type."""
    choices = [option(name, slug, meaning) for slug, name, meaning in notice.choices]
    blocks = [
        _head(notice.summary),
        field(ids.TYPE, "What kind of failure is it?", select(choices, initial=notice.chosen)),
        field(ids.REASON, "Why?", text_input(placeholder="One line: what do you know now?")),
    ]
    return _modal("Type", blocks, ids.TYPE_FORM, "Set type", notice.summary)


def phase_form(notice: PhaseForm) -> dict[str, Any]:
    """Another phase."""
    choices = [option(f"{words.PHASE_NAME[phase]}: {PHASE_MEANING[phase]}", phase) for phase in WORKING]
    blocks = [
        _head(notice.summary),
        field(ids.PHASE, "Where does the response stand?", select(choices, initial=notice.chosen)),
        field(ids.REASON, "Why?", text_input(placeholder="One line: what is done, what comes next?")),
        field(
            ids.ANYWAY,
            "Why before it is contained or validated?",
            text_input(limit=500),
            optional=True,
            hint="Only where something is still wanted before that phase.",
        ),
    ]
    return _modal("Phase", blocks, ids.PHASE_FORM, "Set phase", notice.summary)


def contained_form(notice: ContainedForm) -> dict[str, Any]:
    """How it was verified that the harm is stopped."""
    how = text_input(placeholder="Whose answers did you check, how many, for how long?", multiline=True)
    blocks = [
        _head(notice.summary),
        field(ids.HOW, "How was it verified that the harm is stopped?", how),
        _when("When was it stopped?"),
    ]
    return _modal("Set contained", blocks, ids.CONTAINED_FORM, "It is contained", notice.summary)


def resolved_form(notice: ResolvedForm) -> dict[str, Any]:
    """How it was validated that the cause is fixed."""
    how = text_input(placeholder="Which tests passed, what was watched, for how long?", multiline=True)
    blocks = [
        _head(notice.summary),
        *untold(notice.untold),
        field(ids.HOW, "How was it validated that the cause is fixed?", how),
        _when("When was it fixed?"),
    ]
    return _modal("Set resolved", blocks, ids.RESOLVED_FORM, "It is resolved", notice.summary)


def _head(summary: Summary) -> Block:
    return section(words.name(summary))


def _when(label: str) -> Block:
    return field(ids.AT, label, instant_select(), optional=True, hint="Leave it empty for now.")


def _modal(title: str, blocks: list[Block], callback_id: str, submit: str, summary: Summary) -> dict[str, Any]:
    return modal(title, blocks, callback_id=callback_id, submit=submit, private_metadata=about(summary))


MESSAGES = {TypePost: type_changed, PhasePost: phase_changed, ContainedPost: contained, ResolvedPost: resolved}
MODALS = {TypeForm: type_form, PhaseForm: phase_form, ContainedForm: contained_form, ResolvedForm: resolved_form}
