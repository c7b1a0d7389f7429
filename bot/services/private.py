"""Private incidents: asking to be let in, letting in, and the same answer to everybody who may not know.

Whether an incident exists is told by nothing: not by the answer, not by a denial, which is never sent.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.errors import AlreadyDone, ChatRefused, NotFound
from bot.domain.events import AccessAsked, AccessDecided, AccessGiven
from bot.domain.incident import Role
from bot.domain.notices.incident import Summary
from bot.domain.notices.private import AccessRequested, AccessWelcome, InviteForm
from bot.domain.people import Actor
from bot.domain.permissions import Verb, may_see
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.channels import declarer_id
from bot.services.guards import already
from bot.services.naming import Naming
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from storage.access import AccessRequest
from storage.incidents import Incident
from storage.store import Unit

ASK_AGAIN_AFTER = timedelta(minutes=15)


class Private:
    """Opens incidents to people, one by one."""

    def __init__(self, work: Work, chat: Chat, access: Access, naming: Naming) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._naming = naming

    async def ask(self, number: int, *, by: Actor) -> Summary | None:
        """Ask an incident's people for access; the incident when it is open to the asker already, else None.

        None also where there is no such incident, and where its people were asked by this person within 15 minutes.
        """
        async with self._work() as unit:
            incident = await unit.incidents.get(number, lock=True)
            if incident is None:
                return None
            if may_see(incident.is_private, await self._access.standings(unit, incident, by)):
                return summary(incident)
            latest = await unit.access_requests.latest(incident.key, by.id)
            now = self._work.now()
            if latest is None or latest.asked_at <= now - ASK_AGAIN_AFTER:
                asked = AccessRequest(incident_id=incident.key, user_id=by.id, asked_at=now)
                request = await unit.access_requests.add(asked)
                unit.timeline.note(incident.key, EntryKind.ACCESS, "asked for access", by=by, at=now)
                unit.tell(AccessAsked(incident.key, request.key))
        return None

    async def decide(self, request_id: int, *, allow: bool, by: Actor) -> None:
        """Let the asker in, or not. Raises AlreadyDone, naming who was first."""
        async with self._work() as unit:
            request, incident = await self._request(unit, request_id, by)
            if request.is_allowed is not None:
                what = f"This was {'allowed' if request.is_allowed else 'denied'} already"
                raise await already(unit, what, request.decided_by, request.decided_at)
            self._settle(unit, request, allow=allow, by=by)
            if allow:
                await self._let_in(unit, incident, request.user_id, by)
            else:
                data = {"user": request.user_id, "allowed": False}
                text = "denied a request for access"
                unit.timeline.note(incident.key, EntryKind.ACCESS, text, by=by, at=self._work.now(), data=data)

    async def let_in(self, incident_id: int, user_id: str, *, by: Actor) -> None:
        """Let somebody in. Raises BadInput for who cannot be asked anything, AlreadyDone for who is in."""
        async with self._work.read() as unit:
            await self._access.get(unit, incident_id, Verb.GRANT_ACCESS, by)
        name = (await self._naming.by_id(user_id)).name
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.GRANT_ACCESS, by, lock=True)
            tie = await unit.participants.get(incident_id, user_id)
            if tie is not None and tie.has_access:
                raise AlreadyDone(f"{name} is already part of {incident.reference}.")
            waiting = await unit.access_requests.latest(incident_id, user_id)
            if waiting is not None and waiting.is_allowed is None:
                self._settle(unit, waiting, allow=True, by=by)
            await self._let_in(unit, incident, user_id, by)

    async def form(self, incident_id: int, *, by: Actor) -> InviteForm:
        """The form that asks whom to let in."""
        async with self._work.read() as unit:
            return InviteForm(summary(await self._access.get(unit, incident_id, Verb.GRANT_ACCESS, by)))

    async def post_request(self, fact: AccessAsked, attempt: Attempt) -> None:
        """Ask where the incident's people are: in its channel; without one, its lead or whoever declared."""
        async with self._work.read() as unit:
            notice, incident = await self._notice(unit, fact.request_id)
            leads = await unit.roles.held(fact.incident_id, Role.LEAD)
        asked = leads[0].user_id if leads else declarer_id(incident)
        if incident.channel_id is not None:
            posted = await self._chat.post(incident.channel_id, notice, once=attempt.once)
        elif asked is not None:
            posted = await self._chat.dm(asked, notice, once=attempt.once)
        else:
            return
        async with self._work() as unit:
            request = await unit.access_requests.get(fact.request_id)
            if request is not None:
                request.channel_id, request.message_ts = posted.channel_id, posted.ts

    async def show_decision(self, fact: AccessDecided, _: Attempt) -> None:
        """The question becomes its answer, without buttons."""
        async with self._work.read() as unit:
            notice, _incident = await self._notice(unit, fact.request_id)
            request = await unit.access_requests.get(fact.request_id)
        if request is None or request.channel_id is None or request.message_ts is None:
            return
        try:
            await self._chat.edit(Posted(request.channel_id, request.message_ts), notice)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise

    async def invite(self, fact: AccessGiven, _: Attempt) -> None:
        """Invite whoever was let in to the channel."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        if incident is not None and incident.channel_id is not None:
            refused = await self._chat.invite(incident.channel_id, [fact.user_id])
            for code in refused.values():
                raise ChatRefused(code, fact.user_id)

    async def tell_given(self, fact: AccessGiven, attempt: Attempt) -> None:
        """Tell whoever was let in."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        if incident is not None:
            notice = AccessWelcome(summary(incident), Actor.parse(fact.given_by).id)
            await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _request(self, unit: Unit, request_id: int, by: Actor) -> tuple[AccessRequest, Incident]:
        """The request, for whoever may decide it; its incident is locked so that two cannot decide at once."""
        found = await unit.access_requests.get(request_id)
        if found is None:
            raise NotFound(NO_SUCH)
        incident = await self._access.get(unit, found.incident_id, Verb.GRANT_ACCESS, by, lock=True)
        request = await unit.access_requests.get(request_id, fresh=True)
        return request or found, incident

    def _settle(self, unit: Unit, request: AccessRequest, *, allow: bool, by: Actor) -> None:
        request.is_allowed, request.decided_by, request.decided_at = allow, str(by), self._work.now()
        unit.tell(AccessDecided(request.incident_id, request.key))

    async def _let_in(self, unit: Unit, incident: Incident, user_id: str, by: Actor) -> None:
        now = self._work.now()
        await unit.participants.let_in(incident.key, [user_id], now)
        data = {"user": user_id, "allowed": True}
        unit.timeline.note(incident.key, EntryKind.ACCESS, "let somebody in", by=by, at=now, data=data)
        unit.tell(AccessGiven(incident.key, user_id, str(by)))

    async def _notice(self, unit: Unit, request_id: int) -> tuple[AccessRequested, Incident]:
        request = await unit.access_requests.get(request_id)
        incident = await unit.incidents.get(request.incident_id) if request else None
        if request is None or incident is None:
            raise NotFound(NO_SUCH)
        decider = Actor.parse(request.decided_by).id if request.decided_by else None
        found = AccessRequested(summary(incident), request.key, request.user_id, request.is_allowed, decider)
        return found, incident
