"""How verbs answer: nothing where the channel shows it, one sentence where it does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.slack import payloads
from bot.slack.listeners.commands import Invocation
from bot.slack.listeners.desk import Answer, Desk, Handler, Say
from bot.slack.payloads import Body, Submission

Form = Callable[[Desk, int, Actor], Awaitable[Notice]]


def done(invocation: Invocation, sentence: str) -> Answer:
    """After a one-line command: the channel shows it; from anywhere else the person is told."""
    if invocation.channel_id == invocation.about.channel_id:
        return None
    return Say(Confirmation(f"{invocation.about.reference}: {sentence}"))


def opens(form: Form) -> Callable[[Desk, Invocation], Awaitable[Answer]]:
    """A subcommand that opens a form."""

    async def run(desk: Desk, invocation: Invocation) -> Answer:
        notice = await form(desk, invocation.about.incident_id, invocation.actor)
        return show(desk, invocation, notice)

    return run


def show(desk: Desk, invocation: Invocation, form: Notice) -> Answer:
    """Open a form in answer to a command."""
    desk.open_form(invocation.trigger_id, form, to=invocation.actor.id, typed=invocation.typed)
    return None


def button_opens(form: Form) -> Handler:
    """A button that carries an incident's id and opens a form about it."""

    async def press(desk: Desk, body: Body) -> Answer:
        pressed = payloads.press(body)
        notice = await form(desk, pressed.target_id, pressed.actor)
        desk.open_form(pressed.trigger_id, notice, to=pressed.actor.id, push=pressed.view_id is not None)
        return None

    return press


def incident_of(form: Submission) -> int:
    """Which incident a form is about."""
    return int(form.metadata["incident"])


def instant(form: Submission, field: str) -> datetime | None:
    """A date and time chosen in a form; None when none was."""
    chosen = form.text(field)
    return datetime.fromtimestamp(int(chosen), UTC) if chosen else None
