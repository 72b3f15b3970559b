"""Bad requests against a real server and a real endpoint: each is answered with what, which one and what to do next, and changes nothing."""

# ruff: noqa: E501  # a case a line

from __future__ import annotations

import base64
import io
import json
import socket
import tarfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.integration.errors.conftest import END, Json, Office, row_at

INFER = "/v2/models/load/infer"
OFFICE = "/api/v1/projects/office"
PUSH = f"{OFFICE}/sources/meter/push"
LABELS = f"{OFFICE}/endpoints/load/labels"
JSON = {"Content-Type": "application/json"}
Case = tuple[Callable[[Office], httpx.Response], int, list[str]]


def body(**changes: Any) -> Json:  # Any: JSON
    """A good request for inference; a change named as an input changes that tensor, None drops it."""
    tensors = {
        "building": {"shape": [1], "datatype": "BYTES", "data": ["north"]},
        "hour": {"shape": [1], "datatype": "INT64", "data": [9]},
        "temperature": {"shape": [1], "datatype": "FP64", "data": [12.0]},
    }
    made: Json = {"id": "never", "parameters": {"event_time": "2025-03-01T09:00:00Z"}}
    for name, change in changes.items():
        if name in ("id", "parameters", "outputs"):
            made[name] = change
        elif change is None:
            del tensors[name]
        else:
            tensors[name] = {**tensors.get(name, {"shape": [1], "datatype": "FP64", "data": [1.0]}), **change}
    return {**made, "inputs": [{"name": name, **tensor} for name, tensor in tensors.items()]}


def infer(content: object, status: int, *says: str, path: str = INFER, headers: dict[str, str] | None = None) -> Case:
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda office: office.endpoint.post(path, content=sent, headers=headers), status, list(says)


def ask(method: str, path: str, status: int, *says: str, content: object = None, headers: dict[str, str] | None = None) -> Case:
    """`{run}` in the path stands for a live run."""
    sent = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    all_headers = {**JSON, **(headers or {})} if content is not None else headers
    return (
        lambda office: office.api.request(method, path.replace("{run}", office.run), content=sent, headers=all_headers),
        status,
        list(says),
    )


def archive(name: str, kind: bytes = tarfile.REGTYPE) -> str:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as file:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
        file.addfile(entry, io.BytesIO())
    return base64.b64encode(stream.getvalue()).decode()


def bundle(status: int, *says: str, manifest: str = '{"name": "other"}', tar: str | None = None) -> Case:
    content = {"manifest": base64.b64encode(manifest.encode()).decode(), "archive": tar or archive("loop.py")}
    return ask("POST", "/api/v1/projects/other/bundles/apply", status, *says, content=content)


def pushed(change: Json | None = None, without: str = "") -> Json:
    row = {**row_at(END), **(change or {})}
    return {"rows": [{name: value for name, value in row.items() if name != without}]}


def labelled(value: object, id: object = "p1") -> Json:
    return {"labels": [{"prediction_id": id, "value": value}]}


def missing(what: str, path: str, *says: str) -> tuple[str, Case]:
    return f"unknown {what}", ask("GET", f"/api/v1/{path}", 404, *says)


