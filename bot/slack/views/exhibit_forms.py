"""What is asked about an exhibit: its fields, what nobody knows, what it shows."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.evidence import ExhibitField
from bot.domain.notices.evidence import ClassifyForm, ExhibitForm
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, option, quote, section
from bot.slack.views.forms import INPUT, field, modal, text_input

LABELS = {
    ExhibitField.PROMPT: "Prompt or input, exactly",
    ExhibitField.OUTPUT: "Output, exactly",
    ExhibitField.OUTPUT_UNFILTERED: "Output before filters",
    ExhibitField.SYSTEM_PROMPT: "System prompt",
    ExhibitField.SYSTEM_PROMPT_VERSION: "System prompt version",
    ExhibitField.RETRIEVAL_QUERY: "Retrieval query",
    ExhibitField.RETRIEVAL_CONTEXT: "Retrieval context: documents, chunks, scores",
    ExhibitField.INDEX_SNAPSHOT: "Index snapshot",
    ExhibitField.PROVIDER_REQUESTED: "Provider asked for",
    ExhibitField.PROVIDER_ANSWERED: "Provider that answered",
    ExhibitField.MODEL_REQUESTED: "Model asked for",
    ExhibitField.MODEL_ANSWERED: "Model that answered",
    ExhibitField.MODEL_VERSION: "Model version or hash of the weights",
    ExhibitField.MODEL_FINGERPRINT: "Model fingerprint",
    ExhibitField.PARAMETERS: "Parameters: temperature, top_p, seed, …",
    ExhibitField.TOOL_DEFINITIONS: "Tool definitions",
    ExhibitField.TOOL_CALLS: "Tool calls, arguments and results",
    ExhibitField.TOOL_PERMISSIONS: "Tool permissions",
    ExhibitField.GUARDRAIL_VERDICTS: "Guardrail verdicts",
    ExhibitField.TRACE_ID: "Trace id",
    ExhibitField.SESSION_ID: "Session id",
    ExhibitField.CONVERSATION_ID: "Conversation id",
    ExhibitField.REQUEST_ID: "Request id",
    ExhibitField.USER_ID: "User id (pseudonym)",
    ExhibitField.TENANT: "Tenant",
    ExhibitField.AGENT: "Agent",
    ExhibitField.HAPPENED_AT: "When it happened",
}
LONG = frozenset(
    {
        ExhibitField.PROMPT,
        ExhibitField.OUTPUT,
        ExhibitField.RETRIEVAL_CONTEXT,
        ExhibitField.TOOL_CALLS,
        ExhibitField.GUARDRAIL_VERDICTS,
    }
)
# What has an input of its own in the form; all others go into *More*, one a line.
ASKED = (
    ExhibitField.PROMPT,
    ExhibitField.OUTPUT,
    ExhibitField.MODEL_REQUESTED,
    ExhibitField.MODEL_ANSWERED,
    ExhibitField.PROVIDER_REQUESTED,
    ExhibitField.PROVIDER_ANSWERED,
    ExhibitField.SYSTEM_PROMPT_VERSION,
    ExhibitField.PARAMETERS,
    ExhibitField.RETRIEVAL_CONTEXT,
    ExhibitField.TOOL_CALLS,
    ExhibitField.GUARDRAIL_VERDICTS,
)
MORE_HINT = "One a line: trace_id: 4bf92f35. Names: " + ", ".join(name for name in ExhibitField if name not in ASKED)


def form(notice: ExhibitForm) -> dict[str, Any]:
    """Everything optional; what is kept is what was typed, to the byte."""
    summary = notice.summary
    head = f"Evidence for {words.name(summary)}. Fill in what you have; one of these is enough."
    blocks = [section(head)]
    if notice.message_ts:
        said = quote(notice.excerpt, 300) if notice.excerpt else "_a message without text_"
        blocks.append(section(f"The message is kept with its files:\n{said}"))
    blocks.append(_item_field(notice.items, (), "What is it?"))
    blocks += [_asked(name) for name in ASKED]
    more = text_input(multiline=True)
    blocks.append(field(ids.MORE, "More", more, optional=True, hint=MORE_HINT))
    unknown = [option(LABELS[name], name) for name in ExhibitField]
    blocks.append(field(ids.UNKNOWN, "What nobody knows", _many(unknown, "Choose"), optional=True, hint=UNKNOWN_HINT))
    if not notice.message_ts:
        body = text_input(notice.typed, multiline=True)
        blocks.append(field(ids.BODY, "Anything else, as a text", body, optional=True))
    blocks.append(field(ids.TITLE, "What to call it", text_input(limit=120), optional=True))
    known = {"channel": notice.channel_id, "ts": notice.message_ts} if notice.message_ts else {}
    metadata = json.dumps({"incident": summary.incident_id, **known})
    return modal("Keep as evidence", blocks, callback_id=ids.EXHIBIT_FORM, submit="Keep", private_metadata=metadata)


UNKNOWN_HINT = "That it cannot be known is worth keeping, too, and nobody is asked for it again."


def _asked(name: ExhibitField) -> Block:
    return field(f"{ids.FIELD}:{name}", LABELS[name], text_input(multiline=name in LONG), optional=True)


def _item_field(choices: tuple[tuple[str, str], ...], chosen: tuple[str, ...], label: str) -> Block:
    options = [option(text, item) for item, text in choices]
    initial = [one for one in options if one["value"] in chosen]
    return field(ids.ITEMS, label, _many(options, "Choose what it shows", initial), optional=True)


def _many(options: list[Block], placeholder: str, initial: list[Block] | None = None) -> Block:
    element: Block = {"type": "multi_static_select", "action_id": INPUT, "options": options[:100]}
    element["placeholder"] = {"type": "plain_text", "text": placeholder}
    return {**element, "initial_options": initial} if initial else element


def classify_form(notice: ClassifyForm) -> dict[str, Any]:
    """What an exhibit counts as."""
    blocks = [
        section(f"X{notice.exhibit_id} of {words.name(notice.summary)}"),
        _item_field(notice.items, notice.chosen, "What does it show?"),
    ]
    metadata = json.dumps({"incident": notice.summary.incident_id, "exhibit": notice.exhibit_id})
    return modal("What is it?", blocks, callback_id=ids.CLASSIFY_FORM, submit="Save", private_metadata=metadata)


MODALS = {ExhibitForm: form, ClassifyForm: classify_form}
