"""The investigation: the four questions, hypotheses, reproductions, the scope."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.causes import CauseClass, parse_cause
from bot.domain.errors import BadInput
from bot.domain.incident import Severity
from bot.domain.investigation import (
    Assessment,
    Confidence,
    Proof,
    Reply,
    Reproduction,
    Scope,
    Smallness,
    parse_rate,
    whole,
)
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.answers import Form, incident_of, opens, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body


async def assess_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The four questions."""
    return await desk.services.findings.assess_form(incident_id, by=by)


async def hypothesis_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for a hypothesis."""
    return await desk.services.findings.hypothesis_form(incident_id, by=by)


async def replay_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for a reproduction."""
    return await desk.services.findings.replay_form(incident_id, by=by)


async def scope_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for the scope."""
    return await desk.services.findings.scope_form(incident_id, by=by)


async def cause_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form for the kind of cause."""
    return await desk.services.causes.form(incident_id, by=by)


async def listing(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """Everything written down."""
    return await desk.services.findings.listing(incident_id, by=by)


FORMS: dict[str, Form] = {
    "assess": assess_form,
    "hypothesis": hypothesis_form,
    "replay": replay_form,
    "scope": scope_form,
    "cause": cause_form,
}


async def hypothesis(desk: Desk, invocation: Invocation) -> Answer:
    """``hypothesis <what you think>``."""
    text, incident_id = payloads.readable(invocation.text), invocation.about.incident_id
    if not text:
        return show(desk, invocation, await hypothesis_form(desk, incident_id, invocation.actor))
    key = f"finding:{invocation.trigger_id}"
    return Say(await desk.services.findings.suppose(incident_id, text, by=invocation.actor, key=key))


async def reproduced(desk: Desk, invocation: Invocation) -> Answer:
    """``reproduced 3 of 20 temperature 0.7``."""
    text, incident_id = payloads.readable(invocation.text), invocation.about.incident_id
    if not text:
        return show(desk, invocation, await replay_form(desk, incident_id, invocation.actor))
    fired, tried, settings = parse_rate(text)
    key = f"finding:{invocation.trigger_id}"
    rate = Reproduction(fired, tried, settings)
    return Say(await desk.services.findings.reproduce(incident_id, rate, by=invocation.actor, key=key))


async def findings(desk: Desk, invocation: Invocation) -> Answer:
    """``findings``."""
    return Say(await listing(desk, invocation.about.incident_id, invocation.actor))


async def cause(desk: Desk, invocation: Invocation) -> Answer:
    """``cause test_gap <what shows it>``; without a reason, the form."""
    word, _, why = payloads.readable(invocation.text).strip().partition(" ")
    incident_id, by = invocation.about.incident_id, invocation.actor
    kind = parse_cause(word) if word else None
    if kind is None or not why.strip():
        return show(desk, invocation, await desk.services.causes.form(incident_id, by=by, chosen=kind))
    key = f"finding:{invocation.trigger_id}"
    return Say(await desk.services.causes.name(incident_id, kind, why, by=by, key=key))


async def similar(desk: Desk, invocation: Invocation) -> Answer:
    """``similar``: earlier incidents like this one, as this person may see them."""
    return Say(await desk.services.causes.earlier(invocation.about.incident_id, by=invocation.actor))


async def add(desk: Desk, body: Body) -> Answer:
    """A button that opens one of the forms."""
    press = payloads.press(body)
    kind, _, number = press.value.partition(":")
    form = FORMS.get(kind)
    if form is None or not number.isdecimal():
        raise BadInput("This button is no longer in use. Open the record again.")
    notice = await form(desk, int(number), press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id, push=press.view_id is not None)
    return None


async def set_assessed(desk: Desk, body: Body) -> Answer:
    """*Set SEV1…*: the severity form, filled with what the answers mean."""
    press = payloads.press(body)
    level, _, number = press.value.partition(":")
    if level not in set(Severity) or not number.isdecimal():
        raise BadInput("This button is no longer in use. Answer the questions again.")
    why = await desk.services.findings.last_reason(int(number), by=press.actor)
    form = await desk.services.severities.form(int(number), by=press.actor, chosen=Severity(level), why=why)
    desk.open_form(press.trigger_id, form, to=press.actor.id, push=press.view_id is not None)
    return None


async def settle(desk: Desk, body: Body) -> Answer:
    """*What became of it?…*."""
    press = payloads.press(body)
    form = await desk.services.findings.proof_form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, form, to=press.actor.id, push=press.view_id is not None)
    return None


