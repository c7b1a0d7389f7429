"""Particulars: what is established about an incident, written once, corrected with a reason, all versions kept."""

from __future__ import annotations

from difflib import get_close_matches

from bot.domain.errors import AlreadyDone, BadInput, NotAllowed
from bot.domain.events import ParticularSet
from bot.domain.incident import Role
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.notices.law import (
    ParticularChoice,
    ParticularChooser,
    ParticularForm,
    ParticularList,
    ParticularReceipt,
)
from bot.domain.particulars import Particular, ParticularKind, canonical
from bot.domain.people import Actor
from bot.domain.permissions import ROLE_STANDING, Standing, Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.guards import require_unmerged
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from playbooks.particulars import ANYONE, ParticularPolicy
from storage.incidents import Incident
from storage.particulars import ParticularVersion
from storage.store import Unit

SOURCE_LIMIT = 500


class Particulars:
    """Writes down and gives what is established."""

    def __init__(self, work: Work, access: Access, library: Library) -> None:
        self._work = work
        self._access = access
        self._library = library

    async def known(self, unit: Unit, incident: Incident) -> dict[str, Particular]:
        """What holds now, by key, in the order of the policy file. The caller has checked who may see the incident."""
        stored = await unit.particulars.latest(incident.key)
        return {key: self.particular(stored[key]) for key in self._order(stored)}

    async def set(
        self,
        incident_id: int,
        key: str,
        value: str,
        *,
        by: Actor,
        source_key: str,
        reason: str = "",
        source: str = "",
        decided_by: str | None = None,
        is_confirmed: bool = True,
    ) -> ParticularReceipt:
        """Write one down. ``source_key`` names the submission: the same again changes nothing.

        What is established already is corrected, with a ``reason``; confirming an estimate that was right needs none.
        Raises NotAllowed, saying who may; BadInput for a key nobody knows or a value of another kind; AlreadyDone when
        it is so already.
        """
        policy = self._policy(key)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SET_PARTICULAR, by, lock=True)
            await require_unmerged(unit, incident)
            await self._check_may(unit, incident, policy, by)
            stored = await unit.particulars.latest(incident.key)
            before = self.particular(stored[key]) if key in stored else None
            if (made := await unit.particulars.by_source(source_key)) is not None:
                return ParticularReceipt(summary(incident), self.particular(made))
            text = canonical(policy.kind, value, policy.words, self._work.now())
            why = _why(before, text, reason, is_confirmed)
            answers = decided_by or (str(by) if policy.decided else None)
            version = self._version(incident, policy, before, text, by, source_key)
            version.reason, version.source, version.decided_by = why, source.strip()[:SOURCE_LIMIT], answers
            version.is_confirmed = is_confirmed
            await unit.particulars.add(version)
            after = self.particular(version)
            self._note(unit, incident, after, before, by)
            unit.tell(ParticularSet(incident.key, key, after.version))
            return ParticularReceipt(summary(incident), after, before)

    async def listing(self, incident_id: int, *, by: Actor) -> ParticularList:
        """What is established, and every version there was."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            versions = [self.particular(version) for version in await unit.particulars.of(incident.key)]
        latest = {version.key: version for version in versions}
        return ParticularList(summary(incident), tuple(latest[key] for key in self._order(latest)), tuple(versions))

    async def chooser(self, incident_id: int, *, by: Actor) -> ParticularChooser:
        """What can be written down by whoever asks, with what holds of it now."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SET_PARTICULAR, by)
            await require_unmerged(unit, incident)
            standings = await self._access.standings(unit, incident, by)
            known = await self.known(unit, incident)
        every = (_choice(row, known.get(row.key), _may(row, standings)) for row in self._library.particulars.values())
        return ParticularChooser(summary(incident), tuple(choice for choice in every if choice.may))

    async def form(self, incident_id: int, key: str, *, by: Actor) -> ParticularForm:
        """The form for one. Raises NotAllowed, saying who may."""
        policy = self._policy(key)
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SET_PARTICULAR, by)
            await require_unmerged(unit, incident)
            await self._check_may(unit, incident, policy, by)
            known = await self.known(unit, incident)
        return ParticularForm(summary(incident), _choice(policy, known.get(key), may=True))

    def particular(self, version: ParticularVersion) -> Particular:
        """A stored version as everybody reads it; what the policy file has no longer keeps its key as its title."""
        policy = self._library.particulars.get(version.key)
        return Particular(
            key=version.key,
            title=policy.title if policy else version.key.replace("_", " "),
            kind=policy.kind if policy else ParticularKind.TEXT,
            value=version.value,
            set_at=version.set_at,
            set_by=version.set_by,
            version=version.version,
            is_confirmed=version.is_confirmed,
            decided_by=version.decided_by,
            source=version.source,
            reason=version.reason,
        )

    def _version(
        self,
        incident: Incident,
        policy: ParticularPolicy,
        before: Particular | None,
        text: str,
        by: Actor,
        source_key: str,
    ) -> ParticularVersion:
        return ParticularVersion(
            incident_id=incident.key,
            key=policy.key,
            version=before.version + 1 if before else 1,
            value=text,
            set_at=self._work.now(),
            set_by=str(by),
            source_key=source_key,
        )

    def _policy(self, key: str) -> ParticularPolicy:
        policy = self._library.particulars.get(key)
        if policy is None:
            close = get_close_matches(key, self._library.particulars, 1)
            hint = f" Did you mean `{close[0]}`?" if close else ""
            raise BadInput(f"There is no particular “{key[:40]}”.{hint}")
        return policy

    def _order(self, keys: dict[str, ParticularVersion] | dict[str, Particular]) -> list[str]:
        listed = [key for key in self._library.particulars if key in keys]
        return [*listed, *sorted(set(keys) - set(listed))]

    async def _check_may(self, unit: Unit, incident: Incident, policy: ParticularPolicy, by: Actor) -> None:
        if not _may(policy, await self._access.standings(unit, incident, by)):
            roles = [role.value for role in policy.set_by if isinstance(role, Role)]
            who = " or ".join(filter(None, (", ".join(roles[:-1]), roles[-1])))
            raise NotAllowed(f"Only whoever holds {who}, or an admin, writes down “{policy.title}”.")

    def _note(self, unit: Unit, incident: Incident, after: Particular, before: Particular | None, by: Actor) -> None:
        text = f"{after.title}: {after.words}"
        if before is not None:
            text = f"{after.title} corrected from {before.words} to {after.words}: {after.reason or 'confirmed'}"
        data = {"particular": after.key, "version": after.version, "decided_by": after.decided_by or ""}
        unit.timeline.note(incident.key, EntryKind.PARTICULAR, text, by=by, at=self._work.now(), data=data)


def _may(policy: ParticularPolicy, standings: frozenset[Standing]) -> bool:
    wanted = {ROLE_STANDING[role] for role in policy.set_by if isinstance(role, Role)} | {Standing.ADMIN}
    return ANYONE in policy.set_by or bool(wanted & standings)


def _why(before: Particular | None, text: str, reason: str, is_confirmed: bool) -> str:
    """Why it is corrected. Raises AlreadyDone when it is so already, BadInput without a reason."""
    if before is None:
        return ""
    if before.value == text:
        if before.is_confirmed == is_confirmed:
            raise AlreadyDone(f"“{before.title}” is {before.words} already. Nothing was changed.")
        if is_confirmed:
            return reason.strip()
    return stated_reason(reason, f"“{before.title}” is {before.words}. Say why it is corrected.", "reason")


def _choice(policy: ParticularPolicy, now: Particular | None, may: bool) -> ParticularChoice:
    return ParticularChoice(
        key=policy.key,
        title=policy.title,
        kind=policy.kind,
        what=policy.what,
        words=policy.words,
        is_decided=policy.decided,
        may=may,
        now=now,
    )
