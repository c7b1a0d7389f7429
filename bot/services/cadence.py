"""When stakeholders are to hear again, by the policy's cadence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.deadlines import due_at
from bot.domain.errors import BadInput
from bot.domain.escalation import Progress, next_update_due
from bot.domain.incident import Severity
from playbooks.library import Library
from storage.incidents import Incident


class Cadence:
    """Computes the instants at which updates are due."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def next_due(self, incident: Incident, now: datetime) -> datetime | None:
        """When the update after one sent now is due; None where policy asks for none."""
        return self._due(incident, now)

    def first_due(self, severity: Severity, declared_at: datetime) -> datetime | None:
        """When the first update of an incident is due."""
        cadence = self._library.cadence(severity)
        return next_update_due(cadence, Progress(declared_at=declared_at), self._library.calendar)

    def tighten(self, incident: Incident, now: datetime) -> None:
        """A graver severity brings the next update forward; a promise once given is never put off."""
        wanted = self._due(incident, now) if incident.last_update_at else self.first_due(incident.severity, now)
        if wanted is not None and (incident.next_update_at is None or wanted < incident.next_update_at):
            incident.next_update_at = wanted

    def check(self, incident: Incident, wanted: datetime, now: datetime) -> None:
        """Raise BadInput when a chosen time is past, or later than policy allows while harm may go on."""
        if wanted < now + timedelta(minutes=1):
            raise BadInput("The next update has to be in the future.", field="custom_at")
        longest = self._library.severity(incident.severity).updates.longest
        if incident.contained_at is not None or longest is None:
            return
        if wanted > due_at(now, longest, self._library.calendar):
            raise BadInput(
                f"Until it is contained, people wait at most {longest} for the next update of a {incident.severity}: "
                "choose an earlier time.",
                field="next_due",
            )

    def tomorrow(self, now: datetime) -> datetime:
        """Tomorrow morning, when the organisation's day begins."""
        calendar = self._library.calendar
        morning = now.astimezone(calendar.zone) + timedelta(days=1)
        at = morning.replace(hour=calendar.start.hour, minute=calendar.start.minute, second=0, microsecond=0)
        return at.astimezone(UTC)

    def _due(self, incident: Incident, sent_at: datetime) -> datetime | None:
        progress = Progress(
            declared_at=incident.declared_at,
            last_update_at=sent_at,
            contained_at=incident.contained_at,
            resolved_at=incident.resolved_at,
        )
        return next_update_due(self._library.cadence(incident.severity), progress, self._library.calendar)
