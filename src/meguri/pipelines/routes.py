"""Routes of pipelines and their runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.definitions.pipelines import StepCallDefinition
from meguri.core.errors import Invalid, NotFound
from meguri.core.times import parse_time
from meguri.pipelines.model import PipelineRun, StepExecution
from meguri.pipelines.service import Pipelines
from meguri.pipelines.values import ValueRef


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One call of a pipeline, and the calls whose outputs it takes."""

    name: str
    entrypoint: str
    takes: list[str]
    timeout_seconds: float
    retries: int


@dataclass(frozen=True, slots=True)
class PipelineSummary:
    """A pipeline as it is declared now. `steps`: how many calls it has; `last`: its newest run."""

    name: str
    project: str
    description: str
    steps: int
    holdout_seconds: float
    parameters: dict[str, Any]  # Any: JSON
    calls: list[CallSummary]
    last: RunSummary | None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A pipeline run as a list shows it."""

    id: str
    project: str
    pipeline: str
    bundle: str
    status: str
    trigger: str
    reason: str
    parameters: dict[str, Any]  # Any: JSON
    until: datetime
    cutoff: datetime
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ValueDetails:
    """A value between steps."""

    format: str
    type: str
    digest: str
    size: int
    summary: dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class StepDetails:
    """A step of a run. `key_parts`: all that its cache key is made of. `is_cached`: the output was made by run `produced_by` before."""

    name: str
    entrypoint: str
    state: str
    is_cached: bool
    key: str | None
    key_parts: dict[str, Any]  # Any: JSON
    run: str | None
    produced_by: str | None
    takes: list[str]
    inputs: dict[str, ValueDetails]
    arguments: dict[str, Any]  # Any: JSON
    output: ValueDetails | None
    attempts: int
    error: str | None
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PipelineRunDetails:
    """A pipeline run with its steps, in the order of the pipeline's calls. `versions`: model versions that it registered."""

    id: str
    project: str
    pipeline: str
    bundle: str
    status: str
    trigger: str
    reason: str
    evidence: dict[str, Any]  # Any: JSON
    parameters: dict[str, Any]  # Any: JSON
    until: datetime
    cutoff: datetime
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    steps: list[StepDetails]
    versions: list[str]


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run is started with. `until`: event time (ISO 8601 with a zone) up to which its world is known; by default the watermark."""

    parameters: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    until: str | None = None
    reason: str = "started by hand"


def routes(pipelines: Pipelines) -> list[Route]:
    def list_pipelines(request: Request) -> ListPage[Any]:
        with pipelines.db.read() as tx:
            return ListPage(pipeline_summaries(pipelines, tx, request.query.get("project")))

    def start(request: Request) -> RunSummary:
        asked: NewRun = request.body
        until = None if asked.until is None else parse_time(asked.until, "until")
        with pipelines.db.write() as tx:
            project = _project(pipelines, tx, request)
            id = pipelines.submit(tx, project, request.path["pipeline"], asked.parameters, reason=asked.reason, until=until)
            return run_summary(pipelines.get_run(tx, id))

    def list_runs(request: Request) -> ListPage[Any]:
        query = request.query
        limit = limit_of(request)
        with pipelines.db.read() as tx:
            found = pipelines.list_runs(
                tx,
                query.get("project"),
                pipeline=query.get("pipeline"),
                status=query.get("status"),
                before=query.get("cursor"),
                limit=limit,
            )
        return ListPage([run_summary(run) for run in found], found[-1].id if len(found) == limit else None)

    def show_run(request: Request) -> PipelineRunDetails:
        with pipelines.db.read() as tx:
            return _run_details(pipelines, tx, pipelines.get_run(tx, request.path["run"]))

    def cancel(request: Request) -> RunSummary:
        with pipelines.db.write() as tx:
            return run_summary(pipelines.cancel(tx, request.path["run"]))

    of_project = {"project": str}
    filters = {"project": str, "pipeline": str, "status": str, "limit": int, "cursor": str}
    return [
        Route(
            "GET", "/api/v1/pipelines", "pipelines:read", list_pipelines, "Pipelines that are declared", answer=ListPage, query=of_project
        ),
        Route(
            "POST", "/api/v1/pipelines/{pipeline}/runs", "pipelines:write", start, "Start a pipeline", NewRun, RunSummary, of_project, 202
        ),
        Route(
            "GET", "/api/v1/pipeline-runs", "pipelines:read", list_runs, "Pipeline runs, the newest first", answer=ListPage, query=filters
        ),
        Route("GET", "/api/v1/pipeline-runs/{run}", "pipelines:read", show_run, "A pipeline run with its steps", answer=PipelineRunDetails),
        Route(
            "POST",
            "/api/v1/pipeline-runs/{run}/cancel",
            "pipelines:write",
            cancel,
            "Stop a pipeline run",
            answer=RunSummary,
            status=202,
        ),
    ]


def pipeline_summaries(pipelines: Pipelines, tx: Connection, project: str | None) -> list[PipelineSummary]:
    """The pipelines of a project, or of all."""
    found = []
    for applied in pipelines.projects.list_projects(tx):
        if project not in (None, applied.name):
            continue
        for each in pipelines.projects.get_definition(tx, applied.name).pipelines:
            last = pipelines.list_runs(tx, applied.name, pipeline=each.name, limit=1)
            calls = [CallSummary(call.name, call.entrypoint, _takes(call), call.timeout_seconds, call.retries) for call in each.calls]
            newest = run_summary(last[0]) if last else None
            found.append(
                PipelineSummary(each.name, applied.name, each.description, len(calls), each.holdout_seconds, each.parameters, calls, newest)
            )
    return found


def run_summary(run: PipelineRun) -> RunSummary:
    return RunSummary(
        run.id,
        run.project,
        run.pipeline,
        run.bundle,
        run.status,
        run.trigger,
        run.reason,
        run.parameters,
        run.until,
        run.cutoff,
        run.error,
        run.created_at,
        run.started_at,
        run.finished_at,
        run.seconds,
    )


def _project(pipelines: Pipelines, tx: Connection, request: Request) -> str:
    """The project asked for; without one, the only project that declares this pipeline. Raises Invalid, NotFound."""
    asked = request.query.get("project")
    if asked is not None:
        return str(asked)
    name = request.path["pipeline"]
    found = [each.project for each in pipeline_summaries(pipelines, tx, None) if each.name == name]
    if not found:
        raise NotFound("pipeline", name, "list them with `meguri pipelines list`")
    if len(found) > 1:
        raise Invalid("project", f"several projects declare a pipeline {name!r}: add ?project= with one of {', '.join(found)}")
    return found[0]


def _run_details(pipelines: Pipelines, tx: Connection, run: PipelineRun) -> PipelineRunDetails:
    takes = pipelines.takes(tx, run)
    steps = [_step_details(each, takes.get(each.name, [])) for each in pipelines.list_steps(tx, run.id)]
    return PipelineRunDetails(
        run.id,
        run.project,
        run.pipeline,
        run.bundle,
        run.status,
        run.trigger,
        run.reason,
        run.evidence,
        run.parameters,
        run.until,
        run.cutoff,
        run.error,
        run.created_at,
        run.started_at,
        run.finished_at,
        run.seconds,
        steps,
        pipelines.list_versions(tx, run),
    )


def _step_details(step: StepExecution, takes: list[str]) -> StepDetails:
    return StepDetails(
        step.name,
        step.entrypoint,
        step.state,
        step.state == "cached",
        step.key,
        step.key_parts,
        step.run,
        step.produced_by,
        takes,
        {name: _value_details(ref) for name, ref in step.inputs.items()},
        step.arguments,
        None if step.output is None else _value_details(step.output),
        step.attempts,
        step.error,
        step.started_at,
        step.finished_at,
        step.seconds,
    )


def _value_details(ref: ValueRef) -> ValueDetails:
    return ValueDetails(ref.format, ref.type, ref.digest, ref.size, ref.summary)


def _takes(call: StepCallDefinition) -> list[str]:
    return [str(each.value) for each in call.arguments if each.kind == "step"]
