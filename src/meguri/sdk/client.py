"""A client of the REST API: plain JSON in and out, our own errors."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from meguri.core import errors
from meguri.core.errors import Invalid, MeguriError, Unavailable
from meguri.core.times import iso
from meguri.sdk.transport import Connection, Target

Json = Any
"""Whatever JSON can hold."""

_KINDS: dict[str, type[MeguriError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, MeguriError)
}
_PIECE = 1 << 20


def connect(url: str | None = None, token: str | None = None, home: str | os.PathLike[str] | None = None) -> Client:
    """A client of the server at `url` (or MEGURI_URL), else of the owner of `home` (or MEGURI_HOME, else `.meguri`); where that home
    has none, this process becomes it until the client is closed. Raises Unavailable, HomeInUse."""
    return Client(Connection(Target.read(url=url, token=token, home=home)))


class Client:
    """Requests to the REST API. Every method raises the error that the server raised; safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.projects = Projects(self, "projects")
        self.experiments = Resource(self, "experiments")
        self.runs = Runs(self, "runs")
        self.datasets = Resource(self, "datasets")
        self.sources = Sources(self, "sources")
        self.pipelines = Pipelines(self, "pipelines")
        self.pipeline_runs = Resource(self, "pipeline-runs")
        self.models = Models(self, "models")
        self.model_versions = Resource(self, "model-versions")
        self.endpoints = Endpoints(self, "endpoints")
        self.monitors = Resource(self, "monitors")
        self.alerts = Resource(self, "alerts")
        self.promotions = Resource(self, "promotions")
        self.triggers = Resource(self, "triggers")
        self.lineage = Lineage(self)
        self.labels = Labels(self)

    def get(self, path: str, **query: Any) -> Json:  # Any: text, numbers, booleans, times; None is left out
        """The answer to a GET."""
        return _content(self.send("GET", path, query=query))

    def post(self, path: str, body: Json = None, **query: Any) -> Json:  # Any: as above
        return _content(self.send("POST", path, body=body, query=query))

    def put(self, path: str, body: Json = None, **query: Any) -> Json:  # Any: as above
        return _content(self.send("PUT", path, body=body, query=query))

    def patch(self, path: str, body: Json = None, **query: Any) -> Json:  # Any: as above
        return _content(self.send("PATCH", path, body=body, query=query))

    def delete(self, path: str, **query: Any) -> Json:  # Any: as above
        return _content(self.send("DELETE", path, query=query))

    def send(self, method: str, path: str, *, body: Json = None, query: Mapping[str, Any] | None = None) -> httpx.Response:  # Any: as above
        """One request with a JSON body. A GET is tried twice where the connection breaks off."""
        content = b"" if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        for attempt in (1, 2):
            try:
                return checked(self.connection.send(method, path, content=content, query=_query(query or {}), headers=headers))
            except Unavailable:
                if method != "GET" or attempt == 2:
                    raise
        raise AssertionError  # the loop returns or raises

    def upload(self, path: str, file: Path, **query: Any) -> Json:  # Any: as above
        """PUT a file, in pieces."""
        with file.open("rb") as stream:
            pieces = iter(lambda: stream.read(_PIECE), b"")
            headers = {"Content-Length": str(os.fstat(stream.fileno()).st_size), "Content-Type": "application/octet-stream"}
            return _content(checked(self.connection.send("PUT", path, content=pieces, query=_query(query), headers=headers)))

    def download(self, path: str, file: Path) -> int:
        """GET into a file, in pieces; gives its size. The file is there only when all of it is."""
        part = file.with_name(file.name + ".part")
        answer = self.connection.send("GET", path, stream=True)
        try:
            if not answer.is_success:
                answer.read()
                checked(answer)
            with part.open("wb") as stream:
                for piece in answer.iter_bytes(_PIECE):
                    stream.write(piece)
        except httpx.TransportError as error:
            raise Unavailable("server", f"broke off while sending {path} ({error})") from error
        finally:
            answer.close()
        size = part.stat().st_size
        part.rename(file)
        return size

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Resource:
    """What every kind of thing has: a list, and one by its name or id."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._path = client, f"/api/v1/{name}"

    def list(self, **query: Any) -> list[dict[str, Any]]:  # Any: JSON
        """One page; `limit` and the filters of the list as keywords."""
        items: list[dict[str, Any]] = self._client.get(self._path, **query)["items"]
        return items

    def all(self, **query: Any) -> Iterator[dict[str, Any]]:  # Any: JSON
        """Every page."""
        cursor = None
        while True:
            page = self._client.get(self._path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get(self, name: str, **query: Any) -> dict[str, Any]:  # Any: JSON
        found: dict[str, Any] = self._client.get(self._at(name), **query)
        return found

    def _at(self, name: str, *more: str) -> str:
        return "/".join([self._path, *(quote(part, safe="/") for part in (name, *more))])


class Projects(Resource):
    """Projects and their event time."""

    def advance_watermark(self, project: str, until: datetime, *, timeout_seconds: float = 600.0) -> dict[str, Any]:  # Any: JSON
        """Move the project to an event time and wait until all that follows from it is done. Raises Unavailable after the timeout."""
        self._client.post(self._at(project, "watermark"), {"until": iso(until)})
        deadline = time.monotonic() + timeout_seconds
        while True:
            state: dict[str, Any] = self._client.get(self._at(project, "watermark"), until=until, wait=20.0)
            if state["reached"]:
                return state
            if time.monotonic() > deadline:
                raise Unavailable("watermark", f"project {project} did not reach {iso(until)} within {timeout_seconds:g} s: {state}")


class Runs(Resource):
    """Runs, their series and files."""

    def series(self, run: str, key: str, buckets: int = 500) -> dict[str, Any]:  # Any: JSON
        """A metric as a chart shows it: columns."""
        found: dict[str, Any] = self._client.get(self._at(run, "series"), key=key, buckets=buckets)
        return found

    def history(self, run: str, key: str) -> Iterator[tuple[str, int, float | str, int]]:
        """All points of a metric: (key, step, value, microseconds since 1970); NaN and infinities as text."""
        after = 0
        while after is not None:
            page = self._client.get(self._at(run, "history"), key=key, after=after)
            yield from (tuple(point) for point in page["points"])
            after = page["next"]

    def upload(self, run: str, name: str, file: Path, kind: str = "file") -> dict[str, Any]:  # Any: JSON
        """Save a file as an artifact."""
        saved: dict[str, Any] = self._client.upload(self._at(run, "artifacts", name), file, kind=kind)
        return saved

    def download(self, run: str, folder: Path, name: str | None = None) -> list[Path]:
        """One artifact, or all, into a folder under their names; raises Invalid for a name that would leave it."""
        artifacts = self._client.get(self._at(run, "artifacts"))["items"]
        names = [name] if name is not None else [artifact["name"] for artifact in artifacts]
        paths = []
        for each in names:
            path = folder / each
            if not path.resolve().is_relative_to(folder.resolve()):
                raise Invalid("artifact", f"{each!r} would be written outside of {folder}")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._client.download(self._at(run, "artifacts", each), path)
            paths.append(path)
        return paths


class Sources(Resource):
    def push(self, source: str, rows: Sequence[Mapping[str, Any]], *, project: str) -> dict[str, Any]:  # Any: JSON
        """Send events; what was quarantined is named in the answer."""
        answer: dict[str, Any] = self._client.post(self._at(source, "push"), {"rows": list(rows)}, project=project)
        return answer


class Pipelines(Resource):
    def start(self, pipeline: str, parameters: Mapping[str, Any] | None = None, *, project: str) -> dict[str, Any]:  # Any: JSON
        answer: dict[str, Any] = self._client.post(self._at(pipeline, "runs"), {"parameters": dict(parameters or {})}, project=project)
        return answer


class Models(Resource):
    def move_alias(self, model: str, alias: str, version: str, *, project: str) -> dict[str, Any]:  # Any: JSON
        answer: dict[str, Any] = self._client.put(self._at(model, "aliases", alias), {"version": version}, project=project)
        return answer


class Endpoints(Resource):
    def deploy(self, endpoint: str, version: str, *, project: str) -> dict[str, Any]:  # Any: JSON
        answer: dict[str, Any] = self._client.post(self._at(endpoint, "deployments"), {"version": version}, project=project)
        return answer

    def predict(
        self,
        endpoint: str,
        inputs: Mapping[str, str | int | float | bool | None],
        *,
        id: str | None = None,
        at: datetime | str | None = None,
    ) -> float:
        """The prediction for one row: the entity's key and the request columns, by name. `id` names it for its label; `at` is the time of
        the event, by default now. Goes through the server; a service calls the endpoint's own address, which needs no server."""
        tensors = [{"name": name, "shape": [1], "datatype": _datatype(value), "data": [value]} for name, value in inputs.items()]
        event_time = {"event_time": iso(at) if isinstance(at, datetime) else at} if at is not None else {}
        body = {"inputs": tensors, "parameters": event_time, **({"id": id} if id is not None else {})}
        answer = self._client.post(self._at(endpoint, "infer"), body)
        return float(answer["outputs"][0]["data"][0])


