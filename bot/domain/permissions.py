"""Who may do what: one table, read by every door.

A person's *standings* towards an incident are gathered once; a verb names the standings that suffice.
Whoever may not see an incident may do nothing to it and is not told that it exists.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.incident import Role


class Standing(StrEnum):
    """What a person is to an incident."""

    ANYONE = "anyone"
    PARTICIPANT = "participant"
    DECLARER = "declarer"
    ASKED = "asked"
    LEAD = "lead"
    TECHNICAL = "technical"
    LEGAL = "legal"
    COMMS = "comms"
    ADMIN = "admin"


class Verb(StrEnum):
    """What can be done to an incident."""

    SEE = "see"
    FOLLOW = "follow"
    NOTE = "note"
    MARK_EVIDENCE = "mark evidence"
    TAKE_ROLE = "take a role"
    ASSIGN_ROLE = "assign a role"
    HAND_OVER = "hand over"
    RAISE_SEVERITY = "raise the severity"
    LOWER_SEVERITY = "lower the severity"
    CONFIRM_SEVERITY = "confirm the severity"
    CHANGE_TYPE = "change the type"
    MOVE_PHASE = "change the phase"
    CONTAIN = "set contained"
    RESOLVE = "set resolved"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    MERGE = "merge"
    ADD_TASK = "add a task"
    DO_TASK = "tick a task"
    SET_PARTICULAR = "write down what is established"
    DECIDE_OBLIGATION = "decide on clocks set by law or contract"
    SEND_UPDATE = "send an update"
    READ_TEXTS = "read the texts"
    WRITE_TEXT = "write a text"
    SEND_TEXT = "say that a text was sent"
    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    WRITE_POSTMORTEM = "write the post-mortem"
    REVIEW = "review the incident"
    CLOSE_REVIEW = "close the review"
    KEEP_PROMISE = "change an action item"
    REDACT = "redact"
    EXPORT_EVIDENCE = "export the evidence"
    GRANT_ACCESS = "grant access"


ROLE_STANDING = {
    Role.LEAD: Standing.LEAD,
    Role.TECHNICAL: Standing.TECHNICAL,
    Role.LEGAL: Standing.LEGAL,
    Role.COMMS: Standing.COMMS,
}

RESPONDERS = frozenset({Standing.LEAD, Standing.TECHNICAL, Standing.LEGAL, Standing.COMMS, Standing.ADMIN})
INVOLVED = RESPONDERS | {Standing.PARTICIPANT, Standing.DECLARER, Standing.ASKED}
EVERYONE = INVOLVED | {Standing.ANYONE}
LEADERS = frozenset({Standing.LEAD, Standing.ADMIN})
LEGAL_ONLY = frozenset({Standing.LEGAL})

# Read as: this verb may be done by whoever has one of these standings.
TABLE: dict[Verb, frozenset[Standing]] = {
    Verb.SEE: EVERYONE,
    Verb.FOLLOW: EVERYONE,
    Verb.NOTE: EVERYONE,
    Verb.MARK_EVIDENCE: EVERYONE,
    Verb.TAKE_ROLE: EVERYONE,
    Verb.ASSIGN_ROLE: EVERYONE,
    Verb.HAND_OVER: RESPONDERS,
    Verb.RAISE_SEVERITY: EVERYONE,
    Verb.LOWER_SEVERITY: LEADERS,
    Verb.CONFIRM_SEVERITY: RESPONDERS,
    Verb.CHANGE_TYPE: INVOLVED,
    Verb.MOVE_PHASE: RESPONDERS,
    Verb.CONTAIN: RESPONDERS,
    Verb.RESOLVE: RESPONDERS,
    Verb.CLOSE: LEADERS,
    Verb.REOPEN: INVOLVED,
    Verb.CANCEL: LEADERS | {Standing.DECLARER},
    Verb.MERGE: RESPONDERS,
    Verb.ADD_TASK: EVERYONE,
    Verb.DO_TASK: EVERYONE,
    Verb.SET_PARTICULAR: EVERYONE,
    Verb.DECIDE_OBLIGATION: LEGAL_ONLY,
    Verb.SEND_UPDATE: RESPONDERS,
    Verb.READ_TEXTS: INVOLVED,
    Verb.WRITE_TEXT: RESPONDERS,
    Verb.SEND_TEXT: RESPONDERS,
    Verb.ACKNOWLEDGE: INVOLVED,
    Verb.SNOOZE: INVOLVED,
    Verb.WRITE_POSTMORTEM: INVOLVED,
    Verb.REVIEW: INVOLVED,
    Verb.CLOSE_REVIEW: RESPONDERS,
    Verb.KEEP_PROMISE: EVERYONE,
    Verb.REDACT: RESPONDERS,
    Verb.EXPORT_EVIDENCE: RESPONDERS,
    Verb.GRANT_ACCESS: INVOLVED,
}

WHO = {
    EVERYONE: "everyone who can see the incident",
    INVOLVED: "the people involved in the incident",
    RESPONDERS: "whoever holds a role in the incident, and Andon's admins",
    LEADERS: "the incident's lead and Andon's admins",
    LEGAL_ONLY: "whoever holds legal in the incident",
    LEADERS | {Standing.DECLARER}: "the incident's lead, whoever declared it, and Andon's admins",
}


def may_see(is_private: bool, standings: frozenset[Standing]) -> bool:
    """Public incidents are for everyone; a private one only for the people involved in it."""
    return not is_private or bool(standings & INVOLVED)


def may(verb: Verb, is_private: bool, standings: frozenset[Standing]) -> bool:
    """Whether somebody with these standings may do ``verb``."""
    return may_see(is_private, standings) and bool(TABLE[verb] & (standings | {Standing.ANYONE}))


def require(verb: Verb, is_private: bool, standings: frozenset[Standing]) -> None:
    """Raise :class:`NotFound` for what may not be seen, :class:`NotAllowed` saying who may for the rest."""
    if not may_see(is_private, standings):
        raise NotFound("There is no such incident, or it is not open to you.")
    if not may(verb, is_private, standings):
        raise NotAllowed(f"Only {WHO[TABLE[verb]]} can {verb}.")
