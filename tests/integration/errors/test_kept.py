"""What is not accepted as it came is kept where a person finds it: rows in quarantine, labels that wait, points that are no numbers."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from tests.integration.errors.conftest import END, OFFICE, Office, row_at
from tests.integration.errors.test_requests import INFER, body

ROWS = {
    "future": (
        {"at": "2999-01-01T00:00:00Z"},
        "at",
        "future",
        "advance the watermark first, rows may be 31 days ahead",
    ),
    "type": ({"hour": "nine"}, "hour", "type", "'nine' is no whole number"),
    "text for a number": ({"load": "NaN"}, "load", "type", "'NaN' is no number"),
    "out of range": ({"temperature": 1e9}, "temperature", "range", "the widened range of the first snapshot"),
    "no entity": ({"building": None}, "building", "missing", "a row needs the building that it is about"),
    "no time": ({"at": "soon"}, "at", "type", "send ISO 8601 with a zone"),
}


@pytest.mark.parametrize(("change", "column", "kind", "why"), ROWS.values(), ids=ROWS)
def test_a_bad_row_is_put_aside_and_named_and_the_good_ones_are_taken(
    office: Office, change: dict[str, object], column: str, kind: str, why: str
) -> None:
    before = office.census()
    good = row_at(END + timedelta(minutes=list(ROWS.values()).index((change, column, kind, why))))
    rows = [good, {**row_at(END + timedelta(hours=3)), **change}]
    answer = office.api.post(f"{OFFICE}/sources/meter/push", json={"rows": rows}).json()
    assert (answer["accepted"], [(each["row"], each["column"], each["kind"]) for each in answer["quarantined"]]) == (1, [(1, column, kind)])
    assert why in answer["quarantined"][0]["why"]
    kept = office.api.get(f"{OFFICE}/quarantine?limit=1").json()["items"][0]
    assert (kept["column"], kept["kind"], kept["values"]) == (column, kind, rows[1])
    event = office.api.get(f"{OFFICE}/events?kinds=rows.quarantined&limit=1").json()["items"][0]["payload"]
    assert (event["source"], event["count"]) == ("meter", 1)
    after = office.census()
    assert (after["rows"] - before["rows"], after["quarantined"] - before["quarantined"]) == (1, 1)


def test_a_label_that_overtakes_its_prediction_waits_is_counted_and_joined(office: Office) -> None:
    before = office.census()["labels"]
    sent = {"labels": [{"prediction_id": "early", "value": 70.0}]}
    assert office.api.post(f"{OFFICE}/endpoints/load/labels", json=sent).json() == {"accepted": 1, "duplicates": 0}
    wait_until(office, pending=before["pending"] + 1)
    assert office.endpoint.post(INFER, json=body(id="early")).status_code == 200
    wait_until(office, pending=before["pending"], labelled=before["labelled"] + 1)
    assert office.api.get(f"{OFFICE}/endpoints/load/labels/early").json()["value"] == 70.0


def test_what_made_a_prediction_is_one_question(office: Office) -> None:
    assert office.endpoint.post(INFER, json=body(id="d-2025-05-01T00:00Z")).status_code == 200
    graph = office.api.get("/api/v1/lineage/prediction/office/load/d-2025-05-01T00:00Z").json()
    assert {"prediction", "deployment", "model_version", "pipeline_run", "snapshot", "source", "bundle"} <= {
        node["kind"] for node in graph["nodes"]
    }
    [edge] = [each for each in graph["edges"] if each["target"] == {"kind": "prediction", "id": "office/load/d-2025-05-01T00:00Z"}]
    assert (edge["source"]["kind"], edge["role"]) == ("deployment", "served")
    unknown = office.api.get("/api/v1/lineage/prediction/office/load/nobody")
    assert (unknown.status_code, unknown.json()["detail"][:24]) == (404, "no prediction 'nobody': ")


def test_a_metric_that_is_no_number_is_kept_as_it_is(office: Office) -> None:
    points = {"points": [["loss", 1, "NaN", 1_000_000], ["loss", 2, "Infinity", 2_000_000]]}
    assert office.api.post(f"/api/v1/runs/{office.run}/points", json=points).status_code == 200
    history = office.api.get(f"/api/v1/runs/{office.run}/history?key=loss").json()["points"]
    assert [point[2] for point in history] == ["NaN", "Infinity"]


def wait_until(office: Office, **wanted: int) -> None:
    """Labels are joined by the server's own beat."""
    deadline = time.monotonic() + 60
    while True:
        found = {name: office.census()["labels"][name] for name in wanted}
        if found == wanted:
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