async def submit_assessment(desk: Desk, body: Body) -> Answer:
    """The four answers are in."""
    sent = payloads.submission(body)
    answers = Assessment(
        Reply(sent.text(ids.HURT)),
        Reply(sent.text(ids.EXPLOITED)),
        Reply(sent.text(ids.REACHED)),
        Smallness(sent.text(ids.SMALLNESS)),
    )
    key = f"finding:{sent.view_id}"
    return Show(await desk.services.findings.assess(incident_of(sent), answers, by=sent.actor, key=key))


async def submit_hypothesis(desk: Desk, body: Body) -> Answer:
    """A hypothesis is written down."""
    sent = payloads.submission(body)
    key = f"finding:{sent.view_id}"
    return Show(await desk.services.findings.suppose(incident_of(sent), sent.text(ids.TEXT), by=sent.actor, key=key))


async def submit_proof(desk: Desk, body: Body) -> Answer:
    """A hypothesis is shown, ruled out or opened again."""
    sent = payloads.submission(body)
    finding_id = int(sent.metadata.get("finding") or "")
    proof, why = Proof(sent.text(ids.PROOF)), sent.text(ids.REASON)
    return Show(await desk.services.findings.settle(finding_id, proof, why, by=sent.actor))


async def submit_replay(desk: Desk, body: Body) -> Answer:
    """A rate is written down; with the fix in place it may tick the step that wants it."""
    sent = payloads.submission(body)
    rate = Reproduction(
        whole(sent.text(ids.FIRED), ids.FIRED),
        whole(sent.text(ids.TRIED), ids.TRIED),
        sent.text(ids.SETTINGS),
        after_fix=sent.text(ids.WHEN) == "after",
    )
    step = sent.metadata.get("step")
    step_id = int(step) if step else None
    key = f"finding:{sent.view_id}"
    return Show(
        await desk.services.findings.reproduce(incident_of(sent), rate, by=sent.actor, key=key, step_id=step_id)
    )


async def submit_cause(desk: Desk, body: Body) -> Answer:
    """The kind of cause is chosen."""
    sent = payloads.submission(body)
    kind, why, key = CauseClass(sent.text(ids.CAUSE)), sent.text(ids.REASON), f"finding:{sent.view_id}"
    return Show(await desk.services.causes.name(incident_of(sent), kind, why, by=sent.actor, key=key))


async def submit_scope(desk: Desk, body: Body) -> Answer:
    """An estimate is written down."""
    sent = payloads.submission(body)
    low = whole(sent.text(ids.LOW), ids.LOW)
    high = whole(sent.text(ids.HIGH), ids.HIGH) if sent.text(ids.HIGH) else low
    scope = Scope(sent.text(ids.WHO), low, high, Confidence(sent.text(ids.CONFIDENCE)), sent.text(ids.BASIS))
    key = f"finding:{sent.view_id}"
    return Show(await desk.services.findings.estimate(incident_of(sent), scope, by=sent.actor, key=key))


SUBCOMMANDS = (
    Subcommand("assess", "assess", "Answer the four questions; they propose a severity.", opens(assess_form)),
    Subcommand("hypothesis", "hypothesis <what>", "Write down what may be the cause.", hypothesis),
    Subcommand("reproduced", "reproduced 3 of 20 <settings>", "Write down how often it fires.", reproduced),
    Subcommand("scope", "scope", "Estimate who was exposed.", opens(scope_form)),
    Subcommand("cause", "cause <kind> <why>", "Say what kind of cause it was.", cause),
    Subcommand("findings", "findings", "Show what was found.", findings),
    Subcommand("similar", "similar", "Show earlier incidents like this one.", similar),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(re.compile(rf"^{ids.NEW_FINDING}:"))(desk.press_listener(add))
    app.action(ids.SET_ASSESSED)(desk.press_listener(set_assessed))
    app.action(ids.SETTLE_HYPOTHESIS)(desk.press_listener(settle))
    app.view(ids.ASSESS_FORM)(desk.submission_listener(submit_assessment))
    app.view(ids.HYPOTHESIS_FORM)(desk.submission_listener(submit_hypothesis))
    app.view(ids.PROOF_FORM)(desk.submission_listener(submit_proof))
    app.view(ids.REPLAY_FORM)(desk.submission_listener(submit_replay))
    app.view(ids.SCOPE_FORM)(desk.submission_listener(submit_scope))
    app.view(ids.CAUSE_FORM)(desk.submission_listener(submit_cause))
