"""Timeline entries as sentences. Texts in them are as people typed them; whoever prints them escapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.escalation import Why
from bot.domain.incident import reference
from bot.domain.timeline import EntryKind

Data = Mapping[str, Any]
Name = Callable[[str], str]

ASKED_BECAUSE = {
    Why.DECLARED: "an incident was declared",
    Why.NOT_ACKNOWLEDGED: "nobody had acknowledged it",
    Why.NOBODY_REACHABLE: "nobody had answered or could be reached",
    Why.SEAT_WANTED: "a seat was to be filled",
    Why.NO_LEAD: "nobody led it",
    Why.EMPTY_ROLE: "a role was empty",
    Why.NO_FIRST_UPDATE: "no first update had been sent",
    Why.UPDATE_OVERDUE: "the promised update was overdue",
    Why.NOT_CONTAINED: "the harm was not contained",
    Why.PROVISIONAL_SEVERITY: "the severity was still provisional",
    Why.EXECUTIVE_NOTICE: "policy wants executives told",
    Why.EXECUTIVE_SILENT: "no executive had acknowledged it",
    Why.NOT_RATIFIED: "nobody had ratified what one person ran alone",
    Why.POSTMORTEM_MEETING: "the post-mortem meeting was due",
    Why.POSTMORTEM_DRAFT: "the post-mortem draft was due",
}
ANSWERED = {
    "acknowledged": "Acknowledged",
    "muted": "Acknowledged, and muted until the next update",
    "delegated": "Delegated",
    "declined": "Passed on to the next person",
    "snoozed": "Snoozed a reminder",
}


def sentence(kind: EntryKind, text: str, data: Data, name: Name) -> str:
    """What happened, in one sentence. ``name`` gives the name of a person by id."""
    said = SENTENCES.get(kind)
    try:
        told = said(text, data, name) if said else text
    except (AttributeError, KeyError, TypeError, ValueError):
        told = text  # a line that another version wrote, or only half
    return f"{told} (by the {data['via']})" if data.get("via") else told


def _declared(text: str, data: Data, _: Name) -> str:
    severity = data.get("severity", "")
    provisional = " (provisional)" if data.get("provisional") else ""
    return f"Declared at {severity}{provisional}: {text}" if severity else f"Declared: {text}"


def _change(what: str) -> Callable[[str, Data, Name], str]:
    def said(text: str, data: Data, _: Name) -> str:
        old, new, reason = data.get("old"), data.get("new"), data.get("reason") or text
        if data.get("confirmed"):
            return f"{what} confirmed as {new}" + (f": {reason}" if reason else "")
        return f"{what} changed from {old} to {new}" + (f": {reason}" if reason else "")

    return said


def _escalation(text: str, data: Data, name: Name) -> str:
    if answer := data.get("answer"):
        to = f" to {name(str(data['to']))}" if data.get("to") else ""
        wait = f" for {data['minutes']} minutes" if data.get("minutes") else ""
        reason = f": {data['reason']}" if data.get("reason") else ""
        return f"{ANSWERED.get(str(answer), str(answer))}{to}{wait}{reason}"
    if data.get("unreachable"):
        return f"Nobody could be reached as {data['unreachable']}; the next was asked at once"
    people = ", ".join(name(str(user_id)) for user_id in data.get("asked", ())) or "the channel"
    why = ASKED_BECAUSE.get(Why(text), text) if text in set(Why) else text
    late = int(data.get("late_seconds", 0)) // 60
    return f"Asked {people}, because {why}" + (f" ({late} min late)" if late > 1 else "")


def _merged(text: str, data: Data, _: Name) -> str:
    if data.get("from"):
        return f"{reference(int(data['from']))} was merged into this: {text}"
    return f"Merged into {reference(int(data['into']))}: {text}" if data.get("into") else f"Merged: {text}"


def _redacted(text: str, data: Data, _: Name) -> str:
    return f"{text}: {data['reason']}" if data.get("reason") else text


REFUSED = {
    "channels.open": "open the channel",
    "channels.invite": "invite",
    "channels.set_topic": "set the topic",
    "channels.bookmark": "add the bookmark",
    "escalations.read_step": "read a step of the escalation",
    "cards.post": "post the card",
    "cards.pin": "pin the card",
    "announcements.post": "announce it",
    "announcements.refresh": "update the announcement",
    "reporters.tell_declared": "answer whoever declared",
    "updates.post": "post the update",
    "text_news.deliver": "post a text into the channel that policy names",
    "updates.tell_follower": "send an update to a follower",
    "postmortem_news.upload": "upload the post-mortem",
    "postmortem_news.share": "share the post-mortem",
    "review_news.upload": "upload a file",
    "review_news.share": "share a file",
    "exporting.send": "tell the webhook of an action item",
}


def refused(reaction: str) -> str:
    """What could not be done in Slack, in words: "pin the card"."""
    return REFUSED.get(reaction, reaction.replace("_", " ").replace(".", ": "))


def _problem(text: str, data: Data, name: Name) -> str:
    who = f" {name(str(data['user']))}" if data.get("user") else ""
    if "reaction" not in data:
        return text
    return f"Andon could not {refused(str(data['reaction']))}{who}: {data.get('code') or 'no answer'}"


def _access(text: str, data: Data, name: Name) -> str:
    if "user" not in data:
        return _capitalised(text, data, name)
    who = name(str(data["user"]))
    if "allowed" not in data:
        return f"{who} was added to the private channel in Slack"
    return f"Let {who} in" if data["allowed"] else f"Denied access to {who}, who had asked for it"


def _capitalised(text: str, _data: Data, _name: Name) -> str:
    return text[:1].upper() + text[1:]


SENTENCES: dict[EntryKind, Callable[[str, Data, Name], str]] = {
    EntryKind.DECLARED: _declared,
    EntryKind.CHANNEL: lambda text, _data, _name: f"Channel #{text} opened",
    EntryKind.SEVERITY: _change("Severity"),
    EntryKind.TYPE: _change("Type"),
    EntryKind.PHASE: _change("Phase"),
    EntryKind.CONTAINED: lambda text, _data, _name: f"Contained. Verified by: {text}",
    EntryKind.RESOLVED: lambda text, _data, _name: f"Resolved. Validated by: {text}",
    EntryKind.CLOSED: lambda text, _data, _name: f"Closed: {text}",
    EntryKind.CANCELLED: lambda text, _data, _name: f"Not an incident: {text}",
    EntryKind.REOPENED: lambda text, _data, _name: f"Reopened: {text}",
    EntryKind.MERGED: _merged,
    EntryKind.REDACTED: _redacted,
    EntryKind.UPDATE: lambda text, _data, _name: f"Update: {text}",
    EntryKind.EVIDENCE: lambda text, _data, _name: f"Kept as evidence: {text}",
    EntryKind.ROLE: _capitalised,
    EntryKind.ACCESS: _access,
    EntryKind.ESCALATION: _escalation,
    EntryKind.PROBLEM: _problem,
}
