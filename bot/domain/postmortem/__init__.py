"""The post-mortem: what it is compiled from, the compile, and what comes out of it."""

from bot.domain.postmortem.assemble import assemble
from bot.domain.postmortem.captured import Entry, ExhibitLine, Gap, GapKind, Message
from bot.domain.postmortem.draft import Draft
from bot.domain.postmortem.facts import AiFacts, IncidentFacts, PhaseChange, SeverityChange, TaxonomyCode
from bot.domain.postmortem.learned import FindingLine, Learned, PlaybookLine, SuggestionLine
from bot.domain.postmortem.record import (
    ActionItem,
    ActionKind,
    Obligation,
    PostmortemRecord,
    SectionKey,
    Step,
    TaskLine,
    Tenure,
    UpdateLine,
    Written,
)

__all__ = [
    "ActionItem",
    "ActionKind",
    "AiFacts",
    "Draft",
    "Entry",
    "ExhibitLine",
    "FindingLine",
    "Gap",
    "GapKind",
    "IncidentFacts",
    "Learned",
    "Message",
    "Obligation",
    "PhaseChange",
    "PlaybookLine",
    "PostmortemRecord",
    "SectionKey",
    "SeverityChange",
    "Step",
    "SuggestionLine",
    "TaskLine",
    "TaxonomyCode",
    "Tenure",
    "UpdateLine",
    "Written",
    "assemble",
]
