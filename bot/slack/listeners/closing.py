"""Endings: close, cancel, merge, reopen. One line or one form each."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incident import parse_reference
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.answers import done, incident_of, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk
from bot.slack.payloads import Body


async def close_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to close with."""
    return await desk.services.closing.close_form(incident_id, by=by)


async def cancel_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to say that it is no incident."""
    return await desk.services.closing.cancel_form(incident_id, by=by)


async def reopen_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to go on."""
    return await desk.services.closing.reopen_form(incident_id, by=by)


async def merge_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to merge with."""
    return await desk.services.merging.form(incident_id, by=by)


async def close(desk: Desk, invocation: Invocation) -> Answer:
    """``close <note>``; what is not contained and resolved needs a reason, which the form asks for."""
    incident_id, note = invocation.about.incident_id, payloads.readable(invocation.text)
    form = await desk.services.closing.close_form(incident_id, by=invocation.actor, note=note)
    if not note or form.missing:
        return show(desk, invocation, form)
    await desk.services.closing.close(incident_id, note, by=invocation.actor)
    return done(invocation, "closed.")


async def cancel(desk: Desk, invocation: Invocation) -> Answer:
    """``cancel <why it is no incident>``."""
    incident_id, why = invocation.about.incident_id, payloads.readable(invocation.text)
    if not why:
        return show(desk, invocation, await cancel_form(desk, incident_id, invocation.actor))
    await desk.services.closing.cancel(incident_id, why, by=invocation.actor)
    return done(invocation, "closed as not an incident.")


async def reopen(desk: Desk, invocation: Invocation) -> Answer:
    """``reopen <why>``."""
    incident_id, why = invocation.about.incident_id, payloads.readable(invocation.text)
    if not why:
        return show(desk, invocation, await reopen_form(desk, incident_id, invocation.actor))
    await desk.services.closing.reopen(incident_id, why, by=invocation.actor)
    return done(invocation, "open again.")


async def merge(desk: Desk, invocation: Invocation) -> Answer:
    """``merge AI-0007 <why>`` in the channel of the one that goes, ``merge AI-0003 into AI-0007 <why>`` anywhere."""
    words, actor = payloads.readable(invocation.text).split(), invocation.actor
    if words and words[0].lower() == "into":
        words = words[1:]
    target = parse_reference(words[0]) if words else None
    if target is not None:
        source, why = invocation.about.incident_id, " ".join(words[1:])
    elif _names_one(invocation.typed):
        here = await desk.services.incidents.in_channel(invocation.channel_id, actor)
        if here is None or here.incident_id == invocation.about.incident_id:
            raise BadInput(f"Say which goes into which: `{desk.command} merge AI-0003 into AI-0007 the same thing`.")
        await desk.services.merging.merge(here.incident_id, invocation.about.incident_id, " ".join(words), by=actor)
        return None
    else:
        return show(desk, invocation, await merge_form(desk, invocation.about.incident_id, actor))
    await desk.services.merging.merge(source, target, why, by=actor)
    return done(invocation, "merged.")


async def submit_close(desk: Desk, body: Body) -> Answer:
    """The closing form is handed in."""
    sent = payloads.submission(body)
    await desk.services.closing.close(
        incident_of(sent), sent.text(ids.NOTE), by=sent.actor, why_anyway=sent.text(ids.WHY_ANYWAY)
    )
    return Clear()


async def submit_cancel(desk: Desk, body: Body) -> Answer:
    """The form to cancel is handed in."""
    sent = payloads.submission(body)
    await desk.services.closing.cancel(incident_of(sent), sent.text(ids.REASON), by=sent.actor)
    return Clear()


async def submit_reopen(desk: Desk, body: Body) -> Answer:
    """The form to reopen is handed in."""
    sent = payloads.submission(body)
    await desk.services.closing.reopen(incident_of(sent), sent.text(ids.REASON), by=sent.actor)
    return Clear()


async def submit_merge(desk: Desk, body: Body) -> Answer:
    """The form to merge is handed in."""
    sent = payloads.submission(body)
    into = int(sent.text(ids.INTO))
    await desk.services.merging.merge(incident_of(sent), into, sent.text(ids.REASON), by=sent.actor)
    return Clear()


def _names_one(typed: str) -> bool:
    words = typed.split()
    return len(words) > 1 and parse_reference(words[1]) is not None


SUBCOMMANDS = (
    Subcommand("close", "close <note>", "It is over; say how it ended.", close),
    Subcommand("cancel", "cancel <why>", "It is not an incident after all.", cancel),
    Subcommand("merge", "merge AI-0007 <why>", "It is the same as another one and goes on there.", merge),
    Subcommand("reopen", "reopen <why>", "It goes on.", reopen),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the forms."""
    app.view(ids.CLOSE_FORM)(desk.submission_listener(submit_close))
    app.view(ids.CANCEL_FORM)(desk.submission_listener(submit_cancel))
    app.view(ids.REOPEN_FORM)(desk.submission_listener(submit_reopen))
    app.view(ids.MERGE_FORM)(desk.submission_listener(submit_merge))
