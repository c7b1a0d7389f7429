"""The values that policy files hold: durations, people, links, and the words that only files use."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator

from bot.domain.deadlines import Duration
from bot.domain.escalation import Ask

SLACK_ID = re.compile(r"[UW][A-Z0-9]{6,30}")
EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
HANDLE = re.compile(r"@[a-z0-9][a-z0-9._-]{0,79}")
# Slack cuts the text of an option here.
OPTION_LIMIT = 75
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Tier = Literal["T0", "T1", "T2", "T3", "T4", "T5", "T6"]


class Paging(StrEnum):
    """When people are asked at a severity: at any hour, in working hours, or in working hours without being paged."""

    ALWAYS = "always"
    BUSINESS_HOURS = "business_hours"
    QUEUE = "queue"


class Seating(StrEnum):
    """How a role is filled at a severity. *Flagged*: only where the incident type or a fact of it says so."""

    PAGE = "page"
    PAGE_IF_FLAGGED = "page_if_flagged"
    ASK = "ask"
    ASK_IF_FLAGGED = "ask_if_flagged"
    NONE = "none"


class Architecture(StrEnum):
    """How an AI system is built, which decides what can contain it."""

    PLAIN_LLM = "plain_llm"
    MEMORY = "memory"
    RAG = "rag"
    AGENTIC = "agentic"
    PREDICTIVE_ML = "predictive_ml"
    VISION = "vision"
    OTHER = "other"


def _duration(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise ValueError(f"a duration is written like 5m, 4h, 4bh, 1bd or 3cd, not {value!r}")  # noqa: TRY004 - pydantic
    return Duration.parse(value)


def _ask(value: Any) -> Ask:
    return value if isinstance(value, Ask) else Ask.parse(str(value))


def _entry(value: str) -> str:
    if any(pattern.fullmatch(value) for pattern in (SLACK_ID, EMAIL, HANDLE)):
        return value
    raise ValueError(f"{value!r} names nobody: write an e-mail address, a Slack id (U…) or a user group (@ai-oncall)")


@cache
def _timezones() -> set[str]:
    return available_timezones()  # walks through a directory of six hundred files


def _timezone(value: str) -> str:
    if value not in _timezones():
        raise ValueError(f"{value!r} is no time zone: write one like Europe/London")
    return value


Span = Annotated[Duration, PlainValidator(_duration)]
Asked = Annotated[Ask, PlainValidator(_ask)]
Entry = Annotated[str, AfterValidator(_entry)]
Words = Annotated[str, Field(min_length=1, max_length=1000)]
Label = Annotated[str, Field(min_length=1, max_length=OPTION_LIMIT)]
Key = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,39}\Z")]
Slug = Annotated[str, Field(pattern=r"\A[a-z0-9][a-z0-9-]{0,59}\Z")]
Zone = Annotated[str, AfterValidator(_timezone)]
Link = Annotated[str, Field(pattern=r"\Ahttps?://[^\s<>|]{1,500}\Z")]


class Model(BaseModel):
    """The common rules: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, regex_engine="python-re")
