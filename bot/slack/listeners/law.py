"""The law: what is established, the clocks, what legal says of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Confirmation, Notice
from bot.domain.notices.law import DecideForm
from bot.domain.obligations.words import Decision
from bot.domain.people import Actor
from bot.services.law.deciding import Sent
from bot.slack import ids, payloads
from bot.slack.listeners.answers import button_opens, incident_of, instant, opens, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Push, Say, Show
from bot.slack.payloads import Body, Submission

BECAUSE = " because "


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """Every clock."""
    return await desk.services.obligations.listing(incident_id, by=by)


async def chooser(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """What can be written down."""
    return await desk.services.particulars.chooser(incident_id, by=by)


async def add_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for a clock that was not proposed."""
    return await desk.services.obligations.add_form(incident_id, by=by)


async def decide_form(desk: Desk, obligation_id: int, by: Actor) -> Notice:
    """Whether it applies, after counsel's word where that is wanted."""
    return await desk.services.obligations.decide_form(obligation_id, by=by)


async def sent_form(desk: Desk, obligation_id: int, by: Actor) -> Notice:
    """What was sent."""
    return await desk.services.obligations.sent_form(obligation_id, by=by)


async def particular(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident particular people_affected 1200 because the second tenant was counted``; without words, the form."""
    about, by = invocation.about, invocation.actor
    key, _, rest = payloads.readable(invocation.text).partition(" ")
    value, _, why = rest.partition(BECAUSE)
    if not key:
        return show(desk, invocation, await chooser(desk, about.incident_id, by))
    if not value.strip():
        return show(desk, invocation, await desk.services.particulars.form(about.incident_id, key, by=by))
    source_key = f"particular:{invocation.trigger_id}"
    written = await desk.services.particulars.set(
        about.incident_id, key, value, by=by, source_key=source_key, reason=why
    )
    return Say(written)


async def particulars(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident particulars``."""
    return Say(await desk.services.particulars.listing(invocation.about.incident_id, by=invocation.actor))


async def menu(desk: Desk, body: Body) -> Answer:
    """*Sent…* or *Decide again…*."""
    press = payloads.press(body)
    key, _, number = press.value.partition(":")
    form = {"sent": sent_form, "decide": decide_form}.get(key)
    if form is None or not number.isdecimal():
        raise BadInput("This entry is no longer in use. Open the clocks again.")
    notice = await form(desk, int(number), press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id, push=press.view_id is not None)
    return None


async def export(desk: Desk, body: Body) -> Answer:
    """*Data for the authority's form*: the file comes to whoever asks."""
    press = payloads.press(body)
    made = await desk.services.exporting_law.make(press.target_id, by=press.actor, to_slack=True)
    return Push(Confirmation(f"Version {made.version} comes to your direct messages as a file."))


async def choose_particular(desk: Desk, body: Body) -> Answer:
    """The particular is chosen; its own form follows."""
    sent = payloads.submission(body)
    key = sent.text(ids.PARTICULAR)
    return Show(await desk.services.particulars.form(incident_of(sent), key, by=sent.actor))


async def submit_particular(desk: Desk, body: Body) -> Answer:
    """A particular is written down."""
    sent = payloads.submission(body)
    decided_by = sent.text(ids.DECIDED_BY)
    written = await desk.services.particulars.set(
        incident_of(sent),
        str(sent.metadata.get("key") or ""),
        _value(sent),
        by=sent.actor,
        source_key=f"particular:{sent.view_id}",
        reason=sent.text(ids.REASON),
        source=payloads.readable(sent.text(ids.SOURCE)),
        decided_by=str(Actor.person(decided_by)) if decided_by else None,
        is_confirmed=sent.text(ids.SURE) != "no",
    )
    return Show(written)


async def submit_decision(desk: Desk, body: Body) -> Answer:
    """Legal's word."""
    sent = payloads.submission(body)
    decision, why = Decision(sent.text(ids.DECISION)), sent.text(ids.REASON)
    key = f"clock:{sent.view_id}"
    return Show(await desk.services.obligations.decide(_clock(sent), decision, why, by=sent.actor, source_key=key))


async def submit_counsel(desk: Desk, body: Body) -> Answer:
    """Counsel's word; the decision follows."""
    sent = payloads.submission(body)
    said = await desk.services.obligations.counsel(
        _clock(sent), sent.text(ids.TEXT), by=sent.actor, source_key=f"clock:{sent.view_id}:counsel"
    )
    return Show(DecideForm(said.summary, said.clock))


async def submit_sent(desk: Desk, body: Body) -> Answer:
    """A notice is recorded."""
    sent = payloads.submission(body)
    what = Sent(
        recipient=sent.text(ids.RECIPIENT),
        text=sent.text(ids.TEXT),
        reference=sent.text(ids.REFERENCE),
        at=instant(sent, ids.AT),
    )
    key = f"clock:{sent.view_id}"
    return Show(await desk.services.obligations.sent(_clock(sent), what, by=sent.actor, source_key=key))


async def submit_added(desk: Desk, body: Body) -> Answer:
    """A clock is added."""
    sent = payloads.submission(body)
    return Show(await desk.services.proposing.add(incident_of(sent), sent.text(ids.CLOCK), by=sent.actor))


def _clock(sent: Submission) -> int:
    return int(sent.metadata.get("clock") or "")


def _value(sent: Submission) -> str:
    chosen = sent.values.get(ids.VALUE)
    if isinstance(chosen, list):
        return ",".join(chosen)
    typed = sent.text(ids.VALUE)
    is_instant = str(sent.metadata.get("kind")) == "instant"
    return datetime.fromtimestamp(int(typed), UTC).isoformat() if is_instant and typed else typed


SUBCOMMANDS = (
    Subcommand("clocks", "clocks", "Show the legal clocks.", opens(screen), aliases=("obligations",)),
    Subcommand("particular", "particular <what> <value>", "Write down what is established.", particular),
    Subcommand("particulars", "particulars", "Show what is established.", particulars),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.SHOW_CLOCKS)(desk.press_listener(button_opens(screen)))
    app.action(ids.NEW_PARTICULAR)(desk.press_listener(button_opens(chooser)))
    app.action(ids.ADD_CLOCK)(desk.press_listener(button_opens(add_form)))
    app.action(ids.EXPORT_CLOCKS)(desk.press_listener(export))
    app.action(re.compile(rf"^{ids.CLOCK_DECIDE}:"))(desk.press_listener(button_opens(decide_form)))
    app.action(re.compile(rf"^{ids.CLOCK_SENT}:"))(desk.press_listener(button_opens(sent_form)))
    app.action(re.compile(rf"^{ids.CLOCK_MENU}:"))(desk.press_listener(menu))
    app.view(ids.CHOOSE_PARTICULAR_FORM)(desk.submission_listener(choose_particular))
    app.view(ids.PARTICULAR_FORM)(desk.submission_listener(submit_particular))
    app.view(ids.DECIDE_FORM)(desk.submission_listener(submit_decision))
    app.view(ids.COUNSEL_FORM)(desk.submission_listener(submit_counsel))
    app.view(ids.SENT_FORM)(desk.submission_listener(submit_sent))
    app.view(ids.ADD_CLOCK_FORM)(desk.submission_listener(submit_added))
