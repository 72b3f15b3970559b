"""REST of serving."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.errors import NotFound, Unavailable
from meguri.serving.model import Deployment, Endpoint, Prediction
from meguri.serving.service import Serving


@dataclass(frozen=True, slots=True)
class NewDeployment:
    """`version`: id of a model version."""

    version: str
    reason: str = "asked for by hand"


@dataclass(frozen=True, slots=True)
class RollBack:
    reason: str = "asked for by hand"


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
    """`url`: where the process answers, None while it does not. `state`: live, refusing (it does not take the newest deployment; the
    former one serves), starting, down, or not deployed. `deployment`: id of the live one. `requests`, `errors` and `counters` count since
    the process started. `inputs`: what a request sends. `days`: predictions by event day (days since 1970, UTC), oldest first.
    """

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
    counters: dict[str, Any]  # Any: JSON
    inputs: list[dict[str, str]]
    days: list[tuple[int, int]]


def routes(serving: Serving) -> list[Route]:
    def list_endpoints(request: Request) -> ListPage[Any]:
        with serving.db.read() as tx:
            found = serving.list_endpoints(tx, request.query.get("project"))
        return ListPage([_describe(serving, each) for each in found])

    def get_endpoint(request: Request) -> EndpointAnswer:
        with serving.db.read() as tx:
            found = _chosen(serving, tx, request)
        return _describe(serving, found)

    def list_deployments(request: Request) -> ListPage[Any]:
        with serving.db.read() as tx:
            _chosen(serving, tx, request)
            return ListPage(list(serving.list_deployments(tx, request.path["endpoint"], limit_of(request))))

    def deploy(request: Request) -> Deployment:
        with serving.db.write() as tx:
            endpoint = _chosen(serving, tx, request)
            return serving.deploy(tx, endpoint.project, endpoint.name, request.body.version, reason=request.body.reason)

    def roll_back(request: Request) -> Deployment:
        with serving.db.write() as tx:
            endpoint = _chosen(serving, tx, request)
            return serving.roll_back(tx, endpoint.project, endpoint.name, reason=request.body.reason)

    def list_predictions(request: Request) -> ListPage[Any]:
        with serving.db.read() as tx:
            return ListPage(list(serving.predictions.list_newest(tx, request.path["endpoint"], limit_of(request))))

    def get_prediction(request: Request) -> Prediction:
        with serving.db.read() as tx:
            return serving.predictions.get(tx, request.path["prediction"], request.query.get("endpoint"))

    def infer(request: Request) -> Response:
        with serving.db.read() as tx:
            endpoint = _chosen(serving, tx, request).name
        answer = serving.client.infer(endpoint, request.raw())
        return Response(answer.body, answer.status, media_type="application/json")

    read, write = "endpoints:read", "endpoints:write"
    every, one, prediction = "/api/v1/endpoints", "/api/v1/endpoints/{endpoint}", "/api/v1/predictions/{prediction:path}"
    of: dict[str, type] = {"project": str}
    limit: dict[str, type] = {**of, "limit": int}
    return [
        Route("GET", every, read, list_endpoints, "Endpoints with what they serve", answer=ListPage, query={"project": str}),
        Route("GET", one, read, get_endpoint, "An endpoint with what it serves", answer=EndpointAnswer, query=of),
        Route("GET", f"{one}/deployments", read, list_deployments, "Deployments, the newest first", answer=ListPage, query=limit),
        Route("POST", f"{one}/deployments", write, deploy, "Deploy a model version", NewDeployment, Deployment, of, 202),
        Route("POST", f"{one}/rollback", write, roll_back, "Deploy the former version again", RollBack, Deployment, of, 202),
        Route("GET", f"{one}/predictions", read, list_predictions, "The newest predictions", answer=ListPage, query=limit),
        Route(
            "POST",
            f"{one}/infer",
            write,
            infer,
            "Predict through the server: body and answer of the Open Inference Protocol v2",
            query=of,
            largest_body=32 << 20,
        ),
        Route("GET", prediction, read, get_prediction, "One prediction", answer=Prediction, query={"endpoint": str}),
    ]


def _describe(serving: Serving, endpoint: Endpoint) -> EndpointAnswer:
    with serving.db.read() as tx:
        live = serving.find_live(tx, endpoint.name)
        days, waiting = serving.predictions.rows_by_day(tx, endpoint.name), serving.predictions.count_open(tx, endpoint.name)
        columns = serving.list_request_columns(tx, endpoint)
    url: str | None = None
    state = "down"
    counters: dict[str, Any] = {}
    try:
        counters, url = serving.client.state(endpoint.name), serving.client.url(endpoint.name)
        state = "refusing" if counters["refused"] else "live" if counters["revision"] else "starting"
    except Unavailable:
        if live is None:
            state = "not deployed"
    fields = {each.name for each in dataclasses.fields(EndpointAnswer)}
    known = {each.name: getattr(endpoint, each.name) for each in dataclasses.fields(Endpoint) if each.name in fields}
    return EndpointAnswer(
        **known,
        url=url,
        state=state,
        deployment=None if live is None else live.id,
        version=None if live is None else live.version,
        deployed_at=None if live is None else live.live_at,
        requests=counters.get("requests", 0),
        errors=counters.get("errors", 0),
        open_predictions=waiting,
        counters=counters,
        inputs=columns,
        days=days,
    )


def _chosen(serving: Serving, tx: Connection, request: Request) -> Endpoint:
    """The endpoint in the path; names are unique in a home, so the project is only checked where it is given."""
    found, project = serving.get_endpoint(tx, request.path["endpoint"]), request.query.get("project")
    if project is not None and project != found.project:
        raise NotFound("endpoint", found.name, f"project {project!r} has none of that name, {found.project!r} has one")
    return found
