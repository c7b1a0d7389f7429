"""The post-mortem: compile, write a section, add an action item."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.domain.postmortem import SectionKey
from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body


async def wanted(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """Compile the draft; what can be written meanwhile."""
    return await desk.services.postmortems.want(incident_id, by=by)


async def compile_now(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident postmortem``."""
    return Say(await wanted(desk, invocation.about.incident_id, invocation.actor))


async def compile_again(desk: Desk, body: Body) -> Answer:
    """The button *Compile again*."""
    press = payloads.press(body)
    return Say(await desk.services.postmortems.want(press.target_id, by=press.actor))


async def open_section(desk: Desk, body: Body) -> Answer:
    """*Write a section*."""
    press = payloads.press(body)
    form = await desk.services.postmortems.section_form(press.target_id, SectionKey.ROOT_CAUSE, by=press.actor)
    desk.open_form(press.trigger_id, form, to=press.actor.id, push=press.view_id is not None)
    return None


async def choose_section(desk: Desk, body: Body) -> Answer:
    """Another section was chosen in the form."""
    press = payloads.press(body)
    incident_id = int(press.metadata["incident"])
    return Show(await desk.services.postmortems.section_form(incident_id, SectionKey(press.value), by=press.actor))


async def write_section(desk: Desk, body: Body) -> Answer:
    """The form with a section."""
    form = payloads.submission(body)
    section = SectionKey(form.text(ids.SECTION))
    field = next((name for name in form.values if name.startswith(f"{ids.TEXT}_")), ids.TEXT)
    incident_id = int(form.metadata["incident"])
    try:
        await desk.services.postmortems.write(incident_id, section, form.text(field), by=form.actor, key=form.view_id)
    except BadInput as error:
        raise BadInput(error.sentence, field=field) from error
    return None


SUBCOMMANDS = (
    Subcommand(
        "postmortem", "postmortem", "Compile the draft, write its sections.", compile_now, aliases=("post-mortem",)
    ),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the draft's buttons and forms."""
    app.action(ids.COMPILE)(desk.press_listener(compile_again))
    app.action(ids.WRITE_SECTION)(desk.press_listener(open_section))
    app.action(ids.CHOOSE_SECTION)(desk.press_listener(choose_section))
    app.view(ids.SECTION_FORM)(desk.submission_listener(write_section))