INFERENCE: dict[str, Case] = {
    "bad JSON": infer(b'{"inputs": [', 400, "body: is not JSON", "send null for a missing number"),
    "empty body": infer(b"", 400, "body: is not JSON"),
    "no inputs": infer({}, 400, "missing required field `inputs`", "send {'inputs'"),
    "inputs empty": infer({"inputs": []}, 400, "inputs: is empty: send building, hour, temperature"),
    "wrong datatype": infer(body(hour={"datatype": "FP64", "data": [9.0]}), 400, "hour: has datatype 'FP64'", "send INT64"),
    "unknown datatype": infer(body(hour={"datatype": "INT128"}), 400, "hour: has datatype 'INT128'", "send INT64"),
    "wrong value": infer(body(temperature={"data": ["warm"]}), 400, 'temperature: row 0 is "warm"', "FP64 holds numbers"),
    "wrong shape": infer(body(temperature={"shape": [2]}), 400, "temperature: has shape [2] and 1 values", "send shape [rows]"),
    "rows differ": infer(body(temperature={"shape": [2], "data": [1, 2]}), 400, "temperature: has 2 rows", "as many values for each input"),
    "NaN feature": infer(json.dumps(body()).replace("12.0", "NaN").encode(), 400, "NaN and Infinity are not JSON, send null"),
    "missing input": infer(body(temperature=None), 400, "temperature: is missing", "this endpoint takes building (str), hour (int)"),
    "unknown input": infer(body(humidity={}), 400, "humidity: is not an input of this endpoint", "looks the rest up itself"),
    "no entity": infer(body(building={"data": [None]}), 400, "building: row 0 is null", "the entity's key needs a value"),
    "unknown output": infer(body(outputs=[{"name": "x"}]), 400, "no output 'x'", "this model gives 'prediction'"),
    "unknown model": infer(body(), 404, "no model 'nope'", "this endpoint serves 'load'", path="/v2/models/nope/infer"),
    "unknown version": infer(body(), 404, "no version 'mv_x'", "leave the version out", path="/v2/models/load/versions/mv_x/infer"),
    "unknown path": infer(body(), 404, "no path '/v2/nope'", "this endpoint answers /v2", path="/v2/nope"),
    "future": infer(body(parameters={"event_time": "2999-01-01T00:00:00Z"}), 400, "event_time: 2999-01-01T00:00:00Z is in the future"),
    "no zone": infer(body(parameters={"event_time": "2025-03-01T09:00:00"}), 400, "event_time:", "has no time zone: add Z or an offset"),
    "no time": infer(body(parameters={"event_time": "soon"}), 400, "event_time: 'soon' is not a time", "2011-05-01T00:00:00Z"),
    "long id": infer(body(id="x" * 201), 400, "id: has 201 characters", "or none to get one"),
    "oversized": infer(b" " * (33 << 20), 413, "larger than 32 MiB", "send fewer rows in one request"),
    "foreign origin": infer(body(), 403, "'http://evil.example' is of another origin", headers={"Origin": "http://evil.example"}),
    "foreign host": infer(body(), 403, "'evil.example'", "add yours to allowed_hosts", headers={"Host": "evil.example"}),
    "no token": infer(b"", 401, "this needs the secret of the process", path="/internal/seal"),
    "through the server": ask("POST", "/api/v1/projects/office/endpoints/load/infer", 400, "body: is not JSON", content=b"{"),
}

INTAKE: dict[str, Case] = {
    "missing column": ask("POST", PUSH, 422, "column 'load' is in no row", "null where there is no value", content=pushed(without="load")),
    "unknown column": ask("POST", PUSH, 422, "source 'meter' has no column 'x'", "declare it or leave it out", content=pushed({"x": 1})),
    "NaN": ask("POST", PUSH, 422, "is not JSON", "send null where a value is missing", content=json.dumps(pushed({"load": float("nan")})).encode()),
    "no rows": ask("POST", PUSH, 422, "the push is empty: send at least one row", content={"rows": []}),
    "not rows": ask("POST", PUSH, 422, "Expected `object`, got `int` - at `$.rows[0]`", "/openapi.json", content={"rows": [1]}),
    "content type": ask("POST", PUSH, 422, "'text/csv' is not accepted here: send application/json", content=b"a", headers={"Content-Type": "text/csv"}),
    "unknown project": ask("POST", PUSH.replace("office", "nope"), 404, "no project 'nope': you may see office", content=pushed()),
    "unknown source": ask("POST", PUSH.replace("meter", "nope"), 404, "no source 'nope': project 'office' declares meter", content=pushed()),
    "label NaN": ask("POST", LABELS, 422, "is not JSON", content=json.dumps(labelled(float("nan"))).encode()),
    "label null": ask("POST", LABELS, 422, "labels[0].value", "'p1'", "leave out labels that are not known", content=labelled(None)),
    "label text": ask("POST", LABELS, 422, "labels[0].value: 'NaN' (of prediction 'p1') is not a number", content=labelled("NaN")),
    "label without id": ask("POST", LABELS, 422, "labels[0].prediction_id: '' is no prediction id", content=labelled(1.0, "")),
    "label of unknown endpoint": ask("POST", LABELS.replace("load", "x"), 404, "no endpoint 'x': project 'office' has load", content=labelled(1.0)),
    "advance into the future": ask("POST", "/api/v1/projects/office/watermark", 422, "2999", "is in the future", "send a time that has come", content={"until": "2999-01-01T00:00:00Z"}),
    "advance to no time": ask("POST", "/api/v1/projects/office/watermark", 422, "until: 'soon' is not a time", content={"until": "soon"}),
}  # fmt: skip

