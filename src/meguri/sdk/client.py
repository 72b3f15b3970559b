"""A client of the REST API: plain JSON in and out, and errors of `meguri.core.errors`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from meguri.core import errors
from meguri.core.errors import MeguriError, Unauthenticated, Unavailable
from meguri.core.json import Json
from meguri.core.times import iso
from meguri.sdk.resources import Alerts, Lineage, Named, PipelineRuns, ProjectClient, Resource, Runs
from meguri.sdk.transport import Connection, Target

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
        token: An API token; by default MEGURI_TOKEN, else the token in the home directory, which only the server of that home gets.
        home: The home directory; by default MEGURI_HOME, else `.meguri`. It takes precedence over MEGURI_URL.

    Returns:
        A client. Close it, or use it as a context manager.

    Raises:
        HomeInUse: Another process owns the home directory and does not listen.
        Unsupported: No server is running, and the installation has none to run.

    Example:
        with mg.connect() as client:
            for project in client.projects.all():
                print(project["name"], len(client.project(project["name"]).runs.list()))
    """
    return Client(Connection(Target.read(url=url, token=token, home=home)))


class Client:
    """Sends requests to the REST API: plain JSON in and out. `connect` makes it; it may be used from several threads.

    `client.project(NAME)` has everything that is addressed by its name within a project: endpoints, models, sources and so on. What has an
    id of its own is reached without a project: `runs`, `snapshots`, `model_versions`, `pipeline_runs`, `promotions`, `alerts`, `jobs` and
    `lineage`; `projects` lists the projects. Everything else in the routes of docs/reference/routes.md is reached by `get`, `post`, `put`,
    `patch` and `delete` with a path.

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
        self.projects = Resource(self, "/api/v1/projects")
        self.runs = Runs(self, "/api/v1/runs")
        self.snapshots = Named(self, "/api/v1/snapshots")
        self.model_versions = Named(self, "/api/v1/model-versions")
        self.pipeline_runs = PipelineRuns(self, "/api/v1/pipeline-runs")
        self.promotions = Named(self, "/api/v1/promotions")
        self.alerts = Alerts(self, "/api/v1/alerts")
        self.jobs = Named(self, "/api/v1/jobs")
        self.lineage = Lineage(self, "/api/v1/lineage")

    def project(self, name: str) -> ProjectClient:
        """Return the requests about one project. None is sent yet: whether the project exists shows with the first request."""
        return ProjectClient(self, name)

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


def checked(answer: httpx.Response) -> httpx.Response:
    """Return a successful answer; raise the error that any other answer describes."""
    if answer.is_success:
        return answer
    try:
        problem = msgspec.json.decode(answer.content, type=dict[str, Any])  # Any: JSON
    except msgspec.DecodeError:
        problem = {}
    if answer.status_code == 401 and "Authorization" not in answer.request.headers:
        address = answer.request.url.copy_with(path="/", query=None)
        raise Unauthenticated(
            f"no token was sent to {address}: set MEGURI_TOKEN (the token in a home is sent to the server of that home alone)"
        )
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


def _content(answer: httpx.Response) -> Json:
    return msgspec.json.decode(answer.content) if answer.content else None


def _query(values: Mapping[str, Any]) -> dict[str, Any]:  # Any: as httpx takes them
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items() if value is not None}
