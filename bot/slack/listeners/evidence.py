"""Evidence: listed, shown, kept from a form or a message, told what it is; and what is under seal."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.custody import How
from bot.domain.errors import BadInput
from bot.domain.evidence import ExhibitField
from bot.domain.exhibits import ExhibitWish
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Push, Say, Show
from bot.slack.payloads import Body, Submission

EXHIBIT = re.compile(r"[XxEe](\d{1,9})")
SEALED = re.compile(r"[Ss](\d{1,9})")


async def listing(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """What is preserved."""
    return await desk.services.exhibits.list(incident_id, by=by)


async def evidence(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident evidence [add | X12 | verify | sealed]``: the list, the form, one exhibit, what was altered."""
    incident_id, by, said = invocation.about.incident_id, invocation.actor, invocation.text.strip()
    word, _, rest = said.partition(" ")
    if not said:
        return Say(await listing(desk, incident_id, by))
    if word.lower() == "verify":
        return Say(await desk.services.checking.check(incident_id, by=by))
    if word.lower() == "sealed":
        return Say(await desk.services.sealing.listing(incident_id, by=by))
    if found := EXHIBIT.fullmatch(said):
        form: Notice = await desk.services.exhibits.show(int(found.group(1)), by=by)
    elif found := SEALED.fullmatch(said):
        form = await desk.services.sealing.read(int(found.group(1)), by=by)
    elif word.lower() == "add":
        form = await desk.services.keeping.form(incident_id, by=by, typed=rest.strip())
    else:
        raise BadInput(
            f"`{desk.command} evidence` lists, `evidence add` keeps, `evidence X12` shows one, `verify` compares."
        )
    desk.open_form(invocation.trigger_id, form, to=by.id, typed=invocation.typed)
    return None


async def privileged(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident privileged``: the form; what legal writes does not pass through the command line."""
    form = await desk.services.sealing.form(invocation.about.incident_id, by=invocation.actor)
    desk.open_form(invocation.trigger_id, form, to=invocation.actor.id, typed=invocation.typed)
    return None


async def show(desk: Desk, body: Body) -> Answer:
    """*Show* beside an exhibit: its content, in a window of the person's own."""
    press = payloads.press(body)
    notice = await desk.services.exhibits.show(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id, push=bool(press.view_id))
    return None


async def read_sealed(desk: Desk, body: Body) -> Answer:
    """*Read* beside something sealed."""
    press = payloads.press(body)
    notice = await desk.services.sealing.read(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id, push=bool(press.view_id))
    return None


async def add(desk: Desk, body: Body) -> Answer:
    """*Add evidence*."""
    press = payloads.press(body)
    form = await desk.services.keeping.form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, form, to=press.actor.id, push=bool(press.view_id))
    return None


async def classify(desk: Desk, body: Body) -> Answer:
    """*What is it?*."""
    press = payloads.press(body)
    return Push(await desk.services.keeping.classify_form(press.target_id, by=press.actor))


async def keep_message(desk: Desk, body: Body) -> Answer:
    """*Keep as evidence* on a message."""
    used = payloads.shortcut(body)
    if used.source is None:
        raise BadInput("This message cannot be read. Use `evidence add` in the incident's channel.")
    form = await desk.services.keeping.form_for(used.source, by=used.actor)
    desk.open_form(used.trigger_id, form, to=used.actor.id)
    return None


async def submit(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    handed = payloads.submission(body)
    key, by = f"exhibit:{handed.view_id}", handed.actor
    if ts := handed.metadata.get("ts"):
        place = (str(handed.metadata["channel"]), str(ts))
        return Show(await desk.services.keeping.keep_message(handed.incident_id, *place, _wish(handed), by=by, key=key))
    return Show(await desk.services.keeping.keep(handed.incident_id, _wish(handed), by=by, how=How.MODAL, key=key))


async def submit_classified(desk: Desk, body: Body) -> Answer:
    """What it is was said."""
    handed = payloads.submission(body)
    exhibit_id = int(handed.metadata.get("exhibit") or "")
    return Show(await desk.services.keeping.classify(exhibit_id, handed.many(ids.ITEMS), by=handed.actor))


async def submit_privileged(desk: Desk, body: Body) -> Answer:
    """A privileged note is handed in."""
    handed = payloads.submission(body)
    key = f"privileged:{handed.view_id}"
    noted = await desk.services.sealing.note(handed.incident_id, handed.text(ids.TEXT), by=handed.actor, key=key)
    return Show(noted)


def _wish(handed: Submission) -> ExhibitWish:
    fields: dict[str, str | None] = dict.fromkeys(handed.many(ids.UNKNOWN))
    fields |= _more(handed.text(ids.MORE))
    for name in ExhibitField:
        typed = handed.values.get(f"{ids.FIELD}:{name}")
        if isinstance(typed, str) and typed:  # to the byte: nothing is stripped
            fields[name.value] = typed
    body = handed.values.get(ids.BODY)
    return ExhibitWish(
        title=handed.text(ids.TITLE),
        body=body if isinstance(body, str) else "",
        fields=fields,
        items=tuple(handed.many(ids.ITEMS)),
    )


def _more(typed: str) -> dict[str, str | None]:
    """Lines of ``name: text``. Raises BadInput for a line that is none."""
    found: dict[str, str | None] = {}
    for line in typed.splitlines():
        name, colon, text = line.partition(":")
        key = name.strip().lower().replace(" ", "_")
        if not line.strip():
            continue
        if not colon or key not in set(ExhibitField):
            raise BadInput(f"“{line[:60]}” is no line like trace_id: 4bf92f35.", field=ids.MORE)
        found[key] = text.strip()
    return found


SUBCOMMANDS = (
    Subcommand("evidence", "evidence [add | X12 | verify]", "List what is kept and missing; add; show one.", evidence),
    Subcommand("privileged", "privileged", "Keep a privileged note (legal).", privileged),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons, the shortcut and the forms."""
    app.action(ids.SHOW_EXHIBIT)(desk.press_listener(show))
    app.action(ids.ADD_EXHIBIT)(desk.press_listener(add))
    app.action(ids.CLASSIFY_EXHIBIT)(desk.press_listener(classify))
    app.action(ids.READ_SEALED)(desk.press_listener(read_sealed))
    app.message_shortcut(ids.KEEP_MESSAGE)(desk.press_listener(keep_message))
    app.view(ids.EXHIBIT_FORM)(desk.submission_listener(submit))
    app.view(ids.CLASSIFY_FORM)(desk.submission_listener(submit_classified))
    app.view(ids.PRIVILEGED_FORM)(desk.submission_listener(submit_privileged))
