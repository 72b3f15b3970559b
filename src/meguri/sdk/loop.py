"""Declarations of endpoints, monitors, gates, policies and triggers."""

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
    """A declaration with a name, such as a pipeline."""

    @property
    def name(self) -> str: ...


class Endpoint:
    """Declare an endpoint: a stable name under which the champion of a model is served over HTTP.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`. Names are unique within a project.
        model: The registered model whose `champion` is deployed.
        features: The feature service that names the columns of a request and the features to look up.
        description: Text for people.

    Raises:
        Invalid: The name is not allowed.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", columns={"hr": int, "cnt": float})
        hourly = mg.FeatureService("hourly", source=rentals, request=["hr"], label="cnt")
        endpoint = mg.Endpoint("bikes", model="bikes", features=hourly)
    """

    def __init__(self, name: str, *, model: str, features: FeatureService, description: str = "") -> None:
        self.name = ensure_slug("endpoint", name)
        self.definition = EndpointDefinition(name, model, features.name, description)
        declare("endpoints", self.definition)


class Monitor:
    """Declare a monitor of an endpoint. It is evaluated once for each event day, when the project's watermark passes midnight (UTC).

    docs/concepts/monitoring.md has the statistics.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        endpoint: The endpoint to monitor.
        kind: `"quality"`: the error of predictions whose labels have arrived. `"drift"`: the distributions of inputs and predictions.
        metric: The error of a quality monitor: `"mae"`, `"rmse"` or `"wape"` (sum of absolute errors divided by the sum of the labels).
        window: Length of event time that is evaluated.
        tolerance: By which share the metric may be worse than normal before it is a breach: 0.2 is a fifth.
        minimum_rows: With fewer rows in the window the check has no verdict.
        description: Text for people.

    Raises:
        Invalid: The name, the kind or the window is not allowed.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", columns={"hr": int, "cnt": float})
        hourly = mg.FeatureService("hourly", source=rentals, request=["hr"], label="cnt")
        endpoint = mg.Endpoint("bikes", model="bikes", features=hourly)
        quality = mg.Monitor("bikes-quality", endpoint=endpoint, kind="quality", metric="mae", window="7d", tolerance=0.2)
        drift = mg.Monitor("bikes-drift", endpoint=endpoint, kind="drift", window="7d")
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
    """Declare a validation gate: what a challenger must reach to replace the champion.

    Both versions predict the rows after the training cut-off of both (the holdout). Days are resampled with replacement; the gate passes
    where the challenger is better by at least `margin` in at least the share `confidence` of the resamples. A first version is compared
    with the mean of its labels.

    Args:
        metric: The error to compare: `"mae"`, `"rmse"` or `"wape"`.
        margin: By which share of the champion's error the challenger must be better: 0.1 is a tenth.
        confidence: The share of resamples, at least 0.5 and below 1.
        resamples: How many bootstrap samples are drawn.
        minimum_rows: With fewer rows the gate does not pass.

    Raises:
        Invalid: `confidence` is out of its range.

    Example:
        gate = mg.Gate("wape", margin=0.1, confidence=0.9)
    """

    def __init__(
        self, metric: Metric = "mae", *, margin: float = 0.0, confidence: float = 0.95, resamples: int = 2_000, minimum_rows: int = 48
    ) -> None:
        if not 0.5 <= confidence < 1:
            raise Invalid("gate confidence", f"{confidence} is not a share between 0.5 and 1")
        self.definition = GateDefinition(metric, margin, confidence, resamples, minimum_rows)


class Policy:
    """Declare a policy: what follows when a trigger fires.

    The pipeline trains a challenger. If it passes the gate it becomes champion and is deployed on the endpoint. At the end of the bake
    period it is compared with the former champion on the same rows, and rolled back where it is worse. Durations are event time, except
    `timeout`.

    Args:
        pipeline: The pipeline to start.
        endpoint: The endpoint that serves its model.
        cooldown: The least time between two runs that the policy starts.
        timeout: How long a pipeline run may take, in time of the wall clock.
        gate: The validation gate; by default `Gate()`.
        bake: Length of the bake period.
        rollback_tolerance: By which share of the former champion's error the new version may be worse before it is rolled back.

    Raises:
        Invalid: A duration is not one.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", columns={"hr": int, "cnt": float})
        hourly = mg.FeatureService("hourly", source=rentals, request=["hr"], label="cnt")
        endpoint = mg.Endpoint("bikes", model="bikes", features=hourly)

        @mg.step
        def train(frame) -> mg.Model:
            ...

        @mg.pipeline(holdout="7d")
        def retrain():
            mg.register(train(mg.training_frame(hourly)), name="bikes")

        policy = mg.Policy(pipeline=retrain, endpoint=endpoint, cooldown="14d", gate=mg.Gate("mae"), bake="3d")
    """

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
    """Declare a trigger: when a policy is followed. Give either `on` or `every`.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        policy: What follows.
        on: A monitor: the trigger fires at each of its breaches, outside the cool-down of the policy.
        every: A duration of event time: the trigger fires that often.
        description: Text for people.

    Raises:
        Invalid: The name is not allowed, or not exactly one of `on` and `every` is given.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", columns={"hr": int, "cnt": float})
        hourly = mg.FeatureService("hourly", source=rentals, request=["hr"], label="cnt")
        endpoint = mg.Endpoint("bikes", model="bikes", features=hourly)
        quality = mg.Monitor("bikes-quality", endpoint=endpoint, kind="quality")

        @mg.step
        def train(frame) -> mg.Model:
            ...

        @mg.pipeline(holdout="7d")
        def retrain():
            mg.register(train(mg.training_frame(hourly)), name="bikes")

        policy = mg.Policy(pipeline=retrain, endpoint=endpoint)
        mg.Trigger("lost-accuracy", on=quality, policy=policy)
        mg.Trigger("monthly", every="30d", policy=policy)
    """

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
