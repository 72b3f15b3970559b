"""Monitors: evaluated once for each event day, on the watermark, with alerts and their evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Conflict, NotFound
from meguri.core.ids import EndpointId, NewId, new_id
from meguri.core.times import Clock, from_micros, iso
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.lineage.service import Lineage, Node
from meguri.monitoring import series, tables
from meguri.monitoring.checker import Checker, Days, FindBaseline, FindReference, Held, window_days
from meguri.monitoring.labels import Accepted, Joined, Label, Labels
from meguri.monitoring.model import (
    RECENT_CHECKS,
    Alert,
    Check,
    Coverage,
    DayQuality,
    DriftMatrix,
    KnownLabel,
    MonitorState,
    OpenAlert,
    OutcomeRow,
    decide,
)
from meguri.monitoring.tables import alerts, checks
from meguri.profiles.reference import DAY
from meguri.serving import served

FindDefinition = Callable[[Connection, str], ProjectDefinition | None]
END = 2_932_896
"""Number of the last day that a time can name: 9999-12-31."""
DRIFT_TOLD_AGAIN = 4
"""A drift that lasts is emitted again after so many windows; lost quality after every window."""


class Monitoring:
    """Stores labels, joins them with predictions, evaluates monitors, opens and resolves alerts.

    `find_definition`: what a project declares now.
    """

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        *,
        journals: Path,
        clock: Clock,
        find_definition: FindDefinition,
        find_reference: FindReference,
        find_baseline: FindBaseline,
        make_id: NewId = new_id,
    ) -> None:
        self.db, self.events, self.lineage, self.clock, self.make_id = db, events, lineage, clock, make_id
        self.labels = Labels(db, journals, clock)
        self._find_definition = find_definition
        self._checker = Checker(find_reference, find_baseline)

    def submit(self, project: str, endpoint: str, labels: Sequence[Label]) -> Accepted:
        """Store labels; when this returns they survive a kill. Raises NotFound, and Invalid naming the bad label; then none is kept."""
        return self.labels.submit(self._endpoint(project, endpoint), labels)

    def join(self, endpoint: EndpointId) -> Joined:
        """Join the labels that came with their predictions. Doing it again changes nothing."""
        return self.labels.join(endpoint)

    def check(self, project: str, until: datetime) -> list[Check]:
        """Evaluate every monitor of a project for each event day that began up to `until` and was not evaluated yet; return the checks.

        One transaction with the checks, alerts and events. Doing it again changes nothing. A removed monitor's alert is resolved.
        """
        with self.db.write() as tx:
            definition = self._find_definition(tx, project)
            monitors = definition.monitors if definition is not None else ()
            self._resolve_orphans(tx, project, [each.name for each in monitors])
            known: dict[str, Days] = {}
            found: list[Check] = []
            for monitor in monitors:
                found += self._check_monitor(tx, project, monitor, tables.day_of(until), known)
        return found

    def _check_monitor(self, tx: Connection, project: str, monitor: MonitorDefinition, until: int, known: dict[str, Days]) -> list[Check]:
        recent = [_check(row) for row in tables.list_checks(tx, project, monitor.name, limit=RECENT_CHECKS)][::-1]
        endpoint = served.get_endpoint(tx, project, monitor.endpoint).id
        first = recent[-1].day + 1 if recent else _following(_first_day(tx, endpoint), until)
        new: list[Check] = []
        for day in range(first, until + 1):
            if monitor.endpoint not in known:
                known[monitor.endpoint] = Days.read(tx, endpoint, until_day=until)
            held = _held(tables.open_alert(tx, project, monitor.name)) if monitor.kind == "quality" else None
            check = self._checker.check(tx, monitor, day, known[monitor.endpoint], recent[-1] if recent else None, held)
            tx.execute(insert(checks), _check_row(project, check))
            recent = [*recent, check][-RECENT_CHECKS:]
            self._follow(tx, project, monitor, recent)
            new.append(check)
        return new

    def _follow(self, tx: Connection, project: str, monitor: MonitorDefinition, recent: Sequence[Check]) -> None:
        check = recent[-1]
        row = tables.open_alert(tx, project, monitor.name)
        every = window_days(monitor) * (DRIFT_TOLD_AGAIN if monitor.kind == "drift" else 1)
        decision = decide(monitor.kind, OpenAlert(row.version, row.told_day) if row else None, recent, every_days=every)
        if decision.resolve is not None and row is not None:
            self._resolve(tx, row, check.at, decision.resolve)
        if decision.open:
            self._open(tx, project, check)
        elif decision.notify and row is not None:
            evidence = {**check.evidence, "bad_since": row.evidence.get("bad_since")}
            tx.execute(update(alerts).where(alerts.c.id == row.id).values(told_day=check.day, evidence=evidence))
            self._notify(tx, project, check, row.id)

    def _open(self, tx: Connection, project: str, check: Check) -> None:
        id, version = self.make_id("alr"), check.version or ""
        evidence = {**check.evidence, "bad_since": check.evidence.get("first_day")}
        tx.execute(
            insert(alerts),
            {
                "id": id, "project": project, "monitor": check.monitor, "endpoint": check.endpoint, "signal": check.kind,
                "version": version, "opened_day": check.day, "told_day": check.day, "opened_at": check.at, "evidence": evidence,
            },
        )  # fmt: skip
        alert = self.lineage.node(tx, "alert", id, project=project, label=f"{check.kind}: {check.monitor}", at=check.at)
        self.lineage.edge(tx, Node("model_version", version), alert, "evaluated")
        payload = {"alert": id, "monitor": check.monitor, "endpoint": check.endpoint, "signal": check.kind, "version": version}
        self.events.add(tx, "alert.opened", project=project, subject=id, payload={**payload, "evidence": check.evidence}, event_at=check.at)
        self._notify(tx, project, check, id)

    def _notify(self, tx: Connection, project: str, check: Check, alert: str) -> None:
        payload = {
            "monitor": check.monitor, "endpoint": check.endpoint, "signal": check.kind, "alert": alert, "version": check.version,
            "score": check.value, "expected": check.expected, "threshold": check.threshold, "at": iso(check.at), "evidence": check.evidence,
        }  # fmt: skip
        self.events.add(tx, "monitor.breached", project=project, subject=check.monitor, payload=payload, event_at=check.at)

    def _resolve(self, tx: Connection, row: Row[Any], at: datetime, why: str) -> None:
        tx.execute(update(alerts).where(alerts.c.id == row.id).values(resolved_at=at, resolution=why))
        payload = {"alert": row.id, "monitor": row.monitor, "endpoint": row.endpoint, "signal": row.signal, "why": why}
        self.events.add(tx, "alert.resolved", project=row.project, subject=row.id, payload=payload, event_at=at)

    def _resolve_orphans(self, tx: Connection, project: str, names: Sequence[str]) -> None:
        query = select(alerts).where(alerts.c.project == project, alerts.c.resolved_at.is_(None), alerts.c.monitor.not_in(names))
        for row in tx.execute(query).all():
            self._resolve(tx, row, self._now(tx, project), "monitor_removed")

    def resolve_alert(self, id: str) -> Alert:
        """Close an alert by hand. Raises NotFound, Conflict where it is closed."""
        with self.db.write() as tx:
            alert = _get_alert(tx, id)
            if alert.resolved_at is not None:
                raise Conflict(f"alert {id!r} was resolved already: {alert.resolution}", alert=id)
            row = tx.execute(select(alerts).where(alerts.c.id == id)).one()
            self._resolve(tx, row, self._now(tx, alert.project), "by_hand")
            return _get_alert(tx, id)

    def project_of_alert(self, tx: Connection, id: str) -> str:
        """Raises NotFound."""
        return _get_alert(tx, id).project

    def get_alert(self, id: str) -> Alert:
        """Raises NotFound."""
        with self.db.read() as tx:
            return _get_alert(tx, id)

    def list_alerts(
        self, project: str, *, is_open: bool | None = None, limit: int = 200, before: tuple[int, str] | None = None
    ) -> list[Alert]:
        """The newest first. `before`: opening day (days since 1970) and id of the alert after which to begin."""
        query = select(alerts).where(alerts.c.project == project).order_by(alerts.c.opened_day.desc(), alerts.c.id.desc()).limit(limit)
        if is_open is not None:
            query = query.where(alerts.c.resolved_at.is_(None) if is_open else alerts.c.resolved_at.is_not(None))
        if before is not None:
            day, id = before
            query = query.where((alerts.c.opened_day < day) | ((alerts.c.opened_day == day) & (alerts.c.id < id)))
        with self.db.read() as tx:
            return [_alert(row) for row in tx.execute(query)]

    def count_open_alerts(self, project: str) -> int:
        query = select(func.count()).select_from(alerts).where(alerts.c.project == project, alerts.c.resolved_at.is_(None))
        with self.db.read() as tx:
            return int(tx.execute(query).scalar_one())

    def list_monitors(self, project: str) -> list[MonitorState]:
        """What the project declares, in its order."""
        with self.db.read() as tx:
            definition = self._find_definition(tx, project)
            return [self._state(tx, project, each) for each in (definition.monitors if definition is not None else ())]

    def get_monitor(self, project: str, name: str) -> MonitorState:
        """Raises NotFound."""
        for state in self.list_monitors(project):
            if state.definition.name == name:
                return state
        raise NotFound("monitor", name, f"list those of the project with `meguri monitors --project {project}`")

    def _state(self, tx: Connection, project: str, monitor: MonitorDefinition) -> MonitorState:
        last = tables.list_checks(tx, project, monitor.name, limit=1)
        alert = tables.open_alert(tx, project, monitor.name)
        return MonitorState(monitor, _check(last[0]) if last else None, _alert(alert) if alert else None)

    def list_checks(self, project: str, monitor: str, *, limit: int = 200, before_day: int | None = None) -> list[Check]:
        """The newest first. `before_day`: the event day (days since 1970) below which to begin."""
        with self.db.read() as tx:
            return [_check(row) for row in tables.list_checks(tx, project, monitor, limit=limit, until_day=before_day)]

    def quality(self, project: str, endpoint: str, start: datetime | None = None, end: datetime | None = None) -> list[DayQuality]:
        """Realised metrics by event day, from the day of `start` up to, and without, that of `end`. Raises NotFound."""
        with self.db.read() as tx:
            id = served.get_endpoint(tx, project, endpoint).id
            return series.quality_by_day(tx, id, from_day=_day(start, 0), until_day=_day(end, END))

    def coverage(self, project: str, endpoint: str, end: datetime | None = None) -> Coverage:
        """How many predictions have their labels, and what labels wait. Raises NotFound."""
        with self.db.read() as tx:
            return series.coverage_of(tx, served.get_endpoint(tx, project, endpoint).id, until_day=_day(end, END))

    def drift_matrix(
        self, project: str, endpoint: str, *, monitor: str | None = None, start: datetime | None = None, end: datetime | None = None
    ) -> DriftMatrix:
        """Columns by days, as the endpoint's first drift monitor (or the one named) computed them; empty without one. Raises NotFound."""
        with self.db.read() as tx:
            served.get_endpoint(tx, project, endpoint)
            definition = self._find_definition(tx, project)
            names = [each.name for each in definition.monitors if each.kind == "drift" and each.endpoint == endpoint] if definition else []
            if monitor is not None:
                _ensure_among(names, monitor, endpoint)
            chosen = monitor or (names[0] if names else None)
            if chosen is None:
                return DriftMatrix(None, [], [])
            first, last = None if start is None else tables.day_of(start), None if end is None else tables.day_of(end)
            return series.drift_by_check(tx, project, chosen, from_day=first, until_day=last)

    def window_rows(self, project: str, endpoint: str, start: datetime, end: datetime) -> list[OutcomeRow]:
        """Labelled predictions with event times in [start, end), by event time, then id: what another version can be scored on.

        Raises NotFound.
        """
        with self.db.read() as tx:
            return series.rows_between(tx, served.get_endpoint(tx, project, endpoint).id, start, end)

    def find_label(self, project: str, endpoint: str, prediction: str) -> KnownLabel | None:
        """The label of a prediction, as far as it was joined or waits. Raises NotFound for the endpoint."""
        with self.db.read() as tx:
            return series.label_of(tx, served.get_endpoint(tx, project, endpoint).id, prediction)

    def close(self) -> None:
        self.labels.close()

    def _endpoint(self, project: str, name: str) -> EndpointId:
        with self.db.read() as tx:
            return served.get_endpoint(tx, project, name).id

    def _now(self, tx: Connection, project: str) -> datetime:
        return self.events.watermark(tx, project) or self.clock()


