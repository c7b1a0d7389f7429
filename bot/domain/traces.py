"""Traces of AI calls as exhibits: OpenTelemetry's ``gen_ai.*`` attributes become an exhibit's fields.

Their names still change upstream; the older ones are read, too. What is not known is left out, and the trace itself is
kept to the byte beside the fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.evidence import ExhibitField

# The first of these that a span has.
SINGLE: Mapping[ExhibitField, tuple[str, ...]] = {
    ExhibitField.PROMPT: ("gen_ai.input.messages", "gen_ai.prompt"),
    ExhibitField.OUTPUT: ("gen_ai.output.messages", "gen_ai.completion"),
    ExhibitField.SYSTEM_PROMPT: ("gen_ai.system_instructions",),
    ExhibitField.PROVIDER_REQUESTED: ("gen_ai.provider.name", "gen_ai.system"),
    ExhibitField.MODEL_REQUESTED: ("gen_ai.request.model",),
    ExhibitField.MODEL_ANSWERED: ("gen_ai.response.model",),
    ExhibitField.MODEL_FINGERPRINT: ("openai.response.system_fingerprint", "gen_ai.openai.response.system_fingerprint"),
    ExhibitField.REQUEST_ID: ("gen_ai.response.id",),
    ExhibitField.CONVERSATION_ID: ("gen_ai.conversation.id",),
    ExhibitField.SESSION_ID: ("session.id",),
    ExhibitField.USER_ID: ("user.id", "enduser.pseudo.id", "enduser.id"),
    ExhibitField.TENANT: ("tenant.id",),
    ExhibitField.RETRIEVAL_QUERY: ("gen_ai.retrieval.query.text",),
    ExhibitField.RETRIEVAL_CONTEXT: ("gen_ai.retrieval.documents",),
    ExhibitField.INDEX_SNAPSHOT: ("gen_ai.data_source.id",),
    ExhibitField.TOOL_DEFINITIONS: ("gen_ai.tool.definitions",),
}
# Everything under these prefixes together, as JSON.
GROUPS: Mapping[ExhibitField, tuple[str, ...]] = {
    ExhibitField.PARAMETERS: ("gen_ai.request.",),
    ExhibitField.SYSTEM_PROMPT_VERSION: ("gen_ai.prompt.name", "gen_ai.prompt.version"),
    ExhibitField.TOOL_CALLS: ("gen_ai.tool.name", "gen_ai.tool.call.", "gen_ai.tool.type"),
    ExhibitField.AGENT: ("gen_ai.agent.",),
    ExhibitField.GUARDRAIL_VERDICTS: ("gen_ai.evaluation.",),
}
NO_PARAMETERS = frozenset({"gen_ai.request.model"})
PREFIX = "gen_ai."


def is_ai(attributes: Mapping[str, Any]) -> bool:
    """Whether a span tells of an AI call."""
    return any(name.startswith(PREFIX) for name in attributes)


def fields_of(attributes: Mapping[str, Any]) -> dict[str, str | None]:
    """What a span's attributes say, by name of field."""
    found: dict[str, str | None] = {}
    for name, sources in SINGLE.items():
        known = next((attributes[source] for source in sources if source in attributes), None)
        if known is not None:
            found[name.value] = _text(known)
    for name, prefixes in GROUPS.items():
        group = {
            key: value
            for key, value in attributes.items()
            if key.startswith(prefixes) and key not in NO_PARAMETERS and value is not None
        }
        if group:
            found[name.value] = _text(group)
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
