"""REST of datasets, snapshots and quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.definitions.features import DType
from meguri.core.ids import SnapshotId
from meguri.core.times import from_micros, micros
from meguri.datasets.model import Dataset, QuarantinedRow, Schema, Snapshot
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
class DatasetDetails:
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
    """All routes of datasets, snapshots and quarantine."""

    def list_datasets(request: Request) -> ListPage[DatasetDetails]:
        project = request.path["project"]
        limit, after = limit_of(request), cursor_of(request, tuple[str])
        quarantined = datasets.count_quarantined(project)
        page = page_of(
            datasets.list_datasets(project, after=after[0] if after else None, limit=limit + 1), limit, lambda each: (each.name,)
        )
        return ListPage([_details(datasets, each, quarantined.get(each.name, 0)) for each in page.items], page.next)

    def get_dataset(request: Request) -> DatasetDetails:
        project, name = request.path["project"], request.path["dataset"]
        return _details(datasets, datasets.get_dataset(project, name), datasets.count_quarantined(project).get(name, 0))

    def list_snapshots(request: Request) -> ListPage[SnapshotSummary]:
        project, name = request.path["project"], request.path["dataset"]
        datasets.get_dataset(project, name)
        limit, before = limit_of(request), cursor_of(request, tuple[str])
        found = datasets.list_snapshots(project, name, limit=limit + 1, before=before[0] if before else None)
        page = page_of(found, limit, lambda each: (each.id,))
        return ListPage([_summary(each) for each in page.items], page.next)

    def get_snapshot(request: Request) -> Snapshot:
        return datasets.get_snapshot(SnapshotId(request.path["snapshot"]))

    def list_quarantined(request: Request) -> ListPage[QuarantinedRow]:
        limit, before = limit_of(request), cursor_of(request, tuple[int, str])
        found = datasets.list_quarantined(
            request.path["project"],
            source=request.query.get("source"),
            limit=limit + 1,
            before=None if before is None else (from_micros(before[0]), before[1]),
        )
        return page_of(found, limit, lambda each: (micros(each.at), each.id))

    reads = "datasets:read"
    every = "/api/v1/projects/{project}/datasets"
    one = every + "/{dataset}"
    return [
        Route("GET", every, reads, list_datasets, "List datasets", answer=ListPage[DatasetDetails], query=LIST_QUERY),
        Route("GET", one, reads, get_dataset, "Get a dataset", answer=DatasetDetails),
        Route(
            "GET", f"{one}/snapshots", reads, list_snapshots, "List snapshots, the newest first",
            answer=ListPage[SnapshotSummary], query=LIST_QUERY,
        ),
        Route(
            "GET", "/api/v1/snapshots/{snapshot}", reads, get_snapshot, "Get a snapshot with its statistics",
            answer=Snapshot, project=lambda tx, path: datasets.project_of_snapshot(tx, path["snapshot"]),
        ),
        Route(
            "GET", "/api/v1/projects/{project}/quarantine", reads, list_quarantined, "List rows in quarantine, the newest first",
            answer=ListPage[QuarantinedRow], query={**LIST_QUERY, "source": str},
        ),
    ]  # fmt: skip


def _details(datasets: Datasets, dataset: Dataset, quarantined: int) -> DatasetDetails:
    newest = datasets.list_snapshots(dataset.project, dataset.name, limit=1)
    return DatasetDetails(
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
