"""REST of tracking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse

from meguri.access.routes import UPLOAD, ListPage, Request, Route
from meguri.core.errors import Invalid
from meguri.core.ids import RunId
from meguri.core.points import Point, WirePoint, WireValue, ensure_metric_key, from_wire, to_wire, wire_value
from meguri.core.times import micros
from meguri.ports.series import Bucket, Token
from meguri.tracking.model import Artifact, Experiment, Kind, Line, Run, RunRecord, Status, Value
from meguri.tracking.service import Tracking

LARGEST_BATCH = 100_000


@dataclass(frozen=True, slots=True)
class NewExperiment:
    project: str
    name: str


@dataclass(frozen=True, slots=True)
class ExperimentAnswer:
    id: str
    project: str
    name: str
    created_at: datetime
    runs: int


@dataclass(frozen=True, slots=True)
class NewRun:
    """`id` makes a resend harmless. `texts` become artifacts of the run."""

    project: str
    experiment: str = "default"
    name: str = ""
    id: str | None = None
    kind: Kind = "run"
    params: dict[str, Value] = field(default_factory=dict)
    tags: dict[str, Value] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    texts: dict[str, str] = field(default_factory=dict)
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class RunChange:
    """`status` ends the run; `heartbeat` is a sign of life."""

    status: Status | None = None
    error: str | None = None
    name: str | None = None
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """`points`: arrays `[key, step, value, at]`, `at` in microseconds since 1970; NaN and infinities as text. With `writer`, the points
    are numbered from `first`, and what that writer has sent before is dropped."""

    points: list[WirePoint]
    writer: str | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of console output, numbered by their writer from `first`."""

    lines: list[str]
    writer: str
    first: int


@dataclass(frozen=True, slots=True)
class Added:
    """How many were new."""

    added: int


@dataclass(frozen=True, slots=True)
class LastPoint:
    step: int
    value: WireValue
    at: datetime


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """A run in a list. `is_lost`: it says that it runs, but its client has been silent."""

    id: str
    project: str
    experiment: str
    name: str
    kind: Kind
    status: Status
    is_lost: bool
    started_at: datetime
    finished_at: datetime | None
    duration_seconds: float
    error: str | None
    params: dict[str, Value]
    tags: dict[str, Value]
    metrics: dict[str, LastPoint]


@dataclass(frozen=True, slots=True)
class RunDetails:
    """A run with everything that is known of it."""

    run: RunAnswer
    environment: dict[str, Any]  # Any: JSON
    artifacts: list[Artifact]
    parent: str | None
    children: list[str]


@dataclass(frozen=True, slots=True)
class Series:
    """A series for a chart, as columns: `first_step`, `step` (the last of each bucket), `count`, `min`, `max` (null where all are NaN),
    `last`, and `at` in microseconds since 1970. A stretch of steps without points has no bucket."""

    key: str
    first_step: list[int]
    step: list[int]
    count: list[int]
    min: list[WireValue | None]
    max: list[WireValue | None]
    last: list[WireValue]
    at: list[int]


@dataclass(frozen=True, slots=True)
class History:
    """All points, as arrays `[key, step, value, at]`; `next` is the `after` of the next page."""

    points: list[WirePoint]
    next: int | None


@dataclass(frozen=True, slots=True)
class Console:
    """Lines of console output; `next` is the `after` of the next call."""

    lines: list[Line]
    next: int


