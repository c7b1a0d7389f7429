"""What Prometheus reads: gauges asked for at each visit, so that the database stays the only memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest

log = structlog.get_logger(__name__)

Reading = float | Mapping[str, float]
READ_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class _Watched:
    name: str
    gauge: Gauge
    label: str | None
    read: Callable[[], Awaitable[Reading]]


class Metrics:
    """A registry of its own, so that two Andons in one process do not meet. No label carries an incident's words."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._watched: list[_Watched] = []
        self._unread = Counter(
            "andon_metrics_unread",
            "Times a gauge could not be read and was left out",
            ["gauge"],
            registry=self.registry,
        )

    def watch(
        self, name: str, meaning: str, read: Callable[[], Awaitable[Reading]], *, label: str | None = None
    ) -> None:
        """A gauge that ``read`` sets at each visit: one number, or with ``label`` one number for each of its values."""
        gauge = Gauge(name, meaning, [label] if label else [], registry=self.registry)
        self._watched.append(_Watched(name, gauge, label, read))

    async def render(self) -> bytes:
        """The page in Prometheus' text format. A gauge that cannot be read in time is missing rather than old."""
        await asyncio.gather(*(self._refresh(watched) for watched in self._watched))
        return generate_latest(self.registry)

    async def _refresh(self, watched: _Watched) -> None:
        watched.gauge.clear()
        try:
            async with asyncio.timeout(READ_PATIENCE):
                reading = await watched.read()
        except Exception:
            self._unread.labels(watched.name).inc()
            log.exception("a gauge could not be read", gauge=watched.name)
            return
        _set(watched, reading)


def _set(watched: _Watched, reading: Reading) -> None:
    if isinstance(reading, Mapping):
        for value, number in reading.items():
            watched.gauge.labels(value).set(number)
    else:
        watched.gauge.set(reading)
