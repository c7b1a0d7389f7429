"""Action items: promised in a line or a form, listed, done, moved, dropped, exported."""

from __future__ import annotations

import re
from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.naming import leading_people
from bot.domain.notices import Notice
from bot.domain.notices.action_items import ActionDropForm, ActionForm, ActionItemList, ActionMoveForm, ActionReceipt
from bot.domain.people import Actor
from bot.domain.postmortem import ActionKind
from bot.domain.review import ReviewStep
from bot.services.review.items import Promise
from bot.slack import ids, payloads
from bot.slack.listeners import home
from bot.slack.listeners.answers import instant, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body, Press, Submission

ITEM = re.compile(r"^#?[Aa]?(\d{1,9})$")
BECAUSE = re.compile(r"(?:^|\s)(?:because|reason:)\s+|:\s+", re.IGNORECASE)
EXAMPLES = "`done A3`, `move A3 friday because the vendor is late`, `drop A3 <why>`, `export csv`"
Asked = ActionForm | ActionMoveForm | ActionDropForm


async def listing(desk: Desk, incident_id: int, by: Actor) -> ActionItemList:
    """All items."""
    return await desk.services.action_items.listing(incident_id, by=by)


async def add(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident action @ann by friday a price limit``; without words, the form."""
    about, by = invocation.about, invocation.actor
    people, line = leading_people(invocation.text)
    if len(people) > 1:
        raise BadInput(f"An action item has one owner, and you named {len(people)}. Add one for each.")
    owner = await desk.services.naming.person(people[0], by=by) if people else None
    if not line:
        owner_id = owner.id if owner else None
        return show(
            desk, invocation, await desk.services.action_items.form(about.incident_id, by=by, owner_id=owner_id)
        )
    key = f"action:{invocation.trigger_id}"
    text = payloads.readable(line)
    return Say(await desk.services.action_items.add_line(about.incident_id, text, owner, by=by, key=key))


async def many(desk: Desk, invocation: Invocation) -> Answer:
    """``actions``, ``actions done A3``, ``actions move A3 friday because …``, ``actions drop A3 …``, ``… export``."""
    verb, _, rest = invocation.text.partition(" ")
    about, by = invocation.about, invocation.actor
    match verb.lower():
        case "":
            return Say(await listing(desk, about.incident_id, by))
        case "export":
            form = {"markdown": "md"}.get(rest.strip().lower(), rest.strip().lower() or "csv")
            key = f"command:{invocation.trigger_id}"
            return Say(await desk.services.exporting.into_channel(about.incident_id, form, by=by, key=key))
        case "done" | "move" | "drop":
            word, _, words = rest.strip().partition(" ")
            found = ITEM.match(word)
            if found is None:
                raise BadInput(f"Say which action item: `{desk.command} actions {verb} A3`.")
            return await _change(desk, invocation, verb.lower(), int(found[1]), words.strip())
    raise BadInput(f"`{desk.command} actions` lists them, and takes {EXAMPLES}.")


async def _change(desk: Desk, invocation: Invocation, verb: str, item_id: int, words: str) -> Answer:
    items, by = desk.services.action_items, invocation.actor
    if verb == "done":
        return Say(await items.done(item_id, by=by))
    if verb == "drop":
        if not words:
            return show(desk, invocation, await items.drop_form(item_id, by=by))
        return Say(await items.drop(item_id, payloads.readable(words), by=by))
    if not words:
        return show(desk, invocation, await items.move_form(item_id, by=by))
    found = BECAUSE.search(words)
    when, why = (words[: found.start()], words[found.end() :]) if found else (words, "")
    when = when.strip().removeprefix("to ").removeprefix("by ")
    return Say(await items.move_words(item_id, when, payloads.readable(why), by=by))


async def press_add(desk: Desk, body: Body) -> Answer:
    """*Add action item*."""
    press = payloads.press(body)
    return _ask(desk, press, await desk.services.action_items.form(press.target_id, by=press.actor))


async def press_done(desk: Desk, body: Body) -> Answer:
    """*Done*, wherever the item is shown."""
    press = payloads.press(body)
    return await _done(desk, press, press.target_id)


async def press_move(desk: Desk, body: Body) -> Answer:
    """*Move or give…*."""
    press = payloads.press(body)
    return _ask(desk, press, await desk.services.action_items.move_form(press.target_id, by=press.actor))


async def press_drop(desk: Desk, body: Body) -> Answer:
    """*Drop…*: asks why."""
    press = payloads.press(body)
    return _ask(desk, press, await desk.services.action_items.drop_form(press.target_id, by=press.actor))


async def choose(desk: Desk, body: Body) -> Answer:
    """An item's menu."""
    press = payloads.press(body)
    verb, _, number = press.value.partition(":")
    if not number.isdecimal():
        raise BadInput("This entry is no longer in use. Open the action items again.")
    items, item_id = desk.services.action_items, int(number)
    match verb:
        case "move":
            return _ask(desk, press, await items.move_form(item_id, by=press.actor))
        case "drop":
            return _ask(desk, press, await items.drop_form(item_id, by=press.actor))
        case _:
            return await _done(desk, press, item_id)


async def press_export(desk: Desk, body: Body) -> Answer:
    """*Export*: the file comes into the channel."""
    press = payloads.press(body)
    key = f"press:{press.trigger_id}"
    return Say(await desk.services.exporting.into_channel(press.target_id, press.argument, by=press.actor, key=key))


async def submit_add(desk: Desk, body: Body) -> Answer:
    """A promise is made."""
    handed = payloads.submission(body)
    evaluated = handed.text(ids.EVAL_ADDED)
    promise = Promise(
        handed.text(ids.TEXT),
        ActionKind(handed.text(ids.KIND)),
        handed.text(ids.OWNER) or None,
        instant(handed, ids.DUE),
        evaluated == "yes" if evaluated else None,
        handed.text(ids.STEP) or None,
    )
    receipt = await desk.services.action_items.add(handed.incident_id, promise, by=handed.actor, key=handed.view_id)
    return await _settled(desk, handed, receipt)


async def submit_move(desk: Desk, body: Body) -> Answer:
    """Another date, another owner."""
    handed = payloads.submission(body)
    owner, why = handed.text(ids.OWNER) or None, handed.text(ids.REASON)
    due = instant(handed, ids.DUE)
    receipt = await desk.services.action_items.move(_item_id(handed), due, owner, why, by=handed.actor)
    return await _settled(desk, handed, receipt)


async def submit_drop(desk: Desk, body: Body) -> Answer:
    """The reason is given."""
    handed = payloads.submission(body)
    receipt = await desk.services.action_items.drop(_item_id(handed), handed.text(ids.REASON), by=handed.actor)
    return await _settled(desk, handed, receipt)


async def _done(desk: Desk, press: Press, item_id: int) -> Answer:
    receipt = await desk.services.action_items.done(item_id, by=press.actor)
    if press.callback_id == ids.ACTIONS_VIEW:
        return Show(await listing(desk, receipt.summary.incident_id, press.actor))
    if press.callback_id == ids.HOME:
        desk.start(home.publish(desk, press.actor.id))
        return None
    return Say(receipt)


def _ask(desk: Desk, press: Press, form: Asked) -> Answer:
    """Open a form that remembers the screen beneath it, which shows what became of it."""
    is_modal = press.callback_id != ids.HOME and press.view_id is not None
    beneath = f"{press.callback_id}:{press.view_id}" if press.view_id else ""
    asked = replace(form, under=beneath)
    desk.open_form(press.trigger_id, asked, to=press.actor.id, push=is_modal)
    return None


async def _settled(desk: Desk, handed: Submission, receipt: ActionReceipt) -> Answer:
    """The screen beneath the form shows the item as it is now."""
    screen, _, view_id = str(handed.metadata.get("under") or "").partition(":")
    incident_id, by = receipt.summary.incident_id, handed.actor
    if screen == ids.HOME:
        desk.start(home.publish(desk, by.id))
    elif screen == ids.ACTIONS_VIEW:
        desk.refresh(view_id, await listing(desk, incident_id, by))
    elif screen == ids.REVIEW_STEP_FORM:
        desk.refresh(view_id, await desk.services.reviewing.step(incident_id, ReviewStep.DOING, by=by))
    return None


def _item_id(handed: Submission) -> int:
    return int(handed.metadata.get("item") or "")


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """All items, for the panel."""
    return await listing(desk, incident_id, by)


SUBCOMMANDS = (
    Subcommand("action", "action @person by friday <what>", "Promise something for the time after.", add),
    Subcommand("actions", "actions [done A3 | move A3 … | drop A3 … | export]", "Action items.", many),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.ADD_ACTION)(desk.press_listener(press_add))
    app.action(ids.ACTION_DONE)(desk.press_listener(press_done))
    app.action(ids.ACTION_MOVE)(desk.press_listener(press_move))
    app.action(ids.ACTION_DROP)(desk.press_listener(press_drop))
    app.action(ids.ACTION_MENU)(desk.press_listener(choose))
    app.action(re.compile(rf"^{ids.EXPORT_ACTIONS}:"))(desk.press_listener(press_export))
    app.view(ids.ACTION_FORM)(desk.submission_listener(submit_add))
    app.view(ids.ACTION_MOVE_FORM)(desk.submission_listener(submit_move))
    app.view(ids.ACTION_DROP_FORM)(desk.submission_listener(submit_drop))
