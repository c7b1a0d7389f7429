"""Notices about what is established and the clocks set by law or contract, and the forms for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.obligations.words import Decision, Step
from bot.domain.particulars import Particular, ParticularKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticularChoice:
    """One thing that can be established, and what holds of it now. ``may``: whoever looks may write it down."""

    key: str
    title: str
    kind: ParticularKind
    what: str
    words: tuple[str, ...] = ()
    is_decided: bool = False
    may: bool = True
    now: Particular | None = None


@dataclass(frozen=True, slots=True)
class ParticularReceipt(Notice):
    """What whoever wrote one down hears. ``before``: what it was, for a correction."""

    summary: Summary
    particular: Particular
    before: Particular | None = None


@dataclass(frozen=True, slots=True)
class ParticularPost(Notice):
    """A particular written down or corrected, where everybody in the channel sees it: in the thread under the card."""

    summary: Summary
    particular: Particular
    before: Particular | None = None


@dataclass(frozen=True, slots=True)
class ParticularList(Notice):
    """Everything that is established, in the order of the policy file, and every version there was."""

    summary: Summary
    known: tuple[Particular, ...]
    history: tuple[Particular, ...]


@dataclass(frozen=True, slots=True)
class ParticularChooser(Notice):
    """Asks which one is to be written down."""

    summary: Summary
    choices: tuple[ParticularChoice, ...]


@dataclass(frozen=True, slots=True)
class ParticularForm(Notice):
    """Asks for the value of one."""

    summary: Summary
    choice: ParticularChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockItem:
    """One clock as screens show it. ``timezone`` is the authority's; ``starts`` says what starts it, in words.

    ``needs_counsel``: its row is hardly known, and counsel has not been asked yet.
    """

    obligation_id: int
    number: int
    clock: str
    name: str
    who: str
    trigger: str
    authority: str
    content: tuple[str, ...]
    note: str
    source: str
    reviewed: str
    confidence: str
    timezone: str
    starts: str
    because: str
    decision: Decision
    why: str = ""
    decided_at: datetime | None = None
    decided_by: str | None = None
    started_at: datetime | None = None
    due_strict: datetime | None = None
    due_statutory: datetime | None = None
    said: Step = Step.NOTHING
    sent_at: datetime | None = None
    needs_counsel: bool = False
    no_alteration: bool = False

    @property
    def is_running(self) -> bool:
        """Whether it applies, has begun, and nothing was sent yet."""
        return self.decision is Decision.APPLIES and self.due_strict is not None and self.sent_at is None

    @property
    def is_undecided(self) -> bool:
        """Whether legal has yet to say whether it applies."""
        return self.decision in (Decision.PROPOSED, Decision.UNDECIDED)


@dataclass(frozen=True, slots=True)
class ClockList(Notice):
    """Every clock of an incident. ``may_decide``: whoever looks is legal; ``more``: rows to add, id and name."""

    summary: Summary
    clocks: tuple[ClockItem, ...]
    now: datetime
    may_decide: bool
    more: tuple[tuple[str, str], ...] = ()
    command: str = "/incident"


@dataclass(frozen=True, slots=True)
class ClocksForLegal(Notice):
    """Tells legal which clocks may apply, or how far they have run. ``why`` says why it came."""

    summary: Summary
    clocks: tuple[ClockItem, ...]
    now: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ClocksOverdue(Notice):
    """Tells an executive that the time of a clock is over and nothing was recorded as sent."""

    summary: Summary
    clocks: tuple[ClockItem, ...]
    now: datetime
    legal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentItem:
    """A notice that was sent. ``late``: it was due before."""

    version: int
    sent_at: datetime
    recipient: str
    reference: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class ClockPost(Notice):
    """What legal decided, or that a notice was sent, for everybody in the channel."""

    summary: Summary
    clock: ClockItem
    by: str
    sent: SentItem | None = None


@dataclass(frozen=True, slots=True)
class ClockReceipt(Notice):
    """What whoever acted on a clock hears."""

    summary: Summary
    clock: ClockItem
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecideForm(Notice):
    """Asks legal whether a clock applies."""

    summary: Summary
    clock: ClockItem


@dataclass(frozen=True, slots=True)
class CounselForm(Notice):
    """Asks, before a row that is hardly known is decided, what counsel said."""

    summary: Summary
    clock: ClockItem


@dataclass(frozen=True, slots=True)
class SentForm(Notice):
    """Asks when, to whom and under which reference a notice was sent, and for its exact text."""

    summary: Summary
    clock: ClockItem


@dataclass(frozen=True, slots=True)
class Untold:
    """A clock that may forbid altering the system before its authority was told; nothing was sent for it yet."""

    name: str
    authority: str


@dataclass(frozen=True, slots=True)
class AlterationWarning(Notice):
    """``what`` alters the system, or may, and these authorities may have to be told before."""

    summary: Summary
    what: str
    untold: tuple[Untold, ...]


@dataclass(frozen=True, slots=True)
class AddClockForm(Notice):
    """Asks which clock that was not proposed is to be added: id and name of each."""

    summary: Summary
    more: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SheetPost(Notice):
    """The data for authorities' forms comes as a file; ``missing`` is what nobody knows yet, of so many fields."""

    summary: Summary
    version: int
    missing: tuple[str, ...]
    fields: int
