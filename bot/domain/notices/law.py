"""Notices about what is established and the clocks set by law or contract, and the forms for them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
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
