"""What Prometheus reads: gauges asked for at each visit, so that the database stays the only memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

Reading = float | Mapping[str, float]
READ_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class _Gauge:
    name: str
    meaning: str
    label: str | None
    read: Callable[[], Awaitable[Reading]]

    def shows(self, reading: Reading) -> GaugeMetricFamily:
        if not isinstance(reading, Mapping):
            return GaugeMetricFamily(self.name, self.meaning, value=reading)
        family = GaugeMetricFamily(self.name, self.meaning, labels=[self.label or "value"])
        for value, number in reading.items():
            family.add_metric([value], number)
        return family


class Metrics:
    """A registry of its own, so that two Andons in one process do not meet. No label carries an incident's words."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges: list[_Gauge] = []
        self._readings = _Readings()
        self.registry.register(self._readings)
        ProcessCollector(registry=self.registry)
        self._unread = Counter(
            "andon_metrics_unread",
            "Times a gauge could not be read and was left out",
            ["gauge"],
            registry=self.registry,
        )

    def watch(
        self, name: str, meaning: str, read: Callable[[], Awaitable[Reading]], *, label: str | None = None
    ) -> None:
        """A gauge that ``read`` gives at each visit: one number, or with ``label`` one for each of its values."""
        self._gauges.append(_Gauge(name, meaning, label, read))

    async def render(self) -> bytes:
        """The page in Prometheus' text format. A gauge that cannot be read in time is missing rather than old."""
        families = await asyncio.gather(*(self._family(gauge) for gauge in self._gauges))
        self._readings.families = [family for family in families if family is not None]
        return generate_latest(self.registry)

    async def _family(self, gauge: _Gauge) -> GaugeMetricFamily | None:
        try:
            async with asyncio.timeout(READ_PATIENCE):
                return gauge.shows(await gauge.read())
        except Exception:
            self._unread.labels(gauge.name).inc()
            log.exception("a gauge could not be read", gauge=gauge.name)
            return None


class _Readings(Collector):
    def __init__(self) -> None:
        self.families: list[GaugeMetricFamily] = []

    def collect(self) -> Iterator[Metric]:
        yield from self.families
