"""The draft and its file."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class PostmortemWanted(Fact):
    """Somebody wants a draft of what is known now."""

    by: str


@dataclass(frozen=True, slots=True)
class PostmortemWritten(Fact):
    """Somebody wrote a section or an action item after a draft was made."""

    by: str


@dataclass(frozen=True, slots=True)
class PostmortemCompiled(Fact):
    """There is a new draft."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class PostmortemUploaded(Fact):
    """The draft's bytes are with Slack, in nobody's sight yet."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class PostmortemShared(Fact):
    """The draft's file is in the channel."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class PostmortemWithdrawn(Fact):
    """Something was redacted that an older draft's file may show: the file goes."""

    draft_id: int
