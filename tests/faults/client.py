"""Single requests to a kiosk, and what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from meguri.cli.scenes import DAY, Json, Moment
from meguri.core.times import iso, micros
from tests.faults.scene import Kiosk


def moments(count: int) -> list[Moment]:
    """The first moments of the stream."""
    return [moment for _, of_day in Kiosk().days() for moment in of_day][:count]


def endpoint_url(home: Path) -> str:
    """Where the endpoint's process listens, as it wrote down."""
    state = msgspec.json.decode((home / "routes" / "kiosk.state.json").read_bytes())
    return f"http://127.0.0.1:{state['port']}"


def predict(home: Path, moment: Moment) -> httpx.Response:
    inputs = [{"name": "dish", "shape": [1], "datatype": "BYTES", "data": [moment.entity]}]
    inputs += [{"name": name, "shape": [1], "datatype": "FP64", "data": [value]} for name, value in moment.request.items()]
    body = {"id": moment.id, "parameters": {"event_time": micros(moment.at)}, "inputs": inputs}
    return httpx.post(f"{endpoint_url(home)}/v2/models/kiosk/infer", json=body, timeout=10)


def push(client: httpx.Client, rows: list[Json]) -> httpx.Response:
    return client.post("/api/v1/sources/sales/push", params={"project": "kiosk"}, json={"rows": rows})


def label(client: httpx.Client, moment: Moment) -> httpx.Response:
    return client.post("/api/v1/labels", json={"endpoint": "kiosk", "labels": [{"prediction_id": moment.id, "value": moment.truth}]})


def settle(client: httpx.Client, days: int) -> httpx.Response:
    """Ask to settle so many days into the stream."""
    return client.post("/api/v1/projects/kiosk/settle", json={"until": iso(Kiosk.start + days * DAY)})


def is_settled(client: httpx.Client, days: int, wait: float = 30) -> bool:
    until: dict[str, str | float] = {"until": iso(Kiosk.start + days * DAY), "wait": wait}
    return bool(client.get("/api/v1/projects/kiosk/settled", params=until).json()["settled"])


def start_run(client: httpx.Client) -> str:
    """Start the pipeline by hand; the id of its run."""
    answer = client.post("/api/v1/pipelines/retrain/runs", params={"project": "kiosk"}, json={})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def run_of(client: httpx.Client, id: str) -> Json:
    answer: Json = client.get(f"/api/v1/pipeline-runs/{id}").json()
    return answer


def wait_until(seen: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
