"""A client of the REST API: plain JSON in and out, and errors of `meguri.core.errors`."""

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
    """Connect to a server, or run one inside this process.

    Without `url`, the client connects to the server that owns the home directory; if none is running, this process becomes the owner until
    the client is closed (this needs `pip install 'meguri[server]'`). No request is sent to a `url` yet: the first one raises
    Unavailable where no server answers.

    Args:
        url: The address of a server; by default MEGURI_URL.
        token: An API token; by default MEGURI_TOKEN, else the token in the home directory.
        home: The home directory; by default MEGURI_HOME, else `.meguri`. It takes precedence over MEGURI_URL.

    Returns:
        A client. Close it, or use it as a context manager.

    Raises:
        HomeInUse: Another process owns the home directory and does not listen.
        Unsupported: No server is running, and the installation has none to run.

    Example:
        with mg.connect() as client:
            for run in client.runs.all(project="demo"):
                print(run["name"], run["status"])
    """
    return Client(Connection(Target.read(url=url, token=token, home=home)))


class Client:
    """Sends requests to the REST API: plain JSON in and out. `connect` makes it; it may be used from several threads.

    Its attributes group the requests: `projects`, `experiments`, `runs`, `datasets`, `sources`, `pipelines`, `pipeline_runs`, `models`,
    `model_versions`, `endpoints`, `monitors`, `alerts`, `promotions`, `triggers`, `lineage` and `labels`. Everything else in the routes of
    docs/reference/routes.md is reached by `get`, `post`, `put`, `patch` and `delete` with a path.

    Args:
        connection: Where the requests go.

    Raises:
        MeguriError: From every method: the error that the server answered with (docs/reference/errors.md), `Unavailable` where it does
            not answer.

    Example:
        with mg.connect() as client:
            for project in client.projects.list():
                print(project["name"])
            print(client.get("/health")["version"])
    """

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
        """Return the answer to a GET: decoded JSON. `query` becomes the query of the address, without values that are None."""
        return _content(self.send("GET", path, query=query))

    def post(self, path: str, body: Json = None, **query: Any) -> Json:  # Any: as above
        """Return the answer to a POST of `body` as JSON."""
        return _content(self.send("POST", path, body=body, query=query))

    def put(self, path: str, body: Json = None, **query: Any) -> Json:  # Any: as above
        """Return the answer to a PUT of `body` as JSON."""
        return _content(self.send("PUT", path, body=body, query=query))

    def patch(self, path: str, body: Json = None, **query: Any) -> Json:  # Any: as above
        """Return the answer to a PATCH of `body` as JSON."""
        return _content(self.send("PATCH", path, body=body, query=query))

    def delete(self, path: str, **query: Any) -> Json:  # Any: as above
        """Return the answer to a DELETE; None where it has no content."""
        return _content(self.send("DELETE", path, query=query))

    def send(self, method: str, path: str, *, body: Json = None, query: Mapping[str, Any] | None = None) -> httpx.Response:  # Any: as above
        """Send one request with a JSON body and return the whole answer. A GET is sent a second time where the connection breaks off."""
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
        """Send a file as the body of a PUT, in pieces of 1 MiB, and return the answer."""
        with file.open("rb") as stream:
            pieces = iter(lambda: stream.read(_PIECE), b"")
            headers = {"Content-Length": str(os.fstat(stream.fileno()).st_size), "Content-Type": "application/octet-stream"}
            return _content(checked(self.connection.send("PUT", path, content=pieces, query=_query(query), headers=headers)))

    def download(self, path: str, file: Path) -> int:
        """Save the answer to a GET as `file` and return its size in bytes. The file exists only once it is complete."""
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

    def sign_in_address(self, user: str | None = None) -> str:
        """The address of the pages with a code that signs a browser in once, within ten minutes.

        Args:
            user: Whom it signs in; the caller's own user if none is given.

        Raises:
            Forbidden: The caller does not administer the installation.
        """
        name = user or self.get("/api/v1/me")["principal"]["user"]
        return f"{self.connection.url.rstrip('/')}/#login={self.post('/api/v1/login-codes', {'user': name})['code']}"

    def close(self) -> None:
        """Close the connections; where the server runs in this process, stop it."""
        self.connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Resource:
    """What every group of requests has: a list, and one item by its name or id."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._path = client, f"/api/v1/{name}"

    def list(self, **query: Any) -> list[dict[str, Any]]:  # Any: JSON
        """Return one page of the list. `query`: `limit`, `cursor` and the filters that docs/reference/routes.md and /openapi.json name."""
        items: list[dict[str, Any]] = self._client.get(self._path, **query)["items"]
        return items

    def all(self, **query: Any) -> Iterator[dict[str, Any]]:  # Any: JSON
        """Yield every item of the list, page by page. `query`: the filters of the list."""
        cursor = None
        while True:
            page = self._client.get(self._path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get(self, name: str, **query: Any) -> dict[str, Any]:  # Any: JSON
        """Return one item by its name or id. Raises NotFound."""
        found: dict[str, Any] = self._client.get(self._at(name), **query)
        return found

    def _at(self, name: str, *more: str) -> str:
        return "/".join([self._path, *(quote(part, safe="/") for part in (name, *more))])


class Projects(Resource):
    """Projects and their event time."""

    def advance_watermark(self, project: str, until: datetime, *, timeout_seconds: float = 600.0) -> dict[str, Any]:  # Any: JSON
        """Advance the watermark to an event time and wait until everything that follows from it (checks, retraining, deployments) is done.

        Returns the state of the watermark. Raises Unavailable after the timeout; the work goes on then.
        """
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
        """Return a metric for a chart, as columns: at most `buckets` buckets with the least, the greatest and the last value of each."""
        found: dict[str, Any] = self._client.get(self._at(run, "series"), key=key, buckets=buckets)
        return found

    def history(self, run: str, key: str) -> Iterator[tuple[str, int, float | str, int]]:
        """Yield all points of a metric: (key, step, value, microseconds since 1970). NaN and infinities are text (`"NaN"`)."""
        after = 0
        while after is not None:
            page = self._client.get(self._at(run, "history"), key=key, after=after)
            yield from (tuple(point) for point in page["points"])
            after = page["next"]

    def upload(self, run: str, name: str, file: Path, kind: str = "file") -> dict[str, Any]:  # Any: JSON
        """Upload a file as an artifact of a run and return its description."""
        saved: dict[str, Any] = self._client.upload(self._at(run, "artifacts", name), file, kind=kind)
        return saved

    def download(self, run: str, folder: Path, name: str | None = None) -> list[Path]:
        """Save one artifact, or all of a run, in a folder and return the paths. Raises Invalid for a name that leads out of the folder."""
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
        """Push rows to a source. Returns how many were accepted, and which were quarantined with their reasons."""
        answer: dict[str, Any] = self._client.post(self._at(source, "push"), {"rows": list(rows)}, project=project)
        return answer


class Pipelines(Resource):
    def start(self, pipeline: str, parameters: Mapping[str, Any] | None = None, *, project: str) -> dict[str, Any]:  # Any: JSON
        """Start a pipeline run and return it without waiting for its end."""
        answer: dict[str, Any] = self._client.post(self._at(pipeline, "runs"), {"parameters": dict(parameters or {})}, project=project)
        return answer


class Models(Resource):
    def move_alias(self, model: str, alias: str, version: str, *, project: str) -> dict[str, Any]:  # Any: JSON
        """Give an alias to a version (its id) and return the version. `champion` is deployed on the endpoints of the model."""
        answer: dict[str, Any] = self._client.put(self._at(model, "aliases", alias), {"version": version}, project=project)
        return answer


class Endpoints(Resource):
    def deploy(self, endpoint: str, version: str, *, project: str) -> dict[str, Any]:  # Any: JSON
        """Deploy a model version (its id) on an endpoint and return the deployment without waiting until it is live."""
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
        """Return the prediction for one row: the entity's key and the request columns, by name.

        `id` identifies the prediction when its label is sent; `at` is the event time, by default now. The request goes through the server;
        an application calls the endpoint's own address, which works without the server.
        """
        tensors = [{"name": name, "shape": [1], "datatype": _datatype(value), "data": [value]} for name, value in inputs.items()]
        event_time = {"event_time": iso(at) if isinstance(at, datetime) else at} if at is not None else {}
        body = {"inputs": tensors, "parameters": event_time, **({"id": id} if id is not None else {})}
        answer = self._client.post(self._at(endpoint, "infer"), body)
        return float(answer["outputs"][0]["data"][0])


class Lineage:
    def __init__(self, client: Client) -> None:
        self._client = client

    def walk(self, kind: str, id: str, direction: str = "both", depth: int = 16) -> dict[str, Any]:  # Any: JSON
        """Return the nodes and edges around one node. `direction`: `"up"` (where it comes from), `"down"` (what came of it) or `"both"`."""
        found: dict[str, Any] = self._client.get(
            f"/api/v1/lineage/{quote(kind, safe='')}/{quote(id, safe='/')}", direction=direction, depth=depth
        )
        return found


class Labels:
    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, endpoint: str, labels: Sequence[Mapping[str, Any]], **query: Any) -> dict[str, Any]:  # Any: JSON
        """Send labels of predictions: `[{"prediction_id": ..., "value": ..., "at": ...}]`. `at`, when the value was known, is optional."""
        answer: dict[str, Any] = self._client.post("/api/v1/labels", {"endpoint": endpoint, "labels": list(labels)}, **query)
        return answer


def checked(answer: httpx.Response) -> httpx.Response:
    """Return a successful answer; raise the error that any other answer describes."""
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
    """Return the name of a value's type in the Open Inference Protocol."""
    return {bool: "BOOL", int: "INT64", str: "BYTES"}.get(type(value), "FP64")


def _content(answer: httpx.Response) -> Json:
    return msgspec.json.decode(answer.content) if answer.content else None


def _query(values: Mapping[str, Any]) -> dict[str, Any]:  # Any: as httpx takes them
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items() if value is not None}
