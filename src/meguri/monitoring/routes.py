"""REST of monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import UPLOAD, ListPage, Request, Route, limit_of
from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.errors import Invalid
from meguri.core.json import Json
from meguri.core.times import parse_time
from meguri.monitoring.labels import Accepted, Label
from meguri.monitoring.model import Alert, Check, Coverage, DayQuality, DriftMatrix, KnownLabel, MonitorState
from meguri.monitoring.service import Monitoring
from meguri.monitoring.tables import day_of

PROJECT = "/api/v1/projects/{project}"
ENDPOINT = PROJECT + "/endpoints/{endpoint}"


@dataclass(frozen=True, slots=True)
class NewLabel:
    """`value`: a finite number."""

    prediction_id: str
    value: Json  # checked here, so that the answer names the prediction


@dataclass(frozen=True, slots=True)
class NewLabels:
    """Labels of predictions of an endpoint, in any order; the last one sent for a prediction counts."""

    labels: list[NewLabel]


@dataclass(frozen=True, slots=True)
class MonitorDetails:
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
class Quality:
    """Realised metrics by event day, and the labels so far."""

    items: list[DayQuality]
    coverage: Coverage


def routes(monitoring: Monitoring) -> list[Route]:
    """All routes of monitoring."""
    return [*_label_routes(monitoring), *_monitor_routes(monitoring), *_endpoint_routes(monitoring), *_alert_routes(monitoring)]


def _label_routes(monitoring: Monitoring) -> list[Route]:
    def submit(request: Request) -> Accepted:
        labels = [_label(place, each) for place, each in enumerate(request.body.labels)]
        return monitoring.submit(request.path["project"], request.path["endpoint"], labels)

    def find_label(request: Request) -> KnownLabel | None:
        return monitoring.find_label(request.path["project"], request.path["endpoint"], request.path["prediction"])

    one = ENDPOINT + "/labels/{prediction:path}"
    return [
        Route(
            "POST", f"{ENDPOINT}/labels", "labels:write", submit, "Send labels of predictions", NewLabels, Accepted, status=202,
            largest_body=UPLOAD,
        ),
        Route("GET", one, "labels:read", find_label, "Get a prediction's label, null before it came", answer=KnownLabel | None),
    ]  # fmt: skip


def _monitor_routes(monitoring: Monitoring) -> list[Route]:
    def list_monitors(request: Request) -> ListPage[MonitorDetails]:
        return ListPage([_details(each) for each in monitoring.list_monitors(request.path["project"])])

    def get_monitor(request: Request) -> MonitorDetails:
        return _details(monitoring.get_monitor(request.path["project"], request.path["monitor"]))

    def list_checks(request: Request) -> ListPage[Check]:
        project, name = request.path["project"], request.path["monitor"]
        monitoring.get_monitor(project, name)
        limit, before = limit_of(request), cursor_of(request, tuple[int])
        found = monitoring.list_checks(project, name, limit=limit + 1, before_day=before[0] if before else None)
        return page_of(found, limit, lambda each: (each.day,))

    every = f"{PROJECT}/monitors"
    one = every + "/{monitor}"
    return [
        Route("GET", every, "monitors:read", list_monitors, "List monitors with their state", answer=ListPage[MonitorDetails]),
        Route("GET", one, "monitors:read", get_monitor, "Get a monitor", answer=MonitorDetails),
        Route(
            "GET", f"{one}/checks", "monitors:read", list_checks, "List a monitor's checks, the newest first",
            answer=ListPage[Check], query=LIST_QUERY,
        ),
    ]  # fmt: skip


def _endpoint_routes(monitoring: Monitoring) -> list[Route]:
    def quality(request: Request) -> Quality:
        project, endpoint = request.path["project"], request.path["endpoint"]
        days = monitoring.quality(project, endpoint, _time(request, "from"), _time(request, "to"))
        return Quality(days, monitoring.coverage(project, endpoint, _time(request, "to")))

    def drift(request: Request) -> DriftMatrix:
        start, end = _time(request, "from"), _time(request, "to")
        monitor = request.query.get("monitor")
        return monitoring.drift_matrix(request.path["project"], request.path["endpoint"], monitor=monitor, start=start, end=end)

    span: dict[str, type] = {"from": str, "to": str}
    return [
        Route(
            "GET", f"{ENDPOINT}/quality", "monitors:read", quality, "Get realised metrics by event day", answer=Quality, query=span
        ),
        Route(
            "GET", f"{ENDPOINT}/drift", "monitors:read", drift, "Get the drift of every column by day",
            answer=DriftMatrix, query={**span, "monitor": str},
        ),
    ]  # fmt: skip


def _alert_routes(monitoring: Monitoring) -> list[Route]:
    def list_alerts(request: Request) -> ListPage[Alert]:
        state = request.query.get("state")
        if state not in (None, "open", "resolved"):
            raise Invalid("state", f"{state!r} is not known: ask for open or resolved, or leave it out")
        wanted = None if state is None else state == "open"
        limit, before = limit_of(request), cursor_of(request, tuple[int, str])
        found = monitoring.list_alerts(request.path["project"], is_open=wanted, limit=limit + 1, before=before)
        return page_of(found, limit, lambda each: (day_of(each.opened_at), each.id))

    def get_alert(request: Request) -> Alert:
        return monitoring.get_alert(request.path["alert"])

    def resolve(request: Request) -> Alert:
        return monitoring.resolve_alert(request.path["alert"])

    one = "/api/v1/alerts/{alert}"
    return [
        Route(
            "GET", f"{PROJECT}/alerts", "alerts:read", list_alerts, "List alerts, the newest first",
            answer=ListPage[Alert], query={**LIST_QUERY, "state": str},
        ),
        Route(
            "GET", one, "alerts:read", get_alert, "Get an alert with its evidence",
            answer=Alert, project=lambda tx, path: monitoring.project_of_alert(tx, path["alert"]),
        ),
        Route(
            "POST", f"{one}/resolve", "alerts:operate", resolve, "Resolve an alert",
            answer=Alert, project=lambda tx, path: monitoring.project_of_alert(tx, path["alert"]),
        ),
    ]  # fmt: skip


def _label(place: int, each: NewLabel) -> Label:
    if isinstance(each.value, bool) or not isinstance(each.value, int | float):
        why = f"{each.value!r} (of prediction {each.prediction_id!r}) is not a number: leave out labels that are not known"
        raise Invalid(f"labels[{place}].value", why, prediction_id=each.prediction_id)
    return Label(each.prediction_id, float(each.value))


def _details(state: MonitorState) -> MonitorDetails:
    each: MonitorDefinition = state.definition
    shown = "breached" if state.alert is not None else "waiting" if state.last is None or state.last.verdict == "none" else "ok"
    return MonitorDetails(
        each.name, each.endpoint, each.kind, each.metric, each.window_seconds, each.tolerance, each.minimum_rows, each.description,
        shown, state.last, state.alert,
    )  # fmt: skip


def _time(request: Request, name: str) -> datetime | None:
    text = request.query.get(name)
    return None if text is None else parse_time(text, name)
