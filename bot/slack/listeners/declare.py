"""Pulling the cord: by command, by form, by shortcut on a message, by a button on Home."""

from __future__ import annotations

import uuid

from slack_bolt.async_app import AsyncApp

from bot.domain.declaration import Declaration
from bot.domain.errors import BadInput
from bot.domain.incident import IncidentType, Severity
from bot.domain.notices import Confirmation
from bot.domain.notices.incident import DeclaredReceipt
from bot.domain.report import NewReport
from bot.slack import ids, payloads
from bot.slack.listeners import reports
from bot.slack.listeners.commands import Invocation, Subcommand, Where
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body, Press, Submission
from bot.slack.views.declare import JUST_REPORT, NOT_SURE


async def open_form(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident`` and ``/incident <what happened>``: the form, prefilled."""
    form = desk.services.incidents.form(
        what_happened=payloads.readable(invocation.text), origin_channel_id=invocation.channel_id
    )
    desk.open_form(invocation.trigger_id, form, to=invocation.actor.id, typed=invocation.typed)
    return None


async def now(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident now <what happened>``: declared at once."""
    declaration = Declaration(
        payloads.readable(invocation.text), origin_channel_id=invocation.channel_id, details={"in_a_hurry": "yes"}
    )
    declared = await desk.services.incidents.declare(declaration, by=invocation.actor, key=invocation.trigger_id)
    ref = declared.summary.reference
    return Say(Confirmation(f"{ref} is declared. Its channel opens in a moment, and you will hear where it is."))


async def from_anywhere(desk: Desk, body: Body) -> Answer:
    """The global shortcut and the button on Home."""
    used = payloads.shortcut(body)
    desk.open_form(used.trigger_id, desk.services.incidents.form(), to=used.actor.id)
    return None


async def from_message(desk: Desk, body: Body) -> Answer:
    """*Report AI output* on a message: the form promises that the message is kept, so it is kept first."""
    used = payloads.shortcut(body)
    if used.source is None:
        raise BadInput("This message cannot be read. Copy its text into the form instead.")
    key = uuid.uuid4().hex
    form = desk.services.incidents.form(source=used.source, source_key=key)
    await desk.services.incidents.keep_source(key, used.source)
    desk.open_form(used.trigger_id, form, to=used.actor.id, typed=used.source.text)
    return None


async def choose_system(desk: Desk, body: Body) -> Answer:
    """A system was chosen in the form: offer open incidents on it, keeping what was typed."""
    press = payloads.press(body)
    similar = await desk.services.incidents.similar(_chosen(press.value), press.actor)
    source = await desk.services.incidents.source(press.metadata.get("source") or "")
    return Show(
        desk.services.incidents.form(
            what_happened=str(press.values.get(ids.WHAT_HAPPENED) or ""),
            origin_channel_id=press.metadata.get("channel"),
            source=source,
            source_key=press.metadata.get("source"),
            similar=similar,
            details=_answers(press),
        )
    )


async def submit(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    form = payloads.submission(body)
    declaration = await _declaration(desk, form)
    if form.text(ids.FIRST) == JUST_REPORT:
        return Show(await reports.take(desk, _report(declaration), by=form.actor, key=f"form:{form.view_id}"))
    declared = await desk.services.incidents.declare(declaration, by=form.actor, key=form.view_id)
    return Show(DeclaredReceipt(declared.summary, declared.was_already))


async def _declaration(desk: Desk, form: Submission) -> Declaration:
    severity, kind = form.text(ids.SEVERITY), form.text(ids.TYPE)
    return Declaration(
        what_happened=form.text(ids.WHAT_HAPPENED),
        type=IncidentType(kind) if _chosen(kind) else IncidentType.UNSURE,
        severity=Severity(severity) if _chosen(severity) else None,
        system=_chosen(form.text(ids.SYSTEM)) or form.text(ids.OTHER_SYSTEM) or None,
        is_private=form.text(ids.PRIVATE) == "yes",
        source=await desk.services.incidents.source(form.metadata.get("source") or ""),
        origin_channel_id=form.metadata.get("channel"),
    )


def _report(said: Declaration) -> NewReport:
    return NewReport(
        said.what_happened,
        type=said.type,
        severity=said.severity,
        system=said.system,
        is_private=said.is_private,
        source=said.source,
        origin_channel_id=said.origin_channel_id,
    )


def _chosen(value: str) -> str | None:
    return value if value and value != NOT_SURE else None


def _answers(press: Press) -> dict[str, str]:
    fields = (ids.SYSTEM, ids.TYPE, ids.SEVERITY, ids.PRIVATE, ids.FIRST)
    return {name: value for name in fields if isinstance(value := press.values.get(name), str) and value}


SUBCOMMANDS = (
    Subcommand("declare", "declare <what happened>", "Open the form.", open_form, Where.UNSEEN, ("new",)),
    Subcommand("now", "now <what happened>", "Declare at once; questions come later.", now, Where.UNSEEN),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to shortcuts, the form and its menus."""
    app.global_shortcut(ids.DECLARE_SHORTCUT)(desk.press_listener(from_anywhere))
    app.message_shortcut(ids.REPORT_OUTPUT)(desk.press_listener(from_message))
    app.action(ids.DECLARE_BUTTON)(desk.press_listener(from_anywhere))
    app.action(ids.CHOOSE_SYSTEM)(desk.press_listener(choose_system))
    app.view(ids.DECLARE_FORM)(desk.submission_listener(submit))
