"""Evidence: what is kept and what is missing, one exhibit, the forms, what could not be fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.custody import Verified
from bot.domain.evidence import Wanted, WantedItem
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class ExhibitLine:
    """An exhibit without its body: bodies may hurt and are shown on request only."""

    exhibit_id: int
    title: str
    author: str
    kept_at: datetime
    kept_by: str
    sha256: str
    files: int
    permalink: str | None = None
    is_redacted: bool = False
    how: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceList(Notice):
    """What is preserved of an incident, newest first. ``total`` counts what does not fit, and redacted ones, too."""

    summary: Summary
    exhibits: tuple[ExhibitLine, ...]
    total: int
    redacted: int = 0
    wanted: Wanted = field(default_factory=Wanted)
    sealed: int = 0


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of an exhibit. ``problem`` says why it is not here; with neither it is still being fetched."""

    name: str
    size: int
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ExhibitShown(Notice):
    """One exhibit with its content, secrets masked and hidden characters written out, for the person who asked."""

    summary: Summary
    line: ExhibitLine
    body: str
    files: tuple[FileLine, ...] = ()
    fields: tuple[tuple[str, str | None], ...] = ()
    hidden: int = 0
    masked: bool = False


@dataclass(frozen=True, slots=True)
class ExhibitForm(Notice):
    """Asks for a structured exhibit; ``excerpt`` where it is made of a message."""

    summary: Summary
    items: tuple[tuple[str, str], ...]
    channel_id: str | None = None
    message_ts: str | None = None
    excerpt: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class ClassifyForm(Notice):
    """Asks what an exhibit counts as."""

    summary: Summary
    exhibit_id: int
    items: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExhibitReceipt(Notice):
    """It is kept: its number, its hash, and what is still missing."""

    summary: Summary
    exhibit_id: int
    title: str
    sha256: str
    wanted: Wanted
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class FilesLost(Notice):
    """Files of an exhibit that could not be fetched, with the reason of each."""

    summary: Summary
    exhibit_id: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceAsk(Notice):
    """Told to whoever is responsible: what the type requires and is not kept yet."""

    summary: Summary
    type_name: str
    missing: tuple[WantedItem, ...]
    advisable: tuple[WantedItem, ...]
    kept: int
    required: int
    command: str


@dataclass(frozen=True, slots=True)
class EvidenceChecked(Notice):
    """What a look at the evidence found."""

    summary: Summary
    verified: Verified


@dataclass(frozen=True, slots=True)
class EvidenceAlarm(Notice):
    """Told to admins and the lead: evidence is not as it was kept. ``total`` counts what is not listed, too."""

    summary: Summary
    findings: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class SealedLine:
    """Something under seal, without its content."""

    item_id: int
    kind: str
    about: str
    sealed_at: datetime
    sealed_by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SealedList(Notice):
    """What is under seal, for those whom policy names."""

    summary: Summary
    items: tuple[SealedLine, ...]


@dataclass(frozen=True, slots=True)
class SealedShown(Notice):
    """A sealed thing with its content, for somebody whom policy names; the reading is on record."""

    summary: Summary
    line: SealedLine
    body: str


@dataclass(frozen=True, slots=True)
class PrivilegedForm(Notice):
    """Asks for a privileged note."""

    summary: Summary
