"""What the REST of datasets and features answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from meguri.access.routes import Request
from meguri.core.errors import Invalid, NotFound
from meguri.core.times import iso
from meguri.datasets.routes import routes as dataset_routes
from meguri.features.routes import Adopt, Lookup, Push
from meguri.features.routes import routes as feature_routes
from meguri.features.service import Features
from meguri.server.openapi import document
from tests.refusals import refused

START = datetime(2011, 1, 1, tzinfo=UTC)
FAR = START + timedelta(days=3_000)
PROJECT = "/api/v1/projects/{project}"


@dataclass
class Ask:
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


def call(features: Features, method: str, url: str, **ask: Any) -> Any:
    """The JSON that a route answers."""
    known = [*feature_routes(features), *dataset_routes(features.datasets)]
    [route] = [each for each in known if (each.method, each.path) in ((method, PROJECT + url), (method, "/api/v1" + url))]
    asked = Ask({"project": "bikes", **ask.pop("path", {})}, **ask)
    return msgspec.json.decode(msgspec.json.encode(cast(Any, route.handler)(cast(Request, asked))))


def rows(count: int) -> list[dict[str, Any]]:
    hours = [START + timedelta(hours=hour) for hour in range(count)]
    return [{"city": "dc", "at": iso(at), "hr": at.hour, "temp": 0.5, "cnt": float(at.hour)} for at in hours]


def push(features: Features, pushed: list[dict[str, Any]]) -> Any:
    return call(features, "POST", "/sources/{source}/push", path={"source": "rentals"}, body=Push(pushed))


def test_push_then_look_up(features: Features) -> None:
    bad = {**rows(1)[0], "hr": "noon"}
    assert push(features, [*rows(30), bad]) == {
        "accepted": 30,
        "duplicates": 0,
        "quarantined": [{"row": 30, "column": "hr", "kind": "type", "why": "'noon' is no whole number"}],
    }
    query = {"service": "hourly", "entity": "dc", "at": "2011-01-02T03:00:00Z"}
    expected = {"at": "2011-01-02T03:00:00Z", "features": {"cnt_yesterday": 3.0, "cnt_week": 1.5}}
    assert call(features, "GET", "/features/lookup", query=query) == expected
    body = Lookup("hourly", "dc", START + timedelta(hours=27))
    assert call(features, "POST", "/features/lookup", body=body) == expected
    source, news = call(features, "GET", "/sources")["items"]
    assert (source["rows"], source["waiting"], source["last_event_at"], source["quarantined"]) == (30, 30, "2011-01-02T05:00:00Z", 1)
    assert (news["name"], news["rows"], news["last_event_at"]) == ("news", 0, None)


def test_definitions_are_listed_with_who_uses_them(features: Features) -> None:
    views = call(features, "GET", "/feature-views")["items"]
    assert [(each["view"]["name"], each["services"]) for each in views] == [
        ("history", ["hourly", "with_press"]),
        ("press", ["with_press"]),
    ]
    services = call(features, "GET", "/feature-services")["items"]
    assert services[0]["inputs"] == ["hr", "temp", "cnt_yesterday", "cnt_week"]


@pytest.mark.parametrize("url", ["/sources", "/feature-views", "/feature-services"])
def test_a_project_that_was_never_applied_declares_nothing(features: Features, url: str) -> None:
    assert call(features, "GET", url)["items"] != []
    assert call(features, "GET", url, path={"project": "demo"})["items"] == []


def test_snapshots_are_listed_newest_first_with_their_statistics(features: Features) -> None:
    for days in (5, 6):
        push(features, rows(days * 24))
        features.prepare("bikes", "hourly", before=START + timedelta(days=days), known_by=FAR)
    [dataset] = call(features, "GET", "/datasets")["items"]
    assert (dataset["name"], dataset["snapshots"], dataset["latest"]["rows"]) == ("rentals", 2, 144)
    path = {"dataset": "rentals"}
    first = call(features, "GET", "/datasets/{dataset}/snapshots", path=path, query={"limit": 1})
    second = call(features, "GET", "/datasets/{dataset}/snapshots", path=path, query={"limit": 1, "cursor": first["next"]})
    assert [page["items"][0]["rows"] for page in (first, second)] == [144, 120]
    assert call(features, "GET", "/datasets/{dataset}", path=path) == dataset
    whole = call(features, "GET", "/snapshots/{snapshot}", path={"snapshot": second["items"][0]["id"]})
    hr = next(each for each in whole["statistics"] if each["name"] == "hr")
    assert (whole["rows"], hr["least"], hr["most"], sum(hr["counts"])) == (120, 0.0, 23.0, 120)
    assert dataset["schema_from"] == whole["id"]


def test_quarantine_is_listed_in_pages(features: Features) -> None:
    push(features, [{**row, "hr": "noon"} for row in rows(5)])
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = call(features, "GET", "/quarantine", query={"limit": 2, "cursor": cursor})
        seen += [each["values"]["at"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == [row["at"] for row in rows(5)]
    with pytest.raises(Invalid, match="begin without one"):
        call(features, "GET", "/quarantine", query={"cursor": "nonsense"})


def test_what_is_missing_from_a_request_is_named(features: Features) -> None:
    with pytest.raises(Invalid, match="entity: say which"):
        call(features, "GET", "/features/lookup", query={"service": "hourly"})
    with pytest.raises(Invalid, match="at: 'noon' is not a time"):
        call(features, "GET", "/features/lookup", query={"service": "hourly", "entity": "dc", "at": "noon"})
    with refused(NotFound, kind="snapshot", key="snap_x"):
        call(features, "GET", "/snapshots/{snapshot}", path={"snapshot": "snap_x"})


def test_the_routes_are_described(features: Features) -> None:
    described = document([*feature_routes(features), *dataset_routes(features.datasets)], "0")
    assert "SnapshotSummary" in described["components"]["schemas"]


def test_a_newer_snapshot_can_become_what_is_normal(features: Features) -> None:
    push(features, rows(120))
    inputs = features.prepare("bikes", "hourly", before=FAR, known_by=FAR)
    hot = [{**row, "temp": 90.0 + place % 3} for place, row in enumerate(rows(240)[120:])]
    assert push(features, hot)["accepted"] == 120  # a constant column has no range
    later = features.prepare("bikes", "hourly", before=FAR, known_by=FAR)
    one = {**rows(300)[-1], "temp": 9_000.0}
    path = {"source": "rentals"}
    call(features, "PUT", "/sources/{source}/schema", path=path, body=Adopt(later.snapshots["rentals"]))
    assert push(features, [one])["quarantined"][0]["kind"] == "range"
    call(features, "PUT", "/sources/{source}/schema", path=path, body=Adopt(inputs.snapshots["rentals"]))
    assert push(features, [one])["accepted"] == 1
    with pytest.raises(Invalid, match="is one of 'rentals': name a snapshot of 'news'"):
        call(features, "PUT", "/sources/{source}/schema", path={"source": "news"}, body=Adopt(inputs.snapshots["rentals"]))
