"""Reading the rows of a record aloud: actors become names, Slack's notation becomes plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.domain.people import Profile
from bot.domain.plain import name_of, readable
from bot.domain.postmortem.captured import ExhibitFile, ExhibitLine, Gap
from bot.domain.postmortem.contained import ContainmentLine
from bot.domain.postmortem.facts import AiFacts, IncidentFacts, PhaseChange, SeverityChange
from bot.domain.postmortem.learned import FindingLine, Learned, PlaybookLine, SuggestionLine
from bot.domain.postmortem.record import (
    ActionItem,
    Obligation,
    PostmortemRecord,
    Step,
    TaskLine,
    Tenure,
    UpdateLine,
    Written,
)
from bot.domain.postmortem.reviewed import MoveLine, Reviewed, WaivedLine
from bot.domain.postmortem.told import ToldLine

Row = TypeVar("Row")

TEXTS: dict[type, tuple[str, ...]] = {
    IncidentFacts: (
        "title",
        "what_happened",
        "type_name",
        "system",
        "channel_name",
        "contained_how",
        "resolved_how",
        "closed_note",
    ),
    AiFacts: (
        "failure_mode",
        "architecture",
        "model",
        "prompt",
        "retrieval",
        "tools",
        "first_bad_version",
        "settings",
    ),
    SeverityChange: ("reason",),
    PhaseChange: ("reason",),
    Tenure: (),
    TaskLine: ("text",),
    UpdateLine: ("text",),
    Step: ("why",),
    ExhibitLine: ("title",),
    ExhibitFile: ("name", "problem"),
    Obligation: ("name", "reason", "reference"),
    Written: ("text",),
    ActionItem: ("text", "drop_reason"),
    MoveLine: ("why",),
    WaivedLine: ("why",),
    Reviewed: (),
    Gap: ("what", "reason"),
    PlaybookLine: ("text", "reason"),
    FindingLine: ("text", "why"),
    SuggestionLine: ("text",),
    ContainmentLine: ("what", "why", "harm_cannot_wait", "seen", "outcome"),
    ToldLine: ("title", "told", "reason"),  # what was sent stays as it was sent, to the letter
}

ACTORS: dict[type, tuple[str, ...]] = {
    IncidentFacts: ("declared_by", "contained_by", "resolved_by", "closed_by"),
    AiFacts: (),
    SeverityChange: ("by",),
    PhaseChange: ("by",),
    Tenure: ("person", "given_by"),
    TaskLine: ("owner",),
    UpdateLine: ("by",),
    Step: ("asked", "acknowledged_by"),
    ExhibitLine: ("kept_by", "redacted_by"),
    ExhibitFile: (),
    Obligation: ("decided_by",),
    Written: ("author",),
    ActionItem: ("owner", "dropped_by"),
    MoveLine: ("by",),
    WaivedLine: ("by",),
    Reviewed: ("closed_by",),
    Gap: (),
    PlaybookLine: ("done_by", "dropped_by"),
    FindingLine: ("by",),
    SuggestionLine: ("by",),
    ContainmentLine: ("asked_by",),
    ToldLine: ("by",),
}


class Reader:
    """Names people and reads texts with one table of names."""

    def __init__(self, names: Mapping[str, Profile]) -> None:
        self._names = names

    def text(self, text: str) -> str:
        """The text as plain words, without blank edges."""
        return readable(text, self._names).strip()

    def name(self, actor: str) -> str:
        """The name of a stored actor or Slack id."""
        return name_of(actor, self._names)

    def record(self, record: PostmortemRecord) -> PostmortemRecord:
        """The record, read; its timeline and messages are left for whoever shows some of them."""
        return replace(
            record,
            incident=self.row(record.incident),
            ai=self.row(record.ai),
            severities=self.rows(record.severities),
            phases=self.rows(record.phases),
            tenures=self.rows(record.tenures),
            tasks=self.rows(record.tasks),
            updates=self.rows(record.updates),
            steps=self.rows(record.steps),
            exhibits=self.rows(record.exhibits),
            obligations=self.rows(record.obligations),
            written=self.rows(record.written),
            actions=tuple(replace(one, moves=self.rows(one.moves)) for one in self.rows(record.actions)),
            reviewed=self._reviewed(record.reviewed),
            gaps=self.rows(record.gaps),
            learned=self._learned(record.learned),
            containment=tuple(
                replace(line, agreed=tuple(map(self.name, line.agreed))) for line in self.rows(record.containment)
            ),
            told=tuple(replace(line, approved=tuple(map(self.name, line.approved))) for line in self.rows(record.told)),
            custody=replace(record.custody, files=self.rows(record.custody.files)),
        )

    def _learned(self, learned: Learned) -> Learned:
        return replace(
            learned,
            playbook=self.rows(learned.playbook),
            findings=self.rows(learned.findings),
            suggestions=self.rows(learned.suggestions),
        )

    def _reviewed(self, reviewed: Reviewed) -> Reviewed:
        return replace(
            self.row(reviewed),
            attendees=tuple(map(self.name, reviewed.attendees)),
            waived=tuple(replace(one, what=tuple(map(self.text, one.what))) for one in self.rows(reviewed.waived)),
        )

    def row(self, row: Row) -> Row:
        """The row with its actors named and its texts readable."""
        read: dict[str, Any] = {
            **self._each(row, TEXTS[type(row)], self.text),
            **self._each(row, ACTORS[type(row)], self.name),
        }
        return replace(row, **read) if read else row  # type: ignore[type-var]  # every row is a frozen dataclass

    def rows(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows, read."""
        return tuple(self.row(row) for row in rows)

    @staticmethod
    def _each(row: object, fields: Iterable[str], read: Any) -> dict[str, str]:
        values = ((field, getattr(row, field)) for field in fields)
        return {field: read(value) for field, value in values if value}
