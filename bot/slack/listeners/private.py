"""Asking to be let in, letting in: the same answer to everybody who may not know."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incident import parse_reference, reference
from bot.domain.naming import Named, leading_people
from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand, Where
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body


async def ask(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident access AI-0007``."""
    number = parse_reference(invocation.text.partition(" ")[0])
    if number is None:
        raise BadInput(f"Say which incident: `{desk.command} access AI-0007`.")
    open_to_them = await desk.services.private.ask(number, by=invocation.actor)
    if open_to_them is not None:
        return Say(Confirmation(f"{open_to_them.reference} is open to you already: use its number in any command."))
    return Say(Confirmation(f"If there is a private incident {reference(number)}, its people have been asked."))


async def invite(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident invite @bea``; without a name, the form."""
    about = invocation.about
    if not invocation.text:
        notice = await form(desk, about.incident_id, invocation.actor)
        desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id)
        return None
    people, rest = leading_people(invocation.text)
    if len(people) > 1 or (people and rest):
        raise BadInput(f"Name one person at a time: `{desk.command} invite @bea`.")
    wanted = people[0] if people else Named(invocation.text)
    person = await desk.services.naming.person(wanted, by=invocation.actor)
    await desk.services.private.let_in(about.incident_id, person.id, by=invocation.actor)
    return Say(Confirmation(f"{person.name} is part of {about.reference} now and has been told."))


async def form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form that asks whom to let in."""
    return await desk.services.private.form(incident_id, by=by)


async def invited(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    handed = payloads.submission(body)
    person = handed.text(ids.PERSON)
    if not person:
        raise BadInput("Choose whom to let in.", field=ids.PERSON)
    await desk.services.private.let_in(handed.incident_id, person, by=handed.actor)
    return Show(Confirmation("They are part of the incident now and have been told."))


async def allow(desk: Desk, body: Body) -> Answer:
    """*Allow* under a request."""
    press = payloads.press(body)
    await desk.services.private.decide(press.target_id, allow=True, by=press.actor)
    return None


async def deny(desk: Desk, body: Body) -> Answer:
    """*Deny* under a request."""
    press = payloads.press(body)
    await desk.services.private.decide(press.target_id, allow=False, by=press.actor)
    return None


SUBCOMMANDS = (
    Subcommand("access", "access AI-0007", "Ask to be let into a private incident.", ask, Where.UNSEEN),
    Subcommand("invite", "invite @person", "Let somebody in.", invite),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the decision and the form."""
    app.action(ids.ALLOW_ACCESS)(desk.press_listener(allow))
    app.action(ids.DENY_ACCESS)(desk.press_listener(deny))
    app.view(ids.INVITE_FORM)(desk.submission_listener(invited))
