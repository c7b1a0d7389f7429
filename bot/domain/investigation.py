"""What an investigation writes down: the four questions, hypotheses, reproductions, who was exposed. Pure.

Nothing here is a fact until it is shown: hypotheses say that they are some, rates say of how many tries, numbers of
people say how sure anybody is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import BadInput
from bot.domain.incident import Severity

MOST_TRIES = 1_000_000
MOST_PEOPLE = 10_000_000_000
RATE = re.compile(r"(\d{1,7})\s*(?:of|/|out of)\s*(\d{1,7})[\s,;:.–-]*", re.IGNORECASE)


class FindingKind(StrEnum):
    """What a finding is."""

    ASSESSMENT = "assessment"
    HYPOTHESIS = "hypothesis"
    REPRODUCTION = "reproduction"
    SCOPE = "scope"
    CAUSE = "cause"


class Reply(StrEnum):
    """An answer to one of the four questions."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Smallness(StrEnum):
    """The fourth question: how small it was."""

    CAUGHT = "caught"
    ONE_PERSON = "one_person"
    NEITHER = "neither"
    UNKNOWN = "unknown"


class Proof(StrEnum):
    """What became of a hypothesis."""

    OPEN = "open"
    SHOWN = "shown"
    RULED_OUT = "ruled_out"


class Confidence(StrEnum):
    """How sure somebody is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The four answers of domain.md section 2.4."""

    hurt: Reply
    exploited: Reply
    reached: Reply
    smallness: Smallness = Smallness.UNKNOWN


@dataclass(frozen=True, slots=True)
class Judgement:
    """The severity that follows, and why. ``is_provisional``: something was not known and is to be asked again."""

    severity: Severity
    why: tuple[str, ...]
    is_provisional: bool = False

    @property
    def reason(self) -> str:
        """Why, in one line."""
        return "; ".join(self.why)


def judge(assessment: Assessment, floor: Severity | None = None, floor_rule: str = "") -> Judgement:
    """The severity that the answers mean. ``floor`` is the least severity that policy allows, ``floor_rule`` why."""
    found = _by_answers(assessment)
    if floor is not None and floor.is_worse_than(found.severity):
        return Judgement(floor, (*found.why, floor_rule or f"policy wants at least {floor}"), found.is_provisional)
    return found


def _by_answers(a: Assessment) -> Judgement:
    gravest = []
    if a.hurt is Reply.YES:
        gravest.append("somebody is being hurt or could be within a day")
    if a.exploited is Reply.YES:
        gravest.append("it is being exploited, or bad output goes out to many")
    if gravest:
        return Judgement(Severity.SEV1, tuple(gravest))
    if a.reached is Reply.YES:
        unsure = [name for name, answer in (("harm", a.hurt), ("exploitation", a.exploited)) if answer is Reply.UNKNOWN]
        why = "it reached somebody outside, a decision or personal data, or somebody asks about it"
        more = (f"not known yet: {', '.join(unsure)}",) if unsure else ()
        return Judgement(Severity.SEV2, (why, *more), bool(unsure))
    if Reply.UNKNOWN in (a.hurt, a.exploited, a.reached):
        return Judgement(Severity.SEV2, ("not everything is known yet; unsure means SEV2",), is_provisional=True)
    return _by_smallness(a.smallness)


def _by_smallness(smallness: Smallness) -> Judgement:
    match smallness:
        case Smallness.CAUGHT:
            return Judgement(Severity.SEV4, ("it was caught before release",))
        case Smallness.ONE_PERSON:
            return Judgement(Severity.SEV3, ("it was one person, and it is corrected already",))
        case Smallness.NEITHER:
            return Judgement(Severity.SEV3, ("nobody outside was reached and nobody is hurt",))
        case Smallness.UNKNOWN:
            why = "nobody outside was reached, but how small it was is not known"
            return Judgement(Severity.SEV3, (why,), is_provisional=True)


@dataclass(frozen=True, slots=True)
class Reproduction:
    """It fired ``fired`` times of ``tried`` under ``settings``. ``after_fix``: with the fix in place."""

    fired: int
    tried: int
    settings: str = ""
    after_fix: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.tried <= MOST_TRIES:
            raise BadInput("Say of how many tries: one at least.", field="tried")
        if not 0 <= self.fired <= self.tried:
            raise BadInput(f"It cannot fire {self.fired} of {self.tried} times.", field="fired")

    @property
    def rate(self) -> str:
        """``3 of 20``."""
        return f"{self.fired} of {self.tried}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who was exposed between the first bad output and containment: between ``low`` and ``high`` people."""

    who: str
    low: int
    high: int
    confidence: Confidence
    basis: str = ""

    def __post_init__(self) -> None:
        if not self.who.strip():
            raise BadInput("Say who was exposed: customers of which product, which decisions.", field="who")
        if not 0 <= self.low <= self.high <= MOST_PEOPLE:
            raise BadInput("The least number must not be more than the greatest.", field="high")

    @property
    def number(self) -> str:
        """``10 to 200``, or the one number that it is."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"


def parse_rate(line: str) -> tuple[int, int, str]:
    """Fired, tried and the rest of ``3 of 20 at temperature 0.7``. Raises BadInput, saying how it is written."""
    found = RATE.match(line.strip())
    if found is None:
        raise BadInput("Say how often of how many tries: `3 of 20`, then the settings it was tried with.")
    return int(found[1]), int(found[2]), line.strip()[found.end() :].strip()


def whole(text: str, field: str) -> int:
    """A number of people as typed, ``1,200`` or ``1200``. Raises BadInput."""
    plain = re.sub(r"[\s,._']", "", text)
    if not re.fullmatch(r"\d{1,11}", plain, re.ASCII):
        raise BadInput("Give a whole number, such as 1200.", field=field)
    return int(plain)