def _ensure_among(names: Sequence[str], monitor: str, endpoint: str) -> None:
    if monitor not in names:
        raise NotFound("monitor", monitor, f"endpoint {endpoint!r} has {', '.join(names) or 'none'} of kind drift")


def _held(row: Row[Any] | None) -> Held | None:  # Any: an alert's columns
    since = None if row is None else row.evidence.get("bad_since")
    return None if row is None or since is None else Held(row.version, int(since))


def _first_day(tx: Connection, endpoint: EndpointId) -> int | None:
    """Event day of the endpoint's first prediction."""
    days = (served.first_open_day(tx, endpoint), tables.first_labelled_day(tx, endpoint))
    return min((day for day in days if day is not None), default=None)


def _following(first: int | None, until: int) -> int:
    """The first day to evaluate: the one after the first prediction's; none where nothing was predicted."""
    return until + 1 if first is None else first + 1


def _day(at: datetime | None, default: int) -> int:
    return default if at is None else tables.day_of(at)


def _get_alert(tx: Connection, id: str) -> Alert:
    row = tx.execute(select(alerts).where(alerts.c.id == id)).first()
    if row is None:
        raise NotFound("alert", id, "list them with `meguri monitors --alerts`")
    return _alert(row)


def _alert(row: Row[Any]) -> Alert:  # Any: a row of a dynamic select
    return Alert(
        row.id, row.project, row.monitor, row.endpoint, row.signal, row.version,
        row.opened_at, row.resolved_at, row.resolution, row.evidence,
    )  # fmt: skip


def _check(row: Row[Any]) -> Check:  # Any: as above
    return Check(
        row.monitor, row.endpoint, row.kind, from_micros(row.day * DAY), row.day, row.version, row.verdict,
        row.value, row.expected, row.threshold, row.score, row.rows, row.evidence,
    )  # fmt: skip


def _check_row(project: str, check: Check) -> dict[str, Any]:  # Any: column values
    return {
        "project": project, "monitor": check.monitor, "day": check.day, "endpoint": check.endpoint, "kind": check.kind,
        "version": check.version, "verdict": check.verdict, "value": check.value, "expected": check.expected,
        "threshold": check.threshold, "score": check.score, "rows": check.rows, "evidence": check.evidence,
    }  # fmt: skip
