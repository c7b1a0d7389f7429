"""A report: a possible incident that awaits judgement. Its words, who may judge it, and when somebody is asked to.

A report has its own numbers, ``R-0007``: only what is declared counts among the incidents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.declaration import Declaration, SourceMessage
from bot.domain.errors import AlreadyDone, NotAllowed
from bot.domain.incident import IncidentType, Severity

REFERENCE = re.compile(r"^#?r-?0*(\d{1,9})$", re.IGNORECASE)
MOST_DISMISSALS = 2


class ReportState(StrEnum):
    """Where a report stands. The first two wait for somebody."""

    WAITING = "waiting"
    DISPUTED = "disputed"
    DISMISSED = "dismissed"
    DECLARED = "declared"
    ADDED = "added"
    SAME = "same"


OPEN = frozenset({ReportState.WAITING, ReportState.DISPUTED})
TAKEN = {
    ReportState.DISMISSED: "was dismissed",
    ReportState.DECLARED: "was declared",
    ReportState.ADDED: "was added to an incident",
    ReportState.SAME: "was put together with another report",
}


@dataclass(frozen=True, slots=True)
class NewReport:
    """What is handed in. ``severity`` None: nobody said; ``system``: a slug of the catalogue, or free text.

    ``links`` and ``trace_url`` come from outside: they are shown as text, never followed. ``details`` are kept with the
    incident that it may become.
    """

    what_happened: str
    type: IncidentType = IncidentType.UNSURE
    severity: Severity | None = None
    system: str | None = None
    is_private: bool = False
    is_drill: bool = False
    source: SourceMessage | None = None
    origin_channel_id: str | None = None
    model_version: str = ""
    trace_url: str = ""
    links: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    reported_at: datetime | None = None

    @property
    def title(self) -> str:
        """The first line that says something."""
        return Declaration(self.what_happened).title

    def check(self) -> None:
        """Raise BadInput, naming the field, unless it says what happened, within the limit."""
        Declaration(self.what_happened).check()


@dataclass(frozen=True, slots=True)
class Rung:
    """Whom to ask when a report has waited for so long."""

    after: timedelta
    ask: str


def reference(number: int) -> str:
    """``R-0007``."""
    return f"R-{number:04d}"


def parse_reference(text: str) -> int | None:
    """The number behind ``R-0007``, ``r7``; None for anything else."""
    found = REFERENCE.match(text.strip())
    return int(found.group(1)) if found else None


def require_open(number: int, state: ReportState, who: str) -> None:
    """Raise AlreadyDone, saying what became of it, for a report that waits for nobody. ``who``: by whom, in words."""
    if state not in OPEN:
        raise AlreadyDone(f"{reference(number)} {TAKEN[state]} by {who}. Nothing was changed.")


def require_other(number: int, state: ReportState, by: str, dismissers: Collection[str]) -> None:
    """Raise NotAllowed for whoever dismissed a report that is disputed. Declaring it after all is open to everybody."""
    if state is ReportState.DISPUTED and by in dismissers:
        raise NotAllowed(
            f"You dismissed {reference(number)}, and its reporter disagrees: somebody else has to judge it. "
            "If you see it their way now, declare it."
        )


def may_dispute(state: ReportState, dismissals: int) -> bool:
    """Whether a reporter's disagreement changes anything: once, for a second person has judged after that."""
    return state is ReportState.DISMISSED and dismissals < MOST_DISMISSALS


def next_ask(rungs: Sequence[Rung], raised: int, since: datetime) -> datetime | None:
    """When the next rung asks; None when all have. ``since``: from when it waits for somebody to look."""
    return since + rungs[raised].after if raised < len(rungs) else None
