"""The control panel: everything a person can do to an incident now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.notices import Notice
from bot.domain.notices.incident import IncidentCard


@dataclass(frozen=True, slots=True)
class ControlPanel(Notice):
    """Where the incident stands, and the keys of the verbs that would do something for this person now."""

    card: IncidentCard
    keys: tuple[str, ...]
