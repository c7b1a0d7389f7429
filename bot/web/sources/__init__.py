"""Senders of alerts: one file for each, from the body it sends to our own shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.alerts.alert import Alert
from bot.web.sources import alertmanager, cloudevents, generic, grafana, langfuse, standard_webhooks
from bot.web.sources.body import Body, Malformed

READERS: Mapping[str, Callable[[Body], list[Alert]]] = {
    "alertmanager": alertmanager.read,
    "grafana": grafana.read,
    "cloudevents": cloudevents.read,
    "langfuse": langfuse.read,
    "standard-webhooks": standard_webhooks.read,
    "json": generic.read,
}


def read(body: Body) -> list[Alert]:
    """The alerts of a body, as its source's format says. Raises Malformed, naming the field."""
    try:
        return READERS[body.source.format](body)
    except RecursionError as error:
        raise Malformed("", "it is nested too deeply") from error


__all__ = ["READERS", "Body", "Malformed", "read"]
