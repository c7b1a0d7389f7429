"""What a person hands in when they pull the cord."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.errors import BadInput
from bot.domain.incident import IncidentType, Severity, clean_title

STORY_LIMIT = 40_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file on a reported message: named and hashed by reference, not copied."""

    id: str
    name: str
    mimetype: str = ""
    size: int = 0
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message as it stood when it was reported."""

    channel_id: str
    ts: str
    text: str
    author_id: str | None = None
    thread_ts: str | None = None
    permalink: str = ""
    files: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """The answers of the form. ``severity`` None: *Not sure*; ``system``: a slug of the catalogue, or free text."""

    what_happened: str
    type: IncidentType = IncidentType.UNSURE
    severity: Severity | None = None
    system: str | None = None
    is_private: bool = False
    source: SourceMessage | None = None
    origin_channel_id: str | None = None
    details: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The first line that says something, on one line."""
        return next((line for raw in self.what_happened.splitlines() if (line := clean_title(raw))), "")

    def check(self) -> None:
        """Raise :class:`BadInput` unless it says what happened, within the limit."""
        if not self.title:
            raise BadInput("Say in a few words what happened: that is the only thing we need.", field="what_happened")
        if len(self.what_happened) > STORY_LIMIT:
            raise BadInput(
                f"That is {len(self.what_happened):,} characters; {STORY_LIMIT:,} fit. "
                "Keep the start here and paste the rest into the incident's channel.",
                field="what_happened",
            )
