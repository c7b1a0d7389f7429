"""What is said about texts: in the incident's channel, to whoever writes them, and where policy lets Andon post."""

from __future__ import annotations

from bot.domain.errors import ChatRefused
from bot.domain.events import ParticularSet, TextChanged, TextOwed, TextStarted, TextWanted
from bot.domain.notices.texts import TextDelivered, TextItem, TextPost, TextReminder, TextsWrong, WantedText
from bot.domain.texts.words import TextState
from bot.services.channels import channel_in
from bot.services.comms.record import Shelf, kind
from bot.services.comms.values import Values
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.texts import SentText

SPEAKS_OF = frozenset({TextState.DRAFT, TextState.SENT})


class TextNews:
    """Tells people about texts."""

    def __init__(self, work: Work, chat: Chat, library: Library, shelf: Shelf, values: Values, command: str) -> None:
        self._work = work
        self._chat = chat
        self._library = library
        self._shelf = shelf
        self._values = values
        self._command = command

    async def post(self, fact: TextStarted, attempt: Attempt) -> None:
        """Say in the channel that a text is being written, and keep where; never its words."""
        async with self._work.read() as unit:
            text, incident, item = await self._found(unit, fact.text_id)
        channel_id = channel_in(incident)
        if channel_id is None or text.post_ts is not None:
            return
        posted = await self._chat.post(channel_id, TextPost(summary(incident), item), once=attempt.once)
        async with self._work() as unit:
            stored = await unit.texts.get(fact.text_id)
            if stored is not None:
                stored.post_ts = posted.ts

    async def refresh(self, fact: TextChanged, _: Attempt) -> None:
        """Show it as it stands now; once it is settled the button goes."""
        async with self._work.read() as unit:
            text, incident, item = await self._found(unit, fact.text_id)
        if incident.channel_id and text.post_ts:
            try:
                await self._chat.edit(Posted(incident.channel_id, text.post_ts), TextPost(summary(incident), item))
            except ChatRefused as refusal:
                if refusal.code != "message_not_found":
                    raise

    async def deliver(self, fact: TextOwed, attempt: Attempt) -> None:
        """Post what was marked as sent into the channel that policy names; nothing of a private incident or a drill."""
        async with self._work.read() as unit:
            text, incident, _ = await self._found(unit, fact.text_id)
            version = await unit.texts.version(text.version_id) if text.version_id else None
        place = self._library.communications.place(text.place)
        if version is None or place is None or not place.slack or text.channel_ts:
            return
        if incident.is_private or incident.is_drill:
            return
        channel_id = await self._channel(place.slack)
        notice = TextDelivered(text.title, tuple(version.body.split("\n\n")))
        posted = await self._chat.post(channel_id, notice, once=attempt.once)
        async with self._work() as unit:
            stored = await unit.texts.get(fact.text_id)
            if stored is not None:
                stored.channel_id, stored.channel_ts = posted.channel_id, posted.ts

    async def warn(self, fact: ParticularSet, attempt: Attempt) -> None:
        """Say in the channel which texts a correction makes wrong; nothing where it makes none so."""
        wrong, incident = await self._wrong(fact)
        if incident is None or not wrong:
            return
        channel_id = channel_in(incident)
        if channel_id is not None:
            await self._chat.post(channel_id, TextsWrong(summary(incident), wrong), once=attempt.once)

    async def mark_wrong(self, fact: ParticularSet, _: Attempt) -> None:
        """Whatever shows such a text shows it anew."""
        wrong, _incident = await self._wrong(fact)
        async with self._work() as unit:
            for item in wrong:
                unit.tell(TextChanged(fact.incident_id, item.text_id))

    async def remind(self, fact: TextWanted, attempt: Attempt) -> None:
        """Remind whoever writes it, unless it was settled meanwhile."""
        template = self._library.communications.templates.get(fact.template)
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            clocks = {clock.template: clock for clock in await unit.texts.clocks.of(fact.incident_id)}
            held = await unit.roles.held(fact.incident_id)
        clock = clocks.get(fact.template)
        if incident is None or template is None or clock is None or clock.settled_at is not None:
            return
        wanted = WantedText(template.name, template.title, clock.due_at, clock.ready_at)
        notice = TextReminder(summary(incident), kind(template, held), wanted, fact.is_late, self._command)
        await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _wrong(self, fact: ParticularSet) -> tuple[tuple[TextItem, ...], Incident | None]:
        """The texts that say what was corrected otherwise; none for what is established for the first time."""
        if fact.version == 1:
            return (), None
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            if incident is None:
                return (), None
            wholes = [w for w in await unit.texts.of([fact.incident_id]) if w.text.state in SPEAKS_OF and w.version]
            name = f"particular.{fact.key}"
            using = [whole for whole in wholes if whole.version and name in whole.version.uses]
            if not using:
                return (), incident
            known, held = await self._values.of(unit, incident), await unit.roles.held(incident.key)
        items = self._shelf.items(using, known, held)
        title = known[name].title if name in known else ""
        return tuple(item for item in items if title in {one.title for one in item.stale}), incident

    async def _found(self, unit: Unit, text_id: int) -> tuple[SentText, Incident, TextItem]:
        text = await unit.texts.get(text_id)
        incident = await unit.incidents.get(text.incident_id) if text else None
        if text is None or incident is None:
            raise LookupError(f"no text {text_id}")
        known = await self._values.of(unit, incident)
        item = self._shelf.item(await unit.texts.whole(text), known, await unit.roles.held(incident.key))
        return text, incident, item

    async def _channel(self, named: str) -> str:
        if named[:1] in ("C", "G") and named.isalnum() and named.isupper():
            return named
        channel = await self._chat.find_channel(named.removeprefix("#"))
        if channel is None:
            raise ChatRefused("channel_not_found", named)
        return channel.id
