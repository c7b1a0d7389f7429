"""The control panel and the card's menu: one table from a verb's key to the form it opens.

Each form is made by the room of its capability; this room only knows which. ``/incident`` alone, in an incident's
channel, opens the panel.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners import (
    action_items,
    closing,
    containment,
    declare,
    evidence,
    investigation,
    law,
    lifecycle,
    memory,
    playbook,
    postmortem,
    private,
    review,
    roles,
    severity,
    tasks,
    texts,
    timeline,
    updates,
)
from bot.slack.listeners.commands import Invocation
from bot.slack.listeners.desk import Answer, Desk
from bot.slack.payloads import Body

Form = Callable[[Desk, int, Actor], Awaitable[Notice]]


async def panel(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """Everything this person can do to the incident now."""
    return await desk.services.panel.read(incident_id, by=by)


FORMS: dict[str, Form] = {
    "panel": panel,
    "invite": private.form,
    "role": roles.form,
    "handoff": roles.handover_form,
    "task": tasks.form,
    "tasks": tasks.screen,
    "playbook": playbook.screen,
    "suggest": playbook.suggest_form,
    "assess": investigation.assess_form,
    "findings": investigation.listing,
    "severity": severity.form,
    "confirm": severity.confirm_form,
    "type": lifecycle.type_form,
    "phase": lifecycle.phase_form,
    "contain": containment.form,
    "containment": containment.screen,
    "contained": lifecycle.contained_form,
    "resolved": lifecycle.resolved_form,
    "update": updates.form,
    "texts": texts.screen,
    "clocks": law.screen,
    "particular": law.chooser,
    "close": closing.close_form,
    "reopen": closing.reopen_form,
    "merge": closing.merge_form,
    "cancel": closing.cancel_form,
    "note": timeline.note_form,
    "timeline": timeline.first_page,
    "evidence": evidence.listing,
    "redact": memory.redact_form,
    "postmortem": postmortem.wanted,
    "review": review.screen,
    "actions": action_items.screen,
}


async def default(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident`` alone: the panel where there is an incident, else the form to declare one."""
    if invocation.incident is None or invocation.text:
        return await declare.open_form(desk, invocation)
    notice = await panel(desk, invocation.incident.incident_id, invocation.actor)
    desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id, typed=invocation.typed)
    return None


async def choose(desk: Desk, body: Body) -> Answer:
    """A verb chosen in the card's menu or on the panel: its form opens, on top of the panel where that is open."""
    press = payloads.press(body)
    key, _, number = press.value.partition(":")
    form = FORMS.get(key)
    if form is None or not number.isdecimal():
        raise BadInput("This entry is no longer in use. Use the newest card or the panel instead.")
    notice = await form(desk, int(number), press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id, push=press.view_id is not None)
    return None


async def open_panel(desk: Desk, body: Body) -> Answer:
    """A button that opens the panel."""
    press = payloads.press(body)
    desk.open_form(press.trigger_id, await panel(desk, press.target_id, press.actor), to=press.actor.id)
    return None


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the card's menu and the panel's buttons."""
    app.action(ids.CARD_MENU)(desk.press_listener(choose))
    app.action(ids.OPEN_PANEL)(desk.press_listener(open_panel))
    app.action(re.compile(rf"^{ids.PANEL_VERB}:"))(desk.press_listener(choose))
