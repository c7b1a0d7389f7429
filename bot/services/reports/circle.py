"""Who looks at reports, and who may see one about a private matter: they, whoever reported it, and admins."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.errors import NotFound
from bot.domain.people import Actor
from bot.domain.report import parse_reference
from bot.services.access import Access
from bot.services.directory import Directory
from playbooks.library import Library
from playbooks.triage import Duty
from storage.reports import Report
from storage.store import Unit

NO_SUCH = "There is no such report, or it is not open to you."


class Circle:
    """The people on triage duty."""

    def __init__(self, access: Access, directory: Directory, library: Library) -> None:
        self._access = access
        self._directory = directory
        self._library = library

    async def asked(self, unit: Unit, duty: str) -> list[str]:
        """Whom a rung means, as last resolved."""
        entries = self._library.triage.asked(Duty(duty)) if duty in set(Duty) else ()
        return await self._directory.people(unit, entries)

    async def others(self, unit: Unit, judged: Collection[str]) -> list[str]:
        """Who is asked first, but for those who have judged it, in their stored form; admins where nobody is left."""
        for wanted in (*[await self.asked(unit, duty) for duty in Duty], list(self._access.admins)):
            left = [user_id for user_id in wanted if str(Actor.person(user_id)) not in judged]
            if left:
                return left
        return []

    async def is_in(self, unit: Unit, actor: Actor) -> bool:
        """Whether the actor looks at reports by duty. Andon itself and admins do."""
        if not actor.is_person or self._access.is_admin(actor.id):
            return True
        return actor.id in await self._directory.people(unit, self._library.triage.entries())

    async def sees(self, unit: Unit, report: Report, actor: Actor) -> bool:
        """Whether the actor may see the report."""
        return not report.is_private or report.reported_by == str(actor) or await self.is_in(unit, actor)

    async def get(self, unit: Unit, report_id: int, actor: Actor, *, lock: bool = False) -> Report:
        """The report. Raises NotFound for none, or none that the actor may see."""
        report = await unit.reports.get(report_id, lock=lock)
        if report is None or not await self.sees(unit, report, actor):
            raise NotFound(NO_SUCH)
        return report

    async def named(self, unit: Unit, text: str, actor: Actor) -> Report:
        """The report named ``R-0007``. Raises NotFound."""
        number = parse_reference(text)
        if number is None:
            raise NotFound(f"“{text[:40]}” names no report: write it like R-0007.")
        return await self.get(unit, number, actor)
