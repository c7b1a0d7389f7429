"""Reading and writing the timeline: by command, by form, by shortcut on a message."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.slack import ids, messages, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body


async def note_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to write a line with."""
    return await desk.services.timeline.note_form(incident_id, by=by)


async def first_page(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The latest lines."""
    return await desk.services.timeline.page(incident_id, by=by)


async def note(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident note <text>``; without text the form."""
    about = invocation.about
    if not invocation.text:
        form = await note_form(desk, about.incident_id, invocation.actor)
        desk.open_form(invocation.trigger_id, form, to=invocation.actor.id, typed=invocation.typed)
        return None
    reference = await desk.services.timeline.note(
        about.incident_id, invocation.text, by=invocation.actor, key=invocation.trigger_id
    )
    return Say(_noted(reference))


async def submit_note(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    form = payloads.submission(body)
    reference = await desk.services.timeline.note(
        int(form.metadata["incident"]), form.text(ids.NOTE), by=form.actor, key=form.view_id
    )
    return Show(_noted(reference))


async def timeline(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident timeline``: the latest lines, for this person only."""
    return Say(await desk.services.timeline.page(invocation.about.incident_id, by=invocation.actor))


async def older(desk: Desk, body: Body) -> Answer:
    """*Older* below a page: the page before it, in its place where it stands in a window."""
    press = payloads.press(body)
    incident_id, _, before_id = press.value.partition(":")
    page = await desk.services.timeline.page(int(incident_id), by=press.actor, before_id=int(before_id))
    return Show(page) if press.view_id else Say(page)


async def pin_message(desk: Desk, body: Body) -> Answer:
    """*Add to timeline* on a message."""
    used = payloads.shortcut(body)
    found = messages.seen(body.get("message") or {}, (body.get("channel") or {}).get("id", ""))
    if found is None:
        raise BadInput("This message cannot be read, so it cannot go on a timeline. Use `note` for what it says.")
    reference = await desk.services.marks.pin(found, by=used.actor)
    return Say(Confirmation(f"It is on the timeline of {reference}, at the message's own time."))


def _noted(reference: str) -> Confirmation:
    return Confirmation(f"Noted on the timeline of {reference}.")


SUBCOMMANDS = (
    Subcommand("note", "note <text>", "Write a line on the timeline.", note),
    Subcommand("timeline", "timeline", "Read what happened so far.", timeline, aliases=("history",)),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the form, the pages and the shortcut."""
    app.view(ids.NOTE_FORM)(desk.submission_listener(submit_note))
    app.action(ids.TIMELINE_OLDER)(desk.press_listener(older))
    app.message_shortcut(ids.PIN_TIMELINE)(desk.press_listener(pin_message))
