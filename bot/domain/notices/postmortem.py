"""Notices about the post-mortem: the draft in the channel, what is still missing, and the forms to write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.postmortem import SectionKey


@dataclass(frozen=True, slots=True)
class DraftPost(Notice):
    """The draft's message in the channel, edited in place with every version."""

    summary: Summary
    version: int
    compiled_at: datetime
    compiled_by: str
    permalink: str | None
    written: tuple[SectionKey, ...]
    missing: tuple[SectionKey, ...]
    items: int
    messages: int
    entries: int


@dataclass(frozen=True, slots=True)
class DraftRequested(Notice):
    """The person who asked hears that it is being compiled, and what can be written meanwhile."""

    summary: Summary
    permalink: str | None
    written: tuple[SectionKey, ...]
    missing: tuple[SectionKey, ...]


@dataclass(frozen=True, slots=True)
class SectionForm(Notice):
    """One section to write, with what stands there now."""

    summary: Summary
    section: SectionKey
    text: str
    written_by: str | None = None
    written_at: datetime | None = None
