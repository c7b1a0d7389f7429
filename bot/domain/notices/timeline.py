"""The timeline as people read and write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.timeline import EntryKind


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, as a sentence, by whom (an actor's stored form), at which instant, and where it comes from."""

    kind: EntryKind
    at: datetime
    actor: str
    text: str
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class TimelinePage(Notice):
    """Some lines in the order things happened. ``older_than`` is the line before which more are kept, if any."""

    summary: Summary
    lines: tuple[Line, ...]
    older_than: int | None = None
    is_newest: bool = True


@dataclass(frozen=True, slots=True)
class NoteForm(Notice):
    """The form to write a line with."""

    summary: Summary
    typed: str = ""