def routes(tracking: Tracking) -> list[Route]:
    """All routes of tracking."""
    to = _Handlers(tracking)
    run = "/api/v1/runs/{run}"
    listed = {"project": str, "experiment": str, "status": str, "kind": str, "sort": str, "limit": int, "cursor": str}
    return [
        Route(
            "GET", "/api/v1/experiments", "runs:read", to.list_experiments, "Experiments by name", answer=ListPage, query={"project": str}
        ),
        Route(
            "POST",
            "/api/v1/experiments",
            "runs:write",
            to.create_experiment,
            "Make an experiment",
            NewExperiment,
            Experiment,
            status=201,
            creates_project=True,
        ),
        Route("GET", "/api/v1/runs", "runs:read", to.list_runs, "Runs, the newest first", answer=ListPage, query=listed),
        Route("POST", "/api/v1/runs", "runs:write", to.start_run, "Begin a run", NewRun, Run, status=201, creates_project=True),
        Route("GET", run, "runs:read", to.get_run, "A run", answer=RunDetails),
        Route("PATCH", run, "runs:write", to.change_run, "End, rename or keep alive a run", RunChange, Run),
        Route("POST", f"{run}/points", "runs:write", to.add_points, "Append metric points", Points, Added, largest_body=UPLOAD),
        Route("GET", f"{run}/metrics", "runs:read", to.metrics, "The last point of each metric", answer=dict[str, LastPoint]),
        Route(
            "GET",
            f"{run}/series",
            "runs:read",
            to.series,
            "A metric as a chart shows it",
            answer=Series,
            query={"key": str, "buckets": int},
        ),
        Route(
            "GET",
            f"{run}/history",
            "runs:read",
            to.history,
            "All points of a metric",
            answer=History,
            query={"key": str, "after": int, "limit": int},
        ),
        Route("POST", f"{run}/params", "runs:write", to.set_params, "Set parameters", dict[str, Value], status=204),
        Route("POST", f"{run}/tags", "runs:write", to.set_tags, "Set tags", dict[str, Value], status=204),
        Route("GET", f"{run}/artifacts", "runs:read", to.list_artifacts, "Files of a run", answer=ListPage),
        Route(
            "PUT",
            run + "/artifacts/{name:path}",
            "runs:write",
            to.save_artifact,
            "Save a file",
            answer=Artifact,
            query={"kind": str},
            status=201,
            streams=True,
        ),
        Route("GET", run + "/artifacts/{name:path}", "runs:read", to.open_artifact, "The content of a file"),
        Route("POST", f"{run}/logs", "runs:write", to.add_lines, "Append console output", Lines, Added),
        Route("GET", f"{run}/logs", "runs:read", to.lines, "Console output", answer=Console, query={"after": int, "limit": int}),
    ]


