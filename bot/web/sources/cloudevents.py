"""CloudEvents 1.0 over HTTP: one event in headers and body, one as JSON, or many as JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import ConfigDict, Field

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

ONE, MANY, PREFIX = "application/cloudevents+json", "application/cloudevents-batch+json", "ce-"
# OpenTelemetry's severity numbers: 21 to 24 are fatal, 17 errors, 13 warnings, below that information.
NUMBERS = ((21, "SEV1"), (17, "SEV2"), (13, "SEV3"), (1, "SEV4"))
Said = Annotated[str, Field(min_length=1, max_length=2000)]


class Event(Loose):
    """An event; what stands beside these names are extension attributes."""

    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)

    specversion: Literal["1.0"]
    id: Said
    source: Said
    type: Said
    subject: str = ""
    time: Instant = None
    datacontenttype: str = "application/json"
    data: Any = None
    data_base64: str = ""
    severitynumber: Annotated[int, Field(ge=1, le=24)] | None = None


def read(body: Body) -> list[Alert]:
    """An alert for each event. Raises Malformed, also for an empty batch."""
    if body.content_type == MANY:
        sent = document(body.data)
        if not isinstance(sent, list) or not sent:
            raise Malformed("", "a batch is a list of events, at least one")
        return [_alert(body, shaped(Event, one, str(index)), str(index)) for index, one in enumerate(sent)]
    if body.content_type == ONE:
        return [_alert(body, shaped(Event, document(body.data)), "")]
    return [_alert(body, shaped(Event, _binary(body), "ce"), "")]


def _binary(body: Body) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        name.removeprefix(PREFIX): unquote(said) for name, said in body.headers.items() if name.startswith(PREFIX)
    }
    if "specversion" not in attributes:
        raise Malformed("ce-specversion", f"send {ONE}, {MANY}, or the ce- headers of an event")
    if (number := attributes.get("severitynumber", "")).isascii() and number.isdigit():
        attributes["severitynumber"] = int(number[:9])
    is_json = body.content_type in ("", "application/json") or body.content_type.endswith("+json")
    data = document(body.data, "data") if is_json and body.data else body.data.decode(errors="replace")
    return {**attributes, "datacontenttype": body.content_type or "application/json", "data": data}


def _alert(body: Body, event: Event, where: str) -> Alert:
    data = _data(event, where)
    told = flat(data)
    extensions = flat(event.model_extra or {})
    number = event.severitynumber
    return alert(
        source=body.source.id,
        external_id=joined(event.source, event.id),
        dedup_key=joined(event.source, event.subject or event.type),
        title=title_of(told) or event.subject or event.type,
        body=told.get("description", "") or (data if isinstance(data, str) else ""),
        status=AlertStatus.RESOLVED if event.type.lower().rpartition(".")[2] in OVER else AlertStatus.FIRING,
        severity=next((word for least, word in NUMBERS if number >= least), "") if number is not None else "",
        system=told.get("system") or extensions.get("system") or body.source.system,
        started_at=event.time,
        links=links_of(told),
        labels={**extensions, **told, "type": event.type},
    )


def _data(event: Event, where: str) -> Any:
    if not event.data_base64:
        return event.data
    field = ".".join(part for part in (where, "data_base64") if part)
    try:
        raw = base64.b64decode(event.data_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(field, "it is no base64") from error
    return document(raw, field) if event.datacontenttype.endswith("json") else raw.decode(errors="replace")
