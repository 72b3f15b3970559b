"""Ids: a prefix that says the kind, and a sortable random part (a UUIDv7 in Crockford's base 32)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NewType

ExperimentId = NewType("ExperimentId", str)
RunId = NewType("RunId", str)
ArtifactId = NewType("ArtifactId", str)
DatasetId = NewType("DatasetId", str)
SnapshotId = NewType("SnapshotId", str)
PipelineRunId = NewType("PipelineRunId", str)
ModelId = NewType("ModelId", str)
ModelVersionId = NewType("ModelVersionId", str)
PromotionId = NewType("PromotionId", str)
EndpointId = NewType("EndpointId", str)
DeploymentId = NewType("DeploymentId", str)
JobId = NewType("JobId", str)
BundleDigest = NewType("BundleDigest", str)
Digest = NewType("Digest", str)
"""A blob's address: `sha256:` and 64 hexadecimal digits."""

PREFIXES: dict[str, str] = {
    "prj": "project",
    "exp": "experiment",
    "run": "run",
    "art": "artifact",
    "ds": "dataset",
    "snap": "snapshot",
    "fv": "feature_view",
    "pipe": "pipeline",
    "prun": "pipeline_run",
    "mdl": "model",
    "mv": "model_version",
    "env": "environment",
    "prom": "promotion",
    "ep": "endpoint",
    "dep": "deployment",
    "mon": "monitor",
    "alr": "alert",
    "trg": "trigger",
    "pred": "prediction",
    "job": "job",
}

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

NewId = Callable[[str], str]
"""Makes an id for a prefix; passed in, so that a test can make plain ones."""


def new_id(prefix: str) -> str:
    """A new id such as `run_01k5x...`: ids made later sort later (to the millisecond)."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    return f"{prefix}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def kind_of(id: str) -> str | None:
    """The kind that an id names by its prefix, such as `model_version` for `mv_...`; None for anything else."""
    return PREFIXES.get(id.partition("_")[0])