UNKNOWN: dict[str, Case] = dict(
    [
        missing("run", "runs/run_x", "no run 'run_x': list runs with `meguri runs`"),
        missing("run's metrics", "runs/run_x/metrics", "no run 'run_x'"),
        missing("artifact", "runs/{run}/artifacts/a", "no artifact 'a'"),
        missing("model of a project", "projects/office/models/nope", "project 'office' has load", "mg.register()"),
        missing("version", "model-versions/mv_x", "no model version 'mv_x': list them with `meguri models NAME`"),
        missing("pipeline run", "pipeline-runs/prun_x", "no pipeline run 'prun_x': list them with `meguri pipelines runs`"),
        missing("endpoint", "projects/office/endpoints/nope", "no endpoint 'nope': project 'office' has load"),
        missing("endpoint's quality", "projects/office/endpoints/nope/quality", "no endpoint 'nope'"),
        missing("drift monitor", "projects/office/endpoints/load/drift?monitor=nope", "no monitor 'nope': endpoint 'load' has none"),
        missing("monitor", "projects/office/monitors/nope", "no monitor 'nope'", "`meguri monitors --project office`"),
        missing("alert", "alerts/nope", "no alert 'nope': list them with `meguri monitors --alerts`"),
        missing("promotion", "promotions/nope", "no promotion 'nope'"),
        missing("snapshot", "snapshots/nope", "no snapshot 'nope'"),
        missing("dataset", "projects/office/datasets/nope", "no dataset 'nope'"),
        missing("project", "projects/nope", "no project 'nope': you may see office"),
        missing("project of a list", "projects/nope/models", "no project 'nope': you may see office", "`meguri apply FOLDER`"),
        missing("project to wait for", "projects/nope/watermark?wait=0", "no project 'nope'"),
        missing("prediction", "projects/office/endpoints/load/predictions/nope", "no prediction 'nope': an id is what the request carried"),
        missing("label's endpoint", "projects/office/endpoints/nope/labels/p1", "no endpoint 'nope'"),
        missing("node", "lineage/model_version/mv_x", "no model version 'mv_x': it has no lineage"),
        missing("feature service", "projects/office/features/lookup?service=nope&entity=x", "no feature service 'nope': the project declares inputs"),
        missing("route", "nope", "no route 'GET /api/v1/nope': see /openapi.json"),
        ("unknown pipeline", ask("POST", "/api/v1/projects/office/pipelines/nope/runs", 404, "the project declares retrain", content={})),
        ("unknown trigger", ask("POST", "/api/v1/projects/office/triggers/nope/fire", 404, "declares lost-accuracy", content={})),
        ("unknown job", ask("POST", "/api/v1/jobs/nope/cancel", 404, "no job 'nope'", content={})),
        ("unknown version to deploy", ask("POST", "/api/v1/projects/office/endpoints/load/deployments", 404, "no model version 'mv_x'", content={"version": "mv_x"})),
        ("unknown version for an alias", ask("PUT", "/api/v1/projects/office/models/load/aliases/champion", 404, "'mv_x'", content={"version": "mv_x"})),
        ("nothing to roll back to", ask("POST", "/api/v1/projects/office/endpoints/load/rollback", 409, "no former deployment", content={})),
    ]
)  # fmt: skip

