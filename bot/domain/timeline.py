"""What a timeline line can be about."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """Why a line stands on the timeline."""

    DECLARED = "declared"
    CHANNEL = "channel"
    ROLE = "role"
    SEVERITY = "severity"
    TYPE = "type"
    PHASE = "phase"
    CONTAINED = "contained"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    MERGED = "merged"
    TASK = "task"
    PLAYBOOK = "playbook"
    FINDING = "finding"
    PARTICULAR = "particular"
    OBLIGATION = "obligation"
    UPDATE = "update"
    TEXT = "text"
    ESCALATION = "escalation"
    EVIDENCE = "evidence"
    SWITCH = "switch"
    ALERT = "alert"
    PINNED = "pinned"
    NOTE = "note"
    REDACTED = "redacted"
    POSTMORTEM = "postmortem"
    PROBLEM = "problem"
    DETAILS = "details"
    ACCESS = "access"
    REVIEW = "review"
    ACTION = "action"
