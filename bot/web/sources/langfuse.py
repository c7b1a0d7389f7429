"""Langfuse: monitors that alert, and prompts that were changed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from bot.domain.alerts.alert import Alert, AlertStatus, alert
from bot.web.sources.body import Body, Instant, Loose, Malformed, document, flat, shaped

MONITOR, PROMPT = "monitor-alert", "prompt-version"


class Message(Loose):
    """What a monitor says."""

    title: str = ""
    body: str = ""


class Payload(Loose):
    """A monitor's alert."""

    monitorId: str = Field(min_length=1)  # noqa: N815 - the sender's name
    projectId: str = ""  # noqa: N815 - the sender's name
    permalink: str = ""
    message: Message = Message()
    severity: Literal["ALERT", "WARNING", "OK", "NO_DATA"]
    fromTimestamp: Instant = None  # noqa: N815 - the sender's name


class MonitorAlert(Loose):
    """The event around it."""

    id: str = Field(min_length=1)
    payload: Payload


class Prompt(Loose):
    """A version of a prompt."""

    id: str = ""
    name: str = Field(min_length=1)
    version: int
    projectId: str = ""  # noqa: N815 - the sender's name


class PromptVersion(Loose):
    """A prompt was created, updated or deleted."""

    id: str = Field(min_length=1)
    timestamp: Instant = None
    action: Literal["created", "updated", "deleted"]
    prompt: Prompt


def read(body: Body) -> list[Alert]:
    """One alert. A changed prompt is news of the lowest severity, for rules to look at."""
    sent = document(body.data)
    kind = sent.get("type") if isinstance(sent, dict) else None
    if kind == MONITOR:
        return [_monitor(body, shaped(MonitorAlert, sent), sent)]
    if kind == PROMPT:
        return [_prompt(body, shaped(PromptVersion, sent))]
    raise Malformed("type", f"it is neither {MONITOR} nor {PROMPT}")


def _monitor(body: Body, event: MonitorAlert, sent: dict[str, Any]) -> Alert:
    payload = event.payload
    return alert(
        source=body.source.id,
        external_id=event.id,
        dedup_key=payload.monitorId,
        title=payload.message.title or f"Monitor {payload.monitorId}",
        body=payload.message.body,
        status=AlertStatus.RESOLVED if payload.severity == "OK" else AlertStatus.FIRING,
        severity=payload.severity,
        system=body.source.system,
        started_at=payload.fromTimestamp,
        links=[payload.permalink],
        labels={**flat(sent.get("payload")), "type": MONITOR},
    )


def _prompt(body: Body, event: PromptVersion) -> Alert:
    prompt = event.prompt
    return alert(
        source=body.source.id,
        external_id=event.id,
        dedup_key=f"{prompt.projectId}/{prompt.name}",
        title=f"Prompt {prompt.name} version {prompt.version} was {event.action}",
        severity="info",
        system=body.source.system,
        started_at=event.timestamp,
        labels={"type": PROMPT, "action": event.action, "prompt": prompt.name, "model_version": str(prompt.version)},
    )
