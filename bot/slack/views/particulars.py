"""What is established about an incident, as people meet it."""

from __future__ import annotations

from typing import Any

from bot.domain.notices.law import ParticularList, ParticularPost, ParticularReceipt
from bot.domain.particulars import Particular
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actions, actor, button, context, escape, quote, section, when
from bot.slack.views.forms import modal

LISTED = 20


def post(notice: ParticularPost) -> Message:
    """What was established, in the thread under the card."""
    drill, one = words.drill(notice.summary), notice.particular
    text = f"{drill}{escape(one.title)}: {escape(one.words, 300)}"
    return Message(text, [section(f"{drill}{_established(one, notice.before)}"), context(*_whence(one))])


def receipt(notice: ParticularReceipt) -> Message:
    """How it was understood."""
    said = f":white_check_mark: {_established(notice.particular, notice.before)}"
    return Message(f"{escape(notice.particular.title)} is written down", [section(said)])


def receipt_modal(notice: ParticularReceipt) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Written down", receipt(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def listing(notice: ParticularList) -> Message:
    """Everything that is established."""
    rows: list[Block] = []
    for one in notice.known[:LISTED]:
        rows += [section(_established(one, None)), context(*_whence(one))]
    head = section(f"What is established about {words.name(notice.summary)}")
    row_ = actions(button("Write one down…", ids.NEW_PARTICULAR, notice.summary.incident_id))
    return Message(
        f"{len(notice.known)} particulars of {notice.summary.reference}",
        [head, *(rows[:44] or [section("_Nothing yet._")]), row_],
    )


def _established(one: Particular, before: Particular | None) -> str:
    old = f"  ~{escape(before.words, 200)}~" if before is not None else ""
    why = f"\n{quote(one.reason, 300)}" if one.reason else ""
    return f"*{escape(one.title)}*: {escape(one.words, 600)}{old}{why}"


def _whence(one: Particular) -> list[str]:
    said = [f"{actor(one.set_by)} {when(one.set_at)}"]
    said += [f"decided by {actor(one.decided_by)}"] if one.decided_by else []
    said += [f"from {escape(one.source, 200)}"] if one.source else []
    return said


MESSAGES = {ParticularPost: post, ParticularReceipt: receipt, ParticularList: listing}
MODALS = {ParticularReceipt: receipt_modal}
