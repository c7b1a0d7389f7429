"""Reports as whoever made them meets them: taken, and what became of them."""

from __future__ import annotations

from bot.domain.notices.reports import ReportOutcome, ReportReceipt
from bot.domain.report import ReportState
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actions, button, context, escape, quote, section
from bot.slack.views.forms import modal
from bot.slack.views.reports import STATE_PLAIN, drill


def receipt(notice: ReportReceipt) -> Message:
    """What whoever reported reads at once."""
    line = notice.line
    again = "It was taken already: " if notice.was_already else ""
    says = (
        f"{again}*{drill(line)}{line.reference}* is with the people who look at reports. They declare it, add it to an "
        "incident, or tell you why it is none; you can disagree. You will hear in any case, and you are not in trouble."
    )
    care = ":lock: It is shown to them alone, in direct messages." if line.is_private else ""
    worse = f"If it gets worse while you wait: `{escape(notice.command, 40)} now` and what happens."
    small = [care, worse] if care else [worse]
    return Message(f"{drill(line)}Thank you. {line.reference} is taken.", [section(says), context(*small)])


def receipt_modal(notice: ReportReceipt) -> dict[str, object]:
    """The same in place of the form."""
    return modal("Reported", receipt(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def outcome(notice: ReportOutcome) -> Message:
    """What became of it, for whoever reported."""
    line = notice.line
    text = f"{drill(line)}Your report {line.reference}: {STATE_PLAIN[line.state]}"
    told = f"{drill(line)}What you reported as *{line.reference}* {_became(notice)}"
    blocks = [section(told), section(quote(line.title, 160))]
    if notice.reason:
        blocks.append(section(f"The reason:\n{quote(notice.reason)}"))
    if line.state is ReportState.DISMISSED:
        blocks += _way_out(notice)
    else:
        blocks.append(context("Thank you for saying it. You will hear how it ends."))
    return Message(text, blocks)


def _became(notice: ReportOutcome) -> str:
    match notice.line.state:
        case ReportState.DISMISSED:
            return "was judged to be no incident."
        case ReportState.SAME:
            return f"says the same as {notice.same_as}, which waits. You hear what becomes of that one."
        case _ if notice.incident is None:
            return "is being handled, in private."
        case ReportState.DECLARED:
            return f"is an incident now: {words.name(notice.incident)}."
        case _:
            return f"is part of {words.name(notice.incident)}."


def _way_out(notice: ReportOutcome) -> list[Block]:
    declare = f"`{escape(notice.command, 40)} declare`"
    if not notice.can_disagree:
        return [context(f"Two people have judged it. If you still think that it is an incident: {declare} it.")]
    disagree = button("I disagree…", ids.REPORT_DISAGREE, notice.line.report_id)
    return [
        context("You did right to say it. If something was missed, disagree: then somebody else judges it."),
        actions(disagree),
    ]


MESSAGES = {ReportReceipt: receipt, ReportOutcome: outcome}
MODALS = {ReportReceipt: receipt_modal}
