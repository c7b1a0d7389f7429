"""Remembering: events of channels as they come, redaction.

An event is acknowledged when its listener returns: a listener that cannot store it raises, and Slack sends it again.
"""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.slack import ids, messages, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body

SEALED = "It is out of the record of {}. Below the original I ask for it to be deleted in Slack, too."


async def message(desk: Desk, event: dict[str, Any]) -> None:
    """Something was written, edited or deleted, in any channel the bot is in."""
    if (heard := messages.heard(event)) is not None:
        await desk.services.capture.heard(heard)


async def reaction(desk: Desk, event: dict[str, Any], *, is_added: bool) -> None:
    """An emoji came or went."""
    if (reacted := messages.reacted(event, is_added=is_added)) is not None:
        await desk.services.capture.reacted(reacted)


async def joined(desk: Desk, event: dict[str, Any]) -> None:
    """Somebody came into a channel."""
    await desk.services.capture.joined(messages.joined(event))


async def redact_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to name a message in."""
    return await desk.services.redaction.form(incident_id, by=by)


async def redact(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident redact [link] [reason]``: at once when both are there, else the form."""
    link, _, reason = invocation.text.partition(" ")
    incident_id, by = invocation.about.incident_id, invocation.actor
    if link and reason.strip():
        reference = await desk.services.redaction.redact_link(incident_id, link, reason, by=by)
        return Say(Confirmation(SEALED.format(reference)))
    form = await desk.services.redaction.form(incident_id, by=by, link=link)
    desk.open_form(invocation.trigger_id, form, to=by.id, typed=invocation.typed)
    return None


async def redact_message(desk: Desk, body: Body) -> Answer:
    """*Redact message* on a message."""
    used = payloads.shortcut(body)
    if used.source is None:
        raise BadInput("This message cannot be read. Use `redact` with its link in the incident's channel.")
    form = await desk.services.redaction.form_for(used.source.channel_id, used.source.ts, by=used.actor)
    desk.open_form(used.trigger_id, form, to=used.actor.id)
    return None


async def submit_redaction(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    form = payloads.submission(body)
    incident_id, reason = int(form.metadata["incident"]), form.text(ids.REASON)
    if ts := form.metadata.get("ts"):
        reference = await desk.services.redaction.redact(
            incident_id, str(form.metadata["channel"]), str(ts), reason, by=form.actor
        )
    else:
        reference = await desk.services.redaction.redact_link(incident_id, form.text(ids.LINK), reason, by=form.actor)
    return Show(Confirmation(SEALED.format(reference)))


SUBCOMMANDS = (
    Subcommand("redact", "redact <link or X12> <why>", "Take a message or an exhibit out of the record.", redact),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to what happens in channels and to the redaction form."""

    async def on_message(event: dict[str, Any]) -> None:
        await message(desk, event)

    async def on_reaction_added(event: dict[str, Any]) -> None:
        await reaction(desk, event, is_added=True)

    async def on_reaction_removed(event: dict[str, Any]) -> None:
        await reaction(desk, event, is_added=False)

    async def on_joined(event: dict[str, Any]) -> None:
        await joined(desk, event)

    app.event("message")(on_message)
    app.event("reaction_added")(on_reaction_added)
    app.event("reaction_removed")(on_reaction_removed)
    app.event("member_joined_channel")(on_joined)
    app.message_shortcut(ids.REDACT_MESSAGE)(desk.press_listener(redact_message))
    app.view(ids.REDACT_FORM)(desk.submission_listener(submit_redaction))
