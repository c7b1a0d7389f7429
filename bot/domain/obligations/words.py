"""The words of obligations."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """What legal says of a clock. Andon never decides: what nobody decided is proposed."""

    PROPOSED = "proposed"
    UNDECIDED = "undecided"
    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"


class Clocking(StrEnum):
    """What a deadline counts."""

    HOURS = "h"
    CALENDAR_DAYS = "cd"
    BUSINESS_DAYS = "bd"
    MONTHS = "months"


class Counted(StrEnum):
    """From where days are counted: from the event, or from the end of the month or year that it lies in."""

    EVENT = "event"
    MONTH_END = "month_end"
    YEAR_END = "year_end"


class Roll(StrEnum):
    """What becomes of a period whose last day is no working day.

    ``next_working_day``: it ends with the next one. ``two_working_days``: that, and a period of two days or more holds
    two working days at least (Regulation 1182/71, Articles 3(4) and 3(5)).
    """

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"
    TWO_WORKING_DAYS = "two_working_days"


class Sureness(StrEnum):
    """How sure the row of a clock is: read in the law itself, told by others, or hardly known."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Step(StrEnum):
    """What was said of a running clock so far."""

    NOTHING = "nothing"
    HALF = "50"
    THREE_QUARTERS = "75"
    NEARLY = "90"
    OVERDUE = "overdue"
