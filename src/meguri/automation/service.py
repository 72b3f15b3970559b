"""Reactions to events: retraining, gates, promotions and bake periods. Each handler runs in the transaction that marks its event as
handled. No other capability imports this one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
import numpy as np
import polars as pl
from sqlalchemy import Connection

from meguri.automation import tables
from meguri.automation.model import GRACE, MINIMUM_BAKE_ROWS, BakePeriod, Comparison, Firing, TriggerState, compare, why_not
from meguri.core.actor import acting_as
from meguri.core.definitions.automation import GateDefinition, PolicyDefinition, TriggerDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import NotFound, Unavailable
from meguri.core.ids import DeploymentId, ModelVersionId, PipelineRunId
from meguri.core.times import Clock, iso
from meguri.db.engine import Database
from meguri.delivery.service import Delivery, Score
from meguri.events.service import Event, Events
from meguri.jobs.model import JobContext
from meguri.jobs.service import Jobs
from meguri.monitoring.service import Monitoring
from meguri.registry.model import CHAMPION
from meguri.registry.service import Registry
from meguri.serving.model import COMING_OR_LIVE
from meguri.serving.service import Serving

BAKE_JOB = "bake.evaluate"
BY_HAND = "by_hand"

Definitions = Callable[[Connection, str], ProjectDefinition | None]


class Submit(Protocol):
    """Starts a pipeline run in the given transaction."""

    def __call__(
        self,
        tx: Connection,
        project: str,
        pipeline: str,
        parameters: dict[str, Any] | None,  # Any: JSON
        *,
        trigger: str,
        reason: str,
        evidence: dict[str, Any] | None,  # Any: JSON
        timeout_seconds: float | None,
    ) -> PipelineRunId: ...


class Automation:
    """Triggers, candidates and bake_periods. All times are the project's event time; nothing here looks at the wall clock to decide."""

    def __init__(
        self,
        db: Database,
        events: Events,
        jobs: Jobs,
        registry: Registry,
        serving: Serving,
        monitoring: Monitoring,
        delivery: Delivery,
        submit: Submit,
        score: Score,
        definitions: Definitions,
        clock: Clock,
    ) -> None:
        self.db, self.events, self.jobs, self.clock, self.definitions = db, events, jobs, clock, definitions
        self.registry, self.serving, self.monitoring, self.delivery = registry, serving, monitoring, delivery
        self.submit, self.score = submit, score

    def breached(self, tx: Connection, event: Event) -> None:
        """`monitor.breached`: fire the triggers that wait for that monitor."""
        for trigger in self._triggers(tx, event.project):
            if trigger.on == "monitor" and trigger.monitor == event.payload["monitor"]:
                self._fire(tx, event.project, trigger, "monitor", {"event": event.sequence, **event.payload})

    def advanced(self, tx: Connection, event: Event) -> None:
        """`watermark.advanced`: fire the schedules that are due, and evaluate the bake periods whose labels have arrived."""
        now = self._now(tx, event.project)
        for trigger in self._triggers(tx, event.project):
            if trigger.on == "schedule" and trigger.every_seconds is not None and self._is_due(tx, event, trigger, now):
                evidence = {"event": event.sequence, "every_seconds": trigger.every_seconds}
                self._fire(tx, event.project, trigger, "schedule", evidence)
        for bake in tables.list_bake_periods(tx, event.project, state="open"):
            if now >= bake.evaluate_from:
                id = f"bake:{bake.id}"
                self.jobs.enqueue_again(tx, BAKE_JOB, id, project=bake.project, payload={"bake": bake.id}, subject=bake.deployment)

    def ended(self, tx: Connection, event: Event) -> None:
        """`pipeline_run.finished` and `.failed`: the next firing may come (after the cool-down)."""
        tables.end_firing(tx, event.subject, "finished" if event.kind == "pipeline_run.finished" else "failed")

    def created(self, tx: Connection, event: Event) -> None:
        """`model_version.created`: the version becomes a challenger on each endpoint that serves its model."""
        definition = self.definitions(tx, event.project)
        if definition is None:
            return
        version = ModelVersionId(event.subject)
        model = self.registry.get_version(tx, version).model
        for endpoint in definition.endpoints:
            if endpoint.model == model:
                self.delivery.open(tx, event.project, endpoint.name, version, _policy(definition, endpoint.name).gate)

    def alias_moved(self, tx: Connection, event: Event) -> None:
        """`alias.moved` of champion: each endpoint of the model serves the champion, independent of who moved the alias."""
        definition = self.definitions(tx, event.project)
        if definition is None or event.payload["alias"] != "champion" or event.payload["version"] is None:
            return
        for endpoint in definition.endpoints:
            if endpoint.model == event.payload["model"]:
                self.serving.deploy(
                    tx, event.project, endpoint.name, event.payload["version"], reason=str(event.payload.get("reason") or "champion")
                )

    def refused(self, tx: Connection, event: Event) -> None:
        """`deployment.failed`: the version that goes on serving is champion again, or none is; else every challenger would be compared
        with a version that is not served."""
        endpoint = self.serving.get_endpoint(tx, event.project, str(event.payload["endpoint"]))
        live = self.serving.find_live(tx, endpoint.id)
        self._champion_follows(tx, event, None if live is None else live.version, f"deployment_failed:{event.subject}")

    def rolled_back(self, tx: Connection, event: Event) -> None:
        """`deployment.rolled_back`, by a bake or by hand: the version that serves again is champion."""
        self._champion_follows(tx, event, str(event.payload["to"]), str(event.payload["reason"]))

    def _champion_follows(self, tx: Connection, event: Event, serving: str | None, reason: str) -> None:
        """Take the alias from the version of the event, if that has it still, and give it to the one that serves."""
        model, bad = str(event.payload["model"]), event.payload["version"]
        champion = self.registry.find_champion(tx, event.project, model)
        if champion is None or champion.id != bad:
            return
        if serving is not None and self.registry.get_version(tx, serving).model == model:
            self.registry.set_alias(tx, event.project, model, CHAMPION, serving, reason=reason)
        else:
            self.registry.drop_alias(tx, event.project, model, CHAMPION, reason=reason)

    def went_live(self, tx: Connection, event: Event) -> None:
        """`deployment.live`: start the bake period of the new version, unless it is the first one or a roll-back."""
        definition, former, version = self.definitions(tx, event.project), event.payload.get("former"), event.payload["version"]
        for bake in tables.list_bake_periods(tx, event.project, state="open", endpoint=event.payload["endpoint"]):
            tables.decide_bake_period(tx, bake.id, "dropped", {"why": "another deployment went live first"}, self.clock())
        if definition is None or former is None or former == version or self._is_way_back(tx, event.subject):
            return
        endpoint, now = str(event.payload["endpoint"]), self._now(tx, event.project)
        policy = _policy(definition, endpoint)
        end = now + timedelta(seconds=policy.bake_seconds)
        delay = timedelta(seconds=_label_delay(definition, endpoint))
        bake = BakePeriod(
            f"bake_{event.subject}",
            event.project,
            endpoint,
            self.registry.get_version(tx, version).model,
            DeploymentId(event.subject),
            ModelVersionId(version),
            ModelVersionId(former),
            now,
            end,
            end + delay,
            policy.rollback_tolerance,
            policy.gate.metric,
            "open",
            None,
            None,
        )
        tables.add_bake_period(tx, bake)

    def _is_way_back(self, tx: Connection, deployment: str) -> bool:
        former = self.serving.get_deployment(tx, deployment).former
        return former is not None and self.serving.get_deployment(tx, former).state == "rolled_back"

    def evaluate_bake(self, _context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
        """The job: compare the new version with the former one on the rows of the window; roll back if it is worse than the tolerance."""
        with self.db.read() as tx:
            bake = tables.get_bake_period(tx, payload["bake"])
            version, former = self.registry.get_version(tx, bake.version), self.registry.get_version(tx, bake.former)
        if bake.state != "open":
            return {"state": bake.state}
        served = self.monitoring.window_rows(bake.project, bake.endpoint, bake.window_from, bake.window_to)
        rows = [row for row in served if row.version == bake.version]
        if len(rows) < MINIMUM_BAKE_ROWS:
            why = f"{len(rows)} labelled rows are too few to compare, {MINIMUM_BAKE_ROWS} are needed"
            return self._end(bake, "passed", {"why": why, "rows": len(rows)})
        names = [each.name for each in version.inputs]
        if missing := [each.name for each in former.inputs if each.name not in names]:
            why = f"{former.label} takes {', '.join(missing)}, which {version.label} does not, so it cannot be asked about the same rows"
            return self._end(bake, "passed", {"why": why, "rows": len(rows)})
        frame = pl.DataFrame([row.inputs for row in rows], schema=names, orient="row", infer_schema_length=None)
        counterfactual = self.score(bake.project, bake.former, frame)
        labels, outputs = (np.array([getattr(row, name) for row in rows], np.float64) for name in ("label", "output"))
        found = compare(bake.metric, labels, outputs, counterfactual)
        return self._conclude(bake, found)

    def _conclude(self, bake: BakePeriod, found: Comparison) -> dict[str, Any]:  # Any: JSON
        evidence = {**msgspec.to_builtins(found), "tolerance": bake.tolerance, "from": iso(bake.window_from), "to": iso(bake.window_to)}
        return self._end(bake, "failed" if found.worse_by > bake.tolerance else "passed", evidence)

    def _end(self, bake: BakePeriod, state: str, evidence: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
        with self.db.write() as tx:
            if tables.get_bake_period(tx, bake.id).state != "open":
                return {"state": "dropped"}
            endpoint = self.serving.get_endpoint(tx, bake.project, bake.endpoint)
            newest = next((each.id for each in self.serving.list_deployments(tx, endpoint.id) if each.state in COMING_OR_LIVE), None)
            if state == "failed" and newest != bake.deployment:
                raise Unavailable(
                    "the way back", f"deployment {newest} is coming, and would be undone in place of the one in its bake period"
                )
            tables.decide_bake_period(tx, bake.id, state, evidence, self.clock())
            numbers = {
                "number": self.registry.get_version(tx, bake.version).number,
                "former_number": self.registry.get_version(tx, bake.former).number,
            }
            named = {"endpoint": bake.endpoint, "model": bake.model, "deployment": bake.deployment, "version": bake.version}
            payload = {**named, "former": bake.former, **numbers, "evidence": evidence}
            self.events.add(tx, f"bake.{state}", project=bake.project, subject=bake.deployment, payload=payload)
            if state == "failed":
                reason = f"bake:{bake.deployment}"
                self.serving.roll_back(tx, bake.project, bake.endpoint, reason=reason)
                self.registry.set_alias(tx, bake.project, bake.model, "champion", bake.former, reason=reason)
        return {"state": state}

    def fire_by_hand(self, project: str, trigger: str, reason: str = BY_HAND) -> PipelineRunId:
        """Start a trigger's pipeline now, cool-down or not. Raises NotFound."""
        with self.db.write() as tx:
            return self._start(tx, project, self._trigger(tx, project, trigger), reason, {})

    def list_triggers(self, project: str) -> list[TriggerState]:
        with self.db.read() as tx:
            found = self._triggers(tx, project)
            return [TriggerState(project, each, self._last(tx, project, each.policy)) for each in found]

    def list_bake_periods(
        self, project: str, endpoint: str | None = None, limit: int = 100, *, before: tuple[int, str] | None = None
    ) -> list[BakePeriod]:
        """The newest first. `before`: start (microseconds since 1970) and id of the bake period after which to begin."""
        with self.db.read() as tx:
            return tables.list_bake_periods(tx, project, endpoint=endpoint, limit=limit, before=before)

    def _fire(self, tx: Connection, project: str, trigger: TriggerDefinition, reason: str, evidence: dict[str, Any]) -> None:  # Any: JSON
        last, now = self._last(tx, project, trigger.policy), self._now(tx, project)
        why = why_not(last, now, trigger.policy.cooldown_seconds)
        if why is None:
            with acting_as(f"trigger:{trigger.name}"):
                self._start(tx, project, trigger, reason, evidence)
            return
        payload = {"trigger": trigger.name, "why": why, "reason": reason, "last_fired_at": None if last is None else iso(last.at)}
        self.events.add(tx, "trigger.skipped", project=project, subject=trigger.name, payload=payload)

    def _start(
        self, tx: Connection, project: str, trigger: TriggerDefinition, reason: str, evidence: dict[str, Any]
    ) -> PipelineRunId:  # Any: JSON
        policy = trigger.policy
        timeout = policy.timeout_seconds
        run = self.submit(
            tx, project, policy.pipeline, None, trigger=trigger.name, reason=reason, evidence=evidence, timeout_seconds=timeout
        )
        tables.put_firing(tx, project, policy.pipeline, policy.endpoint, Firing(trigger.name, self._now(tx, project), run, "running"))
        payload = {"trigger": trigger.name, "pipeline": policy.pipeline, "pipeline_run": run, "reason": reason, "evidence": evidence}
        self.events.add(tx, "trigger.fired", project=project, subject=trigger.name, payload=payload)
        return run

    def _is_due(self, tx: Connection, event: Event, trigger: TriggerDefinition, now: datetime) -> bool:
        """A schedule counts from the last firing of its policy, and before there was one from where it was first seen."""
        if trigger.every_seconds is None:
            return False
        last = self._last(tx, event.project, trigger.policy)
        if last is None:
            tables.put_firing(tx, event.project, trigger.policy.pipeline, trigger.policy.endpoint, Firing(trigger.name, now, "", "seen"))
            return False
        return now >= last.at + timedelta(seconds=trigger.every_seconds) and last.status != "running"

    def _last(self, tx: Connection, project: str, policy: PolicyDefinition) -> Firing | None:
        return tables.find_firing(tx, project, policy.pipeline, policy.endpoint)

    def _triggers(self, tx: Connection, project: str) -> tuple[TriggerDefinition, ...]:
        definition = self.definitions(tx, project)
        return () if definition is None else definition.triggers

    def _trigger(self, tx: Connection, project: str, name: str) -> TriggerDefinition:
        declared = self._triggers(tx, project)
        found = next((each for each in declared if each.name == name), None)
        if found is None:
            raise NotFound("trigger", name, f"project {project!r} declares {', '.join(each.name for each in declared) or 'none'}")
        return found

    def _now(self, tx: Connection, project: str) -> datetime:
        return self.events.watermark(tx, project) or self.clock()


def _policy(definition: ProjectDefinition, endpoint: str) -> PolicyDefinition:
    """The policy that a trigger declares for an endpoint; the defaults where none does."""
    for trigger in definition.triggers:
        if trigger.policy.endpoint == endpoint:
            return trigger.policy
    return PolicyDefinition(pipeline="", endpoint=endpoint, gate=GateDefinition())


def _label_delay(definition: ProjectDefinition, endpoint: str) -> float:
    """Seconds until the label of an endpoint's prediction is known, as its source says, and a grace."""
    found = next((each for each in definition.endpoints if each.name == endpoint), None)
    delay = 0.0 if found is None else definition.feature_set(found.features).source.known_after_seconds
    return delay + GRACE.total_seconds() * (delay > 0)
