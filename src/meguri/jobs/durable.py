"""The engine: DBOS, on its own SQLite file or in the platform's PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from meguri.core.errors import Unavailable
from meguri.core.json import Json

APPLICATION_VERSION = "1"
"""Increased by hand when interrupted jobs of an older release can no longer be continued."""

Run = Callable[[str, Callable[[str, Callable[[], Any]], Any]], None]


class DurableEngine:
    """One per process (DBOS is global); launched by the owner of the home only."""

    def __init__(self, url: str, executor: str = "owner") -> None:
        self.url, self.executor = url, executor
        self._start: Callable[[str, int], None] | None = None
        self._is_live: Callable[[str], bool] = lambda _id: False
        self._look: Callable[[], None] = lambda: None

    def launch(self, run: Run) -> None:
        os.environ.setdefault("DBOS__TELEMETRY", "false")
        from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID  # heavy, and only an owner needs it

        DBOS.destroy(destroy_registry=True)
        DBOS(
            config={
                "name": "meguri",
                "system_database_url": self.url,
                "application_version": APPLICATION_VERSION,
                "executor_id": self.executor,
                "serializer": DBOSPortableJSONSerializer(),
                "enable_otlp": False,
                "console_log_level": "ERROR",
                "log_level": "ERROR",
            }
        )

        @DBOS.workflow(name="meguri_job")
        def workflow(id: str) -> None:
            run(id, step)

        def step(name: str, function: Callable[[], Json]) -> Json:
            try:
                return DBOS.run_step({"name": name}, function)
            except SQLAlchemyError as error:
                raise Unavailable("job engine", f"its tables cannot be written ({_reason(error)}): is the disk full?") from error

        def start(id: str, attempt: int) -> None:
            with SetWorkflowID(f"{id}#{attempt}" if attempt else id):
                DBOS.start_workflow(workflow, id)

        def is_live(id: str) -> bool:
            found = DBOS.list_workflows(workflow_id_prefix=id, status=["PENDING", "ENQUEUED"], load_input=False, load_output=False)
            return any(each.workflow_id.rpartition("#")[0] == id or each.workflow_id == id for each in found)

        def look() -> None:
            DBOS.list_workflows(limit=1, load_input=False, load_output=False)

        self._start, self._is_live, self._look = start, is_live, look
        try:
            DBOS.launch()
        except SQLAlchemyError as error:
            raise Unavailable("job engine", f"its tables cannot be opened ({_reason(error)}): is the disk full?") from error

    def start(self, id: str, attempt: int) -> None:
        if self._start is None:
            raise RuntimeError("the job engine is not launched")
        self._start(id, attempt)

    def resume(self, id: str, attempt: int) -> None:
        if not self._is_live(id):
            self.start(id, attempt)

    def ensure_running(self) -> None:
        if self._start is None:
            raise Unavailable("job engine", "it does not run: start the server again")
        try:
            self._look()
        except SQLAlchemyError as error:
            raise Unavailable("job engine", f"its tables cannot be read ({_reason(error)})") from error

    def close(self) -> None:
        if self._start is not None:
            from dbos import DBOS

            self._start = None
            DBOS.destroy(destroy_registry=True)


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]


class InlineEngine:
    """Runs each job at once in the calling thread and keeps nothing: for tests of a single capability."""

    def __init__(self) -> None:
        self._run: Run | None = None

    def launch(self, run: Run) -> None:
        self._run = run

    def start(self, id: str, attempt: int) -> None:
        if self._run is None:
            raise RuntimeError("the job engine is not launched")
        self._run(id, lambda _name, function: function())

    def resume(self, id: str, attempt: int) -> None:
        self.start(id, attempt)

    def ensure_running(self) -> None:
        if self._run is None:
            raise Unavailable("job engine", "it is not launched")

    def close(self) -> None:
        self._run = None
