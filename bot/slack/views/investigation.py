"""The investigation record as people meet it: the four questions, hypotheses, rates, who was exposed."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.causes import CAUSES
from bot.domain.investigation import Confidence, FindingKind, Proof, Reply, Smallness
from bot.domain.notices.incident import Summary
from bot.domain.notices.investigation import (
    Assessed,
    AssessForm,
    CauseForm,
    EarlierList,
    FindingItem,
    FindingList,
    FindingPost,
    FindingReceipt,
    HypothesisForm,
    ProofForm,
    ReplayForm,
    ScopeForm,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actions, actor, button, context, escape, option, quote, section
from bot.slack.views.forms import field, modal, radio, select, text_input

ANSWERS = [
    option("Yes", Reply.YES),
    option("No", Reply.NO),
    option("I do not know", Reply.UNKNOWN),
]
SMALL = [
    option("It was caught before release", Smallness.CAUGHT),
    option("One person, and it is corrected", Smallness.ONE_PERSON),
    option("Neither", Smallness.NEITHER),
    option("I do not know", Smallness.UNKNOWN),
]
QUESTIONS = (
    (ids.HURT, "Is anyone being hurt, or could be within 24 hours?", "Health, money, rights, eligibility."),
    (ids.EXPLOITED, "Is it being exploited, or does bad output reach many now?", ""),
    (
        ids.REACHED,
        "Did it reach anybody outside, a decision, or personal data?",
        "Or has an authority or a journalist asked?",
    ),
)
PROOF_WORDS = {Proof.OPEN: "not shown", Proof.SHOWN: "shown", Proof.RULED_OUT: "ruled out"}
CAUSE = "*Cause:* "
PROOF_MARK = {Proof.OPEN: ":grey_question:", Proof.SHOWN: ":white_check_mark:", Proof.RULED_OUT: ":x:"}


def assess_form(notice: AssessForm) -> dict[str, Any]:
    """The four questions, no free text."""
    blocks = [section(words.name(notice.summary))]
    for block_id, label, hint in QUESTIONS:
        blocks.append(
            field(block_id, label, radio(ANSWERS), hint=hint) if hint else field(block_id, label, radio(ANSWERS))
        )
    blocks.append(field(ids.SMALLNESS, "How small was it?", radio(SMALL, initial=Smallness.UNKNOWN)))
    return _modal("How bad is it?", blocks, ids.ASSESS_FORM, "What does it mean?", notice.summary)


def assessed(notice: Assessed) -> dict[str, Any]:
    """The severity that follows, why, and the way to set it."""
    return modal("How bad is it?", _judged(notice), callback_id=ids.CLOSED_VIEW, close="Close")


def assessed_message(notice: Assessed) -> Message:
    """The same as a message."""
    return Message(f"The answers mean {notice.judgement.severity}", _judged(notice))


def _judged(notice: Assessed) -> list[Block]:
    found = notice.judgement
    level = words.severity(found.severity, provisional=found.is_provisional)
    why = "\n".join(f"• {escape(one)}" for one in found.why)
    blocks = [section(f"The answers mean *{level}*:\n{why}")]
    if notice.is_set:
        return [*blocks, context("That is what it is now.")]
    value = f"{found.severity}:{notice.summary.incident_id}"
    blocks.append(actions(button(f"Set {found.severity}…", ids.SET_ASSESSED, value, style="primary")))
    blocks.append(context(f"It is {notice.summary.severity} now. The answers are on the timeline either way."))
    return blocks


def post(notice: FindingPost) -> Message:
    """A finding in the thread under the card."""
    item = notice.item
    text = f"{words.drill(notice.summary)}{_head(item)}"
    return Message(text, [section(f"{words.drill(notice.summary)}{_row(item)}"), context(f"by {actor(item.by)}")])


def receipt(notice: FindingReceipt) -> Message:
    """How it was understood."""
    mark = "" if notice.item.proof else ":white_check_mark: "
    blocks = [section(f"{mark}{_row(notice.item)}")]
    if notice.note:
        blocks.append(section(escape(notice.note)))
    return Message(_head(notice.item), [*blocks, *_settle(notice.item)])


def receipt_modal(notice: FindingReceipt) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Written down", receipt(notice).blocks[:2], callback_id=ids.CLOSED_VIEW, close="Close")


def listing(notice: FindingList) -> Message:
    """The whole record."""
    return Message(f"{len(notice.items)} findings in {notice.summary.reference}", _rows(notice)[:50])


def listing_modal(notice: FindingList) -> dict[str, Any]:
    """The same as a screen."""
    return modal("Investigation", _rows(notice), callback_id=ids.FINDINGS_VIEW, close="Close")


def hypothesis_form(notice: HypothesisForm) -> dict[str, Any]:
    """What somebody thinks the cause is."""
    hint = "It is marked as a hypothesis until somebody shows it or rules it out."
    blocks = [
        section(words.name(notice.summary)),
        field(ids.TEXT, "What do you think happens?", text_input(multiline=True, limit=1000), hint=hint),
    ]
    return _modal("Hypothesis", blocks, ids.HYPOTHESIS_FORM, "Write down", notice.summary)


def proof_form(notice: ProofForm) -> dict[str, Any]:
    """What became of a hypothesis."""
    choices = [
        option("Shown to be true", Proof.SHOWN),
        option("Ruled out", Proof.RULED_OUT),
        option("Open again", Proof.OPEN),
    ]
    item = notice.item
    blocks = [
        section(quote(item.text)),
        field(ids.PROOF, "What became of it?", radio(choices)),
        field(ids.REASON, "What shows it?", text_input(limit=1000)),
    ]
    about = json.dumps({"incident": notice.summary.incident_id, "finding": item.finding_id})
    title = f"Hypothesis {item.number}"
    return modal(title, blocks, callback_id=ids.PROOF_FORM, submit="Keep", private_metadata=about)


def replay_form(notice: ReplayForm) -> dict[str, Any]:
    """How often of how many tries, under which settings."""
    is_check = notice.step_id is not None
    said = (
        "Replay the incident's own inputs with the fix in place." if is_check else "Replay the incident's own inputs."
    )
    choices = [option("Before the fix", "before"), option("With the fix in place", "after")]
    blocks = [
        section(f"{words.name(notice.summary)}\n{said}"),
        field(ids.TRIED, "How many tries?", text_input(placeholder="20", limit=7)),
        field(ids.FIRED, "How often did it fire?", text_input(placeholder="0" if is_check else "3", limit=7)),
        field(
            ids.SETTINGS,
            "With which settings?",
            text_input(placeholder="model, version, temperature, seed", limit=500),
            optional=True,
        ),
        field(ids.WHEN, "When?", radio(choices, initial="after" if is_check else "before")),
    ]
    about = json.dumps({"incident": notice.summary.incident_id, "step": notice.step_id})
    return modal("Reproduction", blocks, callback_id=ids.REPLAY_FORM, submit="Write down", private_metadata=about)


def scope_form(notice: ScopeForm) -> dict[str, Any]:
    """Who was exposed between the first bad output and containment, and how sure that is."""
    sure = [
        option("Low: a guess", Confidence.LOW),
        option("Medium: a sample", Confidence.MEDIUM),
        option("High: counted", Confidence.HIGH),
    ]
    blocks = [
        section(f"{words.name(notice.summary)}\nThe window: {escape(notice.window)}."),
        field(ids.WHO, "Who was exposed?", text_input(placeholder="customers of the shop chat", limit=300)),
        field(ids.LOW, "How many at least?", text_input(placeholder="10", limit=14)),
        field(ids.HIGH, "How many at most?", text_input(placeholder="200", limit=14), optional=True),
        field(ids.CONFIDENCE, "How sure is that?", radio(sure, initial=Confidence.LOW)),
        field(ids.BASIS, "What is it based on?", text_input(limit=500), optional=True),
    ]
    return _modal("Scope", blocks, ids.SCOPE_FORM, "Write down", notice.summary)


def cause_form(notice: CauseForm) -> dict[str, Any]:
    """What kind of cause it was: one of a closed list, so that incidents can be compared."""
    choices = [option(name, cause, meaning[:75]) for cause, (name, meaning) in CAUSES.items()]
    hint = "The card and the post-mortem look for earlier incidents with the same."
    blocks = [
        section(words.name(notice.summary)),
        field(ids.CAUSE, "What kind of cause was it?", select(choices, initial=notice.chosen), hint=hint),
        field(ids.REASON, "What shows it?", text_input(limit=1000)),
    ]
    return _modal("Cause", blocks, ids.CAUSE_FORM, "Write down", notice.summary)


def earlier(notice: EarlierList) -> Message:
    """Earlier incidents like this one, for whoever asked."""
    name, count = f"*{notice.summary.reference}*", len(notice.items)
    if not notice.items:
        return Message("Nothing like it", [section(f"No earlier incident is like {name}, as far as you may see.")])
    blocks = [section(f"*Seen before?* Earlier incidents like {name}:")]
    for item in notice.items:
        ended = words.OUTCOME_WORD[item.summary.outcome] if item.summary.outcome else "still open"
        lock = ":lock: " if item.summary.is_private else ""
        same = f"same {', '.join(item.alike)}" if item.alike else ""
        blocks.append(section(f"{lock}{words.name(item.summary)}\n{ended}  ·  {same}"))
    if any(item.summary.is_private for item in notice.items):
        blocks.append(context("Private ones are shown to you because you may see them; the channel is not told."))
    return Message(f"{count} earlier incidents like {notice.summary.reference}", blocks)


def _modal(title: str, blocks: list[Block], callback_id: str, submit: str, summary: Summary) -> dict[str, Any]:
    about = json.dumps({"incident": summary.incident_id})
    return modal(title, blocks, callback_id=callback_id, submit=submit, private_metadata=about)


def _rows(notice: FindingList) -> list[Block]:
    blocks = [section(f"*Investigation of {notice.summary.reference}*")]
    if not notice.items:
        blocks.append(section("_Nothing is written down yet._"))
    for item in notice.items[-40:]:
        is_open = item.kind is FindingKind.HYPOTHESIS
        settle = button("What became of it?…", ids.SETTLE_HYPOTHESIS, item.finding_id) if is_open else None
        blocks.append(section(_row(item), settle))
    incident_id = notice.summary.incident_id
    kinds = (
        ("Hypothesis…", "hypothesis"),
        ("Reproduction…", "replay"),
        ("Scope…", "scope"),
        ("Cause…", "cause"),
        ("How bad?…", "assess"),
    )
    row = [button(label, f"{ids.NEW_FINDING}:{kind}", f"{kind}:{incident_id}") for label, kind in kinds]
    return [*blocks, actions(*row)]


def _settle(item: FindingItem) -> list[Block]:
    if item.kind is not FindingKind.HYPOTHESIS:
        return []
    return [actions(button("What became of it?…", ids.SETTLE_HYPOTHESIS, item.finding_id))]


def _head(item: FindingItem) -> str:
    return escape(f"{item.kind.capitalize()} {item.number}: {' '.join(item.text.split())}", 300)


def _row(item: FindingItem) -> str:
    text = escape(" ".join(item.text.split()), 800)
    if item.proof is None:
        return f"*{item.number}.* {CAUSE if item.kind is FindingKind.CAUSE else ''}{text}"
    why = f"\n{quote(item.why, 300)}" if item.why else ""
    return f"{PROOF_MARK[item.proof]} *{item.number}. Hypothesis, {PROOF_WORDS[item.proof]}:* {text}{why}"


MESSAGES = {
    FindingPost: post,
    FindingReceipt: receipt,
    FindingList: listing,
    Assessed: assessed_message,
    EarlierList: earlier,
}
MODALS = {
    AssessForm: assess_form,
    Assessed: assessed,
    FindingReceipt: receipt_modal,
    FindingList: listing_modal,
    HypothesisForm: hypothesis_form,
    ProofForm: proof_form,
    ReplayForm: replay_form,
    ScopeForm: scope_form,
    CauseForm: cause_form,
}
