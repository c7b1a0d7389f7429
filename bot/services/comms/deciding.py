"""Approving texts. An approval is of one version, by its hash: an edit leaves it behind."""

from __future__ import annotations

from bot.domain.errors import AlreadyDone, NotFound
from bot.domain.notices.texts import TextShown
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.texts import approving
from bot.domain.texts.words import TextState, roles_of
from bot.services.access import NO_SUCH, Access
from bot.services.comms.reading import TextReading
from bot.services.comms.record import Shelf, named, note
from bot.services.guards import name_of
from bot.services.work import Work
from storage.store import Unit
from storage.texts import SentText, TextApproval, TextVersion


class TextDeciding:
    """Takes approvals in, each under the incident's lock."""

    def __init__(self, work: Work, access: Access, shelf: Shelf, reading: TextReading) -> None:
        self._work = work
        self._access = access
        self._shelf = shelf
        self._reading = reading

    async def approve(self, version_id: int, *, by: Actor) -> TextShown:
        """Agree to exactly this version, as a role that one holds. Raises when it was edited meanwhile, and by whom."""
        async with self._work() as unit:
            version = await unit.texts.version(version_id)
            if version is None:
                raise NotFound(NO_SUCH)
            text, incident = await self._shelf.found(unit, version.text_id, Verb.READ_TEXTS, by)
            await check_current(unit, text, version)
            template, whole = self._shelf.kind_of(text), await unit.texts.whole(text)
            person = await unit.people.get(by.id)
            email = person.email if person else ""
            role = approving.role_to_approve_as(
                template.approved_by,
                whole.approvals,
                version.sha256,
                by=by.id,
                email=email,
                held=roles_of(await self._access.standings(unit, incident, by)),
                different_people=template.different_people,
            )
            now = self._work.now()
            await unit.texts.approve(
                TextApproval(
                    text_id=text.key,
                    version_id=version.key,
                    sha256=version.sha256,
                    role=role,
                    given_by=by.id,
                    email=email,
                    given_at=now,
                )
            )
            said = f"{named(text)}, version {version.number}, approved as {role.value} (sha256 {version.sha256[:12]})"
            note(unit, text, "approved", said, by=by, at=now)
            return await self._reading.shown_in(unit, text.key, by=by)


async def check_current(unit: Unit, text: SentText, version: TextVersion) -> None:
    """Raise AlreadyDone unless this is what the draft says now."""
    if text.state is not TextState.DRAFT:
        raise AlreadyDone(f"{named(text)} is {text.state.value.replace('_', ' ')} already. Nothing was changed.")
    if text.version_id == version.key:
        return
    current = await unit.texts.version(text.version_id) if text.version_id else None
    if current is not None:
        who = await name_of(unit, current.written_by)
        raise AlreadyDone(
            f"{who} has edited it since: it is version {current.number} now, you saw version {version.number}. "
            "Open it again and read what it says now. Nothing was changed."
        )
