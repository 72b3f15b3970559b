from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from meguri.app.runners import load_runner
from meguri.protocols.inference.guard import Guard
from meguri.protocols.inference.meter import Meter
from meguri.protocols.inference.rest import LARGEST_BODY, InferenceApp
from meguri.serving.callers import AllowedToken, CallerCheck, Callers
from meguri.serving.gateway import Gateway
from meguri.serving.live import make_live
from meguri.serving.model import LogState, ProcessState
from meguri.serving.segments import PredictionLog, read_log
from tests.unit.serving.examples import NOW, Memory, body, linear_model, spec

INFER = "/v2/models/bikes/infer"
TOKEN = {"authorization": "Bearer token"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Controls:
    def __init__(self, log: PredictionLog) -> None:
        self.log = log
        self.reloads = 0

    def state(self) -> ProcessState:
        log = LogState(self.log.segment, self.log.bytes, self.log.remembered)
        return ProcessState("bikes/bikes", 1, 9, self.reloads, None, None, None, 0, 0, 0, 0, 0, 0.0, log, datetime.now(UTC))

    async def reload(self) -> None:
        self.reloads += 1

    def seal(self) -> int:
        return self.log.seal()


@pytest.fixture
def gateway(tmp_path: Path):
    log = PredictionLog(tmp_path, "bikes")
    yield Gateway("bikes", log, lambda: NOW, lambda prefix: f"{prefix}_new")
    log.close()


@pytest.fixture
def app(gateway: Gateway) -> InferenceApp:
    gateway.swap(make_live(spec(), lambda _: linear_model(), load_runner, lambda *_: Memory()))
    return InferenceApp(gateway, Guard("127.0.0.1", CallerCheck("token"), control="secret"), Meter(), Controls(gateway.log))


@pytest.fixture
async def client(app: InferenceApp) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9", headers=TOKEN) as client:
        yield client


pytestmark = pytest.mark.anyio


async def test_an_answer_has_the_shape_of_the_protocol(client: httpx.AsyncClient) -> None:
    answer = await client.post(INFER, json=body(rows=2))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "model_name": "bikes",
        "model_version": "mv_1",
        "id": "p1",
        "parameters": {"deployment": "dep_1", "event_time": "2011-05-01T12:00:00Z"},
        "outputs": [{"name": "prediction", "datatype": "FP64", "shape": [2], "data": [56.0, 58.0]}],
    }


async def test_a_resent_request_gets_the_same_bytes(client: httpx.AsyncClient) -> None:
    first = await client.post(INFER, json=body())
    again = await client.post(INFER, json=body())
    assert first.content == again.content


async def test_times_may_be_microseconds_and_shapes_a_column(client: httpx.AsyncClient) -> None:
    hours = {"name": "hr", "shape": [1, 1], "datatype": "INT8", "data": [[5]]}
    answer = await client.post(INFER, json=body(event_time=1_304_251_200_000_000, hr=hours))
    assert (answer.json()["parameters"]["event_time"], answer.json()["outputs"][0]["data"]) == ("2011-05-01T12:00:00Z", [66.0])


async def test_a_number_that_is_missing_is_null(client: httpx.AsyncClient, tmp_path: Path) -> None:
    answer = await client.post(INFER, json=body(temp=tensor("temp", "FP64", [None])))
    assert answer.status_code == 500
    assert "mv_1 gives no number for row 0 (its inputs temp are missing)" in answer.json()["error"]
    assert list(read_log(tmp_path, "bikes")) == []


