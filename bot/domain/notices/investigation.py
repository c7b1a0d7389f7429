"""Notices about what an investigation writes down, and the forms for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.causes import CauseClass
from bot.domain.investigation import FindingKind, Judgement, Proof, Reproduction, Scope
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingItem:
    """One finding as screens show it; what its kind does not have is None."""

    finding_id: int
    number: int
    kind: FindingKind
    text: str
    by: str
    at: datetime
    proof: Proof | None = None
    why: str = ""
    reproduction: Reproduction | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class CauseForm(Notice):
    """Asks what kind of cause it was; ``chosen`` is what is known of it."""

    summary: Summary
    chosen: CauseClass | None = None


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """An earlier incident that is like this one, and in what."""

    summary: Summary
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarlierList(Notice):
    """Earlier incidents that are like this one, likest first, as one person may see them."""

    summary: Summary
    items: tuple[EarlierItem, ...]
    command: str


@dataclass(frozen=True, slots=True)
class FindingPost(Notice):
    """A finding, where everybody sees it: in the thread under the card."""

    summary: Summary
    item: FindingItem


@dataclass(frozen=True, slots=True)
class FindingReceipt(Notice):
    """What whoever wrote a finding down hears. ``note`` is what follows from it, if anything."""

    summary: Summary
    item: FindingItem
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindingList(Notice):
    """The investigation record, newest of each kind last."""

    summary: Summary
    items: tuple[FindingItem, ...]
    command: str


@dataclass(frozen=True, slots=True)
class AssessForm(Notice):
    """The four questions."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class Assessed(Notice):
    """What the answers mean, and why. ``is_set``: the incident has this severity already."""

    summary: Summary
    judgement: Judgement
    is_set: bool


@dataclass(frozen=True, slots=True)
class HypothesisForm(Notice):
    """Asks for a hypothesis."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class ProofForm(Notice):
    """Asks what became of a hypothesis."""

    summary: Summary
    item: FindingItem


@dataclass(frozen=True, slots=True)
class ReplayForm(Notice):
    """Asks how often it fired of how many tries. ``step_id``: the step that this is to show, after the fix."""

    summary: Summary
    step_id: int | None = None


@dataclass(frozen=True, slots=True)
class ScopeForm(Notice):
    """Asks who was exposed, and how sure that is."""

    summary: Summary
    window: str
