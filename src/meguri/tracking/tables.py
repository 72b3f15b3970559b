"""Tables of tracking and the queries over them. Metric points are not here but behind the series port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from meguri.core.batches import batches
from meguri.core.errors import NotFound
from meguri.core.ids import ArtifactId, Digest, ExperimentId, RunId
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.metadata import Json, Micros, Serial, metadata
from meguri.tracking.model import Artifact, Experiment, Line, Run, Value

experiments = Table(
    "experiments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("name", String(250), nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("project", "name"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("experiment", String(64), ForeignKey("experiments.id"), nullable=False),
    Column("name", String(250), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", Micros, nullable=False),
    Column("heartbeat_at", Micros, nullable=False),
    Column("finished_at", Micros),
    Column("error", Text),
    Column("environment", Json, nullable=False),
    Index("ix_runs_project_started_at", "project", "started_at", "id"),
    Index("ix_runs_experiment_started_at", "experiment", "started_at", "id"),
)

params = Table(
    "params",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("key", String(250), primary_key=True),
    Column("value", Json),
)

tags = Table(
    "tags",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("key", String(250), primary_key=True),
    Column("value", Json),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False),
    Column("name", String(500), nullable=False),
    Column("blob", String(80), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("run", "name"),
    Index("ix_artifacts_blob", "blob"),
)

console_lines = Table(
    "console_lines",
    metadata,
    Column("position", Serial, primary_key=True, autoincrement=True),
    Column("run", String(64), ForeignKey("runs.id"), nullable=False),
    Column("writer", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("run", "writer", "number"),
    Index("ix_console_lines_run", "run", "position"),
)

SORTS = ("started_at", "finished_at", "name", "status")


def ensure_experiment(tx: Connection, project: str, name: str, *, id: str, at: datetime) -> Experiment:
    """The experiment of that name, made if there is none."""
    insert_ignore(tx, experiments, [{"id": id, "project": project, "name": name, "created_at": at}])
    found = tx.execute(select(experiments).where(experiments.c.project == project, experiments.c.name == name)).one()
    return _experiment(found)


def list_experiments(tx: Connection, project: str, after: str | None, limit: int | None) -> list[tuple[Experiment, int]]:
    """Experiments by name, each with the number of its runs. `after`: the name after which to begin."""
    count = select(func.count()).select_from(runs).where(runs.c.experiment == experiments.c.id).scalar_subquery()
    query = select(experiments, count.label("runs")).where(experiments.c.project == project).order_by(experiments.c.name).limit(limit)
    if after is not None:
        query = query.where(experiments.c.name > after)
    return [(_experiment(row), int(row.runs)) for row in tx.execute(query)]


def find_experiments(tx: Connection, projects: Sequence[str], text: str, limit: int) -> list[Experiment]:
    """By the beginning of their name or id, the newest first."""
    begins = func.lower(experiments.c.name).startswith(text, autoescape=True) | experiments.c.id.startswith(text, autoescape=True)
    query = select(experiments).where(experiments.c.project.in_(projects), begins).order_by(experiments.c.created_at.desc()).limit(limit)
    return [_experiment(row) for row in tx.execute(query)]


def add_run(tx: Connection, run: Run, experiment: ExperimentId) -> bool:
    """False where there is a run with this id."""
    row = {
        "id": run.id,
        "project": run.project,
        "experiment": experiment,
        "name": run.name,
        "kind": run.kind,
        "status": run.status,
        "started_at": run.started_at,
        "heartbeat_at": run.heartbeat_at,
        "finished_at": run.finished_at,
        "error": run.error,
        "environment": run.environment,
    }
    return insert_ignore(tx, runs, [row]) == 1


def get_run(tx: Connection, id: str) -> Run:
    """Raises NotFound."""
    row = tx.execute(_runs().where(runs.c.id == id)).first()
    if row is None:
        raise NotFound("run", id, "list runs with `meguri runs`")
    return _run(row)


def get_project(tx: Connection, run: str) -> str:
    """The project of a run. Raises NotFound."""
    found = tx.execute(select(runs.c.project).where(runs.c.id == run)).scalar_one_or_none()
    if found is None:
        raise NotFound("run", run, "list runs with `meguri runs`")
    return str(found)


def end_run(tx: Connection, run: Run) -> bool:
    """False where the run was ended by somebody else meanwhile."""
    statement = (
        update(runs)
        .where(runs.c.id == run.id, runs.c.status == "running")
        .values(status=run.status, finished_at=run.finished_at, error=run.error)
    )
    return tx.execute(statement).rowcount == 1


def heartbeat(tx: Connection, id: str, at: datetime) -> None:
    tx.execute(update(runs).where(runs.c.id == id, runs.c.status == "running").values(heartbeat_at=at))


def rename(tx: Connection, id: str, name: str) -> None:
    tx.execute(update(runs).where(runs.c.id == id).values(name=name))


def list_runs(
    tx: Connection,
    *,
    project: str,
    experiment: str | None = None,
    status: str | None = None,
    kind: str | None = None,
    sort: str = "started_at",
    descending: bool = True,
    after: tuple[Any, str] | None = None,  # Any: a value of the column sorted by, as the database has it
    limit: int = 100,
) -> list[tuple[Run, Any]]:
    """Runs with the value that each is sorted by; `after`: that value and the id of the last run seen."""
    column = runs.c[sort]
    key = func.coalesce(type_coerce(column, BigInteger), 2**62) if sort.endswith("_at") else column  # a run that goes on ends last
    query = _runs().add_columns(key.label("sorted_by"))
    for asked, wanted in ((runs.c.project, project), (experiments.c.name, experiment), (runs.c.status, status), (runs.c.kind, kind)):
        if wanted is not None:
            query = query.where(asked == wanted)
    if after is not None:
        value, id = after
        beyond = key < value if descending else key > value
        query = query.where(or_(beyond, and_(key == value, runs.c.id < id if descending else runs.c.id > id)))
    order = (key.desc(), runs.c.id.desc()) if descending else (key.asc(), runs.c.id.asc())
    return [(_run(row), row.sorted_by) for row in tx.execute(query.order_by(*order).limit(limit))]


def set_values(tx: Connection, table: Table, run: str, values: Mapping[str, Value]) -> None:
    """Parameters or tags of a run; a key that is there gets the new value."""
    upsert(tx, table, [{"run": run, "key": key, "value": value} for key, value in values.items()], key=["run", "key"], update=["value"])


def values_of(tx: Connection, table: Table, ids: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Parameters or tags of runs, keys in alphabetical order."""
    found: dict[str, dict[str, Value]] = {id: {} for id in ids}
    for some in batches(ids, 500):
        for row in tx.execute(select(table).where(table.c.run.in_(some)).order_by(table.c.run, table.c.key)):
            found[row.run][row.key] = row.value
    return found


