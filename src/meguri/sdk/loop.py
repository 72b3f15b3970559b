"""Endpoints, monitors and triggers, as a user declares them."""

from __future__ import annotations

from typing import Literal, Protocol

from meguri.core.definitions.automation import GateDefinition, PolicyDefinition, TriggerDefinition
from meguri.core.definitions.monitoring import Metric, MonitorDefinition
from meguri.core.definitions.names import ensure_slug
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.errors import Invalid
from meguri.core.times import seconds
from meguri.sdk.collect import declare
from meguri.sdk.features import Duration, FeatureService


class Named(Protocol):
    """Anything declared with a name, such as a pipeline."""

    @property
    def name(self) -> str: ...


class Endpoint:
    """A stable name under which the champion of `model` is served, with the inputs of a feature service."""

    def __init__(self, name: str, *, model: str, features: FeatureService, description: str = "") -> None:
        self.name = ensure_slug("endpoint", name)
        self.definition = EndpointDefinition(name, model, features.name, description)
        declare("endpoints", self.definition)


class Monitor:
    """Watches an endpoint: "quality" its error once labels are in, "drift" its inputs and predictions.

    `tolerance` is the share by which the metric may be worse before it can be a breach; below `minimum_rows` there is no verdict.
    """

    def __init__(
        self,
        name: str,
        *,
        endpoint: Endpoint,
        kind: Literal["quality", "drift"],
        metric: Metric = "mae",
        window: Duration = "7d",
        tolerance: float = 0.2,
        minimum_rows: int = 100,
        description: str = "",
    ) -> None:
        if kind not in ("quality", "drift"):
            raise Invalid(f"monitor {name}", f'{kind!r} is no kind: "quality" or "drift"')
        self.name = ensure_slug("monitor", name)
        self.definition = MonitorDefinition(
            name, endpoint.name, kind, metric, seconds(window, f"monitor {name}: window"), tolerance, minimum_rows, description
        )
        declare("monitors", self.definition)


class Gate:
    """What a challenger must do to replace the champion: be better by `margin` (a share) in at least `confidence` of the resamples."""

    def __init__(
        self, metric: Metric = "mae", *, margin: float = 0.0, confidence: float = 0.95, resamples: int = 2_000, minimum_rows: int = 48
    ) -> None:
        if not 0.5 <= confidence < 1:
            raise Invalid("gate confidence", f"{confidence} is not a share between 0.5 and 1")
        self.definition = GateDefinition(metric, margin, confidence, resamples, minimum_rows)


class Policy:
    """What follows when a trigger fires. Durations are event time, but `timeout`, which is how long a run may take."""

    def __init__(
        self,
        *,
        pipeline: Named,
        endpoint: Endpoint,
        cooldown: Duration = "7d",
        timeout: Duration = "15m",
        gate: Gate | None = None,
        bake: Duration = "3d",
        rollback_tolerance: float = 0.1,
    ) -> None:
        self.definition = PolicyDefinition(
            pipeline.name,
            endpoint.name,
            seconds(cooldown, "policy cooldown"),
            seconds(timeout, "policy timeout"),
            (gate or Gate()).definition,
            seconds(bake, "policy bake"),
            rollback_tolerance,
        )


class Trigger:
    """When a policy is followed: `on` a breach of a monitor, or `every` so often."""

    def __init__(
        self, name: str, *, policy: Policy, on: Monitor | None = None, every: Duration | None = None, description: str = ""
    ) -> None:
        self.name = ensure_slug("trigger", name)
        if on is not None and every is None:
            self.definition = TriggerDefinition(name, "monitor", policy.definition, monitor=on.name, description=description)
        elif every is not None and on is None:
            interval = seconds(every, f"trigger {name}: every")
            self.definition = TriggerDefinition(name, "schedule", policy.definition, every_seconds=interval, description=description)
        else:
            raise Invalid(f"trigger {name}", "give either on=<monitor> or every=<duration>")
        declare("triggers", self.definition)
