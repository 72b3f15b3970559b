"""REST of datasets, snapshots and quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meguri.access.routes import ListPage, Request, Route, limit_of, project_of
from meguri.core.definitions.features import DType
from meguri.core.errors import Invalid
from meguri.core.ids import SnapshotId
from meguri.core.times import from_micros, micros
from meguri.datasets.model import Dataset, Schema, Snapshot
from meguri.datasets.service import Datasets


@dataclass(frozen=True, slots=True)
class SnapshotSummary:
    """A snapshot without its statistics."""

    id: str
    dataset: str
    version: int
    until: datetime
    rows: int
    digest: str
    columns: dict[str, DType]
    anomalies: int
    taken_at: datetime
    event_from: datetime | None
    event_to: datetime | None


@dataclass(frozen=True, slots=True)
class DatasetAnswer:
    """A dataset with its number of snapshots and the newest of them."""

    id: str
    project: str
    name: str
    created_at: datetime
    snapshots: int
    quarantined: int
    schema: Schema | None
    schema_from: str | None
    latest: SnapshotSummary | None


def routes(datasets: Datasets) -> list[Route]:
    def listed(request: Request) -> ListPage[Any]:
        project = project_of(request)
        quarantined = datasets.count_quarantined(project)
        return ListPage([_answer(datasets, each, quarantined.get(each.name, 0)) for each in datasets.list_datasets(project)])

    def one(request: Request) -> DatasetAnswer:
        found = datasets.get_dataset(request.path["dataset"])
        return _answer(datasets, found, datasets.count_quarantined(found.project).get(found.name, 0))

    def snapshots(request: Request) -> ListPage[Any]:
        found = datasets.get_dataset(request.path["dataset"])
        limit = limit_of(request)
        page = datasets.list_snapshots(found.project, found.name, limit=limit, before=request.query.get("cursor"))
        return ListPage([_summary(each) for each in page], page[-1].id if len(page) == limit else None)

    def snapshot(request: Request) -> Snapshot:
        return datasets.get_snapshot(SnapshotId(request.path["snapshot"]))

    def quarantined(request: Request) -> ListPage[Any]:
        limit = limit_of(request)
        before = _read_cursor(request.query.get("cursor"))
        page = datasets.list_quarantined(project_of(request), source=request.query.get("source"), limit=limit, before=before)
        return ListPage(list(page), f"{micros(page[-1].at)}.{page[-1].id}" if len(page) == limit else None)

    paged: dict[str, type] = {"limit": int, "cursor": str}
    of_source: dict[str, type] = {"project": str, "source": str, **paged}
    reads = "datasets:read"
    return [
        Route("GET", "/api/v1/datasets", reads, listed, "Datasets of a project", answer=ListPage, query={"project": str}),
        Route("GET", "/api/v1/datasets/{dataset}", reads, one, "One dataset", answer=DatasetAnswer),
        Route("GET", "/api/v1/datasets/{dataset}/snapshots", reads, snapshots, "Snapshots, newest first", answer=ListPage, query=paged),
        Route("GET", "/api/v1/snapshots/{snapshot}", reads, snapshot, "One snapshot with its statistics", answer=Snapshot),
        Route("GET", "/api/v1/quarantine", reads, quarantined, "Rows in quarantine, newest first", answer=ListPage, query=of_source),
    ]


def _answer(datasets: Datasets, dataset: Dataset, quarantined: int) -> DatasetAnswer:
    newest = datasets.list_snapshots(dataset.project, dataset.name, limit=1)
    return DatasetAnswer(
        dataset.id,
        dataset.project,
        dataset.name,
        dataset.created_at,
        datasets.count_snapshots(dataset.project, dataset.name),
        quarantined,
        dataset.schema,
        dataset.schema_from,
        _summary(newest[0]) if newest else None,
    )


def _summary(snapshot: Snapshot) -> SnapshotSummary:
    return SnapshotSummary(
        snapshot.id,
        snapshot.dataset,
        snapshot.version,
        snapshot.until,
        snapshot.rows,
        snapshot.digest,
        snapshot.columns,
        len(snapshot.anomalies),
        snapshot.taken_at,
        snapshot.event_from,
        snapshot.event_to,
    )


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    at, _, id = cursor.partition(".")
    if not at.isdigit() or not id:
        raise Invalid("cursor", f"{cursor!r} is none that this list gave: begin without one")
    return from_micros(int(at)), id
