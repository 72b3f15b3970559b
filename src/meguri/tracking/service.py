"""What is done with experiments and runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from meguri.access.projects import ProjectDirectory
from meguri.core.errors import Invalid, NotFound, RunFinished
from meguri.core.ids import ExperimentId, NewId, RunId
from meguri.core.points import Point
from meguri.core.times import Clock
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.lineage.service import Lineage, Node
from meguri.ports.blobs import BlobStore
from meguri.ports.series import SeriesStore, Token
from meguri.tracking import tables
from meguri.tracking.artifacts import ENVIRONMENT, Artifacts
from meguri.tracking.model import (
    TEXT_LIMIT,
    Experiment,
    Kind,
    Line,
    Run,
    RunRecord,
    Status,
    Value,
    checked_values,
    ensure_name,
)

LINES_LIMIT = 10_000
WRITER_LIMIT = 64


class Tracking:
    """Experiments and runs. `artifacts` keeps the files of runs.

    Everything that a client sends twice, because an answer was lost, counts once: a run by its id, points and lines by their writer's
    numbers, parameters and tags by their keys.
    """

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        projects: ProjectDirectory,
        series: SeriesStore,
        blobs: BlobStore,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self.db, self.events, self.lineage, self.projects, self.clock, self.new_id = db, events, lineage, projects, clock, new_id
        self.series = series
        self.artifacts = Artifacts(db, events, lineage, blobs, clock, new_id)
        self._listeners: list[Callable[[str, RunId], None]] = []

    def on_points(self, listener: Callable[[str, RunId], None]) -> None:
        """Call `listener(project, run)` (quick, from any thread) after new points of a run were stored."""
        self._listeners.append(listener)

    def create_experiment(self, project: str, name: str) -> Experiment:
        """The experiment of that name, made if there is none. Raises Invalid."""
        ensure_name(name, "experiment")
        with self.db.write() as tx:
            self.projects.ensure(tx, project)
            id = self.new_id("exp")
            made = tables.ensure_experiment(tx, project, name, id=id, at=self.clock())
            if made.id == id:
                self.events.add(tx, "experiment.created", project=project, subject=id, payload={"name": name})
            return made

    def list_experiments(self, project: str, *, after: str | None = None, limit: int | None = None) -> list[tuple[Experiment, int]]:
        """By name, each with the number of its runs. `after`: the name after which to begin."""
        with self.db.read() as tx:
            return tables.list_experiments(tx, project, after, limit)

    def start_run(
        self,
        project: str,
        experiment: str = "default",
        name: str = "",
        *,
        id: RunId | None = None,
        kind: Kind = "run",
        params: Mapping[str, Value] | None = None,
        tags: Mapping[str, Value] | None = None,
        environment: Mapping[str, Any] | None = None,  # Any: JSON
        texts: Mapping[str, str] | None = None,
        parent: RunId | None = None,
        tx: Connection | None = None,
    ) -> Run:
        """Begin a run; with the id of a run that is there, give that one as it is.

        `environment`: git, command, Python, hardware. `texts` become artifacts (a diff, the list of packages). `parent`: a run that this
        one is a part of, as an edge of the lineage. With `tx`, all is done in that transaction. Raises Invalid, NotFound (the parent).
        """
        made = self._new_run(project, ensure_name(experiment, "experiment"), name, id or RunId(self.new_id("run")), kind, environment or {})
        kept_params, kept_tags = checked_values(params or {}, "params"), checked_values(tags or {}, "tags")
        blobs = self.artifacts.put_texts(texts or {})
        with self._within(tx) as open_tx:
            self.projects.ensure(open_tx, project)
            of = tables.ensure_experiment(open_tx, project, experiment, id=self.new_id("exp"), at=self.clock())
            if not tables.add_run(open_tx, made, ExperimentId(of.id)):
                return _within_project(tables.get_run(open_tx, made.id), project)
            tables.insert_run_values(open_tx, tables.params, made.id, kept_params)
            tables.insert_run_values(open_tx, tables.tags, made.id, kept_tags)
            node = self.lineage.node(open_tx, "run", made.id, project=project, label=made.name)
            if parent is not None:
                _within_project(tables.get_run(open_tx, parent), project)
                self.lineage.edge(open_tx, Node("run", parent), node, "derived_from", run=made.id)
            for text, blob in blobs.items():
                self.artifacts.add(open_tx, made, text, blob, kind=ENVIRONMENT)
            payload = {"name": made.name, "experiment": experiment, "kind": kind}
            self.events.add(open_tx, "run.started", project=project, subject=made.id, payload=payload)
        return made

    def finish(self, run: RunId, status: Status = "finished", error: str | None = None, tx: Connection | None = None) -> Run:
        """End a run. Ending it again in the same way is nothing; where it ended otherwise, that stays. Raises RunFinished, NotFound."""
        with self._within(tx) as open_tx:
            found = tables.get_run(open_tx, run)
            if found.status == status:
                return found
            ended = found.end(status, self.clock(), error)
            if not tables.end_run(open_tx, ended):
                raise RunFinished(run)
            kind = "run.finished" if status == "finished" else "run.failed"
            took = ended.seconds(self.clock())
            payload = {"name": ended.name, "kind": ended.kind, "status": status, "seconds": took, "error": ended.error}
            self.events.add(open_tx, kind, project=ended.project, subject=run, payload=payload)
        return ended

    def fail(self, run: RunId, error: str, tx: Connection | None = None) -> Run:
        """End a run as failed. Raises as `finish`."""
        return self.finish(run, "failed", error, tx)

    def get_run(self, run: RunId) -> Run:
        """Raises NotFound."""
        with self.db.read() as tx:
            return tables.get_run(tx, run)

    def get_record(self, run: RunId) -> RunRecord:
        """A run with all that is shown of it. Raises NotFound."""
        with self.db.read() as tx:
            return self._records(tx, [tables.get_run(tx, run)])[0]

    def family(self, run: RunId) -> tuple[RunId | None, list[RunId]]:
        """The run that this one is a part of, and those that are parts of it."""
        node = Node("run", run)
        with self.db.read() as tx:
            above, below = self.lineage.upstream(tx, node, 1), self.lineage.downstream(tx, node, 1)
        parents = [edge.source.id for edge in above.edges if edge.role == "derived_from" and edge.source.kind == "run"]
        children = [edge.target.id for edge in below.edges if edge.role == "derived_from" and edge.target.kind == "run"]
        return (RunId(parents[0]) if parents else None, [RunId(id) for id in sorted(children)])

    def find_experiments(self, tx: Connection, projects: Sequence[str], text: str, limit: int) -> list[Experiment]:
        """Experiments of some projects whose name or id begins with a text (in lower case), the newest first."""
        return tables.find_experiments(tx, projects, text, limit)

    def project_of_run(self, tx: Connection, run: str) -> str:
        """Raises NotFound."""
        return tables.get_project(tx, run)

    def list_runs(
        self,
        project: str,
        *,
        experiment: str | None = None,
        status: str | None = None,
        kind: str | None = None,
        sort: str = "-started_at",
        limit: int = 100,
        after: tuple[int | str, str] | None = None,
    ) -> list[tuple[RunRecord, int | str]]:
        """Runs, each with the value that it is sorted by.

        `sort`: started_at, finished_at, name or status, with `-` for descending. `after`: the sort value and the id of the run after which
        to begin. Raises Invalid.
        """
        column, descending = sort.lstrip("-"), sort.startswith("-")
        if column not in tables.SORTS:
            raise Invalid("sort", f"{sort!r} is not known: sort by {', '.join(tables.SORTS)}, with - before it for descending")
        if after is not None and isinstance(after[0], str) == column.endswith("_at"):
            raise Invalid("cursor", "was given by a list with another sort: begin without one")
        with self.db.read() as tx:
            found = tables.list_runs(
                tx,
                project=project,
                experiment=experiment,
                status=status,
                kind=kind,
                sort=column,
                descending=descending,
                after=after,
                limit=limit,
            )
            records = self._records(tx, [run for run, _ in found])
        return [(record, value) for record, (_, value) in zip(records, found, strict=True)]

    def add_points(self, run: RunId, points: Sequence[Point], token: Token | None = None) -> int:
        """Append points to a live run; gives how many were new. Points that were sent before are welcome even when the run has finished
        since. Raises NotFound, RunFinished, Unavailable."""
        found = self.get_run(run)
        if found.status != "running" and not (token and self.series.received(run, token.writer) >= token.first + len(points)):
            raise RunFinished(run)
        new = self.series.append(run, points, token)
        if new:
            for listener in self._listeners:
                listener(found.project, run)
        return new

    def add_lines(self, run: RunId, writer: str, first: int, lines: Sequence[str]) -> int:
        """Append console output, numbered by its writer from `first`; gives how many lines were new.

        Raises NotFound, RunFinished, Invalid.
        """
        if len(lines) > LINES_LIMIT:
            raise Invalid("lines", f"{len(lines)} lines at once: send at most {LINES_LIMIT}")
        if len(writer) > WRITER_LIMIT:
            raise Invalid("writer", f"{writer[:40]!r} is too long: use at most {WRITER_LIMIT} characters")
        with self.db.write() as tx:
            tables.get_run(tx, run).ensure_live()
            return tables.add_lines(tx, run, ensure_name(writer, "writer"), first, [_plain(line) for line in lines])

    def list_lines(self, run: RunId, after: int = 0, limit: int = 1_000) -> list[Line]:
        """Console output after a position. Raises NotFound."""
        with self.db.read() as tx:
            tables.get_run(tx, run)
            return tables.list_lines(tx, run, after, limit)

    def set_params(self, run: RunId, params: Mapping[str, Value]) -> None:
        """Raises NotFound, RunFinished, Invalid."""
        kept = checked_values(params, "params")
        with self.db.write() as tx:
            found = tables.get_run(tx, run)
            found.ensure_live()
            tables.set_values(tx, tables.params, run, kept)
            self.events.add(tx, "run.params_set", project=found.project, subject=run, payload={"params": kept})

    def set_tags(self, run: RunId, tags: Mapping[str, Value]) -> None:
        """Tags may be set after the end, too. Raises NotFound, Invalid."""
        kept = checked_values(tags, "tags")
        with self.db.write() as tx:
            found = tables.get_run(tx, run)
            tables.set_values(tx, tables.tags, run, kept)
            self.events.add(tx, "run.tagged", project=found.project, subject=run, payload={"tags": kept})

    def rename(self, run: RunId, name: str) -> Run:
        """Raises NotFound, Invalid."""
        with self.db.write() as tx:
            former = tables.get_run(tx, run)
            tables.rename(tx, run, ensure_name(name, "name"))
            self.lineage.relabel(tx, Node("run", run), name)
            self.events.add(tx, "run.renamed", project=former.project, subject=run, payload={"name": name, "former": former.name})
            return tables.get_run(tx, run)

    def heartbeat(self, run: RunId) -> Run:
        """A sign of life from a run's client. Raises NotFound."""
        with self.db.write() as tx:
            tables.heartbeat(tx, run, self.clock())
            return tables.get_run(tx, run)

    def _new_run(self, project: str, experiment: str, name: str, id: RunId, kind: Kind, environment: Mapping[str, Any]) -> Run:
        if not id.startswith("run_") or len(id) > 64 or not id.isprintable():
            raise Invalid("id", f"{id[:40]!r} cannot be the id of a run: it reads run_ and at most 60 more characters")
        now = self.clock()
        shown = ensure_name(name or f"run-{id[-6:]}", "name")
        return Run(id, project, experiment, shown, kind, "running", now, now, None, None, dict(environment))

    def _records(self, tx: Connection, runs: Sequence[Run]) -> list[RunRecord]:
        ids = [run.id for run in runs]
        params, tags = tables.values_of(tx, tables.params, ids), tables.values_of(tx, tables.tags, ids)
        metrics = self.series.last_of(ids)
        return [RunRecord(run, params[run.id], tags[run.id], metrics[run.id]) for run in runs]

    @contextmanager
    def _within(self, tx: Connection | None) -> Iterator[Connection]:
        if tx is not None:
            yield tx
        else:
            with self.db.write() as mine:
                yield mine


def _within_project(run: Run, project: str) -> Run:
    """The run, if it is of that project. Raises NotFound."""
    if run.project != project:
        raise NotFound("run", run.id, f"project {project!r} has none of that id")
    return run


def _plain(line: str) -> str:
    return line.replace("\0", "")[:TEXT_LIMIT]
