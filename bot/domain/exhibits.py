"""What somebody wants kept as evidence, before it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.declaration import SourceMessage
from bot.domain.errors import BadInput
from bot.domain.evidence import ExhibitField

MOST_TEXT = 1_000_000
LARGEST_FILE = 64 * 1024 * 1024
MOST_FILES = 50
NOTHING = "Say what is to be kept: a text, at least one field, or a file."


@dataclass(frozen=True, slots=True)
class FileBytes:
    """A file that is here already, to the byte."""

    name: str
    data: bytes
    mimetype: str = ""


@dataclass(frozen=True, slots=True)
class ExhibitWish:
    """What to keep. ``fields`` hold None for *unknown*; ``items`` are catalogue ids beside those of the fields."""

    title: str = ""
    body: str = ""
    fields: Mapping[str, str | None] = field(default_factory=dict)
    items: tuple[str, ...] = ()
    files: tuple[FileBytes, ...] = ()
    source: SourceMessage | None = None

    def check(self) -> None:
        """Raise BadInput, naming the field, for what cannot be kept."""
        if not (self.body.strip() or self.fields or self.files or self.source):
            raise BadInput(NOTHING, field="body")
        for name in self.fields:
            if name not in set(ExhibitField):
                raise BadInput(
                    f"“{name}” is no field of an exhibit; there are {', '.join(ExhibitField)}.", field="more"
                )
        size = len(self.body) + sum(len(text or "") for text in self.fields.values())
        if size > MOST_TEXT:
            raise BadInput(f"That is {size:,} characters; {MOST_TEXT:,} fit. Keep it as a file instead.", field="body")
        if len(self.files) > MOST_FILES:
            raise BadInput(f"At most {MOST_FILES} files go into one exhibit.", field="files")
        for file in self.files:
            if len(file.data) > LARGEST_FILE:
                raise BadInput(too_large(file.name, len(file.data)), field="files")


@dataclass(frozen=True, slots=True)
class Bundled:
    """What went into a bundle, and what could not."""

    reference: str
    directory: Path
    exhibits: int
    files: int
    head: str
    problems: tuple[str, ...] = ()


def too_large(name: str, size: int) -> str:
    """Why a file is not kept."""
    return (
        f"“{name}” has {size / 1048576:,.0f} MB; {LARGEST_FILE // 1048576} MB can be kept. "
        "Store it where such files belong, and keep its address and SHA-256 as a text."
    )
