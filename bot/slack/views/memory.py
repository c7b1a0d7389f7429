"""Redaction, and the private catch-up of whoever joins."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.incident import Role
from bot.domain.notices.memory import CatchUp, RedactForm, RedactionAsk
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    clock_time,
    context,
    escape,
    mention,
    mentions,
    quote,
    section,
)
from bot.slack.views.forms import field, modal, text_input


def redact_form(notice: RedactForm) -> dict[str, Any]:
    """Which message and why; the message is known already where it was pointed at."""
    blocks = [
        section(
            "The message goes out of every view, exhibit and draft of "
            f"{notice.summary.reference}. Its hash, your name and your reason stay. This cannot be undone."
        )
    ]
    if notice.message_ts is None:
        hint = "In Slack: the message's menu, then Copy link."
        blocks.append(field(ids.LINK, "Which message?", text_input(notice.link, placeholder="https://…"), hint=hint))
    why = text_input(placeholder="Personal data of a customer", limit=300)
    blocks.append(field(ids.REASON, "Why?", why, hint="Without repeating what it says."))
    known = {"channel": notice.channel_id, "ts": notice.message_ts} if notice.message_ts else {}
    metadata = json.dumps({"incident": notice.summary.incident_id, **known})
    return modal(
        "Redact a message", blocks, callback_id=ids.REDACT_FORM, submit="Take it out", private_metadata=metadata
    )


def redaction_ask(notice: RedactionAsk) -> Message:
    """Below the original."""
    summary = notice.summary
    who = mention(notice.author_id) if notice.author_id and notice.author_id[0] in "UW" else "whoever may"
    text = (
        f"{words.drill(summary)}{actor(notice.by)} took this message out of the record of {summary.reference}: "
        f"{escape(notice.reason, 300)}\n{who}, please delete the original here, or have it sealed: I cannot."
    )
    return Message(text, [section(text)])


def catch_up(notice: CatchUp) -> Message:
    """Where it stands, for one person."""
    summary = notice.summary
    system = f" on {escape(notice.system_name, 100)}" if notice.system_name else ""
    contained = f"contained since {clock_time(summary.contained_at)}" if summary.contained_at else "not contained yet"
    state = words.OUTCOME_WORD[summary.outcome] if summary.outcome else words.PHASE_NAME[summary.phase].lower()
    lead = f"Led by {mentions(notice.lead_ids)}" if notice.lead_ids else "*Nobody leads yet*"
    head = f"*{words.drill(summary)}Welcome to {summary.reference}.* Here is where it stands; only you see this."
    severity = words.severity(summary.severity, provisional=summary.is_provisional)
    blocks = [
        section(f"{head}\n{severity}  ·  {escape(notice.type_name)}{system}  ·  {state}, {contained}  ·  {lead}"),
        section(f"*What happened*\n{quote(notice.what_happened, 500)}"),
    ]
    if notice.latest_update:
        blocks.append(section(f"*Latest update*\n{quote(notice.latest_update, 500)}"))
    blocks += _where_to_help(notice)
    return Message(f"Welcome to {words.name_plain(summary)}: where it stands", blocks)


def _where_to_help(notice: CatchUp) -> list[Block]:
    wanted = [role for role in Role if role in notice.empty_roles]
    tasks = f"{notice.open_tasks} open task{'s' if notice.open_tasks != 1 else ''}: `/incident tasks`"
    hints = [tasks] if notice.open_tasks else []
    hints.append("`/incident timeline` tells the story so far; :pushpin: on a message puts it there.")
    blocks = [context(*hints)]
    if wanted:
        take = [
            button(f"Take {words.ROLE_NAME[role].lower()}", f"{ids.TAKE_ROLE}:{role}", notice.summary.incident_id)
            for role in wanted[:2]
        ]
        blocks.append(actions(*take))
    return blocks


MESSAGES = {RedactionAsk: redaction_ask, CatchUp: catch_up}
MODALS = {RedactForm: redact_form}
