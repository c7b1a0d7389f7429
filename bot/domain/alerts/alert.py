"""One alert in our own shape. Whatever a sender wrote is cleaned and clipped here, once, and stays untrusted text."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.incident import IncidentType, Severity
from bot.domain.plain import clean

TITLE_LIMIT, BODY_LIMIT, LABEL_LIMIT, LINK_LIMIT, KEY_LIMIT = 200, 4_000, 500, 1_000, 1_000
MOST_LABELS, MOST_LINKS = 60, 8
NOBODY_SAID = "An alert without words"
SYSTEM_LABELS = ("system", "ai_system")
TYPE_LABELS = ("ai_incident_type", "ai_type", "incident_type")
SEVERITY_LABELS = ("severity", "level", "severitytext")
TRACE_LABELS = ("trace_id", "traceparent")
FIRST_YEAR = 1970  # before it stands what senders write for "not yet"


class AlertStatus(StrEnum):
    """Whether what it speaks of goes on."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert, in words that a sender chose.

    ``external_id`` is the sender's name of it, ``dedup_key`` of what it belongs to; both mean something only together
    with ``source``. ``severity_word`` is what the sender called it; policy says what that means.
    """

    source: str
    external_id: str
    dedup_key: str
    title: str
    status: AlertStatus = AlertStatus.FIRING
    body: str = ""
    severity_word: str = ""
    type: IncidentType | None = None
    system: str | None = None
    model: str = ""
    model_version: str = ""
    trace_id: str = ""
    started_at: datetime | None = None
    links: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for the same alert however often it is sent; never the same for two senders."""
        started = self.started_at.isoformat() if self.started_at else ""
        return digest(self.source, self.external_id, started, self.status)

    @property
    def group(self) -> str:
        """The same for alerts of one sender that are about one thing."""
        return digest(self.source, self.dedup_key)

    @property
    def is_firing(self) -> bool:
        """Whether it goes on."""
        return self.status is AlertStatus.FIRING

    def lasted(self, now: datetime) -> timedelta:
        """For how long it has been so; not at all for one that begins later than now or says nothing of it."""
        return max(timedelta(0), now - self.started_at) if self.started_at else timedelta(0)

    def stored(self) -> dict[str, Any]:
        """As JSON; :meth:`read` reads it back."""
        return {
            "source": self.source,
            "external_id": self.external_id,
            "dedup_key": self.dedup_key,
            "title": self.title,
            "status": self.status.value,
            "body": self.body,
            "severity_word": self.severity_word,
            "type": self.type.value if self.type else None,
            "system": self.system,
            "model": self.model,
            "model_version": self.model_version,
            "trace_id": self.trace_id,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "links": list(self.links),
            "labels": dict(self.labels),
            "values": dict(self.values),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Alert:
        """From what was stored. Raises KeyError or ValueError for what another version wrote."""
        at, kind = stored["started_at"], stored["type"]
        return cls(
            **{
                **stored,
                "status": AlertStatus(stored["status"]),
                "type": IncidentType(kind) if kind else None,
                "started_at": datetime.fromisoformat(at) if at else None,
                "links": tuple(stored["links"]),
            }
        )


def alert(
    *,
    source: str,
    external_id: str,
    dedup_key: str = "",
    title: str = "",
    status: AlertStatus = AlertStatus.FIRING,
    body: str = "",
    severity: str = "",
    system: str | None = None,
    started_at: datetime | None = None,
    links: Iterable[str] = (),
    labels: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
) -> Alert:
    """An alert from what a sender wrote. What is not said by name is looked for among the labels."""
    told = {_line(k, 120): _line(v, LABEL_LIMIT) for k, v in [*(labels or {}).items()][:MOST_LABELS]}
    kind = _first(told, TYPE_LABELS)
    return Alert(
        source=source,
        external_id=_key(external_id),
        dedup_key=_key(dedup_key or external_id),
        title=_line(title, TITLE_LIMIT) or NOBODY_SAID,
        status=status,
        body=_clip(clean(body).strip(), BODY_LIMIT),
        severity_word=_line(severity, 40) or _first(told, SEVERITY_LABELS)[:40],
        type=IncidentType(kind) if kind in set(IncidentType) - {IncidentType.UNSURE} else None,
        system=_line(system or "", 255) or _first(told, SYSTEM_LABELS)[:255] or None,
        model=told.get("model", ""),
        model_version=told.get("model_version", ""),
        trace_id=_first(told, TRACE_LABELS),
        started_at=started_at if started_at is not None and started_at.year >= FIRST_YEAR else None,
        links=tuple(dict.fromkeys(_line(link, LINK_LIMIT) for link in links if link))[:MOST_LINKS],
        labels=told,
        values={**_numbers(told), **{_line(k, 120): v for k, v in (values or {}).items() if math.isfinite(v)}},
    )


def instant(written: str) -> datetime:
    """The instant of an RFC 3339 text, in UTC; one without a zone is meant in UTC. Raises ValueError."""
    at = datetime.fromisoformat(written)
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{written[:40]!r} lies outside of time") from error


def digest(*parts: str) -> str:
    """One name for several texts that no other several texts have."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()  # none holds a NUL


def _numbers(labels: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, said in labels.items():
        try:
            number = float(said)
        except ValueError:
            continue
        if math.isfinite(number):
            found[name] = number
    return found


def _first(labels: Mapping[str, str], names: Iterable[str]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")


def _line(text: str, limit: int) -> str:
    return _clip(" ".join(clean(text).split()), limit)


def _key(text: str) -> str:
    """A name that stays different from every other, even where it is too long or holds what cannot be kept."""
    kept = _line(text, KEY_LIMIT)
    return kept if kept == text else f"{kept} {hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def severity_of(word: str, words: Mapping[str, Severity]) -> Severity | None:
    """The severity a sender's word means; None for a word that nobody explained."""
    said = word.strip().lower()
    return words.get(said) or next((severity for severity in Severity if severity.value.lower() == said), None)
