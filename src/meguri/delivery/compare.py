"""What another version would have predicted: it is scored on the logged inputs of served predictions that have a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from meguri.access.routes import Request, Route
from meguri.core.definitions.monitoring import Metric
from meguri.core.errors import Invalid, NotFound
from meguri.core.ids import ModelVersionId
from meguri.core.times import micros, parse_time
from meguri.db.engine import Database
from meguri.delivery.gate import DaySums
from meguri.delivery.service import Score
from meguri.monitoring.model import OutcomeRow
from meguri.monitoring.service import Monitoring
from meguri.registry.service import Registry

METRICS: tuple[Metric, ...] = ("mae", "wape", "rmse")


@dataclass(frozen=True, slots=True)
class Compared:
    """The same `rows`, paired. `served`: the answers of the endpoint, whichever version gave them; `other`: those of `version`."""

    version: str
    rows: int
    served: dict[str, float]
    other: dict[str, float]


@dataclass(frozen=True, slots=True)
class Compare:
    """`start` and `end`: event times, ISO 8601; rows in [start, end)."""

    version: str
    start: str
    end: str


class Comparisons:
    """Scores versions on what was served."""

    def __init__(self, db: Database, monitoring: Monitoring, registry: Registry, score: Score) -> None:
        self.db, self.monitoring, self.registry, self.score = db, monitoring, registry, score

    def compare(self, project: str, endpoint: str, version: ModelVersionId, start: datetime, end: datetime) -> Compared:
        """Over the labelled predictions with event times in [start, end).

        Raises NotFound for an unknown version or endpoint, and where there is no such prediction.
        """
        with self.db.read() as tx:
            if self.registry.get_version(tx, version).project != project:
                raise NotFound("model_version", version, f"project {project!r} has none of that id")
        rows = self.monitoring.window_rows(project, endpoint, start, end)
        if not rows:
            raise NotFound("labelled_prediction", endpoint, "the endpoint has none in that window: wait for labels, or widen it")
        labels = np.array([row.label for row in rows])
        served = np.array([row.output for row in rows])
        other = self.score(project, version, self.inputs_of(rows, version))
        return Compared(version, len(rows), _metrics(rows, served, labels), _metrics(rows, other, labels))

    def inputs_of(self, rows: Sequence[OutcomeRow], version: ModelVersionId) -> pl.DataFrame:
        """The logged inputs, in the order of the rows, as the columns that `version` takes. Raises Invalid where one was not logged."""
        with self.db.read() as tx:
            wanted = [each.name for each in self.registry.get_version(tx, version).inputs]
            logged = {
                id: [each.name for each in self.registry.get_version(tx, ModelVersionId(id)).inputs]
                for id in sorted({row.version for row in rows})
            }
        for id, names in logged.items():
            if missing := [name for name in wanted if name not in names]:
                raise Invalid(
                    "version", f"{version} takes {', '.join(missing)}, which {id} did not and which were not logged: compare another"
                )
        places = {id: [names.index(name) for name in wanted] for id, names in logged.items()}
        columns: list[list[Any]] = [[] for _ in wanted]  # Any: numbers and texts
        for row in rows:
            for column, place in zip(columns, places[row.version], strict=True):
                column.append(row.inputs[place])
        return pl.DataFrame(dict(zip(wanted, columns, strict=True)), strict=False)


def routes(comparisons: Comparisons) -> list[Route]:
    def compare(request: Request) -> Compared:
        body: Compare = request.body
        start, end = parse_time(body.start, "start"), parse_time(body.end, "end")
        return comparisons.compare(request.path["project"], request.path["endpoint"], ModelVersionId(body.version), start, end)

    path = "/api/v1/projects/{project}/endpoints/{endpoint}/comparisons"
    return [Route("POST", path, "endpoints:read", compare, "What another version would have said on the rows served", Compare, Compared)]


def _metrics(rows: Sequence[OutcomeRow], predicted: NDArray[np.float64], labels: NDArray[np.float64]) -> dict[str, float]:
    times = np.array([micros(row.event_at) for row in rows])
    sums = DaySums.of(times, labels, np.asarray(predicted, dtype=np.float64))
    return {metric: float(sums.metric(metric)[0]) for metric in METRICS}
