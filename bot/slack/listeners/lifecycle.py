"""Type, phase, contained, resolved: one line or one form each."""

from __future__ import annotations

import difflib
import re

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incident import WORKING, IncidentType, Phase
from bot.domain.lifecycle import parse_phase, parse_type
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.answers import done, incident_of, instant, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk
from bot.slack.payloads import Body

ANYWAY = re.compile(r"\s*anyway\b[\s:,]*", re.IGNORECASE)


async def type_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to change the type with."""
    return await desk.services.lifecycle.type_form(incident_id, by=by)


async def phase_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to move the phase with."""
    return await desk.services.lifecycle.phase_form(incident_id, by=by)


async def contained_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to set contained with."""
    return await desk.services.lifecycle.contained_form(incident_id, by=by)


async def resolved_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to set resolved with."""
    return await desk.services.lifecycle.resolved_form(incident_id, by=by)


async def change_type(desk: Desk, invocation: Invocation) -> Answer:
    """``type drift because …``."""
    incident_id, text = invocation.about.incident_id, payloads.readable(invocation.text)
    if not text:
        return show(desk, invocation, await type_form(desk, incident_id, invocation.actor))
    found = parse_type(text, {kind: desk.services.library.type_name(kind) for kind in IncidentType})
    if found is None:
        raise BadInput(_no_such_type(text))
    await desk.services.lifecycle.change_type(incident_id, found[0], found[1], by=invocation.actor)
    return done(invocation, "type set.")


async def move(desk: Desk, invocation: Invocation) -> Answer:
    """``phase investigation the flag is off``."""
    incident_id = invocation.about.incident_id
    first, _, why = payloads.readable(invocation.text).partition(" ")
    if not first:
        return show(desk, invocation, await phase_form(desk, incident_id, invocation.actor))
    target = parse_phase(first)
    if target is None:
        raise BadInput(f"`{first}` is no phase. The phases are {', '.join(WORKING)}.")
    despite = ANYWAY.match(why)
    stated = why[despite.end() :] if despite else why
    anyway = stated if despite else ""
    await desk.services.lifecycle.move(incident_id, target, stated, by=invocation.actor, anyway=anyway)
    return done(invocation, "phase set.")


async def contain(desk: Desk, invocation: Invocation) -> Answer:
    """``contained <how verified>``."""
    incident_id, how = invocation.about.incident_id, payloads.readable(invocation.text)
    if not how:
        return show(desk, invocation, await contained_form(desk, incident_id, invocation.actor))
    await desk.services.lifecycle.contain(incident_id, how, by=invocation.actor)
    return done(invocation, "set contained.")


async def resolve(desk: Desk, invocation: Invocation) -> Answer:
    """``resolved <how validated>``."""
    incident_id, how = invocation.about.incident_id, payloads.readable(invocation.text)
    if not how:
        return show(desk, invocation, await resolved_form(desk, incident_id, invocation.actor))
    await desk.services.lifecycle.resolve(incident_id, how, by=invocation.actor)
    return done(invocation, "set resolved.")


async def submit_type(desk: Desk, body: Body) -> Answer:
    """The type form is handed in."""
    sent = payloads.submission(body)
    kind = IncidentType(sent.text(ids.TYPE))
    await desk.services.lifecycle.change_type(incident_of(sent), kind, sent.text(ids.REASON), by=sent.actor)
    return Clear()


async def submit_phase(desk: Desk, body: Body) -> Answer:
    """The phase form is handed in."""
    sent = payloads.submission(body)
    target = Phase(sent.text(ids.PHASE))
    why, anyway = sent.text(ids.REASON), sent.text(ids.ANYWAY)
    await desk.services.lifecycle.move(incident_of(sent), target, why, by=sent.actor, anyway=anyway)
    return Clear()


async def submit_contained(desk: Desk, body: Body) -> Answer:
    """The form to set contained is handed in."""
    sent = payloads.submission(body)
    at = instant(sent, ids.AT)
    await desk.services.lifecycle.contain(incident_of(sent), sent.text(ids.HOW), by=sent.actor, stated_at=at)
    return Clear()


async def submit_resolved(desk: Desk, body: Body) -> Answer:
    """The form to set resolved is handed in."""
    sent = payloads.submission(body)
    at = instant(sent, ids.AT)
    await desk.services.lifecycle.resolve(incident_of(sent), sent.text(ids.HOW), by=sent.actor, stated_at=at)
    return Clear()


def _no_such_type(text: str) -> str:
    first = text.split(maxsplit=1)[0].lower()
    close = difflib.get_close_matches(first, [str(kind) for kind in IncidentType], n=1, cutoff=0.6)
    hint = f" Did you mean `{close[0]}`?" if close else f" The types are {', '.join(IncidentType)}."
    return f"`{first}` is no incident type.{hint}"


SUBCOMMANDS = (
    Subcommand("type", "type <type> because <why>", "Change what kind of failure it is.", change_type),
    Subcommand("phase", "phase <phase> <why>", "Move to another phase.", move),
    Subcommand("contained", "contained <how verified>", "The harm is stopped.", contain),
    Subcommand("resolved", "resolved <how validated>", "The cause is fixed.", resolve, aliases=("resolve",)),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the forms."""
    app.view(ids.TYPE_FORM)(desk.submission_listener(submit_type))
    app.view(ids.PHASE_FORM)(desk.submission_listener(submit_phase))
    app.view(ids.CONTAINED_FORM)(desk.submission_listener(submit_contained))
    app.view(ids.RESOLVED_FORM)(desk.submission_listener(submit_resolved))
