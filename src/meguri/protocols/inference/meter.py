"""Counts of an endpoint's requests, and their exposition to Prometheus.

Counting is a few additions to the process's own numbers: the endpoint answers on one thread, so the locks of prometheus-client's
counters would be paid for nothing. Its classes are used when Prometheus asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from meguri.serving.gateway import Gateway

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Meter:
    """Inference requests by status, and the seconds from the complete body to the encoded answer."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds = 0.0
        self.buckets = [0] * (len(_BUCKETS) + 1)

    def note(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds += seconds
        self.buckets[bisect_left(_BUCKETS, seconds)] += 1

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 400)

    def render(self, gateway: Gateway) -> bytes:
        """The metrics of an endpoint in Prometheus's text format, version 0.0.4."""
        return generate_latest(_Exposition(self, gateway))


@dataclass(frozen=True, slots=True)
class _Exposition(Collector):
    meter: Meter
    gateway: Gateway

    def collect(self) -> Iterator[Metric]:
        counts = self.gateway.counts
        yield self._counter("meguri_requests", "Inference requests.", self.meter.requests)
        yield self._errors()
        yield self._seconds()
        yield self._counter("meguri_predictions", "Rows answered and logged.", counts.predictions)
        yield self._counter("meguri_predictions_repeated", "Rows answered again with their first answer.", counts.repeated)
        about = "Lookups in the online store (rows of one request about the same entity share one)."
        yield self._counter("meguri_feature_lookups", about, counts.lookups)
        yield self._counter("meguri_log_bytes", "Bytes written to the prediction log.", self.gateway.log.bytes)
        yield self._deployment()

    def _counter(self, name: str, about: str, value: int) -> Metric:
        family = CounterMetricFamily(name, about, labels=("endpoint",))
        family.add_metric((self.gateway.endpoint,), value)
        return family

    def _errors(self) -> Metric:
        about = "Inference requests that were refused or failed, by status."
        family = CounterMetricFamily("meguri_request_errors", about, labels=("endpoint", "status"))
        for status, count in sorted(self.meter.statuses.items()):
            if status >= 400:
                family.add_metric((self.gateway.endpoint, str(status)), count)
        return family

    def _seconds(self) -> Metric:
        about = "Seconds from the complete body to the encoded answer."
        family = HistogramMetricFamily("meguri_request_seconds", about, labels=("endpoint",))
        bounds = (*(f"{bound:g}" for bound in _BUCKETS), "+Inf")
        family.add_metric((self.gateway.endpoint,), list(zip(bounds, accumulate(self.meter.buckets), strict=True)), self.meter.seconds)
        return family

    def _deployment(self) -> Metric:
        family = InfoMetricFamily("meguri_deployment", "The live deployment.", labels=("endpoint",))
        live = self.gateway.find_live()
        if live is not None:
            spec = live.spec
            labels = {"project": spec.project, "deployment": spec.deployment, "version": spec.version, "revision": str(spec.revision)}
            family.add_metric((self.gateway.endpoint,), labels)
        return family
