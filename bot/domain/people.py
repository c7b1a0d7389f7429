"""Who acts and who is named: actors and the people behind their ids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of thing did something."""

    PERSON = "person"
    ALERT = "alert"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever did a thing: a person by Slack id, an alert by source, or Andon itself."""

    kind: ActorKind
    id: str

    def __str__(self) -> str:
        """The stored form, ``person:U123``; :meth:`parse` reads it back."""
        return f"{self.kind}:{self.id}"

    @property
    def is_person(self) -> bool:
        """Whether a human being acted."""
        return self.kind is ActorKind.PERSON

    @classmethod
    def parse(cls, text: str) -> Actor:
        """Read the stored form back. Raises ValueError for anything else."""
        kind, _, identity = text.partition(":")
        if not identity:
            raise ValueError(f"not an actor: {text!r}")
        return cls(ActorKind(kind), identity)

    @classmethod
    def person(cls, user_id: str) -> Actor:
        """The person with this Slack id."""
        return cls(ActorKind.PERSON, user_id)


ANDON = Actor(ActorKind.BOT, "andon")


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack tells of a person: enough to name them, to judge whether they can be asked, and to read their dates.

    ``timezone`` is an IANA name, empty when Slack gave none.
    """

    id: str
    name: str
    title: str = ""
    email: str = ""
    is_bot: bool = False
    is_deactivated: bool = False
    handle: str = ""
    timezone: str = ""

    @property
    def can_hold_role(self) -> bool:
        """Bots and deactivated people answer no page."""
        return not (self.is_bot or self.is_deactivated)
