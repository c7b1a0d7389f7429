"""Seats: take, offer, hand over, accept, decline, take over, give up; each as a line and as a button or form."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incident import Role
from bot.domain.naming import Named, leading_people
from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.domain.roles import leading_role, parse_role, wanted_role
from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body, Submission


async def take(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident take lead``; without a role, the form."""
    if not invocation.text:
        return await _open_role_form(desk, invocation, None)
    role, _ = wanted_role(invocation.text)
    return await _take(desk, invocation.about.incident_id, role, invocation.actor, _elsewhere(invocation))


def assign(role: Role) -> Callable[[Desk, Invocation], Awaitable[Answer]]:
    """``/incident lead @bea``: ask her; ``/incident lead me``: take it; without a name, the form."""

    async def run(desk: Desk, invocation: Invocation) -> Answer:
        if not invocation.text:
            return await _open_role_form(desk, invocation, role)
        people, note = leading_people(invocation.text)
        if not people:
            people, note = [Named(invocation.text)], ""
        if len(people) > 1 and not role.is_shared:
            raise BadInput(f"One person is {role} at a time, and you named {len(people)}. Name one.")
        answers = [await _ask(desk, invocation, role, person, note) for person in people]
        return next((answer for answer in answers if answer is not None), None)

    return run


async def hand_over(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident handoff @bea``, ``/incident handoff legal @bea <note>``; without a name, the form."""
    role, rest = leading_role(invocation.text)
    people, note = leading_people(rest)
    about = invocation.about
    if not people and not rest:
        notice = await desk.services.offers.handover_form(about.incident_id, by=invocation.actor, role=role)
        desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id, typed=invocation.typed)
        return None
    if len(people) > 1:
        raise BadInput(f"A role goes to one person, and you named {len(people)}. Name one.")
    if role is None and people:
        role, note = leading_role(note)
    receiver = await desk.services.naming.person(people[0] if people else Named(rest), by=invocation.actor)
    given, person = await desk.services.offers.hand_over(
        about.incident_id, role, receiver.id, note, by=invocation.actor
    )
    sentence = f"{person.name} was asked to take over as {given}. You keep it until they accept."
    return Say(Confirmation(sentence)) if _elsewhere(invocation) else None


async def take_over(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident takeover lead <why it cannot wait>``."""
    role, why = wanted_role(invocation.text)
    about = invocation.about
    await desk.services.roles.take_over(about.incident_id, role, why, by=invocation.actor)
    return Say(Confirmation(f"You are {role} of {about.reference} now.")) if _elsewhere(invocation) else None


async def release(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident release legal <why>``."""
    role, why = leading_role(invocation.text)
    about = invocation.about
    given_up = await desk.services.roles.release(about.incident_id, role, why, by=invocation.actor)
    sentence = f"You are no longer {given_up} of {about.reference}."
    return Say(Confirmation(sentence)) if _elsewhere(invocation) else None


async def accept(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident accept``."""
    role, _ = leading_role(invocation.text)
    about = invocation.about
    offer = await desk.services.offers.waiting_for(about.incident_id, role, by=invocation.actor)
    await desk.services.offers.accept(offer, by=invocation.actor)
    return Say(Confirmation(f"You accepted: {about.reference}.")) if _elsewhere(invocation) else None


async def decline(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident decline <why>``."""
    role, why = leading_role(invocation.text)
    offer = await desk.services.offers.waiting_for(invocation.about.incident_id, role, by=invocation.actor)
    await desk.services.offers.decline(offer, why, by=invocation.actor)
    return Say(Confirmation("You declined. Whoever asked is told; nothing else changed."))


async def form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form that asks who is to hold which role."""
    return await desk.services.roles.form(incident_id, by=by)


async def handover_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to hand over with."""
    return await desk.services.offers.handover_form(incident_id, by=by)


async def press_take(desk: Desk, body: Body) -> Answer:
    """*Take lead* on the card or under a page."""
    press = payloads.press(body)
    role = parse_role(press.argument)
    if role is None:
        raise BadInput("This button is no longer in use. Use the newest card instead.")
    return await _take(desk, press.target_id, role, press.actor, is_elsewhere=False)


async def press_accept(desk: Desk, body: Body) -> Answer:
    """*Accept* under an offer."""
    press = payloads.press(body)
    await desk.services.offers.accept(press.target_id, by=press.actor)
    return None


async def press_decline(desk: Desk, body: Body) -> Answer:
    """*Decline* under an offer."""
    press = payloads.press(body)
    await desk.services.offers.decline(press.target_id, by=press.actor)
    return None


async def press_ask_holder(desk: Desk, body: Body) -> Answer:
    """*Ask for a handover*."""
    press = payloads.press(body)
    holder = await desk.services.roles.ask_holder(press.target_id, by=press.actor)
    return Say(Confirmation(f"{holder} was asked for a handover."))


async def press_take_over(desk: Desk, body: Body) -> Answer:
    """*Take over anyway…*: asks why."""
    press = payloads.press(body)
    notice = await desk.services.roles.take_over_form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id)
    return None


async def press_give(desk: Desk, body: Body) -> Answer:
    """*Hand over…* under somebody's wish for the seat: the form, with them chosen."""
    press = payloads.press(body)
    notice = await desk.services.offers.form_for(press.target_id, press.argument, by=press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id)
    return None


async def press_tick(desk: Desk, body: Body) -> Answer:
    """*Done* beside a line of one's instructions."""
    press = payloads.press(body)
    await desk.services.roles.tick(press.target_id, int(press.argument or -1), by=press.actor)
    return None


async def submit_role(desk: Desk, body: Body) -> Answer:
    """The form of roles is handed in; whoever chose themselves sits down."""
    handed = payloads.submission(body)
    role, person = _role(handed), _person(handed)
    if person == handed.actor.id:
        seat = await desk.services.roles.take(handed.incident_id, role, by=handed.actor)
        return Show(seat) if seat is not None else None
    await desk.services.offers.offer(handed.incident_id, role, person, handed.text(ids.NOTE), by=handed.actor)
    return None


async def submit_handover(desk: Desk, body: Body) -> Answer:
    """The handover is sent."""
    handed = payloads.submission(body)
    await desk.services.offers.hand_over(
        handed.incident_id, _role(handed), _person(handed), handed.text(ids.NOTE), by=handed.actor
    )
    return None


async def submit_take_over(desk: Desk, body: Body) -> Answer:
    """The reason is given."""
    handed = payloads.submission(body)
    await desk.services.roles.take_over(handed.incident_id, _role(handed), handed.text(ids.REASON), by=handed.actor)
    return None


async def _take(desk: Desk, incident_id: int, role: Role, by: Actor, is_elsewhere: bool) -> Answer:
    seat = await desk.services.roles.take(incident_id, role, by=by)
    if seat is not None:
        return Say(seat)
    return Say(Confirmation(f"You are {role} now. Your instructions are in your messages.")) if is_elsewhere else None


async def _ask(desk: Desk, invocation: Invocation, role: Role, named: Named, note: str) -> Answer:
    about, by = invocation.about, invocation.actor
    person = await desk.services.naming.person(named, by=by)
    if person.id == by.id:
        return await _take(desk, about.incident_id, role, by, _elsewhere(invocation))
    await desk.services.offers.offer(about.incident_id, role, person.id, note, by=by)
    sentence = f"{person.name} was asked to be {role} of {about.reference}. Nothing changes until they accept."
    return Say(Confirmation(sentence)) if _elsewhere(invocation) else None


async def _open_role_form(desk: Desk, invocation: Invocation, role: Role | None) -> Answer:
    notice = await desk.services.roles.form(invocation.about.incident_id, by=invocation.actor, role=role)
    desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id, typed=invocation.typed)
    return None


def _elsewhere(invocation: Invocation) -> bool:
    """Whether the person stands where the result is not seen."""
    return invocation.channel_id != invocation.about.channel_id


def _role(handed: Submission) -> Role:
    role = parse_role(handed.text(ids.ROLE) or str(handed.metadata.get("role") or ""))
    if role is None:
        raise BadInput("Choose a role.", field=ids.ROLE)
    return role


def _person(handed: Submission) -> str:
    person = handed.text(ids.PERSON)
    if not person:
        raise BadInput("Choose a person.", field=ids.PERSON)
    return person


SUBCOMMANDS = (
    Subcommand("take", "take lead|technical|legal|comms", "Take a role.", take),
    Subcommand("lead", "lead @person", "Ask somebody to lead; `lead me` takes it.", assign(Role.LEAD)),
    Subcommand(
        "technical", "technical @person", "Ask somebody to be technical.", assign(Role.TECHNICAL), aliases=("tech",)
    ),
    Subcommand("legal", "legal @person", "Ask somebody to be legal.", assign(Role.LEGAL)),
    Subcommand("comms", "comms @person", "Ask somebody to be comms.", assign(Role.COMMS)),
    Subcommand(
        "handoff", "handoff @person", "Hand your role over, with where things stand.", hand_over, aliases=("handover",)
    ),
    Subcommand("takeover", "takeover lead <why>", "Take a seat whose holder cannot be reached.", take_over),
    Subcommand("accept", "accept", "Accept a role you were asked to take.", accept),
    Subcommand("decline", "decline <why>", "Decline a role you were asked to take.", decline),
    Subcommand("release", "release <role> <why>", "Give your role up.", release),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(re.compile(rf"^{ids.TAKE_ROLE}:"))(desk.press_listener(press_take))
    app.action(re.compile(rf"^{ids.TICK_INSTRUCTION}:"))(desk.press_listener(press_tick))
    app.action(re.compile(rf"^{ids.GIVE_SEAT}:"))(desk.press_listener(press_give))
    app.action(ids.ACCEPT_ROLE)(desk.press_listener(press_accept))
    app.action(ids.DECLINE_ROLE)(desk.press_listener(press_decline))
    app.action(ids.ASK_HOLDER)(desk.press_listener(press_ask_holder))
    app.action(ids.TAKE_OVER)(desk.press_listener(press_take_over))
    app.view(ids.ROLE_FORM)(desk.submission_listener(submit_role))
    app.view(ids.HANDOVER_FORM)(desk.submission_listener(submit_handover))
    app.view(ids.TAKE_OVER_FORM)(desk.submission_listener(submit_take_over))
