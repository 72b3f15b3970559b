"""Jobs: enqueued in the transaction of the change that needs them, run once each, one of a kind at a time in a project."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, func, select, update
from tenacity import Retrying

from meguri.core.actor import acting_as, current_actor
from meguri.core.errors import Conflict, NotFound, Unavailable
from meguri.core.ids import JobId
from meguri.core.json import Json, JsonObject
from meguri.core.retries import retrying
from meguri.core.times import Clock
from meguri.db.dialect import insert_ignore
from meguri.db.engine import Database, wake
from meguri.jobs.model import LIVE, Engine, Handler, Interrupted, Job
from meguri.jobs.tables import jobs

logger = logging.getLogger(__name__)

TRIES = 20
"""How often a handler that raises Unavailable is called: with the pauses, over more than two minutes."""
LONGEST_PAUSE = 50
"""The longest pause between two tries, as a multiple of the first."""
STOPPING_SECONDS = 5.0

Step = Callable[[str, Callable[[], Json]], Json]
T = TypeVar("T")


class Jobs:
    """The list of jobs is a table of the ledger; the engine makes sure that each is done, also after a crash.

    Where something that a job needs is away (a handler raises Unavailable: the database, a full disk, an endpoint that restarts), the
    handler is called again, up to `TRIES` times; while the ledger itself is away, the job waits for it.
    """

    def __init__(self, db: Database, engine: Engine, clock: Clock, *, pause_seconds: float = 0.2) -> None:
        self.db, self.engine, self.clock = db, engine, clock
        self._handlers: dict[str, Handler] = {}
        self._launched = False
        self._pumping = threading.Lock()
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()
        self._ended = threading.Condition()
        self._running = 0

    def register(self, kind: str, handler: Handler) -> None:
        """Use `handler` for the jobs of a kind. It is called again after a crash: what must not be repeated goes into `context.step`."""
        self._handlers[kind] = handler

    def launch(self) -> None:
        """Begin to work, and continue what a crash interrupted."""
        self.engine.launch(self._run)
        self._launched = True
        with self.db.read() as tx:
            running = select(jobs.c.id, jobs.c.attempts).where(jobs.c.state == "running").order_by(jobs.c.sequence)
            interrupted = tx.execute(running).all()
        for row in interrupted:
            self.engine.resume(row.id, row.attempts)
        self.start_queued()

    def enqueue(
        self,
        tx: Connection,
        kind: str,
        id: str,
        *,
        project: str,
        payload: JsonObject,
        subject: str = "",
    ) -> JobId:
        """Ask for a job, which acts as the one who asks; the same id twice is one job."""
        row = {"id": id, "kind": kind, "project": project, "subject": subject, "payload": payload, "state": "queued", "attempts": 0}
        insert_ignore(tx, jobs, [{**row, "actor": current_actor(), "created_at": self.clock()}])
        wake(tx)
        return JobId(id)

    def enqueue_again(self, tx: Connection, kind: str, id: str, *, project: str, payload: JsonObject, subject: str = "") -> JobId:
        """As `enqueue`, and a job of that id that has failed is done again."""
        made = self.enqueue(tx, kind, id, project=project, payload=payload, subject=subject)
        failed = update(jobs).where(jobs.c.id == id, jobs.c.state == "failed")
        tx.execute(failed.values(state="queued", error=None, started_at=None, finished_at=None))
        return made

    def start_queued(self) -> int:
        """Start every queued job whose kind is not running in its project, and return how many were started."""
        if not self._launched or self._stopping.is_set():
            return 0
        with self._pumping:
            claimed = self._claim()
        for place, (id, attempt) in enumerate(claimed):
            try:
                self.engine.start(id, attempt)
            except Exception:
                self._give_back([id for id, _ in claimed[place:]])
                raise
        return len(claimed)

    def _give_back(self, ids: Sequence[str]) -> None:
        """Put jobs that could not be started back into the queue."""
        with self.db.write() as tx:
            tx.execute(update(jobs).where(jobs.c.id.in_(ids), jobs.c.state == "running").values(state="queued", started_at=None))

    def _claim(self) -> list[tuple[str, int]]:
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
                .returning(jobs.c.id, jobs.c.attempts)
            )
            got = {row.id: int(row.attempts) for row in tx.execute(taken)}
        return [(id, got[id]) for id in chosen if id in got]

    def _run(self, id: str, step: Step) -> None:
        with self._ended:
            self._running += 1
        try:
            self._do(id, step)
        finally:
            with self._ended:
                self._running -= 1
                self._ended.notify_all()

    def _do(self, id: str, step: Step) -> None:
        row = self._retry_until_available(lambda: self._begin(id))
        if row is None or row.state not in LIVE:
            return
        try:
            with acting_as(row.actor):
                result = self._try(row, step)
        except Exception as error:  # a job may fail in any way; the failure is kept, shown and ends only this job
            logger.exception("job failed", extra={"job": id, "kind": row.kind})
            failure = f"{type(error).__name__}: {error}"
            self._retry_until_available(lambda: self._finish(id, "failed", None, failure))
        else:
            self._retry_until_available(lambda: self._finish(id, "done", result, None))

    def _begin(self, id: str) -> Row[Any] | None:  # Any: a row of a dynamic select
        with self.db.write() as tx:
            return tx.execute(update(jobs).where(jobs.c.id == id).values(attempts=jobs.c.attempts + 1).returning(*jobs.c)).first()

    def _try(self, row: Row[Any], step: Step) -> JsonObject | None:  # Any: a row of a dynamic select
        handler = self._handlers.get(row.kind)
        if handler is None:
            raise NotFound("job_handler", row.kind, "this release does not know that kind of job")
        context = _Context(self, row.id, row.project, step)

        def attempt() -> JsonObject | None:
            context.tries += 1
            if context.tries > 1:
                now = self._retry_until_available(lambda: self._begin(row.id))
                if now is None or now.state not in LIVE:
                    return None
            return handler(context, row.payload)

        return self._retrying("job waits", attempts=TRIES, job=row.id, unless=lambda: context.is_exhausted)(attempt)

    def _retry_until_available(self, work: Callable[[], T]) -> T:
        """Write to the ledger; while it is unavailable, try again. Raises Interrupted when this process ends meanwhile."""
        return self._retrying("jobs wait for the ledger")(work)

    def retry(self, work: Callable[[], T]) -> T:
        """Do a part of a job, again where something is unavailable. Raises what `work` raises the last time, and Interrupted."""
        return self._retrying("a step of a job waits", attempts=TRIES)(work)

    def _retrying(self, message: str, *, attempts: float = math.inf, unless: Callable[[], bool] = lambda: False, **fields: str) -> Retrying:
        return retrying(
            Unavailable,
            attempts=attempts,
            first_seconds=self._pause_seconds,
            longest_seconds=LONGEST_PAUSE * self._pause_seconds,
            unless=unless,
            sleep=self.pause,
            on_error=lambda error: logger.warning(message, extra={**fields, "why": str(error)}),
        )

    def pause(self, seconds: float) -> None:
        """Wait. Raises Interrupted when this process ends meanwhile."""
        if self._stopping.wait(seconds):
            raise Interrupted

    def _finish(self, id: str, state: str, result: JsonObject | None, error: str | None) -> None:
        with self.db.write() as tx:
            ended = update(jobs).where(jobs.c.id == id, jobs.c.state == "running")
            tx.execute(ended.values(state=state, result=result, error=error, finished_at=self.clock()))
            wake(tx)

    def get(self, tx: Connection, id: str) -> Job:
        row = tx.execute(select(jobs).where(jobs.c.id == id)).first()
        if row is None:
            raise NotFound("job", id, "list those of a project with GET /api/v1/projects/{project}/jobs")
        return _job(row)

    def list(
        self,
        tx: Connection,
        project: str,
        *,
        kind: str | None = None,
        state: str | None = None,
        limit: int = 200,
        before: int | None = None,
    ) -> list[Job]:
        """The newest first. `before`: the sequence number below which to begin."""
        query = select(jobs).where(jobs.c.project == project).order_by(jobs.c.sequence.desc()).limit(limit)
        for column, value in ((jobs.c.kind, kind), (jobs.c.state, state)):
            if value is not None:
                query = query.where(column == value)
        if before is not None:
            query = query.where(jobs.c.sequence < before)
        return [_job(row) for row in tx.execute(query)]

    def active(self, tx: Connection, project: str, *, kind: str | None = None) -> int:
        """How many jobs of a project are queued or running."""
        query = select(func.count()).select_from(jobs).where(jobs.c.project == project, jobs.c.state.in_(LIVE))
        if kind is not None:
            query = query.where(jobs.c.kind == kind)
        return int(tx.execute(query).scalar_one())

    def cancel(self, tx: Connection, id: str) -> None:
        """Cancel a job: a queued one does not start, a running one stops where its handler asks. Raises NotFound, Conflict."""
        job = self.get(tx, id)
        if job.state not in LIVE:
            raise Conflict(f"job {id!r} is {job.state} already and cannot be cancelled", job=id, state=job.state)
        tx.execute(update(jobs).where(jobs.c.id == id).values(state="cancelled", finished_at=self.clock()))
        wake(tx)

    def ensure_running(self) -> None:
        """Raises Unavailable where the engine does not run, or does not reach its tables."""
        self.engine.ensure_running()

    def interrupt(self) -> None:
        """Start no further job, and end the pauses of running ones; the next start of the server continues them."""
        self._stopping.set()

    def close(self) -> None:
        """Wait up to `STOPPING_SECONDS` for running jobs, then stop the engine."""
        self.interrupt()
        with self._ended:
            self._ended.wait_for(lambda: self._running == 0, STOPPING_SECONDS)
        self.engine.close()


class _Context:
    def __init__(self, jobs_service: Jobs, id: str, project: str, step: Step) -> None:
        self._jobs, self.id, self.project, self._step = jobs_service, id, project, step
        self.tries = 0
        self.is_exhausted = False
        self._results: JsonObject = {}

    @property
    def is_last_try(self) -> bool:
        return self.tries >= TRIES

    def step(self, name: str, function: Callable[[], Json]) -> Json:
        """Retries happen within a step, and its result is kept, so that the engine gets the same steps in the same order each time."""
        if name not in self._results:
            self._results[name] = self._step(name, lambda: self._tried(function))
        return self._results[name]

    def _tried(self, function: Callable[[], Json]) -> Json:
        try:
            return self._jobs.retry(function)
        except Unavailable:
            self.is_exhausted = True
            raise

    def pause(self, seconds: float) -> None:
        self._jobs.pause(seconds)

    def cancelled(self) -> bool:
        with self._jobs.db.read() as tx:
            return self._jobs.get(tx, self.id).state == "cancelled"


def _job(row: Row[Any]) -> Job:  # Any: a row of a dynamic select
    return Job(
        JobId(row.id),
        row.sequence,
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
        row.actor,
    )
