"""The calendar entry of a review (RFC 5545, 5546): one UID for good, a SEQUENCE that grows with every change.

Calendars show more people more than Slack does: a private incident's title and what happened never stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from bot.domain.people import Profile
from bot.domain.plain import clean, readable

LINK = re.compile(r"(?i)\bhttp(s?)://")
BRACKETS = str.maketrans("<>", "‹›")
PRODUCT = "-//Andon//Review of an AI incident//EN"
STEPS = "What happened, why, what we do, what changes in the playbook, legal follow-up."


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar. ``title`` is empty where it is nobody else's business."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    reference: str
    title: str
    place: str
    at: datetime
    organiser: Profile | None
    attendees: Sequence[Profile]
    is_private: bool = False
    is_drill: bool = False
    is_cancelled: bool = False


def calendar_file(entry: Entry) -> str:
    """The file: a request, or published where no address of an organiser is known, as RFC 5546 has it."""
    is_request = entry.organiser is not None and bool(entry.organiser.email)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.is_cancelled else "REQUEST" if is_request else "PUBLISH")
    calendar.add_component(_event(entry, is_request=is_request))
    text: bytes = calendar.to_ical()
    return text.decode()


def _event(entry: Entry, *, is_request: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.at)
    event.add("last-modified", entry.at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.starts_at + timedelta(minutes=entry.minutes))
    drill = "[DRILL] " if entry.is_drill else ""
    title = f": {_harmless(entry.title)}" if entry.title else ""
    event.add("summary", f"{drill}Review of {entry.reference}{title}")
    event.add("description", f"{STEPS} {_where(entry)}")
    event.add("location", f"Slack{f': #{entry.place}' if entry.place and not entry.is_private else ''}")
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE" if entry.is_private else "PUBLIC")
    if is_request and entry.organiser is not None:
        event.add("organizer", _address(entry.organiser), encode=False)
        for person in entry.attendees:
            if person.email:
                event.add("attendee", _address(person, asks=True), encode=False)
    return event


def _harmless(text: str) -> str:
    """What somebody typed as plain words: calendars make links of addresses, and some read HTML."""
    return LINK.sub(r"hxxp\1://", readable(text, {})).translate(BRACKETS)


def _where(entry: Entry) -> str:
    return "Type `/incident review` in its channel in Slack." if entry.is_private else f"In Slack: #{entry.place}."


def _address(person: Profile, *, asks: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = " ".join(clean(person.name).split())
    if asks:
        address.params["ROLE"] = "REQ-PARTICIPANT"
        address.params["RSVP"] = "TRUE"
        address.params["PARTSTAT"] = "NEEDS-ACTION"
    return address
