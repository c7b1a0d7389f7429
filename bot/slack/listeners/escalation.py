"""Answers to the ladder: acknowledge, delegate, join, mute, not me, snooze; by button and by command."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Confirmation
from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say
from bot.slack.payloads import Body


async def acknowledge(desk: Desk, body: Body) -> Answer:
    """The button *Acknowledge*."""
    press = payloads.press(body)
    await desk.services.asks.acknowledge(press.target_id, by=press.actor)
    return None


async def mute(desk: Desk, body: Body) -> Answer:
    """*Mute until next update*: acknowledged until then."""
    press = payloads.press(body)
    await desk.services.asks.acknowledge(press.target_id, by=press.actor, mute=True)
    return None


async def decline(desk: Desk, body: Body) -> Answer:
    """*Not me*."""
    press = payloads.press(body)
    await desk.services.asks.decline(press.target_id, by=press.actor)
    return None


async def join(desk: Desk, body: Body) -> Answer:
    """*Join*: into the channel."""
    press = payloads.press(body)
    incident_id = await desk.services.asks.incident_of(press.target_id, by=press.actor)
    await desk.services.following.join(incident_id, by=press.actor)
    return None


async def open_delegate(desk: Desk, body: Body) -> Answer:
    """*Delegate to…*: asks whom."""
    press = payloads.press(body)
    form = await desk.services.asks.delegate_form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, form, to=press.actor.id)
    return None


async def delegate(desk: Desk, body: Body) -> Answer:
    """The form with whom."""
    form = payloads.submission(body)
    await desk.services.asks.delegate(int(form.metadata["batch"]), form.text("person"), by=form.actor)
    return None


async def open_snooze(desk: Desk, body: Body) -> Answer:
    """*Snooze…*: asks for how long."""
    press = payloads.press(body)
    form = await desk.services.asks.snooze_form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, form, to=press.actor.id)
    return None


async def snooze(desk: Desk, body: Body) -> Answer:
    """The form with how long and why."""
    form = payloads.submission(body)
    minutes, reason = int(form.text("minutes")), form.text("reason")
    await desk.services.asks.snooze(int(form.metadata["batch"]), minutes, reason, by=form.actor)
    return None


async def ack(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident ack``."""
    await desk.services.asks.acknowledge_own(invocation.about.incident_id, by=invocation.actor)
    return Say(Confirmation(f"You have {invocation.about.reference}. Thank you."))


async def snooze_now(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident snooze 10 reason``."""
    first, _, reason = invocation.text.partition(" ")
    if not first.removesuffix("m").isdecimal():
        raise BadInput(f"Say for how many minutes: `{desk.command} snooze 10 waiting for the vendor`.")
    batch = await desk.services.asks.newest_batch(invocation.about.incident_id, by=invocation.actor)
    minutes = int(first.removesuffix("m"))
    await desk.services.asks.snooze(batch, minutes, reason.strip(), by=invocation.actor)
    return Say(Confirmation(f"Snoozed for {minutes} minutes."))


async def listing(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident escalations``."""
    return Say(await desk.services.asks.listing(invocation.about.incident_id, by=invocation.actor))


SUBCOMMANDS = (
    Subcommand("ack", "ack", "Acknowledge what you were asked.", ack, aliases=("acknowledge",)),
    Subcommand("snooze", "snooze 10 <why>", "Put a reminder off.", snooze_now),
    Subcommand("escalations", "escalations", "Who is asked next, and who has it.", listing, aliases=("escalation",)),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the ladder's buttons and forms."""
    app.action(ids.ACKNOWLEDGE)(desk.press_listener(acknowledge))
    app.action(ids.MUTE)(desk.press_listener(mute))
    app.action(ids.DECLINE_ASK)(desk.press_listener(decline))
    app.action(ids.JOIN_ASKED)(desk.press_listener(join))
    app.action(ids.DELEGATE)(desk.press_listener(open_delegate))
    app.action(ids.SNOOZE)(desk.press_listener(open_snooze))
    app.view(ids.DELEGATE_FORM)(desk.submission_listener(delegate))
    app.view(ids.SNOOZE_FORM)(desk.submission_listener(snooze))
