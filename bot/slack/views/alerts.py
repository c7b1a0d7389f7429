"""Alerts in an incident's channel: what a machine said, as a quotation that calls nobody and leads nowhere."""

from __future__ import annotations

from bot.domain.events.alerts import AlertNews
from bot.domain.notices.alerts import AlertPost
from bot.slack.views.blocks import Message, context, escape, quote, section

HEADS = {
    AlertNews.DECLARED: ":satellite_antenna: *{}* declared this",
    AlertNews.ATTACHED: ":satellite_antenna: *{}* says about this system",
    AlertNews.RESOLVED: ":white_circle: *{}* says that this is over",
    AlertNews.FLOOD: ":ocean: *{}* sends more alerts than anybody can read",
}
TAILS = {
    AlertNews.RESOLVED: "Noted only: people decide when it is contained and resolved.",
    AlertNews.FLOOD: "They are counted and kept; no line is written for each. Read them where they come from.",
}


def post(notice: AlertPost) -> Message:
    """One alert, or one line for a flood of them."""
    head = HEADS[notice.news].format(escape(notice.source, 64))
    blocks = [section(f"{head}\n{quote(notice.title, 300)}")]
    tail = [TAILS[notice.news]] if notice.news in TAILS else []
    if notice.alerts > 1:
        tail.append(f"{notice.alerts:,} alerts of it so far")
    if tail:
        blocks.append(context("  ·  ".join(tail)))
    if notice.links:
        blocks.append(section(quote("\n".join(notice.links[:3]), 900)))
    return Message(f"Alert from {escape(notice.source, 64)}: {escape(notice.title, 200)}", blocks)


MESSAGES = {AlertPost: post}
