"""Pipeline runs and their steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from meguri.core.definitions.pipelines import PipelineDefinition
from meguri.core.digests import digest_of_value
from meguri.core.errors import Invalid
from meguri.core.ids import BundleDigest, Digest, PipelineRunId, RunId
from meguri.core.json import JsonObject
from meguri.pipelines.values import ValueRef

RunStatus = Literal["queued", "running", "finished", "failed", "cancelled"]
StepState = Literal["waiting", "running", "finished", "cached", "failed", "skipped", "cancelled"]

LIVE: tuple[RunStatus, ...] = ("queued", "running")
DONE: tuple[StepState, ...] = ("finished", "cached")


@dataclass(frozen=True, slots=True)
class PipelineRun:
    """One execution of a pipeline, from one bundle.

    `until`: event time up to which rows are known, fixed when it was submitted; `cutoff` = until - the pipeline's holdout: every row
    that trains is earlier. `trigger`: who or what started it, `reason` in a sentence, `evidence` as JSON.
    """

    id: PipelineRunId
    project: str
    pipeline: str
    bundle: BundleDigest
    parameters: JsonObject
    until: datetime
    cutoff: datetime
    trigger: str
    reason: str
    evidence: JsonObject
    timeout_seconds: float | None
    status: RunStatus
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it took; None where it has not ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(0.0, (self.finished_at - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class StepExecution:
    """One call of a pipeline run. `run`: the tracked run of its last attempt; `produced_by`: of a cached one, the run that made the output.

    `key_parts` is all that `key` is made of. `inputs` are values of other steps by argument, `arguments` the others.
    """

    pipeline_run: PipelineRunId
    name: str
    position: int
    entrypoint: str
    state: StepState
    key: Digest | None = None
    key_parts: JsonObject = field(default_factory=dict)
    run: RunId | None = None
    produced_by: RunId | None = None
    inputs: dict[str, ValueRef] = field(default_factory=dict)
    arguments: JsonObject = field(default_factory=dict)
    output: ValueRef | None = None
    attempts: int = 0
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CachedOutput:
    """What a key gave before, and the run that made it."""

    run: RunId
    output: ValueRef


def key_of(parts: JsonObject) -> Digest:
    """The cache key: a digest over a list that people can read. Time, path and machine are not in it."""
    return digest_of_value(parts)


def chosen_parameters(pipeline: PipelineDefinition, given: JsonObject) -> JsonObject:
    """The parameters of a run: those given, and defaults for the others. Raises Invalid for one that the pipeline does not have."""
    for name in given:
        if name not in pipeline.parameters:
            known = ", ".join(sorted(pipeline.parameters)) or "none"
            raise Invalid(name, f"pipeline {pipeline.name!r} has no such parameter: it has {known}")
    return {**pipeline.parameters, **given}


def cutoff_of(pipeline: PipelineDefinition, until: datetime) -> datetime:
    return until - timedelta(seconds=pipeline.holdout_seconds)
