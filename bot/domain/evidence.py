"""What is to be preserved of an incident: the fields of an exhibit, and how complete a set of exhibits is.

A field is known (a text, kept as it was), unknown (nobody knows it, which is itself worth keeping), or not said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

# The catalogue's item for messages, which is what a marked or reported message is until somebody says more.
MESSAGES = "E16"
UNKNOWN_MARK = "?"


class ExhibitField(StrEnum):
    """What can be said of one exchange with an AI system."""

    PROMPT = "prompt"
    OUTPUT = "output"
    OUTPUT_UNFILTERED = "output_unfiltered"
    SYSTEM_PROMPT = "system_prompt"
    SYSTEM_PROMPT_VERSION = "system_prompt_version"
    RETRIEVAL_QUERY = "retrieval_query"
    RETRIEVAL_CONTEXT = "retrieval_context"
    INDEX_SNAPSHOT = "index_snapshot"
    PROVIDER_REQUESTED = "provider_requested"
    PROVIDER_ANSWERED = "provider_answered"
    MODEL_REQUESTED = "model_requested"
    MODEL_ANSWERED = "model_answered"
    MODEL_VERSION = "model_version"
    MODEL_FINGERPRINT = "model_fingerprint"
    PARAMETERS = "parameters"
    TOOL_DEFINITIONS = "tool_definitions"
    TOOL_CALLS = "tool_calls"
    TOOL_PERMISSIONS = "tool_permissions"
    GUARDRAIL_VERDICTS = "guardrail_verdicts"
    TRACE_ID = "trace_id"
    SESSION_ID = "session_id"
    CONVERSATION_ID = "conversation_id"
    REQUEST_ID = "request_id"
    USER_ID = "user_id"
    TENANT = "tenant"
    AGENT = "agent"
    HAPPENED_AT = "happened_at"


class Volatility(StrEnum):
    """How soon an item is gone. *New*: it does not exist until somebody makes it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEW = "new"


Fields = Mapping[str, str | None]
"""By name of field: its text, or None where it is unknown; what was not said is not there."""


class ItemState(StrEnum):
    """How it stands with one thing that can be preserved."""

    KEPT = "kept"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class WantedItem:
    """One thing of the catalogue that the incident's type wants."""

    id: str
    name: str
    capture: str
    state: ItemState
    is_required: bool
    is_volatile: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that the type wants, required things first."""

    items: tuple[WantedItem, ...] = ()

    @property
    def required(self) -> tuple[WantedItem, ...]:
        """What has to be there before containment ends."""
        return tuple(item for item in self.items if item.is_required)

    @property
    def kept(self) -> int:
        """How many of the required ones are kept."""
        return sum(item.state is ItemState.KEPT for item in self.required)

    @property
    def missing(self) -> tuple[WantedItem, ...]:
        """Required and to be looked for."""
        return tuple(item for item in self.required if item.state is ItemState.MISSING)

    @property
    def advisable(self) -> tuple[WantedItem, ...]:
        """Recommended and to be looked for."""
        return tuple(item for item in self.items if not item.is_required and item.state is ItemState.MISSING)


def items_of(fields: Fields, catalogue: Mapping[str, Collection[str]]) -> tuple[frozenset[str], frozenset[str]]:
    """The catalogue items that fields satisfy, and those of which only *unknown* was said.

    ``catalogue`` gives the fields of each item; an item is satisfied by any of its fields that is known.
    """
    satisfied = {item for item, names in catalogue.items() if any(fields.get(name) is not None for name in names)}
    told = {item for item, names in catalogue.items() if any(name in fields for name in names)}
    return frozenset(satisfied), frozenset(told - satisfied)
