"""Routes over the whole platform: projects' time, history, jobs, lineage."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.errors import Conflict, Invalid, NotFound
from meguri.core.times import parse_time
from meguri.db.engine import Database
from meguri.events.service import Event, Events, FailedDelivery
from meguri.jobs.model import Job
from meguri.jobs.service import Jobs
from meguri.lineage.service import Edge, Graph, LabelledNode, Lineage, Node
from meguri.server.commits import Commits
from meguri.serving.model import Prediction

LONGEST_WAIT_SECONDS = 30.0
LOOK_SECONDS = 1.0
"""How often a waiting request looks at the database although this process committed nothing: another server may have."""


@dataclass(frozen=True, slots=True)
class WatermarkAdvance:
    """Event time up to which everything that happened has been sent."""

    until: str


@dataclass(frozen=True, slots=True)
class WatermarkJob:
    job: str


@dataclass(frozen=True, slots=True)
class WatermarkState:
    """`reached` once the watermark is there and all that follows from it is done."""

    reached: bool
    watermark: datetime | None
    deliveries: int
    jobs: int
    failed: list[FailedDelivery]


FindPrediction = Callable[[Connection, str, str, str], Prediction]
"""Finds a prediction by project, endpoint and id. Raises NotFound."""


class PlatformRoutes:
    """Handlers that read the ledger itself."""

    def __init__(
        self,
        db: Database,
        events: Events,
        jobs: Jobs,
        lineage: Lineage,
        advance: Callable[[Connection, str, datetime], str],
        find_prediction: FindPrediction,
        commits: Commits,
    ) -> None:
        self.db, self.events, self.jobs, self.lineage, self.advance = db, events, jobs, lineage, advance
        self.find_prediction, self.commits = find_prediction, commits

    def routes(self) -> list[Route]:
        return [*self._project_routes(), *self._id_routes()]

    def _project_routes(self) -> list[Route]:
        project = "/api/v1/projects/{project}"
        events: dict[str, type] = {**LIST_QUERY, "after": int, "kinds": list, "subject": str}
        return [
            Route(
                "POST", f"{project}/watermark", "projects:write", self.start, "Advance the watermark to an event time",
                WatermarkAdvance, WatermarkJob, status=202,
            ),
            Route(
                "GET", f"{project}/watermark", "projects:read", self.watermark_state,
                "Get the watermark; waits until it is reached, at most 30 s",
                answer=WatermarkState, query={"until": str, "wait": float},
            ),
            Route(
                "GET", f"{project}/events", "events:read", self.list_events,
                "List events, the newest first; with `after` (a sequence number) the oldest first", answer=ListPage[Event], query=events,
            ),
            Route(
                "GET", f"{project}/jobs", "jobs:read", self.list_jobs, "List jobs, the newest first",
                answer=ListPage[Job], query={**LIST_QUERY, "kind": str, "state": str},
            ),
        ]  # fmt: skip

    def _id_routes(self) -> list[Route]:
        job = "/api/v1/jobs/{job:path}"
        return [
            Route("GET", job, "jobs:read", self.get_job, "Get a job", answer=Job, project=self._project_of_job),
            Route(
                "POST", f"{job}/cancel", "jobs:operate", self.cancel, "Cancel a job", answer=Job, project=self._project_of_job
            ),
            Route(
                "GET", "/api/v1/lineage/{kind}/{id:path}", "lineage:read", self.walk, "Get what a thing came from and what came of it",
                answer=Graph, query={"direction": str, "depth": int}, project=self._project_of_node,
            ),
        ]  # fmt: skip

    def start(self, request: Request) -> WatermarkJob:
        body: WatermarkAdvance = request.body
        until = parse_time(body.until, "until")
        with self.db.write() as tx:
            return WatermarkJob(self.advance(tx, request.path["project"], until))

    async def watermark_state(self, request: Request) -> WatermarkState:
        """Waits without a thread, and looks again after each commit."""
        project = request.path["project"]
        until = parse_time(request.query["until"], "until") if "until" in request.query else None
        deadline = time.monotonic() + min(LONGEST_WAIT_SECONDS, float(request.query.get("wait", LONGEST_WAIT_SECONDS)))
        with self.commits.waiter() as waiter:
            while True:
                state = await run_in_threadpool(self._state, project, until)
                left = deadline - time.monotonic()
                if state.reached or self.commits.is_closed or left <= 0:
                    return state
                await waiter.wait(min(left, LOOK_SECONDS))

    def _state(self, project: str, until: datetime | None) -> WatermarkState:
        with self.db.read() as tx:
            watermark = self.events.watermark(tx, project)
            waiting, active = self.events.pending(tx, project), self.jobs.active(tx, project)
            failed = self.events.failed(tx, project)
        reached = until is None or (watermark is not None and watermark >= until)
        return WatermarkState(reached and waiting == 0 and active == 0, watermark, waiting, active, failed)

    def list_events(self, request: Request) -> ListPage[Event]:
        query, limit = request.query, limit_of(request)
        cursor = cursor_of(request, tuple[str, int])
        order, position = cursor if cursor is not None else (">" if "after" in query else "<", query.get("after"))
        with self.db.read() as tx:
            found = self.events.list(
                tx,
                project=request.path["project"],
                kinds=query.get("kinds"),
                subject=query.get("subject"),
                after=(position or 0) if order == ">" else 0,
                before=position if order == "<" else None,
                limit=limit + 1,
                newest_first=order == "<",
            )
        return page_of(found, limit, lambda each: (order, each.sequence))

    def list_jobs(self, request: Request) -> ListPage[Job]:
        query, limit, before = request.query, limit_of(request), cursor_of(request, tuple[int])
        with self.db.read() as tx:
            found = self.jobs.list(
                tx,
                request.path["project"],
                kind=query.get("kind"),
                state=query.get("state"),
                limit=limit + 1,
                before=before[0] if before else None,
            )
        return page_of(found, limit, lambda each: (each.sequence,))

    def get_job(self, request: Request) -> Job:
        with self.db.read() as tx:
            return self.jobs.get(tx, request.path["job"])

    def _project_of_job(self, tx: Connection, path: Mapping[str, str]) -> str:
        return self.jobs.get(tx, path["job"]).project

    def cancel(self, request: Request) -> Job:
        """Raises Conflict for a job that carries something out (a pipeline run, a promotion, a deployment), which would wait for ever."""
        with self.db.write() as tx:
            job = self.jobs.get(tx, request.path["job"])
            if job.subject != job.project:
                how = f"POST /api/v1/pipeline-runs/{job.subject}/cancel stops it" if job.kind == "pipeline.run" else "it ends by itself"
                raise Conflict(f"job {job.id!r} carries out {job.subject}, which would wait for ever: {how}", job=job.id)
            self.jobs.cancel(tx, job.id)
            self.events.add(tx, "job.cancelled", project=job.project, subject=job.id, payload={"kind": job.kind})
            return self.jobs.get(tx, job.id)

    def walk(self, request: Request) -> Graph:
        of, depth = Node(request.path["kind"], request.path["id"]), min(int(request.query.get("depth", 16)), 64)
        walks = {"up": self.lineage.upstream, "down": self.lineage.downstream, "both": self.lineage.around}
        direction = request.query.get("direction", "both")
        if direction not in walks:
            raise Invalid("direction", f"{direction[:80]!r} is not known: ask for up, down or both")
        with self.db.read() as tx:
            graph = self._walk_prediction(tx, of, depth) if of.kind == "prediction" else walks[direction](tx, of, depth)
        return graph.seen_by(request.principal.may_see)

    def _walk_prediction(self, tx: Connection, of: Node, depth: int) -> Graph:
        """What made a prediction: there is no edge for each in the graph, its record names the deployment that answered."""
        project, endpoint, id = _prediction_address(of.id)
        found = self.find_prediction(tx, project, endpoint, id)
        deployment = Node("deployment", found.deployment)
        graph = self.lineage.upstream(tx, deployment, depth)
        node = LabelledNode("prediction", of.id, project, found.id, found.received_at)
        return Graph((*graph.nodes, node), (*graph.edges, Edge(deployment, of, "served")))

    def _project_of_node(self, tx: Connection, path: Mapping[str, str]) -> str:
        if path["kind"] == "prediction":
            return _prediction_address(path["id"])[0]
        return self.lineage.project_of(tx, Node(path["kind"], path["id"]))


def _prediction_address(id: str) -> tuple[str, str, str]:
    """Project, endpoint and prediction of a node's id. Raises NotFound for an id that has not the form."""
    project, _, rest = id.partition("/")
    endpoint, _, prediction = rest.partition("/")
    if not prediction:
        raise NotFound("prediction", id, "in lineage a prediction is addressed as project/endpoint/prediction")
    return project, endpoint, prediction
