"""The post-mortem: what it is compiled from, the compile, and what comes out of it."""

from bot.domain.postmortem.assemble import assemble
from bot.domain.postmortem.captured import (
    Custody,
    Entry,
    ExhibitFile,
    ExhibitLine,
    Gap,
    GapKind,
    Message,
    SeenBefore,
    WantedLine,
)
from bot.domain.postmortem.contained import ContainmentLine
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
from bot.domain.postmortem.reviewed import MoveLine, Reviewed, WaivedLine
from bot.domain.postmortem.told import ToldLine

__all__ = [
    "ActionItem",
    "ActionKind",
    "AiFacts",
    "ContainmentLine",
    "Custody",
    "Draft",
    "Entry",
    "ExhibitFile",
    "ExhibitLine",
    "FindingLine",
    "Gap",
    "GapKind",
    "IncidentFacts",
    "Learned",
    "Message",
    "MoveLine",
    "Obligation",
    "PhaseChange",
    "PlaybookLine",
    "PostmortemRecord",
    "Reviewed",
    "SectionKey",
    "SeenBefore",
    "SeverityChange",
    "Step",
    "SuggestionLine",
    "TaskLine",
    "TaxonomyCode",
    "Tenure",
    "ToldLine",
    "UpdateLine",
    "WaivedLine",
    "WantedLine",
    "Written",
    "assemble",
]
