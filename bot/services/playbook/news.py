"""What is said about the playbook: the checklist in the channel, reminders, findings. Every method is one reaction."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import events
from bot.domain.errors import ChatRefused
from bot.domain.events import Fact
from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.investigation import FindingPost
from bot.domain.notices.playbook import ChecklistPost, StepForYou, StepsLate
from bot.services.channels import Channels
from bot.services.failing import NotYet
from bot.services.playbook import findings
from bot.services.playbook.reading import checklist, item, shown
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.steps import PlaybookStep
from storage.store import Unit


class PlaybookNews:
    """Tells people about the playbook."""

    def __init__(self, work: Work, chat: Chat, channels: Channels, library: Library, command: str) -> None:
        self._work = work
        self._chat = chat
        self._channels = channels
        self._library = library
        self._command = command

    async def post(self, fact: Fact, attempt: Attempt) -> None:
        """The checklist arrives in the channel, once."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        async with self._work.read() as unit:
            plan = await unit.steps.plan(fact.incident_id)
            notice = await self._checklist(unit, fact.incident_id)
        if channel_id is None or plan is None or plan.post_ts is not None:
            return
        posted = await self._chat.post(channel_id, notice, once=attempt.once)
        async with self._work() as unit:
            stored = await unit.steps.plan(fact.incident_id)
            if stored is not None:
                stored.post_ts = posted.ts

    async def refresh(self, fact: Fact, _: Attempt) -> None:
        """The checklist shows what is; once the incident is over nothing is left to press."""
        async with self._work.read() as unit:
            plan = await unit.steps.plan(fact.incident_id)
            incident = await unit.incidents.get(fact.incident_id)
            if plan is None or plan.post_ts is None or incident is None or incident.channel_id is None:
                return
            notice = await self._checklist(unit, fact.incident_id)
        await self._edit(Posted(incident.channel_id, plan.post_ts), notice)

    async def tell_owner(self, fact: events.StepGiven, attempt: Attempt) -> None:
        """To whom a step was assigned hears it, unless it is settled or somebody else's meanwhile."""
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            step = await unit.steps.get(fact.step_id)
        if step is not None and step.owner_id == fact.user_id and not step.is_settled and incident.is_open:
            one = item(step, self._library.catalogue_names(), self._work.now())
            await self._chat.dm(fact.user_id, StepForYou(summary(incident), one, fact.by), once=attempt.once)

    async def remind(self, fact: events.StepsOverdue, attempt: Attempt) -> None:
        """One message for everything of this person that is past its time and still to do."""
        now = self._work.now()
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            steps = await unit.steps.some(fact.step_ids)
            roles = {one.role for one in await unit.roles.held(fact.incident_id) if one.user_id == fact.user_id}
        open_steps = [step for step in steps if not step.is_settled and step.withdrawn_at is None]
        late = tuple(one for one in shown(open_steps, self._library, now) if one.is_late)
        if incident.is_open and late:
            notice = StepsLate(summary(incident), late, _why(open_steps, fact.user_id, roles))
            await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def post_finding(self, fact: events.FindingAdded, attempt: Attempt) -> None:
        """What was found stands under the card: a stream belongs in a thread."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            finding = await unit.findings.by_number(fact.incident_id, fact.number)
        if channel_id is None or finding is None:
            return
        if incident.card_ts is None:
            raise NotYet
        notice = FindingPost(summary(incident), findings.item(finding))
        await self._chat.post(channel_id, notice, once=attempt.once, thread_ts=incident.card_ts)

    async def _checklist(self, unit: Unit, incident_id: int) -> ChecklistPost:
        incident = await unit.incidents.get(incident_id)
        if incident is None:
            raise LookupError(f"no incident {incident_id}")
        return ChecklistPost(await checklist(unit, incident, self._library, self._work.now(), self._command))

    async def _edit(self, posted: Posted, notice: Notice) -> None:
        try:
            await self._chat.edit(posted, notice)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise


def _why(steps: Sequence[PlaybookStep], user_id: str, roles: set[Role]) -> str:
    if any(step.owner_id == user_id for step in steps):
        return "it was assigned to you"
    mine = sorted({step.role for step in steps} & roles, key=list(Role).index)
    return f"you hold {' and '.join(mine)}" if mine else "you lead, and nobody holds the role whose step it is"


async def _incident(unit: Unit, fact: Fact) -> Incident:
    incident = await unit.incidents.get(fact.incident_id)
    if incident is None:
        raise LookupError(f"no incident {fact.incident_id}")
    return incident
