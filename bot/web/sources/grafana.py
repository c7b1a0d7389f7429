"""Grafana Alerting's webhook: Alertmanager's shape with numbers and more links, signed with an HMAC."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.domain.alerts.alert import Alert, AlertStatus, alert
from bot.web.sources.alertmanager import described, told
from bot.web.sources.body import Body, Instant, Loose, document, joined, links_of, shaped, title_of


class One(Loose):
    """One alert of a notification."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: Instant  # noqa: N815 - the sender's name
    values: dict[str, float | None] | None = None
    generatorURL: str = ""  # noqa: N815 - the sender's name
    dashboardURL: str = ""  # noqa: N815 - the sender's name
    panelURL: str = ""  # noqa: N815 - the sender's name
    fingerprint: str = ""


class Notification(Loose):
    """A notification; ``orgId`` tells it from Alertmanager's."""

    version: Literal["1"]
    orgId: int  # noqa: N815 - the sender's name
    groupKey: str = ""  # noqa: N815 - the sender's name
    title: str = ""
    truncatedAlerts: int = 0  # noqa: N815 - the sender's name
    commonAnnotations: dict[str, str] = Field(default_factory=dict)  # noqa: N815 - the sender's name
    alerts: list[One] = Field(min_length=1)


def read(body: Body) -> list[Alert]:
    """Its alerts, with the numbers that rules may bound."""
    sent = shaped(Notification, document(body.data))
    return [_alert(body, sent, one) for one in sent.alerts]


def _alert(body: Body, sent: Notification, one: One) -> Alert:
    return alert(
        source=body.source.id,
        external_id=one.fingerprint or joined(*(f"{k}={v}" for k, v in sorted(one.labels.items()))),
        dedup_key=sent.groupKey or one.fingerprint,
        title=title_of(one.annotations, sent.commonAnnotations) or sent.title or title_of(one.labels),
        body=described(one.annotations, sent.truncatedAlerts),
        status=AlertStatus(one.status),
        system=one.labels.get("system") or body.source.system,
        started_at=one.startsAt,
        links=[one.dashboardURL, one.panelURL, one.generatorURL, *links_of(one.annotations)],
        labels=told(one.labels, one.annotations),
        values={name: number for name, number in (one.values or {}).items() if number is not None},
    )
