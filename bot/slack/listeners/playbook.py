"""The playbook: shown, ticked, skipped, assigned, and what people suggest for the next edition."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.naming import leading_people
from bot.domain.notices import Confirmation, Notice
from bot.domain.notices.playbook import StepReceipt
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.answers import button_opens, incident_of, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk, Say, Show
from bot.slack.payloads import Body, Press, Submission

NUMBER = re.compile(r"^#?(\d{1,9})$")
KEPT = "Kept with the incident. `andon playbooks suggestions` lists what was suggested."


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """All steps."""
    return await desk.services.checklists.screen(incident_id, by=by)


async def suggest_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for a suggestion."""
    return await desk.services.suggesting.form(incident_id, by=by)


async def playbook(desk: Desk, invocation: Invocation) -> Answer:
    """``playbook``, ``playbook done 3``, ``playbook skip 3 <why>``, ``playbook assign 3 @ann``."""
    verb, _, rest = invocation.text.partition(" ")
    if not verb:
        return show(desk, invocation, await screen(desk, invocation.about.incident_id, invocation.actor))
    line = LINES.get(verb.lower())
    if line is None:
        raise BadInput(
            f"`{desk.command} playbook` takes {', '.join(f'`{name}`' for name in LINES)} and a step's number."
        )
    word, _, words = rest.strip().partition(" ")
    found = NUMBER.match(word)
    if found is None:
        raise BadInput(f"Say which step by its number: `{desk.command} playbook {verb} 3`.")
    step_id = await desk.services.checklists.numbered(invocation.about.incident_id, int(found[1]), by=invocation.actor)
    return await line(desk, invocation, step_id, words.strip())


async def _done(desk: Desk, invocation: Invocation, step_id: int, _: str) -> Answer:
    answer = await desk.services.checklists.done(step_id, by=invocation.actor)
    return Say(answer) if isinstance(answer, StepReceipt) else show(desk, invocation, answer)


async def _skip(desk: Desk, invocation: Invocation, step_id: int, why: str) -> Answer:
    if not why:
        return show(desk, invocation, await desk.services.checklists.drop_form(step_id, by=invocation.actor))
    return Say(await desk.services.checklists.drop(step_id, payloads.readable(why), by=invocation.actor))


async def _assign(desk: Desk, invocation: Invocation, step_id: int, words: str) -> Answer:
    people, _ = leading_people(words)
    if len(people) != 1:
        return show(desk, invocation, await desk.services.checklists.assign_form(step_id, by=invocation.actor))
    who = await desk.services.naming.person(people[0], by=invocation.actor)
    return Say(await desk.services.checklists.assign(step_id, who.id, by=invocation.actor))


LINES = {"done": _done, "skip": _skip, "assign": _assign}


async def suggest(desk: Desk, invocation: Invocation) -> Answer:
    """``suggest <what the playbook should say>``, with ``step 3`` before it where it is about one."""
    text, incident_id = payloads.readable(invocation.text), invocation.about.incident_id
    if not text:
        return show(desk, invocation, await suggest_form(desk, incident_id, invocation.actor))
    key = None
    if found := re.match(r"step\s+#?(\d{1,9})[\s:,]+", text, re.IGNORECASE):
        key = await desk.services.suggesting.numbered(incident_id, int(found[1]), by=invocation.actor)
        text = text[found.end() :]
    submission = f"suggest:{invocation.trigger_id}"
    await desk.services.suggesting.suggest(incident_id, text, key, by=invocation.actor, key=submission)
    return Say(Confirmation(KEPT))


async def press_done(desk: Desk, body: Body) -> Answer:
    """*Done*, wherever the step is shown."""
    press = payloads.press(body)
    return await _tick(desk, press, press.target_id)


async def press_drop(desk: Desk, body: Body) -> Answer:
    """*Not needed because…*: asks why."""
    press = payloads.press(body)
    return _open(desk, press, await desk.services.checklists.drop_form(press.target_id, by=press.actor))


async def press_assign(desk: Desk, body: Body) -> Answer:
    """*Assign…*: asks to whom."""
    press = payloads.press(body)
    return _open(desk, press, await desk.services.checklists.assign_form(press.target_id, by=press.actor))


async def choose(desk: Desk, body: Body) -> Answer:
    """A step's menu on the screen of all of them."""
    press = payloads.press(body)
    verb, _, number = press.value.partition(":")
    if not number.isdecimal():
        raise BadInput("This entry is no longer in use. Open the playbook again.")
    step_id = int(number)
    match verb:
        case "drop":
            return _open(desk, press, await desk.services.checklists.drop_form(step_id, by=press.actor))
        case "assign":
            return _open(desk, press, await desk.services.checklists.assign_form(step_id, by=press.actor))
        case _:
            return await _tick(desk, press, step_id)


async def submit_drop(desk: Desk, body: Body) -> Answer:
    """The reason is given."""
    handed = payloads.submission(body)
    await desk.services.checklists.drop(_step_id(handed), handed.text(ids.REASON), by=handed.actor)
    return Clear()


async def submit_assign(desk: Desk, body: Body) -> Answer:
    """The person is named."""
    handed = payloads.submission(body)
    await desk.services.checklists.assign(_step_id(handed), handed.text(ids.PERSON), by=handed.actor)
    return Clear()


async def submit_suggestion(desk: Desk, body: Body) -> Answer:
    """The suggestion is made."""
    handed = payloads.submission(body)
    await desk.services.suggesting.suggest(
        incident_of(handed),
        handed.text(ids.TEXT),
        handed.text(ids.STEP) or None,
        by=handed.actor,
        key=f"suggest:{handed.view_id}",
    )
    return Clear()


async def _tick(desk: Desk, press: Press, step_id: int) -> Answer:
    answer = await desk.services.checklists.done(step_id, by=press.actor)
    if not isinstance(answer, StepReceipt):
        return _open(desk, press, answer)
    if press.callback_id == ids.PLAYBOOK_VIEW and press.view_id:
        return Show(await screen(desk, answer.summary.incident_id, press.actor))
    return None if press.channel_id == answer.summary.channel_id else Say(answer)


def _open(desk: Desk, press: Press, form: Notice) -> Answer:
    desk.open_form(press.trigger_id, form, to=press.actor.id, push=press.view_id is not None)
    return None


def _step_id(handed: Submission) -> int:
    return int(handed.metadata.get("step") or "")


SUBCOMMANDS = (
    Subcommand("playbook", "playbook", "Show every step; `playbook done 3` ticks one.", playbook, aliases=("steps",)),
    Subcommand("suggest", "suggest <what>", "Suggest a change of the playbook.", suggest),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.STEP_DONE)(desk.press_listener(press_done))
    app.action(ids.STEP_DROP)(desk.press_listener(press_drop))
    app.action(ids.STEP_ASSIGN)(desk.press_listener(press_assign))
    app.action(ids.STEP_MENU)(desk.press_listener(choose))
    app.action(ids.SHOW_PLAYBOOK)(desk.press_listener(button_opens(screen)))
    app.action(ids.SUGGEST_CHANGE)(desk.press_listener(button_opens(suggest_form)))
    app.view(ids.STEP_DROP_FORM)(desk.submission_listener(submit_drop))
    app.view(ids.STEP_ASSIGN_FORM)(desk.submission_listener(submit_assign))
    app.view(ids.SUGGEST_FORM)(desk.submission_listener(submit_suggestion))
