"""The services of alerts, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.alerts.intake import Alerts
from bot.services.alerts.news import AlertNewsDesk
from bot.services.evidence.room import EvidenceRoom
from bot.services.reports.room import ReportsRoom


class AlertsRoom(EvidenceRoom, ReportsRoom):
    """One of each."""

    @cached_property
    def alerts(self) -> Alerts:
        """Alerts taken in."""
        return Alerts(self.work, self.incidents, self.reports, self.library, self.blobs)

    @cached_property
    def alert_news(self) -> AlertNewsDesk:
        """What is said about alerts."""
        return AlertNewsDesk(self.work, self.voice, self.keeping, self.blobs)