def save_artifact(tx: Connection, artifact: Artifact) -> Artifact:
    """Keeps an artifact; one of the same name gets the new content and keeps its id."""
    row = {
        "id": artifact.id,
        "run": artifact.run,
        "name": artifact.name,
        "blob": artifact.blob,
        "kind": artifact.kind,
        "size": artifact.size,
        "media_type": artifact.media_type,
        "created_at": artifact.created_at,
    }
    changed = ["blob", "kind", "size", "media_type", "created_at"]
    upsert(tx, artifacts, [row], key=["run", "name"], update=changed)
    return get_artifact(tx, artifact.run, artifact.name)


def get_artifact(tx: Connection, run: str, name: str) -> Artifact:
    """Raises NotFound."""
    row = tx.execute(select(artifacts).where(artifacts.c.run == run, artifacts.c.name == name)).first()
    if row is None:
        raise NotFound("artifact", name, f"run {run} has none of that name")
    return _artifact(row)


def list_artifacts(tx: Connection, run: str, after: str | None, limit: int | None) -> list[Artifact]:
    """By name. `after`: the name after which to begin."""
    query = select(artifacts).where(artifacts.c.run == run).order_by(artifacts.c.name).limit(limit)
    return [_artifact(row) for row in tx.execute(query if after is None else query.where(artifacts.c.name > after))]


def add_lines(tx: Connection, run: str, writer: str, first: int, lines: Sequence[str]) -> int:
    """Console output, numbered by its writer from `first`; a number that is there stays as it is. Gives how many were new."""
    rows = [{"run": run, "writer": writer, "number": first + index, "text": text} for index, text in enumerate(lines)]
    return insert_ignore(tx, console_lines, rows)


def list_lines(tx: Connection, run: str, after: int, limit: int) -> list[Line]:
    query = (
        select(console_lines.c.position, console_lines.c.text)
        .where(console_lines.c.run == run, console_lines.c.position > after)
        .order_by(console_lines.c.position)
        .limit(limit)
    )
    return [Line(row.position, row.text) for row in tx.execute(query)]


def insert_run_values(tx: Connection, table: Table, run: str, values: Mapping[str, Value]) -> None:
    """Parameters or tags of a run that was just made."""
    if values:
        tx.execute(insert(table), [{"run": run, "key": key, "value": value} for key, value in values.items()])


def _runs() -> Select[Any]:  # Any: columns of two tables
    return select(*(column for column in runs.c if column.name != "experiment"), experiments.c.name.label("experiment")).join(
        experiments, experiments.c.id == runs.c.experiment
    )


def _run(row: Row[Any]) -> Run:  # Any: a row of a dynamic select
    return Run(
        RunId(row.id),
        row.project,
        row.experiment,
        row.name,
        row.kind,
        row.status,
        row.started_at,
        row.heartbeat_at,
        row.finished_at,
        row.error,
        row.environment,
    )


def _experiment(row: Row[Any]) -> Experiment:  # Any: as above
    return Experiment(ExperimentId(row.id), row.project, row.name, row.created_at)


def _artifact(row: Row[Any]) -> Artifact:  # Any: as above
    return Artifact(ArtifactId(row.id), RunId(row.run), row.name, Digest(row.blob), row.kind, row.size, row.media_type, row.created_at)
