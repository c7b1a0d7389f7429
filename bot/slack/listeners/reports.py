"""Reports: made in a line or with the form to declare; judged where they stand; disagreed with."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incident import IncidentType, Severity
from bot.domain.notices import Notice
from bot.domain.notices.incident import DeclaredReceipt
from bot.domain.people import Actor
from bot.domain.report import NewReport
from bot.services.reports.judging import Finding
from bot.slack import ids, payloads
from bot.slack.listeners.answers import button_opens
from bot.slack.listeners.commands import Invocation, Subcommand, Where
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body, Submission
from bot.slack.views.declare import JUST_REPORT, NOT_SURE
from bot.slack.views.report_forms import REPORT


async def report(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident report <what happened>``: taken at once; without words, the form."""
    text = payloads.readable(invocation.text)
    if not text:
        form = desk.services.incidents.form(origin_channel_id=invocation.channel_id, details={ids.FIRST: JUST_REPORT})
        desk.open_form(invocation.trigger_id, form, to=invocation.actor.id, typed=invocation.typed)
        return None
    new = NewReport(text, origin_channel_id=invocation.channel_id)
    return Say(await take(desk, new, by=invocation.actor, key=f"command:{invocation.trigger_id}"))


async def take(desk: Desk, new: NewReport, *, by: Actor, key: str) -> Notice:
    """Take a person's report; what they read at once."""
    opened = await desk.services.reports.open(new, by=by, key=key)
    return await desk.services.report_reading.receipt(opened.report_id, was_already=opened.was_already, by=by)


async def listing(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident reports``."""
    return Say(await desk.services.report_reading.listing(by=invocation.actor))


async def declare_form(desk: Desk, report_id: int, by: Actor) -> Notice:
    """*Declare…*."""
    return await desk.services.report_reading.declare_form(report_id, by=by)


async def add_form(desk: Desk, report_id: int, by: Actor) -> Notice:
    """*Add to…*."""
    return await desk.services.report_reading.add_form(report_id, by=by)


async def dismiss_form(desk: Desk, report_id: int, by: Actor) -> Notice:
    """*Dismiss…*."""
    return await desk.services.report_reading.dismiss_form(report_id, by=by)


async def disagree_form(desk: Desk, report_id: int, by: Actor) -> Notice:
    """*I disagree…*."""
    return await desk.services.report_reading.disagree_form(report_id, by=by)


async def press_look(desk: Desk, body: Body) -> Answer:
    """*I look into it*."""
    press = payloads.press(body)
    return Say(await desk.services.judging.look(press.target_id, by=press.actor))


async def press_show(desk: Desk, body: Body) -> Answer:
    """*Show*: the reported message, for the eyes of whoever asked."""
    press = payloads.press(body)
    return Say(await desk.services.report_reading.source(press.target_id, by=press.actor))


async def press_add_to(desk: Desk, body: Body) -> Answer:
    """*Add to AI-0007*: an incident that was suggested."""
    press = payloads.press(body)
    return Say(await desk.services.judging.add_to(press.target_id, int(press.argument), by=press.actor))


async def press_put_with(desk: Desk, body: Body) -> Answer:
    """*Put with R-0007*: a report that was suggested."""
    press = payloads.press(body)
    return Say(await desk.services.judging.put_with(press.target_id, int(press.argument), by=press.actor))


async def submit_declare(desk: Desk, body: Body) -> Answer:
    """It is an incident."""
    sent = payloads.submission(body)
    kind, level = _chosen(sent.text(ids.TYPE)), _chosen(sent.text(ids.SEVERITY))
    finding = Finding(
        IncidentType(kind) if kind else None, Severity(level) if level else None, sent.text(ids.PRIVATE) == "yes"
    )
    return Show(DeclaredReceipt(await desk.services.judging.declare(_about(sent), finding, by=sent.actor)))


async def submit_add(desk: Desk, body: Body) -> Answer:
    """It is part of what was chosen."""
    sent = payloads.submission(body)
    kind, _, number = sent.text(ids.INTO).partition(":")
    if not number.isdecimal():
        raise BadInput("Choose what it is part of.", field=ids.INTO)
    settle = desk.services.judging.put_with if kind == REPORT else desk.services.judging.add_to
    return Show(await settle(_about(sent), int(number), by=sent.actor))


async def submit_dismiss(desk: Desk, body: Body) -> Answer:
    """It is none."""
    sent = payloads.submission(body)
    return Show(await desk.services.judging.dismiss(_about(sent), sent.text(ids.REASON), by=sent.actor))


async def submit_disagree(desk: Desk, body: Body) -> Answer:
    """Its reporter holds something against that."""
    sent = payloads.submission(body)
    return Show(await desk.services.judging.disagree(_about(sent), sent.text(ids.REASON), by=sent.actor))


def _about(sent: Submission) -> int:
    return int(sent.metadata.get("report") or "")


def _chosen(value: str) -> str | None:
    return value if value and value != NOT_SURE else None


SUBCOMMANDS = (
    Subcommand("report", "report <what happened>", "Just report; people on duty judge it.", report, Where.UNSEEN),
    Subcommand("reports", "reports", "Show the reports that wait.", listing, Where.UNSEEN),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.REPORT_DECLARE)(desk.press_listener(button_opens(declare_form)))
    app.action(ids.REPORT_ADD)(desk.press_listener(button_opens(add_form)))
    app.action(ids.REPORT_DISMISS)(desk.press_listener(button_opens(dismiss_form)))
    app.action(ids.REPORT_DISAGREE)(desk.press_listener(button_opens(disagree_form)))
    app.action(ids.REPORT_LOOK)(desk.press_listener(press_look))
    app.action(ids.REPORT_SHOW)(desk.press_listener(press_show))
    app.action(re.compile(rf"^{ids.REPORT_ADD_TO}:"))(desk.press_listener(press_add_to))
    app.action(re.compile(rf"^{ids.REPORT_PUT_WITH}:"))(desk.press_listener(press_put_with))
    app.view(ids.REPORT_DECLARE_FORM)(desk.submission_listener(submit_declare))
    app.view(ids.REPORT_ADD_FORM)(desk.submission_listener(submit_add))
    app.view(ids.REPORT_DISMISS_FORM)(desk.submission_listener(submit_dismiss))
    app.view(ids.REPORT_DISAGREE_FORM)(desk.submission_listener(submit_disagree))
