"""Routes over the whole platform: projects' time, history, jobs, lineage."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

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


FindPrediction = Callable[[Connection, str], Prediction | None]


class PlatformRoutes:
    """Handlers that read the ledger itself."""

    def __init__(
        self,
        db: Database,
        events: Events,
        jobs: Jobs,
        lineage: Lineage,
        advance: Callable[[Connection, str, datetime], str],
        predictions: FindPrediction,
        commits: Commits,
    ) -> None:
        self.db, self.events, self.jobs, self.lineage, self.advance = db, events, jobs, lineage, advance
        self.predictions, self.commits = predictions, commits

    def routes(self) -> list[Route]:
        return [
            Route(
                "POST",
                "/api/v1/projects/{project}/watermark",
                "projects:write",
                self.start,
                "Advance the watermark to an event time",
                WatermarkAdvance,
                WatermarkJob,
                status=202,
            ),
            Route(
                "GET",
                "/api/v1/projects/{project}/watermark",
                "projects:read",
                self.watermark_state,
                "Get the watermark; waits until it is reached, at most 30 s",
                answer=WatermarkState,
                query={"until": str, "wait": float},
            ),
            Route(
                "GET",
                "/api/v1/history",
                "events:read",
                self.history,
                "Events, the newest first unless `after` is given",
                answer=ListPage,
                query={"project": str, "after": int, "before": int, "limit": int, "kinds": list, "subject": str},
            ),
            Route(
                "GET",
                "/api/v1/jobs",
                "jobs:read",
                self.list_jobs,
                "Jobs, the newest first",
                answer=ListPage,
                query={"project": str, "kind": str, "state": str, "limit": int},
            ),
            Route("POST", "/api/v1/jobs/{job:path}/cancel", "jobs:write", self.cancel, "Cancel a job", answer=Job),
            Route(
                "GET",
                "/api/v1/lineage/{kind}/{id:path}",
                "lineage:read",
                self.walk,
                "What a thing came from and what came of it",
                answer=Graph,
                query={"direction": str, "depth": int},
            ),
        ]

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
            failed = self.events.failed(tx)
        reached = until is None or (watermark is not None and watermark >= until)
        return WatermarkState(reached and waiting == 0 and active == 0, watermark, waiting, active, failed)

    def history(self, request: Request) -> ListPage[Any]:
        query, limit = request.query, limit_of(request)
        forward = "after" in query
        with self.db.read() as tx:
            found: list[Event] = self.events.list(
                tx,
                project=query.get("project"),
                kinds=query.get("kinds"),
                subject=query.get("subject"),
                after=query.get("after", 0),
                before=query.get("before"),
                limit=limit,
                newest_first=not forward,
            )
        return ListPage(found, str(found[-1].sequence) if len(found) == limit else None)

    def list_jobs(self, request: Request) -> ListPage[Any]:
        query = request.query
        with self.db.read() as tx:
            found = self.jobs.list(
                tx,
                project=query.get("project"),
                kind=query.get("kind"),
                state=query.get("state"),
                limit=limit_of(request),
            )
        return ListPage(found)

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
            if of.kind == "prediction":
                return self._walk_prediction(tx, of, depth)
            return walks[direction](tx, of, depth)

    def _walk_prediction(self, tx: Connection, of: Node, depth: int) -> Graph:
        """What made a prediction: there is no edge for each in the graph, its record names the deployment that answered."""
        found = self.predictions(tx, of.id)
        if found is None:
            raise NotFound(
                "prediction", of.id, "an id is what the request carried or its answer gave; rows of one request end in :0, :1 ..."
            )
        deployment = Node("deployment", found.deployment)
        graph = self.lineage.upstream(tx, deployment, depth)
        node = LabelledNode("prediction", of.id, of.id, found.received_at)
        return Graph((*graph.nodes, node), (*graph.edges, Edge(deployment, of, "served")))
