"""Rules for an incident's life: lowering and raising severity, what closing needs, when something happened.

Pure: callers say what is, these functions say whether it may be, each refusal in one sentence with the way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.errors import BadInput, IllegalMove
from bot.domain.incident import IncidentType, Outcome, Phase, Severity
from bot.domain.permissions import RESPONDERS, Standing

REASON_LIMIT = 3000
SEV1_HOLD = timedelta(minutes=15)
CONFIRMERS_WANTED = 2
# Their word is enough to raise the severity; anybody else proposes.
DECIDERS = frozenset({Standing.LEAD, Standing.TECHNICAL, Standing.ADMIN})
# Containing and resolving say where the response stands, too.
BEFORE_INVESTIGATION = frozenset({Phase.TRIAGE, Phase.CONTAINMENT})
SEVERITY_WORDS = {"critical": 1, "high": 2, "medium": 3, "low": 4}
CONNECTIVES = re.compile(r"^(because\b|reason:)[\s:,…]*|^[…:,–-]+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lowering:
    """A wish to lower the severity. ``since`` is when the present severity began."""

    current: Severity
    wanted: Severity
    since: datetime
    now: datetime
    is_contained: bool
    nobody_is_hurt: bool


def check_lowering(wish: Lowering) -> None:
    """Raise unless the severity may be lowered now (domain.md section 2.4)."""
    if wish.current is not Severity.SEV1:
        return
    free_at = wish.since + SEV1_HOLD
    if wish.now < free_at:
        minutes = -(-(free_at - wish.now) // timedelta(minutes=1))
        raise IllegalMove(
            f"A SEV1 stays SEV1 for its first 15 minutes: try again in {minutes} min. "
            "If this is no incident at all, use `cancel` with a reason."
        )
    if not wish.is_contained and not wish.nobody_is_hurt:
        raise BadInput(
            "It is SEV1 and not contained. It can be lowered once it is contained, "
            "or when you state in the form that nobody is being hurt.",
            field="nobody_hurt",
        )


def check_floor(wanted: Severity, floor: Severity | None, type_name: str) -> None:
    """Raise when the incident type does not allow a severity this low."""
    if floor is not None and floor.is_worse_than(wanted):
        raise BadInput(
            f"{type_name} is at least {floor}: that is policy. If the type is wrong, change it first with `type`.",
            field="severity",
        )


def is_enough(deciders: Iterable[frozenset[Standing]]) -> bool:
    """Whether these people, by their standings, may raise the severity together: one decider or two responders."""
    counted = [standings for standings in deciders if standings & RESPONDERS]
    return any(standings & DECIDERS for standings in counted) or len(counted) >= CONFIRMERS_WANTED


def reason(text: str, question: str = "Say why, in a few words.", field: str = "reason") -> str:
    """What was typed as a reason, without a leading *because*. Raises BadInput for nothing or far too much."""
    stated = CONNECTIVES.sub("", text.strip()).strip()
    if not stated:
        raise BadInput(question, field=field)
    if len(stated) > REASON_LIMIT:
        raise BadInput(f"That is {len(stated):,} characters; {REASON_LIMIT:,} fit.", field=field)
    return stated


def happened_at(stated: datetime | None, now: datetime, *, not_before: datetime | None = None) -> datetime:
    """When it happened: now, or the earlier instant stated. Raises BadInput for the future or before its cause."""
    if stated is None:
        return now
    if stated > now + timedelta(minutes=1):
        raise BadInput("That is in the future. Leave it empty for now, or give the earlier time.", field="at")
    if not_before is not None and stated < not_before:
        raise BadInput(f"That is before {utc(not_before)}, when it was contained. Give a later time.", field="at")
    return min(stated, now)


def check_closing(contained_at: datetime | None, resolved_at: datetime | None, why_anyway: str) -> None:
    """Raise unless it is contained and resolved, or a reason for closing without that is stated."""
    missing = missing_for_close(contained_at, resolved_at)
    if missing and not why_anyway.strip():
        raise BadInput(f"It is {missing}. Say why it is closed all the same.", field="why_anyway")


def missing_for_close(contained_at: datetime | None, resolved_at: datetime | None) -> str:
    """What an ordinary closing still lacks, in words; empty when nothing."""
    missing = [word for word, at in (("contained", contained_at), ("resolved", resolved_at)) if at is None]
    return f"not {' and not '.join(missing)} yet" if missing else ""


def check_open(
    phase: Phase, outcome: Outcome | None, name: str, closed_at: datetime | None, goes_on_in: str = ""
) -> None:
    """Raise, saying what became of it, when the incident is over. ``goes_on_in`` is where a merged one is worked on."""
    if phase is not Phase.CLOSED:
        return
    if outcome is Outcome.MERGED:
        raise IllegalMove(f"{name} was merged into {goes_on_in or 'another incident'}. Use it there.")
    ended = "was closed as not an incident" if outcome is Outcome.CANCELLED else "is closed"
    since = f" since {utc(closed_at)}" if closed_at else ""
    raise IllegalMove(f"{name} {ended}{since}. If it goes on, reopen it with `reopen` and a reason.")


def utc(instant: datetime) -> str:
    """An instant in a plain sentence."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def parse_severity(text: str) -> Severity | None:
    """The severity in ``1``, ``sev1``, ``SEV-2`` or ``critical``; None when it is none of these."""
    word = text.strip().lower().rstrip(":,")
    if word in SEVERITY_WORDS:
        return Severity(f"SEV{SEVERITY_WORDS[word]}")
    match = re.fullmatch(r"(?:sev(?:erity)?)?[-\s]?([1-4])", word)
    return Severity(f"SEV{match.group(1)}") if match else None


def parse_phase(text: str) -> Phase | None:
    """The phase by its name or the start of it; None when it is none."""
    word = text.strip().lower().rstrip(":,")
    found = [phase for phase in Phase if phase.value == word or (len(word) >= 3 and phase.value.startswith(word))]
    return found[0] if len(found) == 1 else None


def parse_type(words: str, names: dict[IncidentType, str]) -> tuple[IncidentType, str] | None:
    """The incident type at the start of what was typed, by slug or by name, and the rest; None when there is none.

    ``drift because …``, ``prompt-attack …``, ``Data exposure …`` are all understood.
    """
    plain = _plain(words)
    spellings = [(spelling, kind) for kind in IncidentType for spelling in (_plain(kind), _plain(names.get(kind, "")))]
    for spelling, kind in sorted(spellings, key=lambda pair: -len(pair[0])):
        if spelling and (plain == spelling or plain.startswith(spelling + " ")):
            return kind, words.strip()[len(spelling) :].strip()
    return None


def _plain(text: str) -> str:
    # Same length in and out, so that the rest of the words can be cut off by position.
    return "".join(c if c.isalnum() else " " for c in text.strip().lower())
