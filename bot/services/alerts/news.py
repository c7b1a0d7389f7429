"""What follows from an alert that belongs to an incident: a line in the channel, and its body kept as evidence."""

from __future__ import annotations

import structlog

from bot.domain.alerts.alert import Alert
from bot.domain.custody import How
from bot.domain.errors import AndonError
from bot.domain.events import AlertNoted
from bot.domain.events.alerts import AlertNews
from bot.domain.evidence import ExhibitField
from bot.domain.exhibits import ExhibitWish, FileBytes
from bot.domain.notices.alerts import AlertPost
from bot.domain.people import Actor, ActorKind
from bot.services.evidence.keeping import Keeping
from bot.services.reaction import Attempt
from bot.services.voice import Voice
from bot.services.work import Work
from storage.alerts import AlertGroup
from storage.blobs import BlobMissing, BlobStore

log = structlog.get_logger(__name__)


class AlertNewsDesk:
    """Tells the channel, and hands bodies to evidence."""

    def __init__(self, work: Work, voice: Voice, keeping: Keeping, blobs: BlobStore) -> None:
        self._work = work
        self._voice = voice
        self._keeping = keeping
        self._blobs = blobs

    async def post(self, fact: AlertNoted, attempt: Attempt) -> None:
        """Say it in the channel; of one that declared the incident the card tells."""
        group = await self._group(fact)
        if group is None or fact.news is AlertNews.DECLARED:
            return
        links = tuple(group.alert.get("links") or ()) if fact.news is AlertNews.ATTACHED else ()
        await self._voice.say(
            fact,
            attempt,
            lambda s: AlertPost(s, fact.news, group.source, group.title, group.alerts, links),
        )

    async def keep(self, fact: AlertNoted, _: Attempt) -> None:
        """Keep the body it came in as an exhibit, to the byte, once."""
        group = await self._group(fact)
        if group is None or fact.news is AlertNews.RESOLVED:
            return
        try:
            body = await self._blobs.get(fact.sha256)
            wish = _wish(group, body)
            key = f"alert:{fact.incident_id}:{fact.sha256}"
            by = Actor(ActorKind.ALERT, group.source)
            await self._keeping.keep(fact.incident_id, wish, by=by, how=How.HTTP, key=key)
        except (AndonError, BlobMissing) as error:
            log.warning("the body of an alert is not among the evidence", sha256=fact.sha256, reason=str(error))

    async def _group(self, fact: AlertNoted) -> AlertGroup | None:
        async with self._work.read() as unit:
            return await unit.alerts.group(fact.group_id)


def _wish(group: AlertGroup, body: bytes) -> ExhibitWish:
    try:
        alert = Alert.read(group.alert)
    except (KeyError, TypeError, ValueError):  # another version wrote it
        return ExhibitWish(title=f"Alert from {group.source}", files=(FileBytes("alert.json", body),))
    known = {ExhibitField.TRACE_ID: alert.trace_id, ExhibitField.MODEL_VERSION: alert.model_version}
    fields: dict[str, str | None] = {field.value: said for field, said in known.items() if said}
    title = f"Alert from {group.source}: {alert.title}"[:200]
    return ExhibitWish(title=title, fields=fields, files=(FileBytes("alert.json", body, "application/json"),))
