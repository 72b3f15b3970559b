"""REST of pipelines and their runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.definitions.pipelines import StepCallDefinition
from meguri.core.json import JsonObject
from meguri.core.times import parse_time
from meguri.pipelines.model import PipelineRun, StepExecution
from meguri.pipelines.service import Pipelines
from meguri.pipelines.values import ValueRef

PROJECT = "/api/v1/projects/{project}"


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
    parameters: JsonObject
    calls: list[CallSummary]
    last: PipelineRunSummary | None


@dataclass(frozen=True, slots=True)
class PipelineRunSummary:
    """A pipeline run as a list shows it. `monitor` and `signal`: what started it, where `reason` is `monitor`."""

    id: str
    project: str
    pipeline: str
    bundle: str
    status: str
    trigger: str
    reason: str
    monitor: str | None
    signal: str | None
    parameters: JsonObject
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
    summary: JsonObject


@dataclass(frozen=True, slots=True)
class StepDetails:
    """A step of a run. `key_parts`: all that its cache key is made of. `is_cached`: the output was made by run `produced_by` before."""

    name: str
    entrypoint: str
    state: str
    is_cached: bool
    key: str | None
    key_parts: JsonObject
    run: str | None
    produced_by: str | None
    takes: list[str]
    inputs: dict[str, ValueDetails]
    arguments: JsonObject
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
    evidence: JsonObject
    parameters: JsonObject
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
class NewPipelineRun:
    """What a run is started with. `until`: event time (ISO 8601 with a zone) up to which its world is known; by default the watermark."""

    parameters: JsonObject = field(default_factory=dict)
    until: str | None = None
    reason: str = "by_hand"


def routes(pipelines: Pipelines) -> list[Route]:
    """All routes of pipelines and their runs."""
    return [*_pipeline_routes(pipelines), *_run_routes(pipelines)]


def _pipeline_routes(pipelines: Pipelines) -> list[Route]:
    def list_pipelines(request: Request) -> ListPage[PipelineSummary]:
        with pipelines.db.read() as tx:
            return ListPage(_summaries(pipelines, tx, request.path["project"]))

    def start(request: Request) -> PipelineRunSummary:
        asked: NewPipelineRun = request.body
        until = None if asked.until is None else parse_time(asked.until, "until")
        project, pipeline = request.path["project"], request.path["pipeline"]
        with pipelines.db.write() as tx:
            id = pipelines.submit(tx, project, pipeline, asked.parameters, reason=asked.reason, until=until)
            return _run_summary(pipelines.get_run(tx, id))

    every = f"{PROJECT}/pipelines"
    return [
        Route("GET", every, "pipelines:read", list_pipelines, "List pipelines", answer=ListPage[PipelineSummary]),
        Route(
            "POST", every + "/{pipeline}/runs", "pipelines:write", start, "Start a pipeline",
            NewPipelineRun, PipelineRunSummary, status=202,
        ),
    ]  # fmt: skip


def _run_routes(pipelines: Pipelines) -> list[Route]:
    def list_runs(request: Request) -> ListPage[PipelineRunSummary]:
        query, limit, before = request.query, limit_of(request), cursor_of(request, tuple[str])
        with pipelines.db.read() as tx:
            found = pipelines.list_runs(
                tx,
                request.path["project"],
                pipeline=query.get("pipeline"),
                status=query.get("status"),
                before=before[0] if before else None,
                limit=limit + 1,
            )
        page = page_of(found, limit, lambda each: (each.id,))
        return ListPage([_run_summary(run) for run in page.items], page.next)

    def get_run(request: Request) -> PipelineRunDetails:
        with pipelines.db.read() as tx:
            return _run_details(pipelines, tx, pipelines.get_run(tx, request.path["run"]))

    def cancel(request: Request) -> PipelineRunSummary:
        with pipelines.db.write() as tx:
            return _run_summary(pipelines.cancel(tx, request.path["run"]))

    def project_of(tx: Connection, path: Mapping[str, str]) -> str:
        return pipelines.get_run(tx, path["run"]).project

    one = "/api/v1/pipeline-runs/{run}"
    return [
        Route(
            "GET", f"{PROJECT}/pipeline-runs", "pipelines:read", list_runs, "List pipeline runs, the newest first",
            answer=ListPage[PipelineRunSummary], query={**LIST_QUERY, "pipeline": str, "status": str},
        ),
        Route(
            "GET", one, "pipelines:read", get_run, "Get a pipeline run with its steps", answer=PipelineRunDetails, project=project_of
        ),
        Route(
            "POST", f"{one}/cancel", "pipelines:operate", cancel, "Cancel a pipeline run",
            answer=PipelineRunSummary, status=202, project=project_of,
        ),
    ]  # fmt: skip


def _summaries(pipelines: Pipelines, tx: Connection, project: str) -> list[PipelineSummary]:
    """What a project declares; nothing for a project that was never applied."""
    definition = pipelines.projects.find_definition(tx, project)
    found = []
    for each in definition.pipelines if definition is not None else ():
        last = pipelines.list_runs(tx, project, pipeline=each.name, limit=1)
        calls = [CallSummary(call.name, call.entrypoint, _takes(call), call.timeout_seconds, call.retries) for call in each.calls]
        newest = _run_summary(last[0]) if last else None
        found.append(
            PipelineSummary(each.name, project, each.description, len(calls), each.holdout_seconds, each.parameters, calls, newest)
        )
    return found


def _run_summary(run: PipelineRun) -> PipelineRunSummary:
    return PipelineRunSummary(
        run.id,
        run.project,
        run.pipeline,
        run.bundle,
        run.status,
        run.trigger,
        run.reason,
        run.evidence.get("monitor"),
        run.evidence.get("signal"),
        run.parameters,
        run.until,
        run.cutoff,
        run.error,
        run.created_at,
        run.started_at,
        run.finished_at,
        run.seconds,
    )


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
