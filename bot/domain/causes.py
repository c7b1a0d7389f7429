"""What kind of thing a cause was: one word of a closed list, so that incidents can be compared. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from enum import StrEnum

from bot.domain.errors import BadInput


class CauseClass(StrEnum):
    """The classes that incidents of AI are told apart by."""

    DATA = "data"
    MODEL_LIMIT = "model_limit"
    DRIFT = "drift"
    TEST_GAP = "test_gap"
    DESIGN = "design"
    INTEGRATION = "integration"
    ADVERSARIAL = "adversarial"
    OVERSIGHT = "oversight"
    CHANGE_MANAGEMENT = "change_management"
    OUT_OF_PURPOSE = "out_of_purpose"
    ORGANISATIONAL = "organisational"


CAUSES: Mapping[CauseClass, tuple[str, str]] = {
    CauseClass.DATA: ("Data", "What it learned from or looked things up in was wrong, stale or out of place."),
    CauseClass.MODEL_LIMIT: ("Limit of the model", "The model cannot do this reliably, whatever it is told."),
    CauseClass.DRIFT: ("Drift", "The world or its inputs changed, and it did not."),
    CauseClass.TEST_GAP: ("Gap in the tests", "A test before release would have shown it, and there was none."),
    CauseClass.DESIGN: ("Design", "It did what was specified; that was the mistake."),
    CauseClass.INTEGRATION: ("Integration or tools", "What stands around the model let it through."),
    CauseClass.ADVERSARIAL: ("Attack", "Somebody made it misbehave."),
    CauseClass.OVERSIGHT: ("Oversight", "A person was to look, and did not or could not."),
    CauseClass.CHANGE_MANAGEMENT: ("Change management", "A change went out without review, notice or a way back."),
    CauseClass.OUT_OF_PURPOSE: ("Use out of purpose", "It was used for what it was not made or approved for."),
    CauseClass.ORGANISATIONAL: ("Organisation", "Nobody owned it, or those who knew were not asked."),
}


def cause_name(cause: CauseClass | str) -> str:
    """The class in plain words; a word of another version of Andon stands for itself."""
    return CAUSES[CauseClass(cause)][0] if cause in set(CauseClass) else str(cause)


def parse_cause(word: str) -> CauseClass:
    """The class that was typed, ``test-gap`` or ``test_gap``. Raises BadInput with those there are."""
    plain = word.strip().lower().replace("-", "_")
    known = [cause.value for cause in CauseClass]
    if plain in known:
        return CauseClass(plain)
    close = difflib.get_close_matches(plain, known, n=1, cutoff=0.6)
    hint = f" Did you mean `{close[0]}`?" if close else ""
    raise BadInput(f"“{word[:40]}” is no kind of cause; there are {', '.join(known)}.{hint}")
