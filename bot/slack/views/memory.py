"""Evidence without its harm, redaction, and the private catch-up of whoever joins."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.incident import Role
from bot.domain.notices.memory import CatchUp, EvidenceList, ExhibitLine, ExhibitShown, RedactForm, RedactionAsk
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
    link,
    mention,
    mentions,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, modal, text_input

PART, PARTS = 2500, 8


def evidence(notice: EvidenceList) -> Message:
    """What is kept, each behind *Show*."""
    kept = notice.total - notice.redacted
    return Message(f"Evidence of {words.name_plain(notice.summary)}: {kept} kept", _evidence_blocks(notice))


def evidence_modal(notice: EvidenceList) -> dict[str, Any]:
    """The same as a window of its own."""
    blocks = _evidence_blocks(notice)
    return modal(f"Evidence {notice.summary.reference}", blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def _evidence_blocks(notice: EvidenceList) -> list[Block]:
    summary = notice.summary
    redacted = f", {notice.redacted} redacted" if notice.redacted else ""
    head = f"*{words.drill(summary)}Evidence of {summary.reference}*"
    blocks = [section(f"{head}  ·  {notice.total - notice.redacted} kept{redacted}")]
    blocks += [_exhibit(one) for one in notice.exhibits]
    if not notice.exhibits:
        blocks.append(context("Nothing is kept yet. Put :receipt: on a message to keep it, with its hash."))
    elif notice.total > len(notice.exhibits):
        blocks.append(context(f"and {notice.total - len(notice.exhibits)} older ones, all in the post-mortem"))
    else:
        blocks.append(context("What an AI wrote can hurt: it is shown to you alone, when you ask."))
    return blocks


def _exhibit(one: ExhibitLine) -> Block:
    if one.is_redacted:
        return section(f"*E{one.exhibit_id}*  _redacted_  ·  `{one.sha256[:12]}…`")
    files = f"  ·  {one.files} file{'s' if one.files > 1 else ''}" if one.files else ""
    source = f"  ·  {link(one.permalink, 'original')}" if one.permalink else ""
    text = (
        f"*E{one.exhibit_id}*  {escape(one.title, 120)}{files}{source}\n"
        f"by {actor(one.author)}, kept {when(one.kept_at)} by {actor(one.kept_by)}  ·  `{one.sha256[:12]}…`"
    )
    return section(text, button("Show", ids.SHOW_EXHIBIT, one.exhibit_id))


def exhibit(notice: ExhibitShown) -> dict[str, Any]:
    """One exhibit's body, quoted and defanged, for the person who asked."""
    one = notice.line
    head = f":warning: *E{one.exhibit_id}: {escape(one.title, 120)}*"
    blocks = [section(f"{head}\nThis may be harmful or personal to read.")]
    if one.is_redacted:
        blocks.append(section("_Redacted: what it said is not kept any more._"))
    parts = [notice.body[start : start + PART] for start in range(0, len(notice.body), PART)]
    blocks += [section(quote(part, PART)) for part in parts[:PARTS]]
    if len(parts) > PARTS:
        blocks.append(context(f"{len(notice.body) - PART * PARTS:,} more characters are kept."))
    if notice.file_names:
        blocks.append(context("Files: " + escape(", ".join(notice.file_names), 500)))
    blocks.append(context(f"sha256 `{one.sha256}`"))
    return modal(f"Exhibit E{one.exhibit_id}", blocks, callback_id=ids.CLOSED_VIEW, close="Close")


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


MESSAGES = {EvidenceList: evidence, RedactionAsk: redaction_ask, CatchUp: catch_up}
MODALS = {EvidenceList: evidence_modal, ExhibitShown: exhibit, RedactForm: redact_form}
