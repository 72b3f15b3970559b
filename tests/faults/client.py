"""A client that sends single requests, keeps an account of what was acknowledged, and never sends anything again by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from meguri.core.errors import NotFound
from meguri.core.json import JsonObject
from meguri.core.lockfile import find_owner
from meguri.core.times import iso, micros
from meguri.demo.scenes import DAY, Moment
from meguri.serving.deployment_specs import find_endpoint_id, process_lock
from meguri.testing.server import RunningServer
from tests.faults.account import Account
from tests.faults.player import RUN
from tests.faults.scene import Kiosk


def moments(count: int) -> list[Moment]:
    """The first moments of the stream."""
    return [moment for _, of_day in Kiosk().days() for moment in of_day][:count]


def request_of(moment: Moment) -> JsonObject:
    """The moment as an inference request, with the id that the replay uses."""
    inputs = [{"name": "dish", "shape": [1], "datatype": "BYTES", "data": [moment.entity]}]
    inputs += [{"name": name, "shape": [1], "datatype": "FP64", "data": [value]} for name, value in moment.request.items()]
    return {"id": moment.id, "parameters": {"event_time": micros(moment.at)}, "inputs": inputs}


def endpoint_url(home: Path) -> str:
    """Where the endpoint's process listens. Raises OSError where it does not run."""
    owner = find_owner(process_lock(home, find_endpoint_id(home, "kiosk")))
    if owner is None or not owner.url:
        raise ProcessLookupError("the endpoint does not run")
    return owner.url


def endpoint_headers(home: Path) -> dict[str, str]:
    return {"authorization": f"Bearer {(home / 'token').read_text().strip()}"}


def is_endpoint_ready(home: Path) -> bool:
    try:
        return httpx.get(f"{endpoint_url(home)}/v2/health/ready", timeout=2).is_success
    except (httpx.HTTPError, OSError, NotFound):
        return False


class Caller:
    """Requests to a server and its endpoint. What was answered well is noted in `account.jsonl` beside the home."""

    def __init__(self, home: Path, client: httpx.Client) -> None:
        self.home, self.client = home, client
        self.account = Account(home.parent / "account.jsonl")

    def predict(self, moment: Moment) -> httpx.Response:
        url = f"{endpoint_url(self.home)}/v2/models/kiosk/infer"
        answer = httpx.post(url, json=request_of(moment), headers=endpoint_headers(self.home), timeout=10)
        if answer.is_success:
            self.account.note("prediction", id=moment.id, output=answer.json()["outputs"][0]["data"][0])
        return answer

    def push(self, moment: Moment) -> httpx.Response:
        answer = self.client.post("/api/v1/projects/kiosk/sources/sales/push", json={"rows": [moment.row]})
        if answer.is_success:
            self.account.note("push", rows=[moment.row], refused=[each["row"] for each in answer.json()["quarantined"]])
        return answer

    def label(self, moment: Moment) -> httpx.Response:
        labels = [{"prediction_id": moment.id, "value": moment.label}]
        answer = self.client.post("/api/v1/projects/kiosk/endpoints/kiosk/labels", json={"labels": labels})
        if answer.is_success:
            self.account.note("labels", labels=labels)
        return answer

    def point(self, step: int) -> httpx.Response:
        body = {"points": [["predictions", step, float(step), micros(Kiosk.start)]], "writer": "caller", "first": step}
        answer = self.client.post(f"/api/v1/runs/{RUN}/points", json=body)
        if answer.is_success:
            self.account.note("points", points=[[step, float(step)]])
        return answer

    def advance_watermark(self, days: int) -> httpx.Response:
        """Ask to advance the watermark so many days into the stream."""
        return self.client.post("/api/v1/projects/kiosk/watermark", json={"until": iso(Kiosk.start + days * DAY)})

    def is_reached(self, days: int, wait: float = 30) -> bool:
        until: dict[str, str | float] = {"until": iso(Kiosk.start + days * DAY), "wait": wait}
        answer = self.client.get("/api/v1/projects/kiosk/watermark", params=until)
        is_reached = answer.is_success and bool(answer.json()["reached"])
        if is_reached:
            self.account.note("advanced", until=iso(Kiosk.start + days * DAY))
        return is_reached

    def start_run(self) -> httpx.Response:
        """Start the pipeline by hand."""
        return self.client.post("/api/v1/projects/kiosk/pipelines/retrain/runs", json={})

    def run_of(self, id: str) -> JsonObject:
        answer: JsonObject = self.client.get(f"/api/v1/pipeline-runs/{id}").json()
        return answer

    def coverage(self) -> tuple[int, int]:
        """How many predictions there are, and how many have their label."""
        found = self.client.get("/api/v1/projects/kiosk/endpoints/kiosk/quality").json()["coverage"]
        return found["predictions"], found["labelled"]


@contextmanager
def calling(server: RunningServer) -> Iterator[Caller]:
    with server.client() as client:
        yield Caller(server.home, client)


def everything(caller: Caller, moment: Moment, step: int) -> list[httpx.Response]:
    """One of each kind: a prediction, its row, its label and a metric point."""
    return [caller.predict(moment), caller.push(moment), caller.label(moment), caller.point(step)]


def unclear(answers: Sequence[httpx.Response]) -> set[tuple[int, str]]:
    """What is neither a success nor a 503 with its reason, in the server's words or in those of the inference protocol."""
    refused = [answer for answer in answers if not answer.is_success]
    return {(each.status_code, each.url.path) for each in refused if each.status_code != 503 or not _reason(each)}


def _reason(answer: httpx.Response) -> str | None:
    said = answer.json()
    reason: str | None = said.get("detail") or said.get("error")
    return reason


def wait_until(seen: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
