"""Updates: one line, or the form that also promises the next."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.answers import button_opens, done, incident_of, instant, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk
from bot.slack.payloads import Body


async def form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to send an update with."""
    return await desk.services.updates.form(incident_id, by=by)


async def update(desk: Desk, invocation: Invocation) -> Answer:
    """``update <text>``: sent at once, the next is due when policy says."""
    incident_id, text = invocation.about.incident_id, payloads.readable(invocation.text)
    if not text:
        return show(desk, invocation, await form(desk, incident_id, invocation.actor))
    await desk.services.updates.send(incident_id, text, by=invocation.actor, key=invocation.trigger_id)
    return done(invocation, "update sent.")


async def submit(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    sent = payloads.submission(body)
    due = desk.services.updates.due(sent.text(ids.NEXT_DUE), instant(sent, ids.CUSTOM_AT))
    await desk.services.updates.send(
        incident_of(sent), sent.text(ids.TEXT), by=sent.actor, key=sent.view_id, next_due_at=due
    )
    return Clear()


SUBCOMMANDS = (Subcommand("update", "update <text>", "Tell the channel, the announcement and followers.", update),)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the button and the form."""
    app.action(ids.SEND_UPDATE)(desk.press_listener(button_opens(form)))
    app.view(ids.UPDATE_FORM)(desk.submission_listener(submit))
