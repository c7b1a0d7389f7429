"""Updates as people meet them: in the channel, as a follower's direct message, and the form that promises the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.notices.updates import (
    FollowerUpdate,
    Following,
    Joined,
    NotInvited,
    UpdateForm,
    UpdatePost,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Message,
    actions,
    actor,
    button,
    channel,
    context,
    escape,
    option,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, instant_select, modal, select, text_input
from bot.slack.views.severity import about

UPDATE_LIMIT = 2500
POLICY, CUSTOM = "policy", "custom"
SPANS = (("30m", "In 30 minutes"), ("1h", "In 1 hour"), ("2h", "In 2 hours"), ("4h", "In 4 hours"))


def posted(notice: UpdatePost) -> Message:
    """The update in the channel."""
    summary = notice.summary
    blocks = [
        section(f":mega: {words.drill(summary)}*Update* by {actor(notice.by)}\n{quote(notice.text, UPDATE_LIMIT)}")
    ]
    if notice.next_due_at:
        blocks.append(context(f"Next update due {when(notice.next_due_at)}"))
    text = f"{words.drill(summary)}{summary.reference} update: {escape(notice.text, 300)}"
    return Message(text, blocks)


def told(notice: FollowerUpdate) -> Message:
    """The update for one follower."""
    summary = notice.summary
    state = f"{words.severity(summary.severity, provisional=summary.is_provisional)}  ·  {_containment(notice)}"
    blocks = [section(f"{words.name(summary)}\n{state}\n{quote(notice.text, UPDATE_LIMIT)}")]
    due = f"Next update due {when(notice.next_due_at)}. " if notice.next_due_at else ""
    blocks.append(context(f"{due}You get this because you follow it."))
    blocks.append(actions(button("Stop following", ids.UNFOLLOW, summary.incident_id)))
    text = f"{words.drill(summary)}{summary.reference} update: {escape(notice.text, 300)}"
    return Message(text, blocks)


def form(notice: UpdateForm) -> dict[str, Any]:
    """What to say, and when the next is due."""
    choices = [option(_policy(notice), POLICY), *(option(label, value) for value, label in SPANS)]
    choices += [option("Tomorrow morning", "tomorrow"), option("At the time below", CUSTOM)]
    text = text_input(
        notice.text,
        placeholder="What is known, what is being done, what should people do meanwhile? No jargon.",
        multiline=True,
        limit=UPDATE_LIMIT,
    )
    hint = (
        "It goes to this channel, the announcement and everybody who follows. Facts only; never the bad output itself."
    )
    blocks = [section(words.name(notice.summary))]
    if notice.latest:
        blocks.append(section(f"The last one said:\n{quote(notice.latest, 300)}"))
    blocks += [
        field(ids.TEXT, "Update", text, hint=hint),
        field(ids.NEXT_DUE, "When is the next one due?", select(choices, initial=POLICY)),
        field(ids.CUSTOM_AT, "At exactly", instant_select(), optional=True, hint="Only for “At the time below”."),
    ]
    return modal(
        "Send an update",
        blocks,
        callback_id=ids.UPDATE_FORM,
        submit="Send",
        private_metadata=about(notice.summary),
    )


def following(notice: Following) -> Message:
    """Whether the person follows now."""
    summary = notice.summary
    already = "" if notice.changed else " already"
    if notice.is_following:
        line = f":bell: You follow {words.name(summary)}{already}. Updates come as direct messages from Andon."
        row = actions(button("Stop following", ids.UNFOLLOW, summary.incident_id))
        return Message(f"{words.drill(summary)}You follow {summary.reference}{already}", [section(line), row])
    line = f":no_bell: You do not follow {words.name(summary)}{' any more' if notice.changed else ''}."
    return Message(f"{words.drill(summary)}You do not follow {summary.reference}", [section(line)])


def joined(notice: Joined) -> Message:
    """The person is being added."""
    summary = notice.summary
    place = channel(summary.channel_id) if summary.channel_id else "its channel, as soon as it is open"
    line = f"{words.drill(summary)}You are being added to {place}. The card at its top shows where things stand."
    return Message(f"{words.drill(summary)}You are being added to {summary.reference}", [section(line)])


def not_invited(notice: NotInvited) -> Message:
    """Slack did not let us."""
    summary = notice.summary
    place = f" Open {channel(summary.channel_id)} and press *Join*." if summary.channel_id else ""
    line = f":warning: Slack did not let me add you to {words.name(summary)} ({escape(notice.code, 80)}).{place}"
    return Message(f"{words.drill(summary)}Slack did not let me add you to {summary.reference}", [section(line)])


def _containment(notice: FollowerUpdate) -> str:
    return "contained" if notice.summary.contained_at else "not contained yet"


def _policy(notice: UpdateForm) -> str:
    if notice.usual is None:
        return "No further update needed"
    return f"As policy says: in {_span(notice.usual - notice.now)}"


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"


MESSAGES = {
    UpdatePost: posted,
    FollowerUpdate: told,
    Following: following,
    Joined: joined,
    NotInvited: not_invited,
}
MODALS = {UpdateForm: form}
