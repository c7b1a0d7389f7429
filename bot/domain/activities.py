"""What a line of a playbook belongs to."""

from __future__ import annotations

from enum import StrEnum


class Activity(StrEnum):
    """The nine activities of a response, in the order they are usually begun."""

    TRIAGE = "triage"
    CONTAIN = "contain"
    PRESERVE = "preserve"
    INVESTIGATE = "investigate"
    NOTIFY = "notify"
    REMEDIATE = "remediate"
    VALIDATE = "validate"
    RECOVER = "recover"
    REVIEW = "review"
