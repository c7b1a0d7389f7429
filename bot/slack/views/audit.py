"""What the auditor tells people: what is missing, what it means, what to do."""

from __future__ import annotations

from bot.domain.notices.audit import AuditProblem, Lack, PolicyProblem
from bot.slack.views import words
from bot.slack.views.blocks import Message, clock_time, context, quote, section

SENTENCES = {
    Lack.CHANNEL: (
        "still has no channel in Slack, and opening it again did not help. The incident is on record and every command "
        "works with its number. Ask whoever runs Andon to look at `andon doctor`."
    ),
    Lack.CARD: (
        "has no card in its channel, and posting it again did not help. Every command works without it. "
        "Ask whoever runs Andon to look at `andon doctor`."
    ),
    Lack.LADDER: (
        "is open and nobody is due to be asked or reminded any more. Make sure yourselves that somebody leads it, "
        "and ask whoever runs Andon to look at `andon doctor`."
    ),
    Lack.OUTBOX: (
        "has messages of mine waiting in vain since {since}: some people may not have heard what they should. "
        "Ask whoever runs Andon to look at `andon doctor`."
    ),
    Lack.STEP: (
        "has a step in its escalation, due {since}, that I cannot read: whoever was to be asked or told then was not. "
        "Make sure yourselves that everybody knows who should. All other steps go on."
    ),
}


def problem(notice: AuditProblem) -> Message:
    """One paragraph."""
    sentence = SENTENCES[notice.lack].format(since=clock_time(notice.since))
    name = f"{words.drill(notice.summary)}{notice.summary.reference}"
    text = f"{name} {sentence}"
    return Message(text, [section(f":warning: *{name}* {sentence}")])


def refused(notice: PolicyProblem) -> Message:
    """What stands in the way of an edit, and that nothing of it is in force."""
    text = "An edit of the playbooks is refused; what was read before stays in force"
    why = "Why you: you are an admin of Andon. `andon playbooks check` says the same before anybody saves."
    return Message(text, [section(f":warning: *{text}.*\n{quote(notice.reason, 1500)}"), context(why)])


MESSAGES = {AuditProblem: problem, PolicyProblem: refused}
