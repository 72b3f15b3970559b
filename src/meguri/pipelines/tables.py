"""Tables of pipelines and the queries over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Float, ForeignKey, Index, Integer, Row, String, Table, Text, func, insert, select, update

from meguri.core.errors import NotFound
from meguri.core.ids import BundleDigest, Digest, PipelineRunId, RunId
from meguri.core.json import JsonObject
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.metadata import Json, Micros, metadata
from meguri.pipelines.model import CachedOutput, PipelineRun, RunStatus, StepExecution
from meguri.pipelines.values import ValueRef

pipeline_runs = Table(
    "pipeline_runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("pipeline", String(128), nullable=False),
    Column("bundle", String(80), nullable=False),
    Column("parameters", Json, nullable=False),
    Column("until_at", Micros, nullable=False),
    Column("cutoff_at", Micros, nullable=False),
    Column("trigger", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("timeout_seconds", Float),
    Column("status", String(16), nullable=False),
    Column("error", Text),
    Column("created_at", Micros, nullable=False),
    Column("started_at", Micros),
    Column("finished_at", Micros),
    Index("ix_pipeline_runs_project_created_at", "project", "created_at", "id"),
)

step_executions = Table(
    "step_executions",
    metadata,
    Column("pipeline_run", String(64), ForeignKey("pipeline_runs.id"), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("entrypoint", String(250), nullable=False),
    Column("state", String(16), nullable=False),
    Column("key", String(80)),
    Column("key_parts", Json, nullable=False),
    Column("run", String(64)),
    Column("produced_by", String(64)),
    Column("inputs", Json, nullable=False),
    Column("arguments", Json, nullable=False),
    Column("output", Json),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("started_at", Micros),
    Column("finished_at", Micros),
    Column("seconds", Float),
    Index("ix_step_executions_run", "run"),
)

step_cache = Table(
    "step_cache",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("run", String(64), nullable=False),
    Column("output", Json, nullable=False),
    Column("created_at", Micros, nullable=False),
)

_CHANGING = [column.name for column in step_executions.c if not column.primary_key]


def insert_run(tx: Connection, run: PipelineRun) -> bool:
    """False where there is a run with this id."""
    return insert_ignore(tx, pipeline_runs, [_run_row(run)]) == 1


def update_run(tx: Connection, run: PipelineRun) -> None:
    row = _run_row(run)
    changing = {name: row[name] for name in ("status", "error", "started_at", "finished_at")}
    tx.execute(update(pipeline_runs).where(pipeline_runs.c.id == run.id).values(**changing))


def get_run(tx: Connection, id: str) -> PipelineRun:
    """Raises NotFound."""
    row = tx.execute(select(pipeline_runs).where(pipeline_runs.c.id == id)).first()
    if row is None:
        raise NotFound("pipeline_run", id, "list them with `meguri pipelines runs`")
    return _run(row)


def list_runs(
    tx: Connection, project: str | None, pipeline: str | None, status: str | None, before: str | None, limit: int
) -> list[PipelineRun]:
    """The newest first, from the one before an id."""
    query = select(pipeline_runs).order_by(pipeline_runs.c.created_at.desc(), pipeline_runs.c.id.desc()).limit(limit)
    for column, wanted in ((pipeline_runs.c.project, project), (pipeline_runs.c.pipeline, pipeline), (pipeline_runs.c.status, status)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        start = get_run(tx, before)
        earlier = pipeline_runs.c.created_at < start.created_at
        query = query.where(earlier | ((pipeline_runs.c.created_at == start.created_at) & (pipeline_runs.c.id < before)))
    return [_run(row) for row in tx.execute(query)]


def count_runs(tx: Connection, project: str, statuses: Sequence[str], pipeline: str | None = None) -> int:
    query = select(func.count()).select_from(pipeline_runs)
    query = query.where(pipeline_runs.c.project == project, pipeline_runs.c.status.in_(statuses))
    if pipeline is not None:
        query = query.where(pipeline_runs.c.pipeline == pipeline)
    return int(tx.execute(query).scalar_one())


def count_by_status(tx: Connection, project: str) -> dict[RunStatus, int]:
    query = select(pipeline_runs.c.status, func.count()).where(pipeline_runs.c.project == project).group_by(pipeline_runs.c.status)
    return {status: int(count) for status, count in tx.execute(query)}


def insert_steps(tx: Connection, steps: Sequence[StepExecution]) -> None:
    tx.execute(insert(step_executions), [_step_row(step) for step in steps])


def save_step(tx: Connection, step: StepExecution) -> None:
    row = _step_row(step)
    mine = (step_executions.c.pipeline_run == step.pipeline_run) & (step_executions.c.name == step.name)
    tx.execute(update(step_executions).where(mine).values(**{name: row[name] for name in _CHANGING}))


def list_steps(tx: Connection, pipeline_run: str) -> list[StepExecution]:
    """In the order of the pipeline's calls."""
    query = select(step_executions).where(step_executions.c.pipeline_run == pipeline_run).order_by(step_executions.c.position)
    return [_step(row) for row in tx.execute(query)]


