"""Jobs: enqueued in the transaction of the change that wants them, run once each, one of a kind at a time in a project."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from meguri.core.errors import Conflict, NotFound
from meguri.core.ids import JobId
from meguri.core.times import Clock
from meguri.db.dialect import insert_ignore
from meguri.db.engine import Database, wake
from meguri.jobs.model import LIVE, Engine, Handler, Job
from meguri.jobs.tables import jobs

logger = logging.getLogger(__name__)

Step = Callable[[str, Callable[[], Any]], Any]  # Any: JSON


class Jobs:
    """The list of jobs is ours (a table); that each is done, crash or not, is the engine's part."""

    def __init__(self, db: Database, engine: Engine, clock: Clock) -> None:
        self.db, self.engine, self.clock = db, engine, clock
        self._handlers: dict[str, Handler] = {}
        self._launched = False
        self._pumping = threading.Lock()

    def register(self, kind: str, handler: Handler) -> None:
        """Let `handler` do the jobs of a kind. It may run again after a crash: what must not be repeated goes into `context.step`."""
        self._handlers[kind] = handler

    def launch(self) -> None:
        """Begin to work, and take up again what a crash interrupted."""
        self.engine.launch(self._run)
        self._launched = True
        with self.db.read() as tx:
            interrupted = tx.execute(select(jobs.c.id).where(jobs.c.state == "running").order_by(jobs.c.sequence)).scalars().all()
        for id in interrupted:
            self.engine.start(id)
        self.pump()

    def enqueue(
        self,
        tx: Connection,
        kind: str,
        id: str,
        *,
        project: str,
        payload: dict[str, Any],  # Any: JSON
        subject: str = "",
    ) -> JobId:
        """Ask for a job; the same id twice is one job."""
        row = {"id": id, "kind": kind, "project": project, "subject": subject, "payload": payload, "state": "queued", "attempts": 0}
        insert_ignore(tx, jobs, [{**row, "created_at": self.clock()}])
        wake(tx)
        return JobId(id)

    def pump(self) -> int:
        """Start every queued job whose kind is free in its project; gives how many were started."""
        if not self._launched:
            return 0
        with self._pumping:
            started = self._claim()
        for id in started:
            self.engine.start(id)
        return len(started)

    def _claim(self) -> list[str]:
        with self.db.read() as tx:
            live = tx.execute(
                select(jobs.c.id, jobs.c.kind, jobs.c.project, jobs.c.state).where(jobs.c.state.in_(LIVE)).order_by(jobs.c.sequence)
            ).all()
        busy = {(row.project, row.kind) for row in live if row.state == "running"}
        chosen: list[str] = []
        for row in live:
            if row.state == "queued" and (row.project, row.kind) not in busy:
                busy.add((row.project, row.kind))
                chosen.append(row.id)
        if not chosen:
            return []
        with self.db.write() as tx:
            taken = (
                update(jobs)
                .where(jobs.c.id.in_(chosen), jobs.c.state == "queued")
                .values(state="running", started_at=self.clock())
                .returning(jobs.c.id)
            )
            got = set(tx.execute(taken).scalars())
        return [id for id in chosen if id in got]

    def _run(self, id: str, step: Step) -> None:
        with self.db.write() as tx:
            row = tx.execute(update(jobs).where(jobs.c.id == id).values(attempts=jobs.c.attempts + 1).returning(*jobs.c)).first()
        if row is None or row.state not in LIVE:
            return
        handler = self._handlers.get(row.kind)
        try:
            if handler is None:
                raise NotFound("job handler", row.kind, "this release does not know that kind of job")
            result = handler(_Context(self, id, row.project, step), row.payload)
        except Exception as error:  # a job may fail in any way; the failure is kept, shown and ends only this job
            logger.exception("job failed", extra={"job": id, "kind": row.kind})
            self._finish(id, "failed", None, f"{type(error).__name__}: {error}")
        else:
            self._finish(id, "done", result, None)

    def _finish(self, id: str, state: str, result: dict[str, Any] | None, error: str | None) -> None:  # Any: JSON
        with self.db.write() as tx:
            ended = update(jobs).where(jobs.c.id == id, jobs.c.state == "running")
            tx.execute(ended.values(state=state, result=result, error=error, finished_at=self.clock()))
            wake(tx)

    def get(self, tx: Connection, id: str) -> Job:
        row = tx.execute(select(jobs).where(jobs.c.id == id)).first()
        if row is None:
            raise NotFound("job", id, "list them with `meguri jobs`")
        return _job(row)

    def list(
        self, tx: Connection, *, project: str | None = None, kind: str | None = None, state: str | None = None, limit: int = 200
    ) -> list[Job]:
        """The newest first."""
        query = select(jobs).order_by(jobs.c.sequence.desc()).limit(limit)
        for column, value in ((jobs.c.project, project), (jobs.c.kind, kind), (jobs.c.state, state)):
            if value is not None:
                query = query.where(column == value)
        return [_job(row) for row in tx.execute(query)]

    def active(self, tx: Connection, project: str, *, kind: str | None = None) -> int:
        """How many jobs of a project are queued or running."""
        query = select(func.count()).select_from(jobs).where(jobs.c.project == project, jobs.c.state.in_(LIVE))
        if kind is not None:
            query = query.where(jobs.c.kind == kind)
        return int(tx.execute(query).scalar_one())

    def cancel(self, tx: Connection, id: str) -> None:
        """Stop a job: a queued one never starts, a running one stops where its handler looks. Raises NotFound, Conflict."""
        job = self.get(tx, id)
        if job.state not in LIVE:
            raise Conflict(f"job {id!r} is {job.state} already and cannot be cancelled", job=id, state=job.state)
        tx.execute(update(jobs).where(jobs.c.id == id).values(state="cancelled", finished_at=self.clock()))
        wake(tx)

    def close(self) -> None:
        self.engine.close()


class _Context:
    def __init__(self, jobs_service: Jobs, id: str, project: str, step: Step) -> None:
        self._jobs, self.id, self.project, self._step = jobs_service, id, project, step

    def step(self, name: str, function: Callable[[], Any]) -> Any:  # Any: JSON
        return self._step(name, function)

    def cancelled(self) -> bool:
        with self._jobs.db.read() as tx:
            return self._jobs.get(tx, self.id).state == "cancelled"


def _job(row: Row[Any]) -> Job:  # Any: a row of a dynamic select
    return Job(
        JobId(row.id),
        row.kind,
        row.project,
        row.subject,
        row.payload,
        row.state,
        row.result,
        row.error,
        row.created_at,
        row.started_at,
        row.finished_at,
    )
