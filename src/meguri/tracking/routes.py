"""REST of tracking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import get_args
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import UPLOAD, ListPage, Request, Route, limit_of
from meguri.core.errors import Invalid
from meguri.core.ids import RunId
from meguri.core.points import Point, ensure_metric_key, from_wire, to_wire, wire_value
from meguri.core.times import micros
from meguri.ports.series import Bucket, Token
from meguri.tracking.model import Artifact, Experiment, Kind, Run, RunRecord, Status, Value
from meguri.tracking.service import Tracking
from meguri.tracking.wire import (
    Added,
    Console,
    ExperimentSummary,
    History,
    LastPoint,
    Lines,
    NewExperiment,
    NewRun,
    Points,
    RunChange,
    RunDetails,
    RunSummary,
    Series,
)

LARGEST_BATCH = 100_000
FILE = "application/octet-stream"
PROJECT = "/api/v1/projects/{project}"
RUN = "/api/v1/runs/{run}"
READ, WRITE = "runs:read", "runs:write"


def routes(tracking: Tracking) -> list[Route]:
    """All routes of tracking."""
    to = _Handlers(tracking)
    return [*_project_routes(to), *_run_routes(to), *_content_routes(to)]


def _project_routes(to: _Handlers) -> list[Route]:
    experiments, runs = f"{PROJECT}/experiments", f"{PROJECT}/runs"
    return [
        Route("GET", experiments, READ, to.list_experiments, "List experiments", answer=ListPage[ExperimentSummary], query=LIST_QUERY),
        Route(
            "POST", experiments, WRITE, to.create_experiment, "Create an experiment",
            NewExperiment, Experiment, status=201, creates_project=True,
        ),
        Route(
            "GET", runs, READ, to.list_runs, "List runs, the newest first", answer=ListPage[RunSummary],
            query={**LIST_QUERY, "experiment": str, "status": str, "kind": str, "sort": str},
        ),
        Route("POST", runs, WRITE, to.start_run, "Start a run", NewRun, Run, status=201, creates_project=True),
    ]  # fmt: skip


def _run_routes(to: _Handlers) -> list[Route]:
    route = partial(Route, project=to.project_of)
    return [
        route("GET", RUN, READ, to.get_run, "Get a run", answer=RunDetails),
        route("PATCH", RUN, WRITE, to.change_run, "End, rename or keep alive a run", RunChange, Run),
        route("POST", f"{RUN}/points", WRITE, to.add_points, "Append metric points", Points, Added, largest_body=UPLOAD),
        route("GET", f"{RUN}/metrics", READ, to.metrics, "Get the last point of each metric", answer=dict[str, LastPoint]),
        route(
            "GET", f"{RUN}/series", READ, to.series, "Get a metric as a chart shows it",
            answer=Series, query={"key": str, "buckets": int},
        ),
        route(
            "GET", f"{RUN}/history", READ, to.history, "Get all points of a metric",
            answer=History, query={"key": str, "after": int, "limit": int},
        ),
        route("POST", f"{RUN}/params", WRITE, to.set_params, "Set parameters", dict[str, Value], status=204),
        route("POST", f"{RUN}/tags", WRITE, to.set_tags, "Set tags", dict[str, Value], status=204),
    ]  # fmt: skip


def _content_routes(to: _Handlers) -> list[Route]:
    route = partial(Route, project=to.project_of)
    artifacts, logs = f"{RUN}/artifacts", f"{RUN}/logs"
    one = artifacts + "/{name:path}"
    return [
        route("GET", artifacts, READ, to.list_artifacts, "List artifacts of a run", answer=ListPage[Artifact], query=LIST_QUERY),
        route(
            "PUT", one, WRITE, to.save_artifact, "Save an artifact",
            answer=Artifact, query={"kind": str}, status=201, streams=True,
        ),
        route("GET", one, READ, to.open_artifact, "Get the content of an artifact", answer=bytes, media_type=FILE),
        route("POST", logs, WRITE, to.add_lines, "Append console output", Lines, Added),
        route("GET", logs, READ, to.lines, "Get console output", answer=Console, query={"after": int, "limit": int}),
    ]  # fmt: skip


class _Handlers:
    def __init__(self, tracking: Tracking) -> None:
        self.tracking = tracking

    def project_of(self, tx: Connection, path: Mapping[str, str]) -> str:
        return self.tracking.project_of_run(tx, path["run"])

    def list_experiments(self, request: Request) -> ListPage[ExperimentSummary]:
        limit, after = limit_of(request), cursor_of(request, tuple[str])
        found = self.tracking.list_experiments(request.path["project"], after=after[0] if after else None, limit=limit + 1)
        shown = [ExperimentSummary(each.id, each.project, each.name, each.created_at, runs) for each, runs in found]
        return page_of(shown, limit, lambda each: (each.name,))

    def create_experiment(self, request: Request) -> Experiment:
        return self.tracking.create_experiment(request.path["project"], request.body.name)

    def list_runs(self, request: Request) -> ListPage[RunSummary]:
        query, limit = request.query, limit_of(request)
        found = self.tracking.list_runs(
            request.path["project"],
            experiment=query.get("experiment"),
            status=_one_of("status", query.get("status"), get_args(Status)),
            kind=_one_of("kind", query.get("kind"), get_args(Kind)),
            sort=query.get("sort", "-started_at"),
            limit=limit + 1,
            after=cursor_of(request, tuple[int | str, str]),
        )
        page = page_of(found, limit, lambda each: (each[1], each[0].run.id))
        return ListPage([self._answer(record) for record, _ in page.items], page.next)

    def start_run(self, request: Request) -> Run:
        body: NewRun = request.body
        return self.tracking.start_run(
            request.path["project"],
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
        return _columns(key, self.tracking.series.downsample(run, key, limit_of(request, 500, 10_000, name="buckets")))

    def history(self, request: Request) -> History:
        run, key = self._series_of(request)
        after, limit = max(0, request.query.get("after", 0)), limit_of(request, 10_000, 100_000)
        points = self.tracking.series.history(run, key, after=after, limit=limit)
        return History(to_wire(points), after + limit if len(points) == limit else None)

    def set_params(self, request: Request) -> None:
        self.tracking.set_params(_run(request), request.body)

    def set_tags(self, request: Request) -> None:
        self.tracking.set_tags(_run(request), request.body)

    def list_artifacts(self, request: Request) -> ListPage[Artifact]:
        limit, after = limit_of(request), cursor_of(request, tuple[str])
        found = self.tracking.artifacts.list(_run(request), after=after[0] if after else None, limit=limit + 1)
        return page_of(found, limit, lambda each: (each.name,))

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
        found = self.tracking.list_lines(_run(request), after, limit_of(request, 1_000, 10_000))
        return Console(found, found[-1].position if found else after)

    def _series_of(self, request: Request) -> tuple[RunId, str]:
        run, key = _run(request), ensure_metric_key(request.query.get("key", ""))
        self.tracking.get_run(run)
        return run, key

    def _answer(self, record: RunRecord) -> RunSummary:
        run, now = record.run, self.tracking.clock()
        return RunSummary(
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
