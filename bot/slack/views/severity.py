"""Severity as people meet it: old beside new, a question where others must agree, the form."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.incident import Severity
from bot.domain.notices.incident import Summary
from bot.domain.notices.lifecycle import (
    SeverityConfirmedPost,
    SeverityForm,
    SeverityPost,
    SeverityProposal,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Message, actions, actor, button, context, escape, mentions, option, quote, section
from bot.slack.views.forms import checkboxes, field, modal, radio, text_input


def changed(notice: SeverityPost) -> Message:
    """The severity changed."""
    head = f"{words.drill(notice.summary)}{_move(notice.old, notice.new)}, set by {actor(notice.by)}"
    text = f"{words.drill(notice.summary)}{notice.summary.reference}: severity {notice.old} → {notice.new}"
    return Message(text, [section(f"{head}\n{quote(notice.reason)}")])


def proposal(notice: SeverityProposal) -> Message:
    """Somebody asks for a graver severity."""
    summary = notice.summary
    head = f"{words.drill(summary)}{actor(notice.by)} asks for {words.severity(notice.new)} (now {notice.old})"
    blocks = [section(f"{head}\n{quote(notice.reason)}")]
    if notice.is_carried is None:
        agreed = f"Confirmed by {mentions(notice.confirmed_by)}. " if notice.confirmed_by else ""
        blocks.append(
            actions(button(f"Confirm {notice.new}", ids.CONFIRM_PROPOSAL, notice.proposal_id, style="danger"))
        )
        blocks.append(context(f"{agreed}It takes the lead or technical, or two people who hold a role."))
    elif notice.is_carried:
        blocks.append(context(f":white_check_mark: Confirmed by {mentions(notice.confirmed_by)}"))
    else:
        blocks.append(context("Not needed any more."))
    text = f"{words.drill(summary)}{summary.reference}: {notice.new} is asked for, now {notice.old}"
    return Message(text, blocks)


def confirmed(notice: SeverityConfirmedPost) -> Message:
    """A provisional severity stands."""
    summary = notice.summary
    head = f"{words.drill(summary)}{words.severity(summary.severity)}, confirmed by {actor(notice.by)}"
    body = f"{head}\n{quote(notice.reason)}" if notice.reason else head
    return Message(f"{words.drill(summary)}{summary.reference}: {summary.severity} confirmed", [section(body)])


def form(notice: SeverityForm) -> dict[str, Any]:
    """The form: the same plain-language picker as in the form to declare with."""
    summary = notice.summary
    now = words.severity(summary.severity, provisional=summary.is_provisional)
    choices = [option(f"{level}: {sentence}", level) for level, sentence in notice.choices]
    blocks = [
        section(f"{words.drill(summary)}{summary.reference} is {now}."),
        field(ids.SEVERITY, "How bad is it?", radio(choices, initial=notice.chosen or summary.severity)),
        field(ids.REASON, "Why?", text_input(notice.reason, placeholder="One line: what do you know now?")),
    ]
    if notice.asks_nobody_hurt:
        statement = checkboxes([option("Nobody is being hurt, or could be in the next 24 hours", "yes")])
        hint = "Lowering a SEV1 that is not contained needs this statement. It is recorded with your name."
        blocks.append(field(ids.NOBODY_HURT, "To lower it", statement, optional=True, hint=hint))
    return modal(
        "Severity", blocks, callback_id=ids.SEVERITY_FORM, submit="Set severity", private_metadata=about(summary)
    )


def about(summary: Summary) -> str:
    """A form's metadata: which incident it is about."""
    return json.dumps({"incident": summary.incident_id})


def _move(old: Severity, new: Severity) -> str:
    return f"*{words.severity(new)}*  ~{escape(f'{old} {words.SEVERITY_WORD[old]}')}~"


MESSAGES = {SeverityPost: changed, SeverityProposal: proposal, SeverityConfirmedPost: confirmed}
MODALS = {SeverityForm: form}
