"""What the REST of monitoring answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from meguri.access.routes import ListPage, Request, Route
from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid, NotFound
from meguri.core.ids import EndpointId
from meguri.core.times import micros
from meguri.monitoring.labels import Accepted
from meguri.monitoring.model import Coverage, DriftMatrix, KnownLabel
from meguri.monitoring.routes import NewLabel, NewLabels, Quality, routes
from meguri.monitoring.service import Monitoring
from meguri.serving.model import Endpoint
from meguri.serving.segments import PredictionRecord
from meguri.serving.tables import add_endpoint, add_open_predictions
from meguri.testing.ledger import Ledger
from tests.refusals import refused

BIKES = {"project": "p", "endpoint": "bikes"}
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Ask:
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


@pytest.fixture
def monitoring(ledger: Ledger, home: Path) -> Iterator[Monitoring]:
    monitors = (MonitorDefinition("quality", "bikes", "quality"), MonitorDefinition("drift", "bikes", "drift"))
    made = Monitoring(
        ledger.db,
        ledger.events,
        ledger.lineage,
        journals=home,
        clock=ledger.clock,
        find_definition=lambda tx, project: ProjectDefinition(project, monitors=monitors) if project == "p" else None,
        find_reference=lambda tx, version: None,
        find_baseline=lambda tx, version: None,
    )
    with ledger.db.write() as tx:
        add_endpoint(tx, Endpoint(EndpointId("ep_1"), "bikes", "p", "bikes", "hourly", "", 0, 0, START))
        add_open_predictions(tx, EndpointId("ep_1"), [PredictionRecord("a", micros(START), 0, "dep", "mv_1", None, (1.0,), 10.0)])
    yield made
    made.close()


def call(monitoring: Monitoring, method: str, path: str, ask: Ask) -> Any:
    [route] = [each for each in routes(monitoring) if (each.method, each.path) == (method, "/api/v1/projects/{project}" + path)]
    return cast(Any, route.handler)(cast(Request, ask))


def test_labels_are_accepted_joined_and_found(monitoring: Monitoring, ledger: Ledger) -> None:
    body = NewLabels([NewLabel("a", 12), NewLabel("b", 3.5)])
    assert call(monitoring, "POST", "/endpoints/{endpoint}/labels", Ask(BIKES, body=body)) == Accepted(2, 0)
    monitoring.join(EndpointId("ep_1"))
    at = ledger.clock()
    found = [
        call(monitoring, "GET", "/endpoints/{endpoint}/labels/{prediction:path}", Ask({**BIKES, "prediction": id}))
        for id in ("a", "b", "c")
    ]
    assert found == [KnownLabel("a", 12.0, at, True), KnownLabel("b", 3.5, at, False), None]


@pytest.mark.parametrize("value", ["12", None, True, [1], "NaN"])
def test_label_that_is_no_number_is_refused_by_name(monitoring: Monitoring, value: Any) -> None:
    with pytest.raises(Invalid, match=r"labels\[1\].value: .* \(of prediction 'b'\) is not a number"):
        call(monitoring, "POST", "/endpoints/{endpoint}/labels", Ask(BIKES, body=NewLabels([NewLabel("a", 1), NewLabel("b", value)])))


def test_labels_for_an_unknown_endpoint_are_refused(monitoring: Monitoring) -> None:
    with refused(NotFound, kind="endpoint", key="trams"):
        call(monitoring, "POST", "/endpoints/{endpoint}/labels", Ask({"project": "p", "endpoint": "trams"}, body=NewLabels([])))


def test_quality_shows_days_and_coverage(monitoring: Monitoring) -> None:
    call(monitoring, "POST", "/endpoints/{endpoint}/labels", Ask(BIKES, body=NewLabels([NewLabel("a", 12)])))
    monitoring.join(EndpointId("ep_1"))
    answer = call(monitoring, "GET", "/endpoints/{endpoint}/quality", Ask(BIKES, {"from": "2026-03-01T00:00:00Z"}))
    assert isinstance(answer, Quality)
    assert answer.coverage == Coverage(1, 1, 0, 0, 0, 1.0)
    [day] = answer.items
    assert (day.at, day.predictions, day.labelled, day.mature, day.metrics["mae"]) == (START, 1, 1, True, 2.0)
    assert [each.version for each in day.versions] == ["mv_1"]
    with pytest.raises(NotFound):
        call(monitoring, "GET", "/endpoints/{endpoint}/quality", Ask({"project": "p", "endpoint": "trams"}))
    with pytest.raises(Invalid, match="from"):
        call(monitoring, "GET", "/endpoints/{endpoint}/quality", Ask(BIKES, {"from": "yesterday"}))


def test_monitors_checks_drift_and_alerts_are_listed(monitoring: Monitoring) -> None:
    monitoring.check("p", datetime(2026, 3, 3, tzinfo=UTC))
    page: ListPage[Any] = call(monitoring, "GET", "/monitors", Ask({"project": "p"}))
    assert [(each.name, each.state) for each in page.items] == [("quality", "waiting"), ("drift", "waiting")]
    shown = call(monitoring, "GET", "/monitors/{monitor}", Ask({"project": "p", "monitor": "drift"}))
    assert shown.last.evidence["why_not"] == "version mv_1 has no reference profile"
    checks: ListPage[Any] = call(monitoring, "GET", "/monitors/{monitor}/checks", Ask({"project": "p", "monitor": "quality"}, {"limit": 1}))
    assert [(each.day, each.verdict) for each in checks.items] == [(20515, "none")]
    assert call(monitoring, "GET", "/endpoints/{endpoint}/drift", Ask(BIKES)) == DriftMatrix(
        "drift", [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)], []
    )
    assert call(monitoring, "GET", "/alerts", Ask({"project": "p"}, {"state": "open"})) == ListPage([])
    with pytest.raises(Invalid, match="state"):
        call(monitoring, "GET", "/alerts", Ask({"project": "p"}, {"state": "new"}))
    with refused(NotFound, kind="monitor", key="cost"):
        call(monitoring, "GET", "/monitors/{monitor}/checks", Ask({"project": "p", "monitor": "cost"}))


def test_every_answer_can_be_encoded_and_described(monitoring: Monitoring) -> None:
    described: list[Route] = routes(monitoring)
    msgspec.json.schema_components([each.answer for each in described if each.answer is not None])
    assert {each.permission for each in described} == {"labels:write", "labels:read", "monitors:read", "alerts:read", "alerts:operate"}
