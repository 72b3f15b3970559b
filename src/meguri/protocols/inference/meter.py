"""Counts of an endpoint's requests, in Prometheus's text format."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from meguri.serving.gateway import Gateway

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Meter:
    """Requests for inference by status, and how long they took from the complete body to the encoded answer."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds = 0.0
        self._buckets = [0] * (len(_BUCKETS) + 1)

    def note(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds += seconds
        self._buckets[bisect_left(_BUCKETS, seconds)] += 1

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 400)

    def render(self, gateway: Gateway) -> bytes:
        endpoint = f'endpoint="{gateway.endpoint}"'
        lines = [
            *_family("meguri_requests_total", "counter", "Requests for inference."),
            f"meguri_requests_total{{{endpoint}}} {self.requests}",
            *_family("meguri_request_errors_total", "counter", "Requests for inference that were refused or failed, by status."),
            *(
                f'meguri_request_errors_total{{{endpoint},status="{status}"}} {count}'
                for status, count in sorted(self.statuses.items())
                if status >= 400
            ),
            *_family("meguri_request_seconds", "histogram", "From the complete body to the encoded answer."),
            *self._histogram(endpoint),
        ]
        values = (
            ("meguri_predictions_total", "Rows answered and logged.", gateway.counts.predictions),
            ("meguri_predictions_repeated_total", "Rows answered again with their first answer.", gateway.counts.repeated),
            (
                "meguri_feature_lookups_total",
                "Lookups in the online store (rows of one request about the same entity share one).",
                gateway.counts.lookups,
            ),
            ("meguri_log_bytes_total", "Bytes written to the prediction log.", gateway.log.bytes),
        )
        for name, text, value in values:
            lines += [*_family(name, "counter", text), f"{name}{{{endpoint}}} {value}"]
        lines += _family("meguri_deployment_info", "gauge", "The live deployment.")
        live = gateway.find_live()
        if live is not None:
            spec = live.spec
            labels = {"project": spec.project, "deployment": spec.deployment, "version": spec.version, "revision": spec.revision}
            written = ",".join(f'{name}="{value}"' for name, value in labels.items())
            lines.append(f"meguri_deployment_info{{{endpoint},{written}}} 1")
        return ("\n".join(lines) + "\n").encode()

    def _histogram(self, endpoint: str) -> list[str]:
        lines, total = [], 0
        for bound, count in zip((*(f"{bound:g}" for bound in _BUCKETS), "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'meguri_request_seconds_bucket{{{endpoint},le="{bound}"}} {total}')
        return [
            *lines,
            f"meguri_request_seconds_sum{{{endpoint}}} {self.seconds:.6f}",
            f"meguri_request_seconds_count{{{endpoint}}} {total}",
        ]


def _family(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
