"""Watermarks: what was sent up to an event time is moved, joined and counted, then the project's watermark advances."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid, Unavailable
from meguri.core.times import Clock, iso, micros, parse_time
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.jobs.model import JobContext
from meguri.jobs.service import Jobs
from meguri.monitoring.service import Monitoring
from meguri.registry.projects import Projects
from meguri.serving.service import Serving

logger = logging.getLogger(__name__)

JOB = "watermark.advance"
AHEAD = timedelta(days=1)
"""How far ahead of our clock a client's may be."""
FLUSH_ROWS = 2_000
"""Pushed rows are moved from journal to table when this many wait; they are durable before, and training moves them first."""


class Watermarks:
    """Moves predictions into the ledger, joins labels with them, and only then moves the watermark.

    The server itself advances a project on the wall clock up to the present; one on event time advances when a client asks.
    """

    def __init__(
        self,
        db: Database,
        events: Events,
        jobs: Jobs,
        projects: Projects,
        features: Features,
        serving: Serving,
        monitoring: Monitoring,
        clock: Clock,
    ) -> None:
        self.db, self.events, self.jobs, self.projects, self.clock = db, events, jobs, projects, clock
        self.features, self.serving, self.monitoring = features, serving, monitoring
        self._turns: dict[str, threading.Lock] = {}
        self._turn = threading.Lock()

    def ask(self, tx: Connection, project: str, until: datetime) -> str:
        """Enqueue an advance; the same one again is the same job, which is run again if it failed. Raises NotFound, Invalid."""
        self.projects.get_definition(tx, project)
        now = self.clock()
        if until > now + AHEAD:
            why = f"{iso(until)} is in the future (it is {iso(now)} here), and event time never goes back"
            raise Invalid("until", f"{why}: send a time that has come")
        return self.jobs.enqueue_again(
            tx, JOB, f"advance:{project}:{micros(until)}", project=project, payload={"until": iso(until)}, subject=project
        )

    def advance(self, context: JobContext, payload: dict[str, Any]) -> None:  # Any: JSON
        """The job. Raises Unavailable while an endpoint is being started again and so cannot close its log: what is decided at a moment
        of event time must not depend on it."""
        until = parse_time(payload["until"], "until")
        unsealed = self.collect(context.project)
        if unsealed and not context.is_last_try and self._is_on_event_time(context.project):
            raise Unavailable(f"endpoint {unsealed[0]!r}", "its process is being started again, and the watermark waits for its log")
        with self.db.write() as tx:
            self.events.advance(tx, context.project, until)

    def collect(self, project: str) -> list[str]:
        """Move and join what has come in so far; the watermark stays. Gives the endpoints that were deployed and could not close their
        log."""
        with self.db.read() as tx:
            definition = self.projects.find_definition(tx, project)
            declared = [] if definition is None else [self.serving.get_endpoint(tx, project, each.name) for each in definition.endpoints]
        unsealed = []
        with self._one_at_a_time(project):
            for endpoint in declared:
                moved = self.serving.move(endpoint)
                self.monitoring.join(endpoint.id)
                if not moved.sealed and self.serving.is_deployed(endpoint.id):
                    unsealed.append(endpoint.name)
        return unsealed

    def advance_all(self) -> None:
        """Collect for every project; advance those on the wall clock up to now. What fails in one project stops no other."""
        with self.db.read() as tx:
            definitions = [self.projects.get_definition(tx, each.name) for each in self.projects.list_projects(tx)]
        for definition in definitions:
            try:
                self._advance_to_now(definition)
            except Exception:  # a damaged log or table is that project's trouble; it is tried again at the next tick
                logger.exception("project not collected", extra={"project": definition.name})

    def _advance_to_now(self, definition: ProjectDefinition) -> None:
        self.collect(definition.name)
        self.features.flush(definition.name, at_least=FLUSH_ROWS)
        if definition.clock == "wall":
            self._ask_for_now(definition)

    def _is_on_event_time(self, project: str) -> bool:
        with self.db.read() as tx:
            return self.projects.get_definition(tx, project).clock == "event"

    def _ask_for_now(self, definition: ProjectDefinition) -> None:
        with self.db.write() as tx:
            if self.jobs.active(tx, definition.name, kind=JOB) == 0:
                self.ask(tx, definition.name, self.clock())

    def _one_at_a_time(self, project: str) -> threading.Lock:
        with self._turn:
            return self._turns.setdefault(project, threading.Lock())
