"""The review of an incident: the five steps it leads through, and what keeps it from being closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import BadInput
from bot.domain.postmortem import SectionKey

SHORTEST, LONGEST = 15, 240  # minutes of a review
WHY_LEAST = 3


class ReviewStep(StrEnum):
    """What a review goes through, in this order."""

    HAPPENED = "happened"
    WHY = "why"
    DOING = "doing"
    PLAYBOOK = "playbook"
    LEGAL = "legal"

    @property
    def following(self) -> ReviewStep | None:
        """The step after this one; None after the last."""
        steps = list(ReviewStep)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None


# Each step writes sections of the post-mortem: what is said in a review is in the draft at once.
SECTIONS: Mapping[ReviewStep, tuple[SectionKey, ...]] = {
    ReviewStep.HAPPENED: (SectionKey.SUMMARY, SectionKey.IMPACT, SectionKey.DETECTION),
    ReviewStep.WHY: (SectionKey.ROOT_CAUSE, SectionKey.CONTRIBUTING_FACTORS, SectionKey.AI_FACTS),
    ReviewStep.DOING: (SectionKey.WENT_WELL, SectionKey.WENT_BADLY, SectionKey.LUCKY),
    ReviewStep.PLAYBOOK: (SectionKey.PLAYBOOK_CHANGES,),
    ReviewStep.LEGAL: (SectionKey.NOTIFICATIONS, SectionKey.RISK_REGISTER),
}


class GapKind(StrEnum):
    """What a review is not closed with, unless somebody says why."""

    UNOWNED_ACTIONS = "unowned_actions"
    UNDECIDED_OBLIGATIONS = "undecided_obligations"
    MISSING_EVIDENCE = "missing_evidence"

    @property
    def field(self) -> str:
        """The field of the form that asks why."""
        return f"why_{self.value}"


@dataclass(frozen=True, slots=True)
class ReviewGap:
    """One kind of thing that is missing, and the names of what is."""

    kind: GapKind
    what: tuple[str, ...]

    @property
    def said(self) -> str:
        """The same as a clause of its own."""
        return f"There {'is' if len(self.what) == 1 else 'are'} {self.sentence}"

    @property
    def sentence(self) -> str:
        """What is missing, in a few words."""
        count = len(self.what)
        match self.kind:
            case GapKind.UNOWNED_ACTIONS:
                return f"{count} action item{'' if count == 1 else 's'} without an owner"
            case GapKind.UNDECIDED_OBLIGATIONS:
                return f"{count} obligation{'' if count == 1 else 's'} that legal has not decided"
            case GapKind.MISSING_EVIDENCE:
                return f"{count} required piece{'' if count == 1 else 's'} of evidence neither kept nor marked unknown"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A gap that the review was closed with, and what the named person said about it."""

    kind: GapKind
    what: tuple[str, ...]
    why: str
    by: str


def check_close(gaps: tuple[ReviewGap, ...], why: Mapping[GapKind, str], by: str) -> tuple[Waiver, ...]:
    """What is waived, gap by gap. Raises BadInput for the first gap about which nothing is said."""
    for gap in gaps:
        if len(why.get(gap.kind, "").strip()) < WHY_LEAST:
            raise BadInput(f"{gap.said}. Say why the review is closed all the same.", field=gap.kind.field)
    return tuple(Waiver(gap.kind, gap.what, why[gap.kind].strip(), by) for gap in gaps)


def check_minutes(minutes: int) -> int:
    """The length of a review. Raises BadInput."""
    if not SHORTEST <= minutes <= LONGEST:
        raise BadInput(f"A review takes {SHORTEST} to {LONGEST} minutes.", field="minutes")
    return minutes
