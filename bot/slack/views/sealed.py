"""What is under seal, for the people whom policy names."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.evidence import PrivilegedForm, SealedLine, SealedList, SealedShown
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actor, button, context, escape, quote, section, when
from bot.slack.views.forms import field, modal, text_input

PART, PARTS, SHOWN = 2500, 12, 20
NAMES = {"original": "original", "note": "privileged note"}
MARK = ":closed_lock_with_key: *Privileged and confidential.* Do not copy it into a channel."


def listing(notice: SealedList) -> Message:
    """What there is, without its content."""
    text = f"{len(notice.items)} under seal in {words.name_plain(notice.summary)}"
    return Message(text, _blocks(notice))


def listing_modal(notice: SealedList) -> dict[str, Any]:
    """The same in place of a form."""
    return modal("Under seal", _blocks(notice), callback_id=ids.CLOSED_VIEW, close="Close")


def _blocks(notice: SealedList) -> list[Block]:
    blocks = [section(f"{MARK}\nUnder seal in {words.name(notice.summary)}. Each reading is on record.")]
    blocks += [section(_line(item), button("Read", ids.READ_SEALED, item.item_id)) for item in notice.items[-SHOWN:]]
    if not notice.items:
        blocks.append(context("Nothing is under seal."))
    return blocks


def _line(item: SealedLine) -> str:
    what = (
        f"{NAMES.get(item.kind, item.kind)} of {escape(item.about, 40)}" if item.kind == "original" else NAMES["note"]
    )
    return (
        f"*S{item.item_id}*  {what}\nsealed {when(item.sealed_at)} by {actor(item.sealed_by)}  ·  `{item.sha256[:12]}…`"
    )


def shown(notice: SealedShown) -> dict[str, Any]:
    """Its content, quoted, for that person."""
    parts = [notice.body[start : start + PART] for start in range(0, len(notice.body), PART)]
    blocks = [section(f"{MARK}\n{_line(notice.line)}"), *(section(quote(part, PART)) for part in parts[:PARTS])]
    blocks.append(context(f"That you read it is on record.  ·  sha256 `{notice.line.sha256}`"))
    return modal(f"Sealed S{notice.line.item_id}", blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def form(notice: PrivilegedForm) -> dict[str, Any]:
    """A privileged note."""
    hint = "On no timeline, in no draft; exported only by those whom policy names."
    blocks = [
        section(f"{MARK}\nA note on {words.name(notice.summary)}."),
        field(ids.TEXT, "Note", text_input(multiline=True), hint=hint),
    ]
    metadata = json.dumps({"incident": notice.summary.incident_id})
    return modal("Privileged note", blocks, callback_id=ids.PRIVILEGED_FORM, submit="Keep", private_metadata=metadata)


MESSAGES = {SealedList: listing}
MODALS = {SealedList: listing_modal, SealedShown: shown, PrivilegedForm: form}