def tensor(name: str, datatype: str, data: list[Any], shape: list[int] | None = None) -> dict[str, Any]:
    return {"name": name, "shape": [len(data)] if shape is None else shape, "datatype": datatype, "data": data}


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "body: is not JSON"),
    "NaN": ('{"inputs": [{"name": "temp", "shape": [1], "datatype": "FP64", "data": [NaN]}]}', "send null for a missing number"),
    "too large a number": ('{"inputs": [{"name": "temp", "shape": [1], "datatype": "FP64", "data": [1e999]}]}', "out of range"),
    "not an object": ("[]", "body: Expected `object`, got `array`"),
    "no inputs": ({}, "missing required field `inputs`"),
    "empty inputs": ({"inputs": []}, "inputs: is empty: send city, hr, temp"),
    "id of another type": ({**body(), "id": 7}, "Expected `str | null`, got `int` - at `$.id`"),
    "empty id": (body(""), "id: has 0 characters"),
    "long id": (body("x" * 201), "id: has 201 characters: send between 1 and 200"),
    "missing input": (body(temp=None), "temp: is missing: this endpoint takes city (str), hr (int), temp (float)"),
    "unknown input": (
        body(wind=tensor("wind", "FP64", [1.0])),
        "wind: is not an input of this endpoint: it takes city (BYTES), hr (INT64)",
    ),
    "a feature that the server looks up": (body(cnt_yesterday=tensor("cnt_yesterday", "FP64", [1.0])), "and looks the rest up itself"),
    "input sent twice": ({"inputs": [tensor("hr", "INT64", [1]), tensor("hr", "INT64", [1])]}, "hr: is sent twice"),
    "wrong datatype": (body(hr=tensor("hr", "FP64", [1.0])), "hr: has datatype 'FP64', but its type is int: send INT64"),
    "unknown datatype": (body(hr=tensor("hr", "INT3", [1])), "hr: has datatype 'INT3'"),
    "text in numbers": (body(temp=tensor("temp", "FP64", ["warm"])), 'temp: row 0 is "warm", but FP64 holds numbers'),
    "true in numbers": (body(temp=tensor("temp", "FP64", [True])), "temp: row 0 is true, but FP64 holds numbers"),
    "fraction in whole numbers": (body(hr=tensor("hr", "INT64", [1.5])), "hr: row 0 is 1.5, but INT64 holds whole numbers"),
    "beyond the datatype": (
        body(hr=tensor("hr", "INT8", [200])),
        "hr: row 0 is 200, which INT8 cannot hold: send a value from -128 to 127",
    ),
    "beyond FP64": (body(temp=tensor("temp", "FP64", [10**400])), "temp: holds a number that is too large for FP64"),
    "null key": (body(city=tensor("city", "BYTES", [None])), "city: row 0 is null, but the entity's key needs a value"),
    "shape against data": (body(hr=tensor("hr", "INT64", [1, 2], [1])), "hr: has shape [1] and 2 values"),
    "matrix": (body(hr=tensor("hr", "INT64", [[1, 2]], [1, 2])), "hr: row 0 does not hold one value"),
    "uneven rows": (body(rows=2, hr=tensor("hr", "INT64", [1])), "has 1 rows and the inputs before it 2"),
    "no rows": (body(rows=0), "inputs: 0 rows: send between 1 and 100000"),
    "no data": (body(hr={"name": "hr", "shape": [1], "datatype": "INT64"}), "hr: has no data"),
    "binary data": (
        body(hr={"name": "hr", "shape": [1], "datatype": "INT64", "parameters": {"binary_data_size": 8}}),
        "the binary tensor extension is not supported: send the data of 'hr' as JSON",
    ),
    "future": (body(event_time="2030-01-01T00:00:00Z"), "event_time: 2030-01-01T00:00:00Z is in the future"),
    "time without zone": (body(event_time="2011-05-01T00:00:00"), "has no time zone"),
    "no time": (body(event_time="yesterday"), "event_time: 'yesterday' is not a time"),
    "time of another type": (body(event_time=1.5), "event_time: 1.5 is not a time: send ISO 8601"),
    "time in seconds": (body(event_time=1_304_251_200), "event_time: 1304251200 is no time in microseconds since 1970"),
    "time before all times": (body(event_time=-(2**61)), "is no time in microseconds since 1970"),
    "time after all times": (body(event_time=2**61), "is no time in microseconds since 1970"),
    "time before 1970": (body(event_time="1815-12-10T00:00:00Z"), "event_time: 1815-12-10T00:00:00Z is before 1970"),
    "time beyond the year 9999 in UTC": (body(event_time="9999-12-31T23:59:59-09:00"), "is not within the years 1 to 9999"),
    "id with NUL": (body("p\0"), "id: holds a NUL character"),
    "unknown output": ({**body(), "outputs": [{"name": "probability"}]}, "outputs: no output 'probability': this model gives 'prediction'"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_request_is_answered_with_what_which_and_what_next(client: httpx.AsyncClient, tmp_path: Path, name: str) -> None:
    content, text = BAD[name]
    answer = await (client.post(INFER, content=content) if isinstance(content, str) else client.post(INFER, json=content))
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert text in answer.json()["error"]
    assert list(read_log(tmp_path, "bikes")) == []


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("POST", "/v2/models/cars/infer", 404, "no model 'cars': this endpoint serves 'bikes'"),
        ("POST", "/v2/models/bikes/versions/mv_9/infer", 404, "no version 'mv_9': endpoint 'bikes' serves mv_1"),
        ("GET", "/v2/models/bikes/versions/mv_9/ready", 404, "no version 'mv_9'"),
        ("GET", INFER, 405, "POST is"),
        ("POST", "/v2/models/bikes", 405, "GET is"),
        ("GET", "/v2/models/bikes/explain", 404, "this model answers"),
        ("GET", "/", 404, "this endpoint answers /v2"),
        ("POST", "/internal/reload", 401, "this needs the secret of the process"),
        ("GET", "/internal/state", 401, "this needs the secret of the process"),
    ],
)
async def test_a_wrong_address_is_refused(client: httpx.AsyncClient, method: str, path: str, status: int, text: str) -> None:
    answer = await client.request(method, path, json=body() if method == "POST" else None)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert text in answer.json()["error"]


