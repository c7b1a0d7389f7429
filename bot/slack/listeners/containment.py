"""Containment: asked for in a form or a line, approved, refused, ratified, rehearsed, switched on again."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.services.containment.requesting import Wish
from bot.slack import ids, payloads
from bot.slack.listeners.answers import button_opens, done, incident_of
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk, Say
from bot.slack.payloads import Body, Submission
from bot.slack.views.containing import ALONE

NUMBER = re.compile(r"^#?(\d{1,9})$")


async def form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to ask for containment with."""
    return await desk.services.containment.form(incident_id, by=by)


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """What was done and what can be done."""
    return await desk.services.containment.listing(incident_id, by=by)


async def contain(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident contain codes-off orders go out``; the form without words, and where evidence is wanted first."""
    about, by = invocation.about, invocation.actor
    action, _, why = payloads.readable(invocation.text).partition(" ")
    problem = ""
    if action and why.strip():
        wish = Wish(action=action, why=why, key=f"contain:{invocation.trigger_id}")
        try:
            await desk.services.requesting.request(about.incident_id, wish, by=by)
        except BadInput as error:
            if error.field != "harm":
                raise
            problem = str(error)
        else:
            return done(invocation, "asked for; it stands in the channel.")
    notice = await desk.services.containment.form(
        about.incident_id, by=by, chosen=action or None, why=why.strip(), problem=problem
    )
    desk.open_form(invocation.trigger_id, notice, to=by.id, typed=invocation.typed)
    return None


async def listing(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident containment``."""
    return Say(await screen(desk, invocation.about.incident_id, invocation.actor))


async def approve(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident approve 1``."""
    run_id, _ = await _numbered(desk, invocation, "approve 1")
    return Say(await desk.services.deciding.approve(run_id, by=invocation.actor))


async def refuse(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident refuse 1 <why>``; without a reason, the form."""
    run_id, why = await _numbered(desk, invocation, "refuse 1 the fix is live")
    if why:
        return Say(await desk.services.deciding.refuse(run_id, why, by=invocation.actor))
    notice = await desk.services.containment.refuse_form(run_id, by=invocation.actor)
    desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id)
    return None


async def press_approve(desk: Desk, body: Body) -> Answer:
    """*Approve*."""
    press = payloads.press(body)
    return Say(await desk.services.deciding.approve(press.target_id, by=press.actor))


async def press_ratify(desk: Desk, body: Body) -> Answer:
    """*Ratify*."""
    press = payloads.press(body)
    return Say(await desk.services.deciding.ratify(press.target_id, by=press.actor))


async def press_stays(desk: Desk, body: Body) -> Answer:
    """*It stays*: nobody is asked again."""
    press = payloads.press(body)
    return Say(await desk.services.deciding.stays(press.target_id, by=press.actor))


async def press_dry_run(desk: Desk, body: Body) -> Answer:
    """*Dry run*: the exact call, for the eyes of whoever asked."""
    press = payloads.press(body)
    return Say(await desk.services.containment.dry_run(press.target_id, by=press.actor))


async def refuse_form(desk: Desk, run_id: int, by: Actor) -> Notice:
    """The form that asks why not."""
    return await desk.services.containment.refuse_form(run_id, by=by)


async def back_form(desk: Desk, run_id: int, by: Actor) -> Notice:
    """The form that asks why it is safe again."""
    return await desk.services.containment.back_form(run_id, by=by)


async def by_hand_form(desk: Desk, run_id: int, by: Actor) -> Notice:
    """The form that asks what was done."""
    return await desk.services.containment.by_hand_form(run_id, by=by)


async def submit(desk: Desk, body: Body) -> Answer:
    """The form is handed in; the request shows in the channel."""
    sent = payloads.submission(body)
    wish = Wish(
        action=sent.text(ids.SWITCH),
        why=sent.text(ids.REASON),
        key=f"contain:{sent.view_id}",
        harm_cannot_wait=sent.text(ids.HARM),
        alone=ALONE in sent.many(ids.ALONE),
    )
    await desk.services.requesting.request(incident_of(sent), wish, by=sent.actor)
    return Clear()


async def submit_refuse(desk: Desk, body: Body) -> Answer:
    """The reason is given."""
    sent = payloads.submission(body)
    await desk.services.deciding.refuse(_run_id(sent), sent.text(ids.REASON), by=sent.actor)
    return None


async def submit_back(desk: Desk, body: Body) -> Answer:
    """It is asked to switch it on again."""
    sent = payloads.submission(body)
    key = f"back:{sent.view_id}"
    await desk.services.requesting.request_return(_run_id(sent), sent.text(ids.REASON), by=sent.actor, key=key)
    return None


async def submit_by_hand(desk: Desk, body: Body) -> Answer:
    """It was done."""
    sent = payloads.submission(body)
    await desk.services.deciding.done_by_hand(_run_id(sent), sent.text(ids.HOW), by=sent.actor)
    return None


async def _numbered(desk: Desk, invocation: Invocation, example: str) -> tuple[int, str]:
    word, _, rest = invocation.text.partition(" ")
    found = NUMBER.match(word)
    if found is None:
        raise BadInput(f"Say which by its number: `{desk.command} {example}`. `{desk.command} containment` lists them.")
    number = int(found.group(1))
    run_id = await desk.services.containment.numbered(invocation.about.incident_id, number, by=invocation.actor)
    return run_id, rest.strip()


def _run_id(sent: Submission) -> int:
    return int(sent.metadata.get("run") or "")


SUBCOMMANDS = (
    Subcommand("contain", "contain <action> <why>", "Ask to switch something off.", contain),
    Subcommand("containment", "containment", "Show what was switched off, and what can be.", listing),
    Subcommand("approve", "approve 1", "Agree to a containment action.", approve),
    Subcommand("refuse", "refuse 1 <why>", "Refuse a containment action.", refuse),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.OPEN_CONTAIN)(desk.press_listener(button_opens(form)))
    app.action(ids.SWITCH_APPROVE)(desk.press_listener(press_approve))
    app.action(ids.SWITCH_RATIFY)(desk.press_listener(press_ratify))
    app.action(ids.SWITCH_STAYS)(desk.press_listener(press_stays))
    app.action(ids.SWITCH_DRY_RUN)(desk.press_listener(press_dry_run))
    app.action(ids.SWITCH_REFUSE)(desk.press_listener(button_opens(refuse_form)))
    app.action(ids.SWITCH_BACK)(desk.press_listener(button_opens(back_form)))
    app.action(ids.SWITCH_BY_HAND)(desk.press_listener(button_opens(by_hand_form)))
    app.view(ids.SWITCH_FORM)(desk.submission_listener(submit))
    app.view(ids.SWITCH_REFUSE_FORM)(desk.submission_listener(submit_refuse))
    app.view(ids.SWITCH_BACK_FORM)(desk.submission_listener(submit_back))
    app.view(ids.SWITCH_HAND_FORM)(desk.submission_listener(submit_by_hand))
