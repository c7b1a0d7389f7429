"""A body as it came, and what all readers of bodies need: JSON, models, instants, flat labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.domain.alerts.alert import instant
from playbooks.alerts import Source

OVER = frozenset({"resolved", "ok", "closed", "cleared", "recovered"})
TITLES = ("summary", "title", "message", "alertname")
Shape = TypeVar("Shape", bound=BaseModel)


class Malformed(Exception):
    """A body that cannot be read; ``field`` says where, such as ``alerts.3.startsAt``, empty for all of it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field or 'The body'}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes, the headers in small letters, and the source that sent them."""

    source: Source
    data: bytes
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        """Without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def _instant(value: Any) -> Any:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("write an instant like 2026-04-14T09:00:00Z")  # noqa: TRY004 - a wrong value, not a type
    try:
        return instant(value) if value else None
    except ValueError as error:
        raise ValueError(f"{value[:40]!r} is no instant: write one like 2026-04-14T09:00:00Z") from error


Instant = Annotated[datetime | None, BeforeValidator(_instant)]


class Loose(BaseModel):
    """What a sender adds is passed over; what it leaves out is not."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


def document(data: bytes, field: str = "") -> Any:
    """The JSON in these bytes. Raises Malformed."""
    try:
        return json.loads(data)
    except RecursionError as error:
        raise Malformed(field, "it is nested too deeply") from error
    except ValueError as error:
        raise Malformed(field, f"it is no JSON ({error})") from error


def shaped(model: type[Shape], value: Any, field: str = "") -> Shape:
    """The value as the model has it. Raises Malformed with the way to the first thing that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        way = ".".join(part for part in (field, *map(str, first["loc"])) if part)
        raise Malformed(way, first["msg"].removeprefix("Value error, ")) from error


def flat(value: Any) -> dict[str, str]:
    """What of an object is words, numbers and yes or no, as labels."""
    if not isinstance(value, Mapping):
        return {}
    return {
        str(key): str(said).lower() if isinstance(said, bool) else str(said)
        for key, said in value.items()
        if isinstance(said, str | int | float)
    }


def title_of(*told: Mapping[str, str]) -> str:
    """The first of the usual names for a title that somebody filled in."""
    return next((said[name] for said in told for name in TITLES if said.get(name)), "")


def links_of(*told: Mapping[str, str]) -> list[str]:
    """Everything that is called a link."""
    return [v for said in told for k, v in said.items() if k.lower().endswith(("url", "link")) and v]


def joined(*parts: str) -> str:
    """Several names as one that no other several names have."""
    return json.dumps(parts, ensure_ascii=False)