async def test_a_version_in_the_path_is_served_while_it_is_live(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v2/models/bikes/versions/mv_1/infer", json=body())).status_code == 200


async def test_health_and_metadata(client: httpx.AsyncClient) -> None:
    seen = {
        path: (await client.get(path)).json()
        for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/bikes/ready", "/v2/models/bikes")
    }
    assert seen == {
        "/v2/health/live": {"live": True},
        "/v2/health/ready": {"live": True, "ready": True},
        "/v2/models/bikes/ready": {"name": "bikes", "ready": True},
        "/v2/models/bikes": {
            "name": "bikes",
            "versions": ["mv_1"],
            "platform": "onnxruntime_onnx",
            "inputs": [
                {"name": "city", "datatype": "BYTES", "shape": [-1]},
                {"name": "hr", "datatype": "INT64", "shape": [-1]},
                {"name": "temp", "datatype": "FP64", "shape": [-1]},
            ],
            "outputs": [{"name": "prediction", "datatype": "FP64", "shape": [-1]}],
        },
    }
    server = (await client.get("/v2")).json()
    assert (server["name"], server["extensions"]) == ("meguri", [])


async def test_controls_need_the_token(client: httpx.AsyncClient) -> None:
    headers = {"authorization": "Bearer secret"}
    assert (await client.post("/internal/reload", headers=headers)).json()["revision"] == 1
    assert (await client.get("/internal/state", headers=headers)).json()["revision"] == 1
    assert (await client.post("/internal/seal", headers=headers)).json() == {"segment": 1}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:1234"}, 200),
        ({"host": "LOCALHOST"}, 200),
        ({"host": "[::1]:80"}, 200),
        ({"host": "attacker.example"}, 403),
        ({"host": "127.0.0.1.attacker.example:80"}, 403),
        ({"origin": "http://127.0.0.1:9"}, 200),
        ({"origin": "http://127.0.0.1:8321"}, 403),
        ({"origin": "https://attacker.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/v2/health/live"), ("GET", "/metrics"), ("POST", INFER)])
async def test_foreign_pages_are_refused_on_every_route(
    client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = await client.request(method, path, headers=headers, json=body())
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "answered"),
    [
        ("GET", "/v2/health/live", ["none", "wrong", "reader", "client", "process"]),
        ("GET", "/v2/health/ready", ["none", "wrong", "reader", "client", "process"]),
        ("GET", "/v2/models/bikes", ["reader", "client", "process"]),
        ("GET", "/metrics", ["reader", "client", "process"]),
        ("POST", INFER, ["client", "process"]),
        ("POST", "/v2/models/bikes/versions/mv_1/infer", ["client", "process"]),
        ("POST", f"{INFER}/", ["client", "process"]),
        ("POST", f"{INFER}//", ["client", "process"]),
        ("POST", f"{INFER}%2F", ["client", "process"]),
        ("POST", f"http://127.0.0.1:9/{INFER}//", ["client", "process"]),
        ("POST", "/v2/models/bikes/versions/mv_1/infer/", ["client", "process"]),
        ("POST", "http://127.0.0.1:9//v2/models/bikes/versions/mv_1/infer/", ["client", "process"]),
        ("GET", "/v2/models/bikes/", ["reader", "client", "process"]),
        ("GET", "/metrics/", ["reader", "client", "process"]),
        ("POST", "/internal/seal", ["process"]),
        ("GET", "/internal/state", ["process"]),
        ("GET", "/internal/state/", ["process"]),
        ("GET", "http://127.0.0.1:9//internal/state", ["process"]),
    ],
)
async def test_each_route_asks_for_its_scope(gateway: Gateway, method: str, path: str, answered: list[str]) -> None:
    gateway.swap(make_live(spec(), lambda _: linear_model(), load_runner, lambda *_: Memory()))
    callers = CallerCheck(None)
    callers.change(Callers(projects={"bikes": [allowed("reader", predicts=False), allowed("client", predicts=True)]}), "bikes")
    app = InferenceApp(gateway, Guard("127.0.0.1", callers, control="process"), Meter(), Controls(gateway.log))
    tried = {"none": {}, **{name: {"authorization": f"Bearer {name}"} for name in ("wrong", "reader", "client", "process")}}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9") as client:
        found = {
            name: (await client.request(method, path, json=body() if "infer" in path else None, headers=headers)).status_code
            for name, headers in tried.items()
        }
    assert [name for name, status in found.items() if status == 200] == answered
    assert set(found.values()) <= {200, 401}


