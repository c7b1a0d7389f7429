"""Any JSON, by the ways that alerts.yaml gives into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.alerts.alert import Alert, AlertStatus, alert, instant
from bot.domain.custody import sha256
from bot.web.sources.body import Body, Malformed, document, flat
from playbooks.alerts import Mapped

MOST = 10_000


def read(body: Body) -> list[Alert]:
    """The alerts that the map finds. Raises Malformed with the way that leads nowhere."""
    ways = body.source.map
    if ways is None:
        raise Malformed("", "its source has no map")
    sent = document(body.data)
    items = _at(sent, ways.each) if ways.each else [sent]
    if not isinstance(items, list) or not items or len(items) > MOST:
        raise Malformed(ways.each or "", "a list of alerts was to stand here, at least one")
    prefix = f"{ways.each}." if ways.each else ""
    return [_alert(body, ways, item, f"{prefix}{index}." if prefix else "") for index, item in enumerate(items)]


def _alert(body: Body, ways: Mapped, item: Any, prefix: str) -> Alert:
    def said(way: str | None) -> str:
        found = _at(item, way) if way else None
        return flat({"": found}).get("", "")

    title = said(ways.title)
    if not title:
        raise Malformed(prefix + ways.title, "it is missing, and was to be the title")
    severity, kind = said(ways.severity), said(ways.type)
    known = {"model": said(ways.model), "model_version": said(ways.model_version), "trace_id": said(ways.trace_id)}
    labels = {**flat(_at(item, ways.labels) if ways.labels else None), **{k: v for k, v in known.items() if v}}
    is_over = said(ways.status).lower() in {word.lower() for word in ways.resolved}
    external_id = said(ways.id) or sha256(repr(item).encode(errors="replace"))
    return alert(
        source=body.source.id,
        external_id=external_id,
        dedup_key=said(ways.group) or (external_id if ways.id else title),
        title=title,
        body=said(ways.body),
        status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
        severity=severity,
        system=said(ways.system) or body.source.system,
        started_at=_started(said(ways.started_at), prefix + (ways.started_at or "")),
        links=[said(ways.link)],
        labels={**labels, **({"ai_incident_type": kind} if kind else {})},
        values=_numbers(item, ways.values, prefix),
    )


def _numbers(item: Any, ways: Mapping[str, str], prefix: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, way in ways.items():
        value = _at(item, way)
        if value is None:
            continue
        try:
            found[name] = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise Malformed(prefix + way, "a number was to stand here") from error
    return found


def _started(written: str, field: str) -> datetime | None:
    try:
        return instant(written) if written else None
    except ValueError as error:
        raise Malformed(field, f"{written[:40]!r} is no instant: write one like 2026-04-14T09:00:00Z") from error


def _at(value: Any, way: str) -> Any:
    """What stands at the end of a way such as ``items.0.name``; None where it leads nowhere."""
    for step in way.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
