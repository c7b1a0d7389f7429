"""Reports as values that notices carry: a line, or all that is known, with what may be the same thing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.domain.incident import IncidentType
from bot.domain.notices.reports import Judgement, ReportLine, ReportPost
from bot.domain.report import ReportState, reference
from bot.services.reports.circle import Circle
from bot.services.reports.matching import Candidate, Sign, alike
from bot.services.reports.opening import source_of
from bot.services.summaries import summary
from playbooks.library import Library
from storage.incidents import Incident
from storage.reports import Report
from storage.store import Unit

ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?(?:[/?#][^\s<>|\\]*)?")
COMPARED = 150  # of what is open, the newest


class Rendering:
    """Makes them, in a fixed number of statements."""

    def __init__(self, circle: Circle, library: Library) -> None:
        self._circle = circle
        self._library = library

    def line(self, report: Report) -> ReportLine:
        """The report in one line."""
        is_known = report.type is not IncidentType.UNSURE
        return ReportLine(
            report_id=report.key,
            reference=report.reference,
            title=report.title,
            state=report.state,
            reported_by=report.reported_by,
            reported_at=report.reported_at,
            waits_since=report.waits_since,
            signals=report.signals,
            severity=report.severity,
            type_name=self._library.type_name(report.type) if is_known else None,
            system_name=self._library.system_name(report.system),
            is_private=report.is_private,
            is_drill=report.is_drill,
            looked_by=report.looked_by,
        )

    def _is_known(self, address: str) -> bool:
        """Whether it leads where the catalogue has dashboards: other addresses from outside are never made links."""
        known = {urlsplit(link).netloc for system in self._library.systems for link in system.dashboards}
        return bool(ADDRESS.fullmatch(address)) and urlsplit(address).netloc in known

    def _version(self, system: str | None) -> str:
        known = self._library.system(system)
        model = known.model if known else None
        return f"{' '.join(filter(None, (model.name, model.version)))}, by the catalogue" if model else ""

    def hidden(self, report: Report) -> ReportPost:
        """A private one where not everybody may read it."""
        return ReportPost(replace(self.line(report), title=""), hidden=True)

    async def post(self, unit: Unit, report: Report, *, in_channel: bool = False, why: str = "") -> ReportPost:
        """All that is known. What stands in a channel shows nothing of a private one but that it exists."""
        line = self.line(report)
        if in_channel and report.is_private:
            return self.hidden(report)
        incident = await unit.incidents.get(report.incident_id) if report.incident_id else None
        is_named = incident is not None and not incident.is_private
        calls = report.state is ReportState.DISPUTED
        source = source_of(report)
        return ReportPost(
            line=line,
            why=why,
            calls=tuple(await self._circle.others(unit, dismissers(report))) if calls else (),
            what_happened=report.what_happened,
            has_source=source is not None,
            files=len(source.files) if source else 0,
            source_link=source.permalink if source else "",
            origin_channel_id=report.origin_channel_id,
            model_version=report.model_version or self._version(report.system),
            trace_url=report.trace_url,
            is_trace_known=self._is_known(report.trace_url),
            links=tuple(str(one) for one in report.links),
            last_signal_at=report.last_signal_at if report.signals > 1 else None,
            quiet_since=report.quiet_since,
            looked_at=report.looked_at,
            dismissals=_judgements(report.dismissals),
            disputes=_judgements(report.disputes),
            similar=tuple(summary(one) for one in await self._similar(unit, report)),
            same=tuple(self.line(one) for one in await self._same(unit, report)),
            incident=summary(incident) if incident is not None and is_named else None,
            is_elsewhere=incident is not None and not is_named,
            same_as=reference(report.same_as_id) if report.same_as_id else "",
            settled_by=report.settled_by,
            settled_at=report.settled_at,
        )

    async def similar(
        self, report: Report, incidents: Sequence[Incident], at_least: int | None = None
    ) -> list[Incident]:
        """Incidents that are perhaps what it reports, the most alike first."""
        candidates = [Candidate(one, Sign(one.what_happened, one.system, one.type)) for one in incidents]
        return await asyncio.to_thread(alike, _sign(report), candidates, at_least or self._library.triage.alike)

    async def _similar(self, unit: Unit, report: Report) -> list[Incident]:
        """Whoever reads the report may read these: what only some may see is not looked for."""
        found = await unit.incidents.newest_open(COMPARED) if report.is_open else []
        return await self.similar(report, [one for one in found if one.is_drill is report.is_drill])

    async def _same(self, unit: Unit, report: Report) -> list[Report]:
        found = await unit.reports.newest_open(COMPARED) if report.is_open else []
        candidates = [Candidate(one, _sign(one)) for one in found if is_like(report, one)]
        return await asyncio.to_thread(alike, _sign(report), candidates, self._library.triage.alike)


def dismissers(report: Report) -> set[str]:
    """Whoever dismissed it, in their stored form."""
    return {str(one["by"]) for one in report.dismissals}


def _judgements(stored: Sequence[dict[str, Any]]) -> tuple[Judgement, ...]:
    """Dismissals or disputes as notices carry them."""
    return tuple(Judgement(one["by"], datetime.fromisoformat(one["at"]), one["reason"]) for one in stored)


def is_like(report: Report, other: Report) -> bool:
    """Whether two reports may be put together at all."""
    same_kind = (report.is_private, report.is_drill) == (other.is_private, other.is_drill)
    return same_kind and other.is_open and other.id != report.id


def _sign(report: Report) -> Sign:
    return Sign(report.what_happened, report.system, report.type)
