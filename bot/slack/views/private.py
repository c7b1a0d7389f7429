"""Letting people into an incident: the question, its answer, the welcome, the form."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.private import AccessRequested, AccessWelcome, InviteForm
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Message, actions, button, context, mention, section
from bot.slack.views.forms import field, modal, person_select


def request(notice: AccessRequested) -> Message:
    """The question while it is open, and afterwards what became of it."""
    asker, drill = mention(notice.asker_id), words.drill(notice.summary)
    if notice.is_allowed is not None:
        text = f"{drill}{_decided(notice, asker)}"
        return Message(text, [section(text)])
    text = f"{drill}{asker} asks to be let into {notice.summary.reference}."
    return Message(
        text,
        [
            section(f":key: {text}"),
            actions(
                button("Allow", ids.ALLOW_ACCESS, notice.request_id, style="primary"),
                button("Deny", ids.DENY_ACCESS, notice.request_id),
            ),
            context("Allowing opens everything here to them, past and future. A denial is told to nobody."),
        ],
    )


def _decided(notice: AccessRequested, asker: str) -> str:
    by = mention(notice.decided_by) if notice.decided_by else "Somebody"
    if notice.is_allowed:
        return f":white_check_mark: {by} let {asker} into {notice.summary.reference}."
    return f":no_entry_sign: {by} denied {asker} access. They were not told."


def welcome(notice: AccessWelcome) -> Message:
    """What whoever was let in hears."""
    summary = notice.summary
    text = f"{mention(notice.given_by)} let you into {words.name(summary)}."
    care = ":lock: It is private: what you read there stays with the people working on it."
    small = [context(care)] if summary.is_private else []
    return Message(f"You were let into {words.name_plain(summary)}", [section(text), *small])


def invite_form(notice: InviteForm) -> dict[str, Any]:
    """Whom to let in."""
    blocks = [
        section(f"{words.name(notice.summary)}\nWhoever you let in sees everything in it, past and future."),
        field(ids.PERSON, "Who is to be let in?", person_select()),
    ]
    metadata = json.dumps({"incident": notice.summary.incident_id})
    return modal("Let somebody in", blocks, callback_id=ids.INVITE_FORM, submit="Let in", private_metadata=metadata)


MESSAGES = {AccessRequested: request, AccessWelcome: welcome}
MODALS = {InviteForm: invite_form}