def allowed(token: str, *, predicts: bool, until: float | None = None) -> AllowedToken:
    return AllowedToken(hashlib.sha256(token.encode()).hexdigest(), until, predicts)


def test_a_token_is_refused_when_it_expires_or_leaves_the_list() -> None:
    now = [100.0]
    check = CallerCheck("the home's token", lambda: now[0], may_be_open=True)
    check.change(Callers(projects={"bikes": [allowed("a", predicts=True, until=200.0)], "taxis": [allowed("b", predicts=True)]}), "bikes")

    def answered() -> list[bool]:
        headers = (b"Bearer a", b"Bearer b", b"Bearer the home's token", b"Basic a", b"", None)
        return [check.allows(header, predicts=True) for header in headers]

    assert answered() == answered() == [True, False, True, False, False, False]
    now[0] = 200.0
    assert answered()[0] is False
    check.change(Callers(projects={"taxis": [allowed("b", predicts=True)]}), "taxis")
    assert answered() == [False, True, True, False, False, False]
    check.change(Callers(is_open=True), "bikes")
    assert answered() == [True] * 6


def test_the_file_is_looked_at_before_a_token_is_refused_but_not_for_each_refusal() -> None:
    now, looks, listed = [100.0], [0], Callers()

    def renew() -> bool:
        looks[0] += 1
        check.change(listed, "bikes")
        return True

    check = CallerCheck("the home's token", lambda: now[0], renew=renew)
    listed = Callers(projects={"bikes": [allowed("new", predicts=True)]})
    assert check.allows(b"Bearer the home's token", predicts=True) and looks == [0]
    assert check.allows(b"Bearer new", predicts=True) and looks == [1]
    listed = Callers(projects={"bikes": [allowed("new", predicts=True), allowed("newer", predicts=True)]})
    assert not any(check.allows(b"Bearer newer", predicts=True) for _ in range(100)) and looks == [1]
    now[0] += 0.06
    assert check.allows(b"Bearer newer", predicts=True) and looks == [2]


async def test_metrics_count_requests_errors_and_predictions(client: httpx.AsyncClient) -> None:
    await client.post(INFER, json=body(rows=3))
    await client.post(INFER, json=body(rows=3))
    await client.post(INFER, json={})
    families = list(text_string_to_metric_families((await client.get("/metrics")).text))
    samples = [each for family in families for each in family.samples]
    found = {(each.name, *(value for _, value in sorted(each.labels.items()))): each.value for each in samples}
    assert {name: value for name, value in found.items() if "seconds" not in name[0] and "bytes" not in name[0]} == {
        ("meguri_requests_total", "bikes"): 3,
        ("meguri_request_errors_total", "bikes", "400"): 1,
        ("meguri_predictions_total", "bikes"): 3,
        ("meguri_predictions_repeated_total", "bikes"): 3,
        ("meguri_feature_lookups_total", "bikes"): 1,
        ("meguri_deployment_info", "dep_1", "bikes", "bikes", "1", "mv_1"): 1,
    }
    assert found["meguri_request_seconds_bucket", "bikes", "+Inf"] == found["meguri_request_seconds_count", "bikes"] == 3
    assert found["meguri_log_bytes_total", "bikes"] > 0


async def test_nothing_live_is_503_with_the_reason(gateway: Gateway) -> None:
    gateway.why_not = "mv_1 answers golden row 0 wrongly"
    app = InferenceApp(gateway, Guard("127.0.0.1", CallerCheck("token"), control="secret"), Meter(), Controls(gateway.log))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9", headers=TOKEN) as client:
        answers = [await client.post(INFER, json=body()), await client.get("/v2/health/ready"), await client.get("/v2/models/bikes/ready")]
    assert [each.status_code for each in answers] == [503, 503, 503]
    assert (answers[0].headers["retry-after"], "mv_1 answers golden row 0 wrongly" in answers[0].json()["error"]) == ("1", True)


async def test_a_body_beyond_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(INFER, content=b" " * (LARGEST_BODY + 1))
    assert (answer.status_code, "larger than 32 MiB" in answer.json()["error"]) == (413, True)


async def test_json_that_is_nested_deeply_is_refused_without_a_traceback(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    nested = b'{"inputs": [{"name": "hr", "shape": [1], "datatype": "INT64", "data": ' + b"[" * 100_000
    answer = await client.post(INFER, content=nested)
    assert (answer.status_code, "nested too deeply" in answer.json()["error"]) == (400, True)
    assert caplog.records == []
