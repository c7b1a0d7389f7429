"""Prometheus Alertmanager, webhook version 4. It signs nothing: it proves itself by a token or a password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from bot.domain.alerts.alert import Alert, AlertStatus, alert
from bot.web.sources.body import Body, Instant, Loose, document, joined, links_of, shaped, title_of

WORDS = frozenset({"summary", "description", "message"})


class One(Loose):
    """One alert of a notification."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: Instant  # noqa: N815 - the sender's name
    generatorURL: str = ""  # noqa: N815 - the sender's name
    fingerprint: str = ""


class Notification(Loose):
    """A notification."""

    version: Literal["4"]
    groupKey: str  # noqa: N815 - the sender's name
    truncatedAlerts: int = 0  # noqa: N815 - the sender's name
    commonAnnotations: dict[str, str] = Field(default_factory=dict)  # noqa: N815 - the sender's name
    alerts: list[One] = Field(min_length=1)


def read(body: Body) -> list[Alert]:
    """Its alerts; those it left out are mentioned in each."""
    sent = shaped(Notification, document(body.data))
    return [_alert(body, sent, one) for one in sent.alerts]


def _alert(body: Body, sent: Notification, one: One) -> Alert:
    return alert(
        source=body.source.id,
        external_id=one.fingerprint or joined(*(f"{k}={v}" for k, v in sorted(one.labels.items()))),
        dedup_key=sent.groupKey or one.fingerprint,
        title=title_of(one.annotations, sent.commonAnnotations, one.labels),
        body=described(one.annotations, sent.truncatedAlerts),
        status=AlertStatus(one.status),
        system=one.labels.get("system") or body.source.system,
        started_at=one.startsAt,
        links=[one.generatorURL, *links_of(one.annotations)],
        labels=told(one.labels, one.annotations),
    )


def described(annotations: Mapping[str, str], truncated: int) -> str:
    """What it says at length."""
    left_out = f"The sender left out {truncated} more alerts of this group." if truncated > 0 else ""
    return "\n\n".join(part for part in (annotations.get("description", ""), left_out) if part)


def told(labels: Mapping[str, str], annotations: Mapping[str, str]) -> dict[str, str]:
    """Labels first; annotations that are no sentences beside them."""
    return {**labels, **{k: v for k, v in annotations.items() if k not in WORDS and k not in labels}}
