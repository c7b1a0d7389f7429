"""Severity: ``/incident sev 1 more users hit``, the form, the button that confirms."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incident import Severity
from bot.domain.lifecycle import parse_severity
from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.services.severities import Done
from bot.slack import ids, payloads
from bot.slack.listeners.answers import done, incident_of, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk, Say
from bot.slack.payloads import Body

ASKED = "Asked for. It takes effect when the lead or technical, or two people who hold a role, confirm it."
SENTENCES = {Done.CHANGED: "severity set.", Done.CONFIRMED: "severity confirmed.", Done.PROPOSED: ASKED}


async def form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to change the severity with."""
    return await desk.services.severities.form(incident_id, by=by)


async def confirm_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The same form: the present severity is chosen, handing it in confirms it."""
    return await desk.services.severities.form(incident_id, by=by)


async def severity(desk: Desk, invocation: Invocation) -> Answer:
    """``sev 1 more users hit``; with words missing, or a statement needed, the form."""
    incident = invocation.about
    first, _, why = payloads.readable(invocation.text).partition(" ")
    wanted = parse_severity(first)
    if first and wanted is None:
        raise BadInput(f"`{first}` is no severity. Use 1, 2, 3 or 4: `{desk.command} sev 1 more users hit`.")
    if wanted is None or not why.strip() or _needs_statement(incident.severity, wanted, incident.contained_at is None):
        notice = await desk.services.severities.form(
            incident.incident_id, by=invocation.actor, chosen=wanted, why=why.strip()
        )
        return show(desk, invocation, notice)
    became = await desk.services.severities.change(incident.incident_id, wanted, why, by=invocation.actor)
    return done(invocation, SENTENCES[became])


async def confirm(desk: Desk, invocation: Invocation) -> Answer:
    """``confirm``: the provisional severity stands."""
    why = payloads.readable(invocation.text)
    await desk.services.severities.confirm(invocation.about.incident_id, why, by=invocation.actor)
    return done(invocation, SENTENCES[Done.CONFIRMED])


async def submit(desk: Desk, body: Body) -> Answer:
    """The form is handed in."""
    sent = payloads.submission(body)
    await desk.services.severities.change(
        incident_of(sent),
        Severity(sent.text(ids.SEVERITY)),
        sent.text(ids.REASON),
        by=sent.actor,
        nobody_is_hurt="yes" in sent.many(ids.NOBODY_HURT),
    )
    return Clear()


async def support(desk: Desk, body: Body) -> Answer:
    """*Confirm SEV1* under somebody's proposal."""
    press = payloads.press(body)
    became = await desk.services.severities.support(press.target_id, by=press.actor)
    return Say(Confirmation("Noted. One more person who holds a role is needed.")) if became is Done.PROPOSED else None


def _needs_statement(current: Severity, wanted: Severity, is_uncontained: bool) -> bool:
    return current is Severity.SEV1 and current.is_worse_than(wanted) and is_uncontained


SUBCOMMANDS = (
    Subcommand("sev", "sev <1-4> <why>", "Change how bad it is.", severity, aliases=("severity",)),
    Subcommand("confirm", "confirm", "Say that the provisional severity stands.", confirm),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the form and the button."""
    app.view(ids.SEVERITY_FORM)(desk.submission_listener(submit))
    app.action(ids.CONFIRM_PROPOSAL)(desk.press_listener(support))
