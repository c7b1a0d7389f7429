"""Reports from a terminal: looked at and judged with the permissions of Slack, whether or not Slack is there."""

from __future__ import annotations

from bot.domain.incident import IncidentType, Severity
from bot.errands.seat import Seat, Told
from bot.services.reports.judging import Finding
from bot.terminal import data
from bot.terminal import reports as page


async def listing(seat: Seat, *, settled: bool) -> Told:
    """What waits for a judgement; ``settled``: the latest of any state."""
    found = (await seat.services.report_reading.listing(by=seat.actor, settled=settled)).lines
    said = page.listing(found, seat.now(), seat.names, settled=settled)
    return Told(said, {"reports": [page.data(one, seat.names) for one in found]})


async def show(seat: Seat, reference: str) -> Told:
    """One of them in whole. Raises NotFound."""
    found = await seat.services.report_reading.one(reference, by=seat.actor)
    return Told(page.shown(found, seat.now(), seat.names), page.whole(found, seat.names))


async def declare(seat: Seat, reference: str, *, kind: str, severity: str, is_private: bool) -> Told:
    """Make it an incident."""
    report = await seat.services.report_reading.one(reference, by=seat.actor)
    finding = Finding(IncidentType(kind) if kind else None, Severity(severity) if severity else None, is_private)
    made = await seat.services.judging.declare(report.line.report_id, finding, by=seat.actor)
    return Told(f"{report.line.reference} is {made.reference} now.", data.incident(made, seat.names))


async def dismiss(seat: Seat, reference: str, why: str) -> Told:
    """It is no incident, for a reason that its reporter hears."""
    report = await seat.services.report_reading.one(reference, by=seat.actor)
    done = await seat.services.judging.dismiss(report.line.report_id, why, by=seat.actor)
    return Told(f"{done.line.reference}: {done.sentence}", page.data(done.line, seat.names))
