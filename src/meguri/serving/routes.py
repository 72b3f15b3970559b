"""REST of serving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.responses import Response

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.errors import Unavailable
from meguri.core.json import Json, JsonObject
from meguri.serving.model import Deployment, Endpoint, Prediction, ProcessState, RequestColumn
from meguri.serving.service import BY_HAND, Serving

ALL = "/api/v1/projects/{project}/endpoints"
ONE = ALL + "/{endpoint}"


@dataclass(frozen=True, slots=True)
class NewDeployment:
    """`version`: id of a model version."""

    version: str
    reason: str = BY_HAND


@dataclass(frozen=True, slots=True)
class RollBack:
    reason: str = BY_HAND


@dataclass(frozen=True, slots=True)
class EndpointDetails:
    """`url`: where the process answers, null while it does not. `state`: live, refusing (it does not take the newest deployment; the
    former one serves), starting, down, or not deployed. `deployment`: id of the live one. `requests` and `errors` count since the process
    started, as does what is in `process`. `inputs`: what a request sends. `days`: predictions by event day (days since 1970, UTC), oldest
    first.
    """

    id: str
    name: str
    project: str
    model: str
    features: str
    description: str
    created_at: datetime
    url: str | None
    state: str
    deployment: str | None
    version: str | None
    deployed_at: datetime | None
    requests: int
    errors: int
    open_predictions: int
    process: ProcessState | None
    inputs: list[RequestColumn]
    days: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class OutputTensor:
    """A tensor of the Open Inference Protocol v2."""

    name: str
    shape: list[int]
    datatype: str
    data: list[Json]


@dataclass(frozen=True, slots=True)
class InferenceAnswer:
    """The answer of the Open Inference Protocol v2. `parameters`: deployment and event_time."""

    model_name: str
    model_version: str
    id: str
    parameters: JsonObject
    outputs: list[OutputTensor]


def routes(serving: Serving) -> list[Route]:
    """All routes of serving."""
    return [*_endpoint_routes(serving), *_prediction_routes(serving)]


def _endpoint_routes(serving: Serving) -> list[Route]:
    def list_endpoints(request: Request) -> ListPage[EndpointDetails]:
        limit, after = limit_of(request), cursor_of(request, tuple[str])
        with serving.db.read() as tx:
            found = serving.list_endpoints(tx, request.path["project"], after=after[0] if after else None, limit=limit + 1)
        page = page_of(found, limit, lambda each: (each.name,))
        return ListPage([_describe(serving, each) for each in page.items], page.next)

    def get_endpoint(request: Request) -> EndpointDetails:
        with serving.db.read() as tx:
            found = _chosen(serving, tx, request)
        return _describe(serving, found)

    def list_deployments(request: Request) -> ListPage[Deployment]:
        limit, before = limit_of(request), cursor_of(request, tuple[int])
        with serving.db.read() as tx:
            endpoint = _chosen(serving, tx, request)
            found = serving.list_deployments(tx, endpoint.id, limit + 1, before=before[0] if before else None)
        return page_of(found, limit, lambda each: (each.revision,))

    def deploy(request: Request) -> Deployment:
        with serving.db.write() as tx:
            return serving.deploy(tx, request.path["project"], request.path["endpoint"], request.body.version, reason=request.body.reason)

    def roll_back(request: Request) -> Deployment:
        with serving.db.write() as tx:
            return serving.roll_back(tx, request.path["project"], request.path["endpoint"], reason=request.body.reason)

    read, operate = "endpoints:read", "endpoints:operate"
    return [
        Route(
            "GET", ALL, read, list_endpoints, "List endpoints with what they serve", answer=ListPage[EndpointDetails], query=LIST_QUERY
        ),
        Route("GET", ONE, read, get_endpoint, "Get an endpoint with what it serves", answer=EndpointDetails),
        Route(
            "GET", f"{ONE}/deployments", read, list_deployments, "List deployments, the newest first",
            answer=ListPage[Deployment], query=LIST_QUERY,
        ),
        Route("POST", f"{ONE}/deployments", operate, deploy, "Deploy a model version", NewDeployment, Deployment, status=202),
        Route("POST", f"{ONE}/rollback", operate, roll_back, "Deploy the former version again", RollBack, Deployment, status=202),
    ]  # fmt: skip


def _prediction_routes(serving: Serving) -> list[Route]:
    def list_predictions(request: Request) -> ListPage[Prediction]:
        limit, before = limit_of(request), cursor_of(request, tuple[int, int])
        with serving.db.read() as tx:
            endpoint = _chosen(serving, tx, request)
            found = serving.predictions.list_newest(tx, endpoint, limit + 1, before=before)
        page = page_of(found, limit, lambda each: each[0])
        return ListPage([prediction for _, prediction in page.items], page.next)

    def get_prediction(request: Request) -> Prediction:
        with serving.db.read() as tx:
            return serving.predictions.get(tx, _chosen(serving, tx, request), request.path["prediction"])

    def infer(request: Request) -> Response:
        with serving.db.read() as tx:
            endpoint = _chosen(serving, tx, request)
        answer = serving.client.infer(endpoint, request.raw())
        return Response(answer.body, answer.status, media_type="application/json")

    one = ONE + "/predictions/{prediction:path}"
    return [
        Route(
            "GET", f"{ONE}/predictions", "endpoints:read", list_predictions, "List predictions, the newest first",
            answer=ListPage[Prediction], query=LIST_QUERY,
        ),
        Route("GET", one, "endpoints:read", get_prediction, "Get a prediction", answer=Prediction),
        Route(
            "POST", f"{ONE}/infer", "endpoints:predict", infer,
            "Predict through the server: body and answer of the Open Inference Protocol v2", answer=InferenceAnswer,
            largest_body=32 << 20,
        ),
    ]  # fmt: skip


def _describe(serving: Serving, endpoint: Endpoint) -> EndpointDetails:
    with serving.db.read() as tx:
        live = serving.find_live(tx, endpoint.id)
        days, waiting = serving.predictions.rows_by_day(tx, endpoint.id), serving.predictions.count_open(tx, endpoint.id)
        columns = serving.list_request_columns(tx, endpoint.id)
    process: ProcessState | None = None
    url: str | None = None
    try:
        process, url = serving.client.state(endpoint), serving.client.url(endpoint)
        state = "refusing" if process.refused else "live" if process.revision else "starting"
    except Unavailable:
        state = "not deployed" if live is None else "down"
    return EndpointDetails(
        id=endpoint.id,
        name=endpoint.name,
        project=endpoint.project,
        model=endpoint.model,
        features=endpoint.features,
        description=endpoint.description,
        created_at=endpoint.created_at,
        url=url,
        state=state,
        deployment=None if live is None else live.id,
        version=None if live is None else live.version,
        deployed_at=None if live is None else live.live_at,
        requests=0 if process is None else process.requests,
        errors=0 if process is None else process.errors,
        open_predictions=waiting,
        process=process,
        inputs=columns,
        days=days,
    )


def _chosen(serving: Serving, tx: Connection, request: Request) -> Endpoint:
    return serving.get_endpoint(tx, request.path["project"], request.path["endpoint"])
