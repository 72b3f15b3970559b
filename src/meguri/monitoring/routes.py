"""REST of monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meguri.access.routes import UPLOAD, ListPage, Request, Route, limit_of, project_of
from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.errors import Invalid
from meguri.core.times import parse_time
from meguri.monitoring.labels import Accepted, Label
from meguri.monitoring.model import Alert, Check, Coverage, DayQuality, DriftMatrix, KnownLabel, MonitorState
from meguri.monitoring.service import Monitoring

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class NewLabel:
    """`value`: a finite number."""

    prediction_id: str
    value: Any  # Any: checked here, so that the answer names the prediction


@dataclass(frozen=True, slots=True)
class NewLabels:
    """True values of predictions of one endpoint, in any order; the last one sent for a prediction counts."""

    endpoint: str
    labels: list[NewLabel]


@dataclass(frozen=True, slots=True)
class MonitorAnswer:
    """`state`: breached (an alert is open), waiting (too little is known for a verdict) or ok."""

    name: str
    endpoint: str
    kind: str
    metric: str
    window_seconds: float
    tolerance: float
    minimum_rows: int
    description: str
    state: str
    last: Check | None
    alert: Alert | None


@dataclass(frozen=True, slots=True)
class QualityAnswer:
    """Realised metrics by event day, and the labels so far."""

    items: list[DayQuality]
    coverage: Coverage


def routes(monitoring: Monitoring) -> list[Route]:
    """All routes of monitoring."""
    return [*_label_routes(monitoring), *_monitor_routes(monitoring), *_endpoint_routes(monitoring), *_alert_routes(monitoring)]


def _label_routes(monitoring: Monitoring) -> list[Route]:
    def submit(request: Request) -> Accepted:
        body: NewLabels = request.body
        return monitoring.submit(body.endpoint, [_label(place, each) for place, each in enumerate(body.labels)])

    def find_label(request: Request) -> KnownLabel | None:
        return monitoring.find_label(request.query.get("endpoint"), request.path["prediction"])

    return [
        Route(
            "POST", f"{PREFIX}/labels", "labels:write", submit, "Send true values of predictions", NewLabels, Accepted, status=202,
            largest_body=UPLOAD,
        ),
        Route(
            "GET", f"{PREFIX}/labels/{{prediction:path}}", "labels:read", find_label, "Get a prediction's label, null before it came",
            answer=KnownLabel | None, query={"endpoint": str},
        ),
    ]  # fmt: skip


def _monitor_routes(monitoring: Monitoring) -> list[Route]:
    def list_monitors(request: Request) -> ListPage[Any]:
        return ListPage([_monitor(each) for each in monitoring.list_monitors(project_of(request))])

    def get_monitor(request: Request) -> MonitorAnswer:
        return _monitor(monitoring.get_monitor(project_of(request), request.path["name"]))

    def list_checks(request: Request) -> ListPage[Any]:
        project, name = project_of(request), request.path["name"]
        monitoring.get_monitor(project, name)
        return ListPage(list(monitoring.list_checks(project, name, limit=limit_of(request, 200))))

    within: dict[str, type] = {"project": str}
    return [
        Route("GET", f"{PREFIX}/monitors", "monitors:read", list_monitors, "List monitors with their state", answer=ListPage, query=within),
        Route("GET", f"{PREFIX}/monitors/{{name}}", "monitors:read", get_monitor, "Get a monitor", answer=MonitorAnswer, query=within),
        Route(
            "GET", f"{PREFIX}/monitors/{{name}}/checks", "monitors:read", list_checks, "List a monitor's checks, oldest first",
            answer=ListPage, query={**within, "limit": int},
        ),
    ]  # fmt: skip


def _endpoint_routes(monitoring: Monitoring) -> list[Route]:
    def quality(request: Request) -> QualityAnswer:
        endpoint = request.path["name"]
        days = monitoring.quality(endpoint, _time(request, "from"), _time(request, "to"))
        return QualityAnswer(days, monitoring.coverage(endpoint, _time(request, "to")))

    def drift(request: Request) -> DriftMatrix:
        return monitoring.drift_matrix(
            request.path["name"], monitor=request.query.get("monitor"), start=_time(request, "from"), end=_time(request, "to")
        )

    span: dict[str, type] = {"from": str, "to": str}
    return [
        Route(
            "GET", f"{PREFIX}/endpoints/{{name}}/quality", "monitors:read", quality, "Realised metrics by event day",
            answer=QualityAnswer, query=span,
        ),
        Route(
            "GET", f"{PREFIX}/endpoints/{{name}}/drift", "monitors:read", drift, "Drift of every column by day",
            answer=DriftMatrix, query={**span, "monitor": str},
        ),
    ]  # fmt: skip


def _alert_routes(monitoring: Monitoring) -> list[Route]:
    def list_alerts(request: Request) -> ListPage[Any]:
        state = request.query.get("state")
        if state not in (None, "open", "resolved"):
            raise Invalid("state", f"{state!r} is not known: ask for open or resolved, or leave it out")
        wanted = None if state is None else state == "open"
        return ListPage(list(monitoring.list_alerts(project_of(request), is_open=wanted, limit=limit_of(request, 200))))

    def get_alert(request: Request) -> Alert:
        return monitoring.get_alert(request.path["alert"])

    def resolve(request: Request) -> Alert:
        return monitoring.resolve_alert(request.path["alert"])

    return [
        Route(
            "GET", f"{PREFIX}/alerts", "alerts:read", list_alerts, "List alerts, the newest first",
            answer=ListPage, query={"project": str, "state": str, "limit": int},
        ),
        Route("GET", f"{PREFIX}/alerts/{{alert}}", "alerts:read", get_alert, "Get an alert with its evidence", answer=Alert),
        Route("POST", f"{PREFIX}/alerts/{{alert}}/resolve", "alerts:write", resolve, "Resolve an alert by hand", answer=Alert),
    ]  # fmt: skip


def _label(place: int, each: NewLabel) -> Label:
    if isinstance(each.value, bool) or not isinstance(each.value, int | float):
        why = f"{each.value!r} (of prediction {each.prediction_id!r}) is not a number: leave out labels that are not known"
        raise Invalid(f"labels[{place}].value", why, prediction_id=each.prediction_id)
    return Label(each.prediction_id, float(each.value))


def _monitor(state: MonitorState) -> MonitorAnswer:
    each: MonitorDefinition = state.definition
    shown = "breached" if state.alert is not None else "waiting" if state.last is None or state.last.verdict == "none" else "ok"
    return MonitorAnswer(
        each.name, each.endpoint, each.kind, each.metric, each.window_seconds, each.tolerance, each.minimum_rows, each.description,
        shown, state.last, state.alert,
    )  # fmt: skip


def _time(request: Request, name: str) -> datetime | None:
    text = request.query.get(name)
    return None if text is None else parse_time(text, name)