class Lineage:
    def __init__(self, client: Client) -> None:
        self._client = client

    def walk(self, kind: str, id: str, direction: str = "both", depth: int = 16) -> dict[str, Any]:  # Any: JSON
        """Nodes and edges around a thing; `direction`: up, down or both."""
        found: dict[str, Any] = self._client.get(
            f"/api/v1/lineage/{quote(kind, safe='')}/{quote(id, safe='/')}", direction=direction, depth=depth
        )
        return found


class Labels:
    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, endpoint: str, labels: Sequence[Mapping[str, Any]], **query: Any) -> dict[str, Any]:  # Any: JSON
        """True values of predictions: `[{"prediction_id", "value", "at"?}]`."""
        answer: dict[str, Any] = self._client.post("/api/v1/labels", {"endpoint": endpoint, "labels": list(labels)}, **query)
        return answer


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a good one; else raises the error that it tells of."""
    if answer.is_success:
        return answer
    try:
        problem = msgspec.json.decode(answer.content, type=dict[str, Any])  # Any: JSON
    except msgspec.DecodeError:
        problem = {}
    kind = _KINDS.get(str(problem.get("code")), MeguriError)
    text = str(
        problem.get("detail")
        or problem.get("error")
        or f"{answer.request.method} {answer.request.url.path} was answered with {answer.status_code}"
    )
    if kind is MeguriError and answer.status_code >= 500:
        raise Unavailable("server", text)
    error = kind.__new__(kind)
    fields = {name: value for name, value in problem.items() if name not in ("type", "title", "status", "detail", "code", "message")}
    MeguriError.__init__(error, text, **fields)
    raise error


def _datatype(value: object) -> str:
    """As the Open Inference Protocol calls the type of a value."""
    return {bool: "BOOL", int: "INT64", str: "BYTES"}.get(type(value), "FP64")


def _content(answer: httpx.Response) -> Json:
    return msgspec.json.decode(answer.content) if answer.content else None


def _query(values: Mapping[str, Any]) -> dict[str, Any]:  # Any: as httpx takes them
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items() if value is not None}
