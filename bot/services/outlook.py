"""Who will be asked next: the people behind the steps to come, for whoever has to call them by telephone."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.escalation import Ask
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.targets import Targets
from bot.services.work import Work


class Outlook:
    """Looks ahead."""

    def __init__(self, work: Work, access: Access, targets: Targets) -> None:
        self._work = work
        self._access = access
        self._targets = targets

    async def whom(self, incident_id: int, asks: Iterable[Ask], *, by: Actor) -> dict[Ask, tuple[str, ...]]:
        """The Slack ids that each would be put to as things stand; nobody for the channel."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            return {ask: tuple(await self._targets.people(unit, incident, ask)) for ask in dict.fromkeys(asks)}
