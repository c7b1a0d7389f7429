"""The seat at the terminal: the services of Andon, opened for one person whom it knows, without Slack.

What is done here is written as it would be for Slack's doors; the running bot finds what Slack is owed. Nothing proves
who types: whoever can reach the database is believed, and the timeline says by which door a line came in.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.incident import parse_reference
from bot.domain.notices.backlog import Backlog
from bot.domain.notices.incident import Summary
from bot.domain.people import Actor, Profile
from bot.main import opened
from bot.services.container import Services
from bot.services.people import People
from bot.services.ports import Clock
from bot.services.status import Status
from bot.settings import Settings
from storage import schema

COMMAND_LINE = "command line"
WHO_ARE_YOU = (
    "Say who you are: `--as rae@example.com`, or ANDON_AS in the environment or in .env; "
    "a Slack id, an e-mail address or a handle that Andon knows."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What an errand has to say: ``text`` for people, ``data`` for machines."""

    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at work: who they are, everybody's names, and the services."""

    me: Profile
    names: Mapping[str, Profile]
    services: Services

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return Actor.person(self.me.id)

    def now(self) -> datetime:
        """The present instant."""
        return self.services.work.now()

    async def about(self, reference: str) -> Summary:
        """The incident that was named. Raises BadInput or NotFound."""
        number = parse_reference(reference)
        if number is None:
            raise BadInput(f"“{reference}” names no incident: write it like AI-0042. `andon incident list` shows them.")
        return await self.services.incidents.by_number(number, self.actor)

    async def backlog(self) -> Backlog | None:
        """What Slack should have heard by now."""
        return await Status(self.services.work).backlog()

    def key(self, given: str | None) -> str:
        """The name of this submission: the same person giving the same key again repeats it, and changes nothing."""
        return f"{COMMAND_LINE}:{self.me.id}:{given or uuid.uuid4().hex}"


@asynccontextmanager
async def seated(settings: Settings, who: str = "", clock: Clock | None = None) -> AsyncIterator[Seat]:
    """A seat for ``who``, else for the person of the settings. Raises BadInput or SchemaError."""
    typed = who.strip() or settings.acting_as
    if not typed:
        raise BadInput(WHO_ARE_YOU)
    await schema.require(settings.database_url)
    async with opened(settings, clock, via=COMMAND_LINE) as core:
        people = People(core.services.work)
        yield Seat(await people.person(typed), await people.names(), core.services)