ASKED: dict[str, Case] = {
    "unknown query parameter": ask("GET", "/api/v1/projects/office/runs?colour=red", 422, "colour: is not a query parameter", "known are cursor"),
    "query of another type": ask("GET", "/api/v1/projects/office/runs?limit=many", 422, "limit: 'many' is not a whole number"),
    "limit too small": ask("GET", "/api/v1/projects/office/runs?limit=-1", 422, "limit: -1 is too small: ask for 1 to 1000"),
    "limit of the history": ask("GET", "/api/v1/projects/office/events?limit=0", 422, "limit: 0 is too small: ask for 1 to 1000"),
    "limit of jobs": ask("GET", "/api/v1/projects/office/jobs?limit=-1", 422, "limit: -1 is too small: ask for 1 to 1000"),
    "limit of promotions": ask("GET", "/api/v1/projects/office/promotions?limit=-1", 422, "limit: -1 is too small: ask for 1 to 1000"),
    "limit of bake periods": ask("GET", "/api/v1/projects/office/bake-periods?limit=-1", 422, "limit: -1 is too small: ask for 1 to 1000"),
    "kind of artifact": ask("PUT", "/api/v1/runs/{run}/artifacts/a.txt?kind=" + "k" * 33, 422, "kind: 'kkk", "at most 32 characters"),
    "writer of lines": ask("POST", "/api/v1/runs/{run}/logs", 422, "writer: 'www", "at most 64 characters", content={"lines": ["a"], "writer": "w" * 65, "first": 0}),
    "foreign cursor": ask("GET", "/api/v1/projects/office/runs?cursor=x", 422, "cursor: 'x' was not given by this list: begin without one"),
    "unknown status": ask("GET", "/api/v1/projects/office/runs?status=x", 422, "status: 'x' is not known: ask for running, finished"),
    "unknown order": ask("GET", "/api/v1/projects/office/runs?sort=x", 422, "sort: 'x' is not known: sort by started_at"),
    "unknown direction": ask("GET", "/api/v1/lineage/run/{run}?direction=left", 422, "ask for up, down or both"),
    "pipeline parameter": ask("POST", "/api/v1/projects/office/pipelines/retrain/runs", 422, "depth: pipeline 'retrain' has no such parameter", content={"parameters": {"depth": 3}}),
    "pipeline in the future": ask("POST", "/api/v1/projects/office/pipelines/retrain/runs", 422, "until:", "has not come yet", "advance the watermark", content={"until": "2026-01-01T00:00:00Z"}),
    "metric value": ask("POST", "/api/v1/runs/{run}/points", 422, "value: 'high' is not a number", '"NaN"', content={"points": [["loss", 1, "high", 1]]}),
    "raw NaN metric": ask("POST", "/api/v1/runs/{run}/points", 422, "is not JSON", content=b'{"points": [["loss", 1, NaN, 1]]}'),
    "huge metric key": ask("POST", "/api/v1/runs/{run}/points", 422, "cannot name a metric", "1 to 250 characters", content={"points": [["k" * 5000, 1, 1.0, 1]]}),
    "metric step": ask("POST", "/api/v1/runs/{run}/points", 422, "step", "of 'loss' is out of bounds", content={"points": [["loss", 10**30, 1.0, 1]]}),
    "run in no project": ask("POST", "/api/v1/projects/a%20b/runs", 422, "project: 'a b' cannot name a project", content={}),
    "run status": ask("PATCH", "/api/v1/runs/{run}", 422, "Invalid enum value 'done'", content={"status": "done"}),
    "artifact in disguise": ask("PUT", "/api/v1/runs/{run}/artifacts/%2e%2e%2fx", 422, "'../x' cannot name an artifact: write a relative path"),
    "artifact from the root": ask("PUT", "/api/v1/runs/{run}/artifacts//etc/passwd", 422, "'/etc/passwd' cannot name an artifact"),
    "archive that climbs": bundle(422, "archive: holds '../evil.py'", "pack it with `meguri apply`", tar=archive("../evil.py")),
    "archive from the root": bundle(422, "archive: holds '/evil.py'", tar=archive("/evil.py")),
    "archive with a link": bundle(422, "archive: holds 'l'", "not a plain file", tar=archive("l", tarfile.SYMTYPE)),
    "no archive": bundle(422, "archive: is not a tar archive", tar=base64.b64encode(b"junk" * 200).decode()),
    "no manifest": bundle(422, "manifest:", "missing required field `name`", manifest="{}"),
    "manifest with a path as name": bundle(422, "project: '../x' is no name for it", manifest='{"name": "../x"}'),
    "manifest with a path as endpoint": bundle(422, "endpoints: '../x' is no name for it", manifest='{"name": "a", "endpoints": [{"name": "../x", "model": "m", "features": "f"}]}'),
    "manifest of another project": bundle(422, "manifest: is of project 'a': send it to that one", manifest='{"name": "a"}'),
    "manifest that is not complete": bundle(404, "no feature service 'f': the project declares none", manifest='{"name": "a", "endpoints": [{"name": "e", "model": "m", "features": "f"}]}'),
    "wrong token": ask("GET", "/api/v1/projects/office/runs", 401, "the token or session is unknown, has expired or was revoked", "`meguri tokens create`", headers={"Authorization": "Bearer nope"}),
    "no token": ask("GET", "/api/v1/projects/office/runs", 401, "no token came with the request", headers={"Authorization": ""}),
    "foreign origin": ask("GET", "/api/v1/projects/office/runs", 403, "'http://evil.example' is of another origin", headers={"Origin": "http://evil.example"}),
    "foreign host": ask("GET", "/api/v1/projects/office/runs", 403, "'evil.example'", "add yours to allowed_hosts", headers={"Host": "evil.example"}),
}  # fmt: skip

CASES = {
    f"{part}: {name}": case
    for part, cases in (("inference", INFERENCE), ("intake", INTAKE), ("unknown", UNKNOWN), ("asked", ASKED))
    for name, case in cases.items()
}


@pytest.mark.parametrize(("send", "status", "says"), CASES.values(), ids=CASES)
def test_a_bad_request_says_what_which_and_what_next_and_changes_nothing(
    office: Office, send: Callable[[Office], httpx.Response], status: int, says: list[str]
) -> None:
    before = office.census()
    answer = send(office)
    problem = answer.json()
    text = problem["error"] if "error" in problem else problem["detail"]
    assert (answer.status_code, [words for words in says if words not in text]) == (status, []), text
    assert "Traceback" not in text and "\n" not in text
    assert office.census() == before


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(office: Office) -> None:
    host, _, port = office.server.url.removeprefix("http://").partition(":")
    head = f"POST {LABELS} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {office.server.token}\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {10**12}\r\n\r\n".encode())
        answer = ""
        while "}" not in answer and (part := connection.recv(65_536)):
            answer += part.decode()
    assert answer.startswith("HTTP/1.1 413") and "MiB: send it in parts" in answer
