"""What people add: answers, another example, *Add mine to that one* in the form to declare with."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.incident import IncidentType, Severity
from bot.domain.notices import Notice
from bot.domain.notices.updates import Thanks
from bot.domain.people import Actor
from bot.services.details import Answers
from bot.slack import ids, payloads
from bot.slack.listeners.answers import button_opens, incident_of, instant, opens, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk, Say, Show
from bot.slack.payloads import Body
from bot.slack.views.declare import NOT_SURE


async def answers_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The questions after a declaration in a hurry."""
    return await desk.services.details.answers_form(incident_id, by=by)


async def example_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for another example."""
    return await desk.services.details.example_form(incident_id, by=by)


async def example(desk: Desk, invocation: Invocation) -> Answer:
    """``example <what you saw>``."""
    incident_id, text = invocation.about.incident_id, payloads.readable(invocation.text)
    if not text:
        return show(desk, invocation, await example_form(desk, incident_id, invocation.actor))
    key = invocation.trigger_id
    return Say(Thanks(await desk.services.details.add_example(incident_id, text, by=invocation.actor, key=key)))


async def submit_example(desk: Desk, body: Body) -> Answer:
    """Another example is handed in."""
    sent = payloads.submission(body)
    summary = await desk.services.details.add_example(
        incident_of(sent), sent.text(ids.TEXT), by=sent.actor, key=sent.view_id
    )
    return Show(Thanks(summary))


async def submit_answers(desk: Desk, body: Body) -> Answer:
    """The answers are handed in."""
    sent = payloads.submission(body)
    system, kind, level = (_chosen(sent.text(name)) for name in (ids.SYSTEM, ids.TYPE, ids.SEVERITY))
    answers = Answers(
        system=system or sent.text(ids.OTHER_SYSTEM) or None,
        type=IncidentType(kind) if kind else None,
        affected=sent.text(ids.AFFECTED),
        severity=Severity(level) if level else None,
        started_at=instant(sent, ids.STARTED_AT),
    )
    await desk.services.details.answer(incident_of(sent), answers, by=sent.actor, key=sent.view_id)
    return Clear()


async def add_mine(desk: Desk, body: Body) -> Answer:
    """*Add mine to that one*: what was typed, and the reported message, go to the incident that exists."""
    press = payloads.press(body)
    summary = await desk.services.details.add_example(
        press.target_id,
        str(press.values.get(ids.WHAT_HAPPENED) or ""),
        by=press.actor,
        key=f"{press.view_id}:{press.target_id}",
        source=await desk.services.incidents.source(press.metadata.get("source") or ""),
    )
    return Show(Thanks(summary))


def _chosen(value: str) -> str:
    return "" if value == NOT_SURE else value


SUBCOMMANDS = (
    Subcommand("example", "example <what you saw>", "Add another example as evidence.", example),
    Subcommand("details", "details", "Say which system, what kind, who was affected.", opens(answers_form)),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.ANSWER_MORE)(desk.press_listener(button_opens(answers_form)))
    app.action(ids.ANOTHER_EXAMPLE)(desk.press_listener(button_opens(example_form)))
    app.action(ids.ADD_TO_INCIDENT)(desk.press_listener(add_mine))
    app.view(ids.EXAMPLE_FORM)(desk.submission_listener(submit_example))
    app.view(ids.ANSWERS_FORM)(desk.submission_listener(submit_answers))
