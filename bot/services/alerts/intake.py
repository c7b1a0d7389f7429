"""Alerts taken in: judged, and kept in one transaction with whatever they led to; answered after that.

Bodies that come at once are taken together. The same alert again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.domain.alerts.alert import Alert
from bot.domain.custody import sha256
from bot.domain.errors import StorageUnavailable
from bot.services.alerts.judging import Judging
from bot.services.alerts.keeping import Keeping
from bot.services.alerts.parts import Sent, Taken, taken
from bot.services.incidents import Incidents
from bot.services.reports.opening import Reports
from bot.services.together import Together
from bot.services.work import Work
from playbooks.library import Library
from storage.alerts import AlertBody
from storage.blobs import BlobStore
from storage.incidents import TakenMeanwhile

log = structlog.get_logger(__name__)


class Alerts:
    """Takes alerts. What a machine says is for everybody: private incidents and drills are never touched by it."""

    def __init__(self, work: Work, incidents: Incidents, reports: Reports, library: Library, blobs: BlobStore) -> None:
        self._work = work
        self._incidents = incidents
        self._reports = reports
        self._library = library
        self._blobs = blobs
        self._intake = Together(self._take)

    async def take(self, source: str, alerts: Sequence[Alert], body: bytes) -> Taken:
        """Take a body of a source of alerts.yaml. Raises StorageUnavailable, and then nothing was taken."""
        await self._blobs.put(body)
        sent = Sent(source, [self._named(one) for one in alerts], sha256(body), len(body))
        await self._settled(sent)
        return taken(sent)

    async def keep_unread(self, source: str, body: bytes, problem: str) -> str:
        """Keep a body that could not be read, by hash, with what was wrong with it; gives the hash."""
        name = await self._blobs.put(body)
        async with self._work() as unit:
            row = AlertBody(
                source=source, sha256=name, size=len(body), received_at=self._work.now(), problem=problem[:2000]
            )
            await unit.alerts.keep_body(row)
        return name

    async def look(self) -> None:
        """A tick: alerts that have lasted long enough by now are judged again."""
        async with self._work.read() as unit:
            due = await unit.alerts.due(self._work.now())
        for group in due:
            try:
                alerts = [Alert.read(group.alert)]
            except (KeyError, TypeError, ValueError):  # another version wrote it
                alerts = []
            try:
                await self._settled(Sent(group.source, alerts, group.body_sha256, 0, looks_at=group.key))
            except StorageUnavailable:
                raise
            except Exception:
                log.exception("one alert cannot be judged again, the others go on", source=group.source)

    async def _settled(self, sent: Sent) -> None:
        try:
            await self._intake.add(sent)
        except TakenMeanwhile:  # another replica declared it in this instant: now it is there to be found
            await self._intake.add(sent)

    async def _take(self, batch: Sequence[Sent]) -> None:
        judging = Judging(self._library.alerts)
        keeping = Keeping(self._incidents, self._reports, judging, self._library.alerts)
        async with self._work() as unit:
            scene = await judging.scene(unit, batch, self._work.now())
            await keeping.keep(unit, scene, batch)

    def _named(self, alert: Alert) -> Alert:
        """The same, its system by the slug of the catalogue where it was called by name."""
        said = (alert.system or "").lower()
        found = next((s.slug for s in self._library.systems if said in (s.slug, s.name.lower())), None)
        return replace(alert, system=found) if found else alert
