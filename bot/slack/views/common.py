"""What any flow may have to say: apologies and short confirmations."""

from __future__ import annotations

from typing import Any

from bot.domain.notices import Apology, Confirmation
from bot.slack import ids
from bot.slack.views.blocks import Message, escape, quote, section
from bot.slack.views.forms import modal


def apology(notice: Apology) -> Message:
    """The sentence, and what was typed so that it can be copied."""
    blocks = [section(f":warning: {escape(notice.sentence)}")]
    if notice.typed:
        blocks.append(section(f"What you typed, so that it is not lost:\n{quote(notice.typed, 2500)}"))
    return Message(escape(notice.sentence), blocks)


def apology_modal(notice: Apology) -> dict[str, Any]:
    """The same inside a form that cannot go on."""
    return modal("That did not work", apology(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def confirmation(notice: Confirmation) -> Message:
    """One line that says what was done."""
    return Message(escape(notice.sentence), [section(f":white_check_mark: {escape(notice.sentence)}")])


def confirmation_modal(notice: Confirmation) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Done", confirmation(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


MESSAGES = {Apology: apology, Confirmation: confirmation}
MODALS = {Apology: apology_modal, Confirmation: confirmation_modal}
