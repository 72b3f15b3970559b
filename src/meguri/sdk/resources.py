"""Groups of requests to the REST API: what has an id of its own, and what is addressed by its name within a project."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from meguri.core.errors import Invalid, Unavailable
from meguri.core.json import Json, JsonObject
from meguri.core.times import iso

Value = str | int | float | bool | None


class Requests(Protocol):
    """How a group sends its requests: `meguri.sdk.client.Client`."""

    def get(self, path: str, **query: Any) -> Json: ...  # Any: text, numbers, booleans, times; None is left out

    def post(self, path: str, body: Json = None, **query: Any) -> Json: ...  # Any: as above

    def put(self, path: str, body: Json = None, **query: Any) -> Json: ...  # Any: as above

    def upload(self, path: str, file: Path, **query: Any) -> Json: ...  # Any: as above

    def download(self, path: str, file: Path) -> int: ...


class Group:
    """Requests below one path."""

    def __init__(self, requests: Requests, path: str) -> None:
        self._requests, self._path = requests, path

    def _at(self, *parts: str) -> str:
        return "/".join([self._path, *(quote(part, safe="/") for part in parts)])


class Named(Group):
    """What has an id of its own, or a name within a project."""

    def get(self, name: str, **query: Any) -> JsonObject:  # Any: as above
        """Return one item by its id, or by its name within the project. Raises NotFound."""
        found: JsonObject = self._requests.get(self._at(name), **query)
        return found


class Listed(Group):
    """What a project has a list of."""

    def list(self, **query: Any) -> list[JsonObject]:  # Any: as above
        """Return one page of the list. `query`: `limit`, `cursor` and the filters that docs/reference/routes.md and /openapi.json name."""
        items: list[JsonObject] = self._requests.get(self._path, **query)["items"]
        return items

    def all(self, **query: Any) -> Iterator[JsonObject]:  # Any: as above
        """Yield every item of the list, page by page. `query`: the filters of the list."""
        cursor = None
        while True:
            page = self._requests.get(self._path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return


class Resource(Listed, Named):
    """What a project has a list of, each with a name."""


class Runs(Named):
    """Runs by their ids: their series and files."""

    def series(self, run: str, key: str, buckets: int = 500) -> JsonObject:
        """Return a metric for a chart, as columns: at most `buckets` buckets with the least, the greatest and the last value of each."""
        found: JsonObject = self._requests.get(self._at(run, "series"), key=key, buckets=buckets)
        return found

    def history(self, run: str, key: str) -> Iterator[tuple[str, int, float | str, int]]:
        """Yield all points of a metric: (key, step, value, microseconds since 1970). NaN and infinities are text (`"NaN"`)."""
        after = 0
        while after is not None:
            page = self._requests.get(self._at(run, "history"), key=key, after=after)
            yield from (tuple(point) for point in page["points"])
            after = page["next"]

    def artifacts(self, run: str) -> Iterator[JsonObject]:
        """Yield the artifacts of a run by name."""
        yield from Listed(self._requests, self._at(run, "artifacts")).all()

    def upload(self, run: str, name: str, file: Path, kind: str = "file") -> JsonObject:
        """Upload a file as an artifact of a run and return its description."""
        saved: JsonObject = self._requests.upload(self._at(run, "artifacts", name), file, kind=kind)
        return saved

    def download(self, run: str, folder: Path, name: str | None = None) -> list[Path]:
        """Save one artifact, or all of a run, in a folder and return the paths. Raises Invalid for a name that leads out of the folder."""
        names = [name] if name is not None else [artifact["name"] for artifact in self.artifacts(run)]
        paths = []
        for each in names:
            path = folder / each
            if not path.resolve().is_relative_to(folder.resolve()):
                raise Invalid("artifact", f"{each!r} would be written outside of {folder}")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._requests.download(self._at(run, "artifacts", each), path)
            paths.append(path)
        return paths


class PipelineRuns(Named):
    """Pipeline runs by their ids."""

    def cancel(self, run: str) -> JsonObject:
        """Cancel a pipeline run and return it. Raises Conflict where it has ended."""
        answer: JsonObject = self._requests.post(self._at(run, "cancel"))
        return answer


class Alerts(Named):
    """Alerts by their ids."""

    def resolve(self, alert: str) -> JsonObject:
        """Resolve an alert and return it. Raises Conflict where it was resolved before."""
        answer: JsonObject = self._requests.post(self._at(alert, "resolve"))
        return answer


class Lineage(Group):
    """What came from what."""

    def walk(self, kind: str, id: str, direction: str = "both", depth: int = 16) -> JsonObject:
        """Return the nodes and edges around one node. `direction`: `"up"` (where it comes from), `"down"` (what came of it) or `"both"`.

        A source, feature view or feature service has the id `PROJECT/NAME`, a prediction `PROJECT/ENDPOINT/PREDICTION`.
        """
        found: JsonObject = self._requests.get(self._at(kind, id), direction=direction, depth=depth)
        return found


class Datasets(Resource):
    """Datasets of a project."""

    def snapshots(self, dataset: str, **query: Any) -> list[JsonObject]:  # Any: as above
        """Return one page of the snapshots of a dataset, the newest first. `query`: `limit` and `cursor`."""
        return Listed(self._requests, self._at(dataset, "snapshots")).list(**query)


class Sources(Listed):
    """Sources of a project."""

    def push(self, source: str, rows: Sequence[Mapping[str, Any]]) -> JsonObject:  # Any: values of the source's columns
        """Push rows to a source. Returns how many were accepted, and which were quarantined with their reasons."""
        answer: JsonObject = self._requests.post(self._at(source, "push"), {"rows": list(rows)})
        return answer


class Pipelines(Listed):
    """Pipelines of a project."""

    def start(self, pipeline: str, parameters: Mapping[str, Json] | None = None) -> JsonObject:
        """Start a pipeline run and return it without waiting for its end."""
        answer: JsonObject = self._requests.post(self._at(pipeline, "runs"), {"parameters": dict(parameters or {})})
        return answer


class Models(Resource):
    """Registered models of a project."""

    def versions(self, model: str) -> Iterator[JsonObject]:
        """Yield the versions of a model, the newest first."""
        yield from Listed(self._requests, self._at(model, "versions")).all()

    def move_alias(self, model: str, alias: str, version: str) -> JsonObject:
        """Give an alias to a version (its id) and return the version. `champion` is deployed on the endpoints of the model."""
        answer: JsonObject = self._requests.put(self._at(model, "aliases", alias), {"version": version})
        return answer


class Endpoints(Resource):
    """Endpoints of a project."""

    def deploy(self, endpoint: str, version: str) -> JsonObject:
        """Deploy a model version (its id) on an endpoint and return the deployment without waiting until it is live."""
        answer: JsonObject = self._requests.post(self._at(endpoint, "deployments"), {"version": version})
        return answer

    def roll_back(self, endpoint: str) -> JsonObject:
        """Deploy the former version again and return the deployment. Raises Conflict where there was none."""
        answer: JsonObject = self._requests.post(self._at(endpoint, "rollback"), {})
        return answer

    def predict(self, endpoint: str, inputs: Mapping[str, Value], *, id: str | None = None, at: datetime | str | None = None) -> float:
        """Return the prediction for one row: the entity's key and the request columns, by name.

        `id` identifies the prediction when its label is sent; `at` is the event time, by default now. The request goes through the server;
        an application calls the endpoint's own address, which works without the server.
        """
        tensors = [{"name": name, "shape": [1], "datatype": _datatype(value), "data": [value]} for name, value in inputs.items()]
        event_time = {"event_time": iso(at) if isinstance(at, datetime) else at} if at is not None else {}
        body = {"inputs": tensors, "parameters": event_time, **({"id": id} if id is not None else {})}
        answer = self._requests.post(self._at(endpoint, "infer"), body)
        return float(answer["outputs"][0]["data"][0])

    def predictions(self, endpoint: str) -> Iterator[JsonObject]:
        """Yield the predictions of an endpoint, the newest first."""
        yield from Listed(self._requests, self._at(endpoint, "predictions")).all()

    def prediction(self, endpoint: str, prediction: str) -> JsonObject:
        """Return a prediction by its id. Raises NotFound."""
        found: JsonObject = self._requests.get(self._at(endpoint, "predictions", prediction))
        return found

    def add_labels(self, endpoint: str, labels: Sequence[Mapping[str, Json]]) -> JsonObject:
        """Send labels of predictions: `[{"prediction_id": ..., "value": ...}]`. Returns how many were new."""
        answer: JsonObject = self._requests.post(self._at(endpoint, "labels"), {"labels": list(labels)})
        return answer


class Monitors(Resource):
    """Monitors of a project."""

    def checks(self, monitor: str) -> Iterator[JsonObject]:
        """Yield the checks of a monitor, the newest first."""
        yield from Listed(self._requests, self._at(monitor, "checks")).all()


class Triggers(Listed):
    """Triggers of a project."""

    def fire(self, trigger: str) -> JsonObject:
        """Start a trigger's pipeline now, without regard to its cool-down. Returns the id of the pipeline run."""
        answer: JsonObject = self._requests.post(self._at(trigger, "fire"), {})
        return answer


