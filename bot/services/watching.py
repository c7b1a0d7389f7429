"""When a channel is to be looked at: the rules by which its capture falls due."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.captures import Capture

YOUNG = timedelta(minutes=2)  # a channel's first messages may come before its id is stored
STALE = timedelta(hours=6)  # events are best effort: look again even when nothing seems to be missing
STUCK = timedelta(hours=1)
AFTERMATH = timedelta(days=14)  # people still talk in the channel of a closed incident


def watched(incident_id: int, channel_id: str, now: datetime) -> Capture:
    """The capture of a channel that is watched from now on."""
    return Capture(channel_id=channel_id, incident_id=incident_id, since_at=now, due_at=now + YOUNG)


def next_look(capture: Capture) -> datetime:
    """When its channel is next to be read, or a run of no progress begun anew, while the incident is open."""
    if capture.is_running:
        return (capture.progressed_at or capture.since_at) + STUCK
    if capture.wanted_at is not None:
        return capture.wanted_at
    if capture.started_at is None:
        return capture.since_at + YOUNG
    return (capture.finished_at or capture.started_at) + STALE


def has_rest(capture: Capture, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a closed incident's channel is read no more: its time is over, or all is read and nobody wants more."""
    if closed_at is None or closed_at <= now - AFTERMATH:
        return True
    return not capture.is_running and capture.wanted_at is None and capture.started_at is not None
