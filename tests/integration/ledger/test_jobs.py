"""Jobs whose surroundings come and go: what is away for a while costs no job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from meguri.core.errors import Unavailable
from meguri.core.times import utc_now
from meguri.db.engine import Database
from meguri.jobs.durable import DurableEngine, InlineEngine
from meguri.jobs.model import Engine, Job, JobContext
from meguri.jobs.service import TRIES, Jobs
from meguri.testing.ledger import sqlite_database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite_database(tmp_path / "test.db") as database:
        yield database


@pytest.fixture
def engines(tmp_path: Path) -> Callable[[], DurableEngine]:
    return lambda: DurableEngine(URL.create("sqlite", database=str(tmp_path / "jobs.db")).render_as_string())


def make(db: Database, engine: Engine) -> Jobs:
    return Jobs(db, engine, utc_now, pause_seconds=0.0001)


def ask(jobs: Jobs, db: Database) -> None:
    with db.write() as tx:
        jobs.enqueue(tx, "work", "job_1", project="p", payload={})


def look(jobs: Jobs, db: Database) -> Job:
    with db.read() as tx:
        return jobs.get(tx, "job_1")


def wait_for(state: str, jobs: Jobs, db: Database) -> Job:
    deadline = time.monotonic() + 20
    while look(jobs, db).state != state:
        assert time.monotonic() < deadline, look(jobs, db)
        time.sleep(0.02)
    return look(jobs, db)


def test_a_job_whose_surroundings_are_away_is_done_once_they_are_back(db: Database) -> None:
    jobs, tries = make(db, InlineEngine()), []

    def work(context: JobContext, _payload: object) -> dict[str, Any]:
        tries.append(context.is_last_try)
        if len(tries) < 4:
            raise Unavailable("endpoint")
        return {"tries": len(tries)}

    jobs.register("work", work)
    jobs.launch()
    ask(jobs, db)
    jobs.start_queued()
    assert (look(jobs, db).state, look(jobs, db).result, tries) == ("done", {"tries": 4}, [False] * 4)


def test_a_job_that_never_gets_what_it_needs_fails_and_is_told_before_the_last_try(db: Database) -> None:
    jobs, tries = make(db, InlineEngine()), []

    def work(context: JobContext, _payload: object) -> None:
        tries.append(context.is_last_try)
        raise Unavailable("endpoint")

    jobs.register("work", work)
    jobs.launch()
    ask(jobs, db)
    jobs.start_queued()
    assert (look(jobs, db).state, look(jobs, db).error) == ("failed", "Unavailable: endpoint is unavailable")
    assert tries == [False] * (TRIES - 1) + [True]


def test_a_job_cancelled_while_it_waits_is_not_tried_again(db: Database) -> None:
    jobs, tries = make(db, InlineEngine()), []

    def work(context: JobContext, _payload: object) -> None:
        tries.append(context.id)
        with db.write() as tx:
            jobs.cancel(tx, context.id)
        raise Unavailable("endpoint")

    jobs.register("work", work)
    jobs.launch()
    ask(jobs, db)
    jobs.start_queued()
    assert (look(jobs, db).state, tries) == ("cancelled", ["job_1"])


def test_a_failed_job_asked_for_again_is_done_again(db: Database, engines: Callable[[], DurableEngine]) -> None:
    jobs, fail = make(db, engines()), [True]

    def work(_context: object, _payload: object) -> None:
        if fail:
            raise RuntimeError("no")

    jobs.register("work", work)
    jobs.launch()
    try:
        ask(jobs, db)
        jobs.start_queued()
        assert wait_for("failed", jobs, db).error == "RuntimeError: no"
        fail.clear()
        with db.write() as tx:
            jobs.enqueue_again(tx, "work", "job_1", project="p", payload={})
            jobs.enqueue_again(tx, "work", "job_1", project="p", payload={})
        jobs.start_queued()
        assert wait_for("done", jobs, db).error is None
    finally:
        jobs.close()


def test_a_step_that_was_away_is_tried_again_and_finished_steps_are_not(db: Database, engines: Callable[[], DurableEngine]) -> None:
    jobs, done = make(db, engines()), []

    def do(name: str, *, times: int) -> int:
        done.append(name)
        if done.count(name) < times:
            raise Unavailable(name)
        return done.count(name)

    def work(context: JobContext, _payload: object) -> dict[str, Any]:
        first = context.step("first", lambda: do("first", times=1))
        second = context.step("second", lambda: do("second", times=3))
        do("between", times=2)
        return {"steps": [first, second, context.step("third", lambda: do("third", times=1))]}

    jobs.register("work", work)
    jobs.launch()
    try:
        ask(jobs, db)
        jobs.start_queued()
        assert wait_for("done", jobs, db).result == {"steps": [1, 3, 1]}
        assert done == ["first", "second", "second", "second", "between", "between", "third"]
    finally:
        jobs.close()


def test_a_job_interrupted_by_the_end_of_its_process_goes_on_in_the_next(db: Database, engines: Callable[[], DurableEngine]) -> None:
    began, done = threading.Event(), []

    def work(context: JobContext, _payload: object) -> None:
        context.step("first", lambda: done.append("first"))
        began.set()
        if len(done) == 1 and not again:
            context.pause(60)
        done.append("end")

    again: list[bool] = []
    first = make(db, engines())
    first.register("work", work)
    first.launch()
    ask(first, db)
    first.start_queued()
    assert began.wait(10)
    first.close()
    assert (look(first, db).state, done) == ("running", ["first"])

    again.append(True)
    second = make(db, engines())
    second.register("work", work)
    second.launch()
    try:
        wait_for("done", second, db)
        assert done == ["first", "end"]
    finally:
        second.close()


def test_a_running_job_that_the_engine_has_lost_is_started_again(db: Database, engines: Callable[[], DurableEngine]) -> None:
    """Its workflow ended, the row did not: so it was where the ledger was away at that very moment."""
    jobs, done = make(db, engines()), []
    jobs.register("work", lambda _context, _payload: done.append("work"))
    jobs.launch()
    ask(jobs, db)
    jobs.start_queued()
    wait_for("done", jobs, db)
    jobs.close()
    with db.write() as tx:
        tx.exec_driver_sql("UPDATE jobs SET state = 'running'")
    again = make(db, engines())
    again.register("work", lambda _context, _payload: done.append("again"))
    again.launch()
    try:
        wait_for("done", again, db)
        assert done == ["work", "again"]
    finally:
        again.close()


def test_a_job_that_cannot_be_started_waits(db: Database) -> None:
    class Full(InlineEngine):
        is_full = True

        def start(self, id: str, attempt: int) -> None:
            if self.is_full:
                raise RuntimeError("database or disk is full")
            super().start(id, attempt)

    engine = Full()
    jobs = make(db, engine)
    jobs.register("work", lambda _context, _payload: None)
    jobs.launch()
    ask(jobs, db)
    with pytest.raises(RuntimeError):
        jobs.start_queued()
    assert look(jobs, db).state == "queued"
    engine.is_full = False
    jobs.start_queued()
    assert look(jobs, db).state == "done"
