"""The card: the live message at the top of the channel, always a picture of the record."""

from __future__ import annotations

import hashlib

from bot.domain.errors import ChatRefused
from bot.domain.events import CardLost, CardPosted, Fact
from bot.domain.incident import reference
from bot.domain.notices.incident import ClockLine, IncidentCard, Problem, SwitchLine
from bot.domain.obligations.words import Step
from bot.domain.people import Actor
from bot.services.channels import channel_in
from bot.services.completeness import wanted
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.entries import refused
from playbooks.library import Library
from storage.cards import CardRow
from storage.incidents import Incident
from storage.store import Unit


class Cards:
    """Posts, refreshes and pins cards."""

    def __init__(self, work: Work, chat: Chat, library: Library) -> None:
        self._work = work
        self._chat = chat
        self._library = library

    async def read(self, unit: Unit, incident_id: int) -> IncidentCard | None:
        """The card of an incident as the record has it now."""
        row = await unit.cards.incident(incident_id)
        return await self._card(unit, row) if row else None

    async def _card(self, unit: Unit, row: CardRow) -> IncidentCard:
        incident = row.incident
        merged = await unit.incidents.get(incident.merged_into_id) if incident.merged_into_id else None
        system, run = self._library.system(incident.system), row.switch
        return IncidentCard(
            summary=summary(incident),
            what_happened=incident.what_happened,
            declared_by=Actor.parse(incident.declared_by).id,
            type_name=self._library.type_name(incident.type),
            system_name=self._library.system_name(incident.system),
            seats=row.seats,
            asked=row.asked,
            origin_permalink=incident.origin_permalink,
            contained_by=Actor.parse(incident.contained_by).id if incident.contained_by else None,
            contained_how=incident.contained_how,
            resolved_at=incident.resolved_at,
            closed_at=incident.closed_at,
            closed_note=incident.closed_note,
            merged_into=summary(merged) if merged else None,
            exhibits=row.exhibits,
            evidence=wanted(self._library, incident.type, row.items),
            seen_before=tuple(reference(number) for number in row.alike),
            open_tasks=row.open_tasks,
            done_tasks=row.done_tasks,
            problems=tuple(
                Problem(refused(p.data["reaction"]), p.data.get("code") or "no answer", p.data.get("user"))
                for p in row.problems
                if "reaction" in p.data
            ),
            can_switch=bool(system and system.actions),
            switch=SwitchLine(run.title, run.direction, run.state, run.hold_until) if run else None,
            clocks=_clocks(row),
        )

    async def post(self, fact: Fact, attempt: Attempt) -> None:
        """Post the card and remember where it stands."""
        async with self._work.read() as unit:
            row = await unit.cards.incident(fact.incident_id)
            card = await self._card(unit, row) if row else None
        channel_id = channel_in(row.incident if row else None)
        if channel_id is None or row is None or card is None or row.incident.card_ts:
            return
        posted = await self._chat.post(channel_id, card, once=attempt.once)
        async with self._work() as unit:
            stored = await unit.incidents.get(fact.incident_id, lock=True)
            if stored is not None and stored.card_ts is None:
                stored.card_ts, stored.card_digest = posted.ts, None if posted.is_found else digest(card)
                unit.tell(CardPosted(fact.incident_id))

    async def refresh(self, fact: Fact, _: Attempt) -> None:
        """Show the record as it is now; a card that somebody deleted is posted again."""
        async with self._work.read() as unit:
            row = await unit.cards.incident(fact.incident_id)
            card = await self._card(unit, row) if row else None
        incident = row.incident if row else None
        if incident is None or card is None or not incident.channel_id or not incident.card_ts:
            return
        if digest(card) == incident.card_digest:
            return
        try:
            await self._chat.edit(Posted(incident.channel_id, incident.card_ts), card)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise
            await self._forget(incident)
            return
        async with self._work() as unit:
            stored = await unit.incidents.get(fact.incident_id, lock=True)
            if stored is not None:
                stored.card_digest = digest(card)

    async def pin(self, fact: Fact, _: Attempt) -> None:
        """Pin the card."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        if incident and incident.channel_id and incident.card_ts:
            await self._chat.pin(Posted(incident.channel_id, incident.card_ts))

    async def _forget(self, incident: Incident) -> None:
        async with self._work() as unit:
            stored = await unit.incidents.get(incident.key, lock=True)
            if stored is not None and stored.card_ts == incident.card_ts:
                stored.card_ts = stored.card_digest = None
                unit.tell(CardLost(incident.key))


def _clocks(row: CardRow) -> ClockLine | None:
    one = row.clock
    if one is None or one.due_strict is None or one.due_statutory is None:
        return ClockLine(undecided=row.undecided) if row.undecided else None
    name = f"{one.row.get('instrument', one.clock)}, {one.row.get('article', '')}".rstrip(", ")
    is_over = one.said is Step.OVERDUE
    return ClockLine(name, one.due_strict, one.due_statutory, is_over, row.running, row.undecided)


def digest(card: IncidentCard) -> str:
    """What a card shows, in 64 characters: equal cards need no edit."""
    return hashlib.sha256(repr(card).encode()).hexdigest()
