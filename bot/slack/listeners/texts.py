"""Texts: listed, written, checked, approved, marked as sent, dropped or not needed."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.services.comms.writing import Typed
from bot.slack import ids, payloads
from bot.slack.listeners.answers import instant, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body, Press

NUMBER = re.compile(r"^#?(\d{1,9})$")


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The texts of an incident."""
    return await desk.services.texts.listing(incident_id, by=by)


async def texts(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident texts``; with a number the text, with a kind the form to write one."""
    about, by = invocation.about.incident_id, invocation.actor
    if found := NUMBER.match(invocation.text.strip()):
        text_id = await desk.services.texts.numbered(about, int(found.group(1)), by=by)
        return show(desk, invocation, await desk.services.texts.shown(text_id, by=by))
    if invocation.text.strip():
        return show(desk, invocation, await desk.services.writing.form(about, invocation.text, by=by))
    return Say(await screen(desk, about, by))


async def open_list(desk: Desk, body: Body) -> Answer:
    """*Texts*."""
    press = payloads.press(body)
    return _turn(desk, press, await screen(desk, press.target_id, press.actor))


async def open_text(desk: Desk, body: Body) -> Answer:
    """*Open*."""
    press = payloads.press(body)
    return _turn(desk, press, await desk.services.texts.shown(press.target_id, by=press.actor))


async def write(desk: Desk, body: Body) -> Answer:
    """A kind of text was chosen: the form, with what is known in place."""
    press = payloads.press(body)
    name, incident_id = _named(press)
    return _turn(desk, press, await desk.services.writing.form(incident_id, name, by=press.actor))


async def edit(desk: Desk, body: Body) -> Answer:
    """*Edit*."""
    press = payloads.press(body)
    return _turn(desk, press, await desk.services.writing.edit_form(press.target_id, by=press.actor))


async def check(desk: Desk, body: Body) -> Answer:
    """*Check the wording*: the form as it was typed, with advice."""
    press = payloads.press(body)
    typed = _typed(press.metadata, press.values, key=f"check:{press.view_id}")
    return Show(await desk.services.writing.check(typed, by=press.actor))


async def save(desk: Desk, body: Body) -> Answer:
    """The words are handed in; where somebody was faster the form comes back with them."""
    sent = payloads.submission(body)
    # One window shows one form after the other: what was typed, and on what, tells submissions apart.
    said = hashlib.sha256(json.dumps([sent.metadata, sent.values], sort_keys=True).encode()).hexdigest()
    typed = _typed(sent.metadata, sent.values, key=f"text:{sent.view_id}:{said[:32]}")
    return Show(await desk.services.writing.save(typed, by=sent.actor))


async def approve(desk: Desk, body: Body) -> Answer:
    """*Approve exactly this*: the button carries the version that was read."""
    press = payloads.press(body)
    return _turn(desk, press, await desk.services.text_deciding.approve(press.target_id, by=press.actor))


async def sent_form(desk: Desk, body: Body) -> Answer:
    """*Mark as sent*."""
    press = payloads.press(body)
    return _turn(desk, press, await desk.services.sending.form(press.target_id, by=press.actor))


async def submit_sent(desk: Desk, body: Body) -> Answer:
    """It was sent."""
    sent = payloads.submission(body)
    version_id = int(sent.metadata.get("version") or "")
    place, told = sent.text(ids.PLACE), sent.text(ids.TOLD)
    return Show(await desk.services.sending.mark_sent(version_id, place, told, by=sent.actor, at=instant(sent, ids.AT)))


async def drop_form(desk: Desk, body: Body) -> Answer:
    """*Drop*."""
    press = payloads.press(body)
    return _turn(desk, press, await desk.services.writing.drop_form(press.target_id, by=press.actor))


async def not_needed_form(desk: Desk, body: Body) -> Answer:
    """*Not needed*."""
    press = payloads.press(body)
    name, incident_id = _named(press)
    return _turn(desk, press, await desk.services.writing.not_needed_form(incident_id, name, by=press.actor))


async def submit_reason(desk: Desk, body: Body) -> Answer:
    """Why it is dropped, or why none is needed."""
    sent = payloads.submission(body)
    why = sent.text(ids.REASON)
    if (text_id := sent.metadata.get("text")) is not None:
        await desk.services.writing.drop(int(text_id), why, by=sent.actor)
        return Show(await desk.services.texts.shown(int(text_id), by=sent.actor))
    name, key = str(sent.metadata.get("template") or ""), f"none:{sent.view_id}:{sent.metadata.get('template')}"
    await desk.services.writing.not_needed(sent.incident_id, name, why, by=sent.actor, key=key)
    return Show(await screen(desk, sent.incident_id, sent.actor))


def _turn(desk: Desk, press: Press, notice: Notice) -> Answer:
    """In an open form the next takes its place, for Slack stacks no more than three; elsewhere it opens."""
    if press.view_id is not None:
        return Show(notice)
    desk.open_form(press.trigger_id, notice, to=press.actor.id)
    return None


def _named(press: Press) -> tuple[str, int]:
    name, _, number = press.value.partition(":")
    if not number.isdecimal():
        raise BadInput("This entry is no longer in use. `texts` lists what can be written.")
    return name, int(number)


def _typed(metadata: dict[str, Any], values: dict[str, Any], *, key: str) -> Typed:
    text_id = metadata.get("text")
    return Typed(
        incident_id=int(metadata.get("incident") or ""),
        template=str(metadata.get("template") or ""),
        fields={name: value for name, value in values.items() if isinstance(value, str)},
        key=key,
        text_id=int(text_id) if text_id is not None else None,
        base=int(metadata.get("base") or 0),
    )


SUBCOMMANDS = (
    Subcommand("texts", "texts holding_statement", "Write, approve and keep what people outside are told.", texts),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.TEXT_LIST)(desk.press_listener(open_list))
    app.action(ids.TEXT_OPEN)(desk.press_listener(open_text))
    app.action(ids.TEXT_WRITE)(desk.press_listener(write))
    app.action(ids.TEXT_EDIT)(desk.press_listener(edit))
    app.action(ids.TEXT_CHECK)(desk.press_listener(check))
    app.action(ids.TEXT_APPROVE)(desk.press_listener(approve))
    app.action(ids.TEXT_SENT)(desk.press_listener(sent_form))
    app.action(ids.TEXT_DROP)(desk.press_listener(drop_form))
    app.action(ids.TEXT_NOT_NEEDED)(desk.press_listener(not_needed_form))
    app.view(ids.TEXT_FORM)(desk.submission_listener(save))
    app.view(ids.TEXT_SENT_FORM)(desk.submission_listener(submit_sent))
    app.view(ids.TEXT_REASON_FORM)(desk.submission_listener(submit_reason))
