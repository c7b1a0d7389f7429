"""What an incident is: its words, the moves between them, and the name of its channel."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from bot.domain.errors import IllegalMove

CHANNEL_NAME_LIMIT = 80
TITLE_LIMIT = 150


class Severity(StrEnum):
    """How bad, SEV1 worst (domain.md section 2.3). Unsure means SEV2, marked provisional."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"

    @property
    def rank(self) -> int:
        """1 for SEV1 to 4 for SEV4."""
        return int(self.value[-1])

    def is_worse_than(self, other: Severity) -> bool:
        """Whether this is the graver of the two."""
        return self.rank < other.rank


DEFAULT_SEVERITY = Severity.SEV2


class IncidentType(StrEnum):
    """The AI failure family: exactly one is primary (domain.md section 1.4)."""

    HARMFUL_OUTPUT = "harmful_output"
    MISINFORMATION = "misinformation"
    BIAS = "bias"
    DATA_EXPOSURE = "data_exposure"
    PROMPT_ATTACK = "prompt_attack"
    AGENT_ACTION = "agent_action"
    DRIFT = "drift"
    POISONING = "poisoning"
    SUPPLY_CHAIN = "supply_chain"
    THEFT_ABUSE = "theft_abuse"
    OVERSIGHT_COMPLIANCE = "oversight_compliance"
    UNSURE = "unsure"


class Role(StrEnum):
    """The four seats; several people may hold technical."""

    LEAD = "lead"
    TECHNICAL = "technical"
    LEGAL = "legal"
    COMMS = "comms"

    @property
    def is_shared(self) -> bool:
        """Whether several people may hold it at once."""
        return self is Role.TECHNICAL


class Phase(StrEnum):
    """Where the response stands."""

    TRIAGE = "triage"
    CONTAINMENT = "containment"
    INVESTIGATION = "investigation"
    REMEDIATION = "remediation"
    RECOVERY = "recovery"
    REVIEW = "review"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed incident ended."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    MERGED = "merged"
    CANCELLED = "cancelled"


class ChannelState(StrEnum):
    """Whether the incident's channel exists in Slack."""

    WANTED = "wanted"
    OPEN = "open"
    REFUSED = "refused"


WORKING = (Phase.TRIAGE, Phase.CONTAINMENT, Phase.INVESTIGATION, Phase.REMEDIATION, Phase.RECOVERY, Phase.REVIEW)

# Forward and back one step or more while people work; closing and reopening are acts of their own.
MOVES: dict[Phase, frozenset[Phase]] = {
    **{phase: frozenset(WORKING) - {phase} for phase in WORKING},
    Phase.CLOSED: frozenset(),
}


def check_move(current: Phase, target: Phase) -> None:
    """Raise :class:`IllegalMove` unless people may move an incident from ``current`` to ``target``."""
    if target is Phase.CLOSED:
        raise IllegalMove("Closing is an act of its own: use `close`, which asks how it ended.")
    if current is Phase.CLOSED:
        raise IllegalMove("This incident is closed. Reopen it first, with a reason.")
    if target not in MOVES[current]:
        raise IllegalMove(f"The incident is already in {target}.")


def reference(number: int) -> str:
    """The name people use, ``AI-0042``."""
    return f"AI-{number:04d}"


REFERENCE = re.compile(r"^ai-?0*(\d{1,9})$", re.IGNORECASE)


def parse_reference(text: str) -> int | None:
    """The number in ``AI-0042``, ``ai-42`` or ``AI42``; None when it is none of these."""
    match = REFERENCE.match(text.strip())
    return int(match.group(1)) if match else None


def channel_name(number: int, title: str, fallback: str, attempt: int = 0) -> str:
    """A valid Slack channel name, at most 80 characters, for any title in any script.

    ``fallback`` (the incident type) stands in where the title has no Latin letter or digit;
    ``attempt`` makes another name when Slack says the first is taken.
    """
    stem = reference(number).lower()
    words = _latin_words(title) or _latin_words(fallback)
    suffix = f"-{attempt + 1}" if attempt else ""
    slug = "-".join(words[:5])
    return f"{stem}-{slug}"[: min(CHANNEL_NAME_LIMIT, 48) - len(suffix)].rstrip("-") + suffix


def _latin_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return [word for word in re.split(r"[^a-z0-9]+", plain) if word]


BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_title(text: str) -> str:
    """One line of at most 150 characters, empty when nothing in it can be seen.

    Line breaks and control characters become blanks; controls that turn the reading direction of what follows go.
    """
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if c not in BIDI_CONTROLS)
    line = " ".join("".join(kept).split())
    if all(unicodedata.category(c)[0] in "CZ" for c in line):
        return ""
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1].rstrip() + "…"
