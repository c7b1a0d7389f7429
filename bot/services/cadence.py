"""When stakeholders are to hear again, by the policy's cadence."""

from __future__ import annotations

from datetime import datetime, timedelta

from playbooks.library import Library
from storage.incidents import Incident

FIRST = {"SEV1": 15, "SEV2": 30, "SEV3": 240, "SEV4": 0}
UNTIL = {"SEV1": 30, "SEV2": 60, "SEV3": 1440, "SEV4": 10080}
AFTER = {"SEV1": 120, "SEV2": 240, "SEV3": 4320, "SEV4": 0}


class Cadence:
    """Computes the instants at which updates are due."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def next_due(self, incident: Incident, now: datetime) -> datetime | None:
        """When the update after one sent now is due; None where policy asks for none."""
        table = AFTER if incident.contained_at else UNTIL
        return _after(now, table[incident.severity])

    def first_due(self, incident: Incident, now: datetime) -> datetime | None:
        """When the first update is due."""
        return _after(now, FIRST[incident.severity])

    def tighten(self, incident: Incident, now: datetime) -> None:
        """A graver severity brings the next update forward; a promise once given is never put off."""
        wanted = self.next_due(incident, now) if incident.last_update_at else self.first_due(incident, now)
        if wanted is not None and (incident.next_update_at is None or wanted < incident.next_update_at):
            incident.next_update_at = wanted

    def tomorrow(self, now: datetime) -> datetime:
        """Tomorrow morning."""
        return now + timedelta(days=1)


def _after(now: datetime, minutes: int) -> datetime | None:
    return now + timedelta(minutes=minutes) if minutes else None
