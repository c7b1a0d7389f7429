"""What an escalation policy says: rungs, whom they ask, what makes them pointless, and how long silence is borne."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.deadlines import Duration
from bot.domain.incident import Role, Severity


class RungKind(StrEnum):
    """How a rung speaks: a page wants "I have it", an executive notice informs, a nudge reminds and can be snoozed."""

    PAGE = "page"
    EXECUTIVE = "executive"
    NUDGE = "nudge"


class Anchor(StrEnum):
    """The instant that a rung counts from."""

    DECLARED = "declared"
    UPDATE_DUE = "update_due"
    RESOLVED = "resolved"


class Condition(StrEnum):
    """What makes asking pointless once it holds."""

    NEVER = "never"
    ACKNOWLEDGED = "acknowledged"
    EXECUTIVE_INFORMED = "executive_informed"
    LEAD_SEATED = "lead_seated"
    TECHNICAL_SEATED = "role_seated:technical"
    LEGAL_SEATED = "role_seated:legal"
    COMMS_SEATED = "role_seated:comms"
    FIRST_UPDATE_SENT = "first_update_sent"
    UPDATE_ON_TIME = "update_on_time"
    SEVERITY_CONFIRMED = "severity_confirmed"
    CONTAINED = "contained"
    POSTMORTEM_DRAFTED = "postmortem_drafted"
    REVIEW_BOOKED = "review_booked"


class Ending(StrEnum):
    """The act after which a rung is over, whatever else holds. Closing ends every rung."""

    CONTAINED = "contained"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Flag(StrEnum):
    """What brings legal or executives in early."""

    PERSONAL_DATA = "personal_data"
    BIAS = "bias"
    REGULATOR = "regulator"
    PRESS = "press"
    CONTRACT = "contract"
    MANY_USERS = "many_users"


class Why(StrEnum):
    """Why somebody is asked; views say it in a sentence."""

    DECLARED = "declared"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    NOBODY_REACHABLE = "nobody_reachable"
    SEAT_WANTED = "seat_wanted"
    NO_LEAD = "no_lead"
    EMPTY_ROLE = "empty_role"
    NO_FIRST_UPDATE = "no_first_update"
    UPDATE_OVERDUE = "update_overdue"
    NOT_CONTAINED = "not_contained"
    PROVISIONAL_SEVERITY = "provisional_severity"
    EXECUTIVE_NOTICE = "executive_notice"
    EXECUTIVE_SILENT = "executive_silent"
    NOT_RATIFIED = "not_ratified"
    POSTMORTEM_MEETING = "postmortem_meeting"
    POSTMORTEM_DRAFT = "postmortem_draft"


class Hours(StrEnum):
    """When a ladder may ask: at any hour, or in working time only."""

    ALWAYS = "always"
    BUSINESS = "business"


class AskKind(StrEnum):
    """Which sort of somebody is asked."""

    SEAT = "seat"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    MANAGER = "manager"
    EXECUTIVES = "executives"
    EXECUTIVE = "executive"
    LEAD_OR_CHANNEL = "lead_or_channel"
    CHANNEL = "channel"


OF_A_ROLE = frozenset({AskKind.SEAT, AskKind.PRIMARY, AskKind.SECONDARY, AskKind.MANAGER})


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom a rung asks.

    With a role for ``name``: who sits there or else its primary (``lead``), its primary, secondary or manager. With an
    executive's key: that one (``executive:cto``). Without a name: all executives told at this severity, the lead or
    else the channel, the channel.
    """

    kind: AskKind
    name: str = ""

    def __str__(self) -> str:
        """The written form, ``secondary:lead``; :meth:`parse` reads it back."""
        if self.kind is AskKind.SEAT:
            return self.name
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    @property
    def role(self) -> Role | None:
        """The role it is about, if any."""
        return Role(self.name) if self.kind in OF_A_ROLE else None

    @classmethod
    def parse(cls, text: str) -> Ask:
        """Read the written form. Raises ValueError, saying what is accepted."""
        kind, _, name = text.partition(":")
        if text in set(Role):
            return cls(AskKind.SEAT, text)
        if kind in OF_A_ROLE - {AskKind.SEAT} and name in set(Role):
            return cls(AskKind(kind), name)
        if (kind == AskKind.EXECUTIVE and name) or text in {
            AskKind.EXECUTIVES,
            AskKind.LEAD_OR_CHANNEL,
            AskKind.CHANNEL,
        }:
            return cls(AskKind(kind), name)
        raise ValueError(
            f"{text[:60]!r} is nobody to ask: write a role ({', '.join(Role)}), primary:<role>, secondary:<role>, "
            "manager:<role>, executives, executive:<key>, lead_or_channel or channel"
        )


CHANNEL = Ask(AskKind.CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rule: ask somebody ``after`` so long unless something holds.

    Unanswered it asks again every ``repeat`` up to ``max_repeats`` times, then ``climbs_to`` somebody else. With
    ``only_if`` it exists where any of those flags is up; with ``not_if`` where none of those is.
    """

    key: str
    kind: RungKind
    ask: Ask
    after: Duration
    why: Why
    unless: Condition = Condition.NEVER
    ends: Ending = Ending.RESOLVED
    anchor: Anchor = Anchor.DECLARED
    repeat: Duration | None = None
    max_repeats: int = 0
    climbs_to: Ask | None = None
    only_if: frozenset[Flag] = frozenset()
    not_if: frozenset[Flag] = frozenset()

    def stands_with(self, flags: frozenset[Flag]) -> bool:
        """Whether an incident with these flags has this rung."""
        return (not self.only_if or bool(self.only_if & flags)) and not self.not_if & flags


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one severity. An acknowledgement lasts ``acknowledgement_expires``, or for good when None."""

    rungs: tuple[Rung, ...]
    hours: Hours = Hours.ALWAYS
    acknowledgement_expires: Duration | None = None


@dataclass(frozen=True, slots=True)
class SnoozeRules:
    """How a nudge can be put off: for which ``minutes``, where only with a reason, and which time climbs the ladder."""

    minutes: tuple[int, ...] = (10, 20, 30)
    reason_at: frozenset[Severity] = frozenset({Severity.SEV1})
    climbs_at: int = 3


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """A ladder for every severity."""

    ladders: Mapping[Severity, Ladder]
    snooze: SnoozeRules = SnoozeRules()
