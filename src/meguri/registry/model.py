"""Models, versions and aliases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.errors import Invalid
from meguri.core.ids import Digest, ModelId, ModelVersionId

CHAMPION = "champion"
CHALLENGER = "challenger"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_VERSION_LIKE = re.compile(r"v?\d+|latest|mv_.*")


@dataclass(frozen=True, slots=True)
class Model:
    """A registered model: a name under which versions are kept. `aliases`: version ids by alias."""

    id: ModelId
    project: str
    name: str
    created_at: datetime
    versions: int
    aliases: dict[str, ModelVersionId]


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """What a version is made of.

    `format` and `blob`: what is served (`onnx` or `skops`). `difference`: its largest difference to the original estimator over the rows
    compared, `why_not_onnx` the reason for skops. `cutoff`: every row that trained it is earlier (event time). `frame`: the training rows
    as an Arrow stream; `reference`: their profile (JSON of `meguri.profiles.reference.Reference`), both blobs. `mean_predictor`: what
    predicting always the mean label (`value`) reaches on the training rows (`mae`, `rmse`, `wape`). `origin` makes registering
    repeatable: the same origin is the same version.
    """

    format: str
    blob: Digest
    size: int
    inputs: tuple[ModelInput, ...]
    estimator: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    cutoff: datetime | None = None
    pipeline_run: str | None = None
    run: str | None = None
    bundle: str | None = None
    features: str | None = None
    manifest: Digest | None = None
    frame: Digest | None = None
    rows: int = 0
    reference: Digest | None = None
    golden: tuple[GoldenRow, ...] = ()
    mean_predictor: dict[str, float] | None = None
    difference: float = 0.0
    why_not_onnx: str = ""
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationDay:
    """Sums over the held-out rows of one event day (`day`: days since 1970, UTC): rows, |error|, error^2 and |label|."""

    day: int
    n: float
    abs: float
    sq: float
    label: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a version did on rows held out from its training, by event day. `metric`: the one that the gate compared."""

    metric: str
    days: tuple[EvaluationDay, ...]


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version of a model. `spec`: what it is made of. `baseline`: None before its gate was evaluated."""

    id: ModelVersionId
    project: str
    model: str
    number: int
    created_at: datetime
    spec: VersionSpec
    aliases: tuple[str, ...] = ()
    baseline: Evaluation | None = None

    @property
    def label(self) -> str:
        """What people call it: `bikes 7`."""
        return f"{self.model} {self.number}"

    @property
    def format(self) -> str:
        return self.spec.format

    @property
    def blob(self) -> Digest:
        return self.spec.blob

    @property
    def inputs(self) -> tuple[ModelInput, ...]:
        return self.spec.inputs

    @property
    def metrics(self) -> dict[str, float]:
        return self.spec.metrics

    @property
    def cutoff(self) -> datetime | None:
        return self.spec.cutoff

    @property
    def frame(self) -> Digest | None:
        return self.spec.frame

    @property
    def golden(self) -> tuple[GoldenRow, ...]:
        return self.spec.golden

    @property
    def reference(self) -> Digest | None:
        return self.spec.reference

    @property
    def pipeline_run(self) -> str | None:
        return self.spec.pipeline_run


@dataclass(frozen=True, slots=True)
class AliasMove:
    """An alias began to point to a version (None: it was removed). `sequence` grows with each move."""

    sequence: int
    alias: str
    version: ModelVersionId | None
    former: ModelVersionId | None
    at: datetime
    reason: str


def ensure_model_name(name: str) -> str:
    """Raises Invalid for a text that cannot name a model."""
    if not _NAME.fullmatch(name):
        raise Invalid("model", f"{name[:40]!r} cannot name a model: use letters, digits, '-', '_' and '.', at most 128")
    return name


def ensure_alias(name: str) -> str:
    """Raises Invalid for a text that cannot be an alias, or that could be taken for a version."""
    if not _NAME.fullmatch(name) or _VERSION_LIKE.fullmatch(name):
        raise Invalid(
            "alias", f"{name[:40]!r} cannot be an alias: use letters, digits, '-', '_' and '.', and nothing that reads like a version"
        )
    return name