class _Handlers:
    def __init__(self, tracking: Tracking) -> None:
        self.tracking = tracking

    def list_experiments(self, request: Request) -> ListPage[Any]:
        found = self.tracking.list_experiments(request.query.get("project"))
        return ListPage([ExperimentAnswer(each.id, each.project, each.name, each.created_at, runs) for each, runs in found])

    def create_experiment(self, request: Request) -> Experiment:
        body: NewExperiment = request.body
        return self.tracking.create_experiment(body.project, body.name)

    def list_runs(self, request: Request) -> ListPage[Any]:
        query = request.query
        found, cursor = self.tracking.list_runs(
            query.get("project"),
            experiment=query.get("experiment"),
            status=_one_of("status", query.get("status"), get_args(Status)),
            kind=_one_of("kind", query.get("kind"), get_args(Kind)),
            sort=query.get("sort", "-started_at"),
            limit=_limit(query.get("limit", 100), 1_000),
            cursor=query.get("cursor"),
        )
        return ListPage([self._answer(record) for record in found], cursor)

    def start_run(self, request: Request) -> Run:
        body: NewRun = request.body
        return self.tracking.start_run(
            body.project,
            body.experiment,
            body.name,
            id=None if body.id is None else RunId(body.id),
            kind=body.kind,
            params=body.params,
            tags=body.tags,
            environment=body.environment,
            texts=body.texts,
            parent=None if body.parent is None else RunId(body.parent),
        )

    def get_run(self, request: Request) -> RunDetails:
        run = _run(request)
        record = self.tracking.get_record(run)
        parent, children = self.tracking.family(run)
        return RunDetails(self._answer(record), record.run.environment, self.tracking.artifacts.list(run), parent, [*children])

    def change_run(self, request: Request) -> Run:
        run, body = _run(request), request.body
        if body.name is not None:
            self.tracking.rename(run, body.name)
        if body.status is not None:
            return self.tracking.finish(run, body.status, body.error)
        return self.tracking.heartbeat(run) if body.heartbeat else self.tracking.get_run(run)

    def add_points(self, request: Request) -> Added:
        body: Points = request.body
        if len(body.points) > LARGEST_BATCH:
            raise Invalid("points", f"{len(body.points)} points at once: send at most {LARGEST_BATCH}")
        token = None if body.writer is None else Token(body.writer, body.first)
        return Added(self.tracking.add_points(_run(request), from_wire(body.points), token))

    def metrics(self, request: Request) -> dict[str, LastPoint]:
        return _last(self.tracking.get_record(_run(request)).metrics)

    def series(self, request: Request) -> Series:
        run, key = self._series_of(request)
        return _columns(key, self.tracking.series.downsample(run, key, _limit(request.query.get("buckets", 500), 10_000)))

    def history(self, request: Request) -> History:
        run, key = self._series_of(request)
        after, limit = max(0, request.query.get("after", 0)), _limit(request.query.get("limit", 10_000), 100_000)
        points = self.tracking.series.history(run, key, after=after, limit=limit)
        return History(to_wire(points), after + limit if len(points) == limit else None)

    def set_params(self, request: Request) -> None:
        self.tracking.set_params(_run(request), request.body)

    def set_tags(self, request: Request) -> None:
        self.tracking.set_tags(_run(request), request.body)

    def list_artifacts(self, request: Request) -> ListPage[Any]:
        return ListPage(self.tracking.artifacts.list(_run(request)))

    async def save_artifact(self, request: Request) -> Artifact:
        run, name, kind = _run(request), request.path["name"], request.query.get("kind", "file")
        await run_in_threadpool(self.tracking.artifacts.ensure_savable, run, name)
        content = _Body(request.stream(), asyncio.get_running_loop())
        return await run_in_threadpool(lambda: self.tracking.artifacts.save(run, name, content, kind=kind))

    def open_artifact(self, request: Request) -> Response:
        artifact = self.tracking.artifacts.get(_run(request), request.path["name"])
        # A file that somebody saved must never act as a page of ours.
        headers = {
            "Content-Disposition": f"attachment; filename*=utf-8''{quote(artifact.name.rpartition('/')[2], safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{artifact.blob}"',
        }
        path = self.tracking.artifacts.blobs.path(artifact.blob)
        if path is not None:
            return FileResponse(path, headers=headers, media_type=artifact.media_type)
        headers["Content-Length"] = str(artifact.size)
        stream = self.tracking.artifacts.open(artifact)
        return StreamingResponse(iter(lambda: stream.read(1 << 20), b""), headers=headers, media_type=artifact.media_type)

    def add_lines(self, request: Request) -> Added:
        body: Lines = request.body
        return Added(self.tracking.add_lines(_run(request), body.writer, body.first, body.lines))

    def lines(self, request: Request) -> Console:
        after = max(0, request.query.get("after", 0))
        found = self.tracking.list_lines(_run(request), after, _limit(request.query.get("limit", 1_000), 10_000))
        return Console(found, found[-1].position if found else after)

    def _series_of(self, request: Request) -> tuple[RunId, str]:
        run, key = _run(request), ensure_metric_key(request.query.get("key", ""))
        self.tracking.get_run(run)
        return run, key

    def _answer(self, record: RunRecord) -> RunAnswer:
        run, now = record.run, self.tracking.clock()
        return RunAnswer(
            run.id,
            run.project,
            run.experiment,
            run.name,
            run.kind,
            run.status,
            run.is_lost(now),
            run.started_at,
            run.finished_at,
            run.seconds(now),
            run.error,
            record.params,
            record.tags,
            _last(record.metrics),
        )


class _Body:
    """A request's body, arriving in the event loop, as a stream for a thread."""

    def __init__(self, chunks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._chunks, self._loop = chunks, loop
        self._rest = memoryview(b"")

    def read(self, size: int, /) -> bytes:
        while not self._rest:
            chunk = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            if chunk is None:
                return b""
            self._rest = memoryview(chunk)
        piece, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return piece

    async def _next(self) -> bytes | None:
        return await anext(self._chunks, None)


def _run(request: Request) -> RunId:
    return RunId(request.path["run"])


def _one_of(name: str, asked: str | None, known: Sequence[str]) -> str | None:
    if asked is not None and asked not in known:
        raise Invalid(name, f"{asked[:80]!r} is not known: ask for {', '.join(known)}, or leave it out")
    return asked


def _limit(asked: int, most: int) -> int:
    if asked < 1:
        raise Invalid("limit", f"{asked} is too small: ask for 1 to {most}")
    return min(asked, most)


def _last(points: dict[str, Point]) -> dict[str, LastPoint]:
    return {key: LastPoint(point.step, wire_value(point.value), point.at) for key, point in points.items()}


def _columns(key: str, buckets: Sequence[Bucket]) -> Series:
    return Series(
        key,
        [each.first_step for each in buckets],
        [each.last_step for each in buckets],
        [each.count for each in buckets],
        [None if each.minimum is None else wire_value(each.minimum) for each in buckets],
        [None if each.maximum is None else wire_value(each.maximum) for each in buckets],
        [wire_value(each.last) for each in buckets],
        [micros(each.at) for each in buckets],
    )
