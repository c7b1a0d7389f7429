"""Anything that follows Standard Webhooks: a type, a time and an object of data."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.domain.alerts.alert import Alert, AlertStatus, alert
from bot.web.sources.body import (
    OVER,
    Body,
    Instant,
    Loose,
    Malformed,
    document,
    flat,
    joined,
    links_of,
    shaped,
    title_of,
)


class Event(Loose):
    """The payload."""

    type: str = Field(min_length=1, max_length=500)
    timestamp: Instant = None
    data: dict[str, Any] = Field(default_factory=dict)


def read(body: Body) -> list[Alert]:
    """One alert; its id is that of the delivery, the same however often it is sent."""
    event = shaped(Event, document(body.data))
    delivery = body.headers.get("webhook-id", "")
    if not delivery:
        raise Malformed("webhook-id", "the header is missing")
    told = flat(event.data)
    is_over = event.type.lower().rpartition(".")[2] in OVER or told.get("status", "").lower() in OVER
    return [
        alert(
            source=body.source.id,
            external_id=delivery,
            dedup_key=told.get("group") or joined(event.type.rpartition(".")[0] or event.type, told.get("system", "")),
            title=title_of(told) or event.type,
            body=told.get("description", ""),
            status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
            system=told.get("system") or body.source.system,
            started_at=event.timestamp,
            links=links_of(told),
            labels={**told, "type": event.type},
        )
    ]