class ProjectClient(Group):
    """Requests about one project. `Client.project` makes it.

    Names are unique within a project, so whatever has a name is found here: `experiments`, `datasets`, `sources`, `feature_views`,
    `feature_services`, `pipelines`, `models`, `endpoints`, `monitors` and `triggers`. The lists of what has an id of its own are here too:
    `runs`, `pipeline_runs`, `promotions`, `alerts`, `bake_periods`, `jobs`, `events` and `quarantine`.
    """

    def __init__(self, requests: Requests, name: str) -> None:
        super().__init__(requests, f"/api/v1/projects/{quote(name, safe='')}")
        self.name = name
        self.experiments = Listed(requests, self._at("experiments"))
        self.runs = Listed(requests, self._at("runs"))
        self.datasets = Datasets(requests, self._at("datasets"))
        self.sources = Sources(requests, self._at("sources"))
        self.quarantine = Listed(requests, self._at("quarantine"))
        self.feature_views = Listed(requests, self._at("feature-views"))
        self.feature_services = Listed(requests, self._at("feature-services"))
        self.pipelines = Pipelines(requests, self._at("pipelines"))
        self.pipeline_runs = Listed(requests, self._at("pipeline-runs"))
        self.models = Models(requests, self._at("models"))
        self.endpoints = Endpoints(requests, self._at("endpoints"))
        self.monitors = Monitors(requests, self._at("monitors"))
        self.triggers = Triggers(requests, self._at("triggers"))
        self.promotions = Listed(requests, self._at("promotions"))
        self.alerts = Listed(requests, self._at("alerts"))
        self.bake_periods = Listed(requests, self._at("bake-periods"))
        self.jobs = Listed(requests, self._at("jobs"))
        self.events = Listed(requests, self._at("events"))

    def ask_watermark(self, until: datetime) -> str:
        """Ask for the watermark to advance to an event time and return the id of the job, without waiting for it."""
        return str(self._requests.post(self._at("watermark"), {"until": iso(until)})["job"])

    def watermark(self, until: datetime | None = None, *, wait_seconds: float = 0.0) -> JsonObject:
        """Return the state of the watermark; wait at most 30 s until it has reached `until` and everything that follows is done."""
        state: JsonObject = self._requests.get(self._at("watermark"), until=until, wait=wait_seconds)
        return state

    def advance_watermark(self, until: datetime, *, timeout_seconds: float = 600.0) -> JsonObject:
        """Advance the watermark to an event time and wait until everything that follows from it (checks, retraining, deployments) is done.

        Returns the state of the watermark. Raises Unavailable after the timeout; the work goes on then.
        """
        self.ask_watermark(until)
        deadline = time.monotonic() + timeout_seconds
        while True:
            state = self.watermark(until, wait_seconds=20.0)
            if state["reached"]:
                return state
            if time.monotonic() > deadline:
                raise Unavailable("watermark", f"project {self.name} did not reach {iso(until)} within {timeout_seconds:g} s: {state}")


def _datatype(value: object) -> str:
    """Return the name of a value's type in the Open Inference Protocol."""
    return {bool: "BOOL", int: "INT64", str: "BYTES"}.get(type(value), "FP64")
