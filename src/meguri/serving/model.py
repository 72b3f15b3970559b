"""Endpoints, deployments and predictions, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from meguri.core.definitions.features import DType, FeatureSet
from meguri.core.definitions.models import GoldenRow, Value
from meguri.core.ids import EndpointId
from meguri.serving.deployment_specs import ServedModel

DeploymentState = Literal["created", "live", "replaced", "rolled_back", "failed"]

COMING_OR_LIVE: tuple[DeploymentState, ...] = ("created", "live")


@dataclass(frozen=True, slots=True)
class Deployable:
    """What serving needs to know of a model version. `name` and `number`: as people call it (`bikes 7`); the rest as in a spec.

    `feature_set`: what the version was trained with; None where that is not known.
    """

    version: str
    project: str
    name: str
    number: int
    model: ServedModel
    reference: dict[str, Any] | None = None  # Any: JSON
    golden: tuple[GoldenRow, ...] = ()
    feature_set: FeatureSet | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A stable name, unique in its project, that serves the champion of a model. `revision`: the last one given to a deployment."""

    id: EndpointId
    name: str
    project: str
    model: str
    features: str
    description: str
    port: int
    revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Deployment:
    """A version on an endpoint (`endpoint` is its name). `former`: the deployment that it follows; `why`: what kept it from going live."""

    id: str
    project: str
    endpoint_id: EndpointId
    endpoint: str
    version: str
    revision: int
    state: DeploymentState
    reason: str
    former: str | None
    why: str | None
    created_at: datetime
    live_at: datetime | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answered row. `inputs`: what the model was given, by name."""

    id: str
    project: str
    endpoint: str
    event_at: datetime
    received_at: datetime
    version: str
    deployment: str
    entity: Value
    inputs: dict[str, Value]
    output: float


@dataclass(frozen=True, slots=True)
class ProfileWindow:
    """Counts of one version on one event day (days since 1970, UTC), over the cells of the reference with that digest, all columns flat.

    `Profile.from_json(reference, {"reference": ..., "rows": ..., "counts": ...})` takes them as they are.
    """

    endpoint: EndpointId
    version: str
    reference: str
    day: int
    rows: int
    counts: list[int]


@dataclass(frozen=True, slots=True)
class RefusedSpec:
    """A deployment spec that a process did not take. `revision`: None where the file could not be read."""

    revision: int | None
    why: str


@dataclass(frozen=True, slots=True)
class LogState:
    """The prediction log of a process: the number of the segment that it writes, bytes written, ids that it remembers."""

    segment: int
    bytes: int
    remembered: int


@dataclass(frozen=True, slots=True)
class ProcessState:
    """What the process of an endpoint reports. `revision`, `deployment`, `version`: of the live spec, None before the first one is live.

    `requests`, `errors`, `predictions`, `repeated` (rows answered again with their first answer), `lookups` and `seconds` (spent on
    requests) count since the process started.
    """

    endpoint: str
    pid: int
    port: int
    revision: int | None
    deployment: str | None
    version: str | None
    refused: RefusedSpec | None
    requests: int
    errors: int
    predictions: int
    repeated: int
    lookups: int
    seconds: float
    log: LogState
    started_at: datetime


@dataclass(frozen=True, slots=True)
class RequestColumn:
    """A column that a request must send."""

    name: str
    dtype: DType


@dataclass(frozen=True, slots=True)
class Moved:
    """What one move did. `sealed`: everything up to the call was sealed, so that profiles are complete."""

    rows: int
    segments: int
    sealed: bool