def find_cached(tx: Connection, project: str, key: Digest) -> CachedOutput | None:
    row = tx.execute(select(step_cache).where(step_cache.c.project == project, step_cache.c.key == key)).first()
    return None if row is None else CachedOutput(RunId(row.run), msgspec.convert(row.output, ValueRef))


def save_cached(tx: Connection, project: str, key: Digest, cached: CachedOutput, at: Any) -> None:  # Any: an aware datetime
    row = {"project": project, "key": key, "run": cached.run, "output": msgspec.to_builtins(cached.output), "created_at": at}
    upsert(tx, step_cache, [row], key=["project", "key"], update=["run", "output", "created_at"])


def _run_row(run: PipelineRun) -> JsonObject:
    return {
        "id": run.id,
        "project": run.project,
        "pipeline": run.pipeline,
        "bundle": run.bundle,
        "parameters": run.parameters,
        "until_at": run.until,
        "cutoff_at": run.cutoff,
        "trigger": run.trigger,
        "reason": run.reason,
        "evidence": run.evidence,
        "timeout_seconds": run.timeout_seconds,
        "status": run.status,
        "error": run.error,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def _step_row(step: StepExecution) -> JsonObject:
    return {
        "pipeline_run": step.pipeline_run,
        "name": step.name,
        "position": step.position,
        "entrypoint": step.entrypoint,
        "state": step.state,
        "key": step.key,
        "key_parts": step.key_parts,
        "run": step.run,
        "produced_by": step.produced_by,
        "inputs": {name: msgspec.to_builtins(ref) for name, ref in step.inputs.items()},
        "arguments": step.arguments,
        "output": None if step.output is None else msgspec.to_builtins(step.output),
        "attempts": step.attempts,
        "error": step.error,
        "started_at": step.started_at,
        "finished_at": step.finished_at,
        "seconds": step.seconds,
    }


def _run(row: Row[Any]) -> PipelineRun:  # Any: a row of a dynamic select
    return PipelineRun(
        PipelineRunId(row.id),
        row.project,
        row.pipeline,
        BundleDigest(row.bundle),
        row.parameters,
        row.until_at,
        row.cutoff_at,
        row.trigger,
        row.reason,
        row.evidence,
        row.timeout_seconds,
        row.status,
        row.error,
        row.created_at,
        row.started_at,
        row.finished_at,
    )


def _step(row: Row[Any]) -> StepExecution:  # Any: as above
    return StepExecution(
        PipelineRunId(row.pipeline_run),
        row.name,
        row.position,
        row.entrypoint,
        row.state,
        row.key,
        row.key_parts,
        row.run,
        row.produced_by,
        {name: msgspec.convert(ref, ValueRef) for name, ref in row.inputs.items()},
        row.arguments,
        None if row.output is None else msgspec.convert(row.output, ValueRef),
        row.attempts,
        row.error,
        row.started_at,
        row.finished_at,
        row.seconds,
    )
