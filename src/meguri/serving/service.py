"""Endpoints and their deployments: what is served, since when and why."""

from __future__ import annotations

import logging
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from meguri.core.definitions.features import FeatureSet
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Conflict, Invalid, NotFound, Unavailable
from meguri.core.ids import EndpointId, NewId
from meguri.core.json import JsonObject
from meguri.core.times import Clock
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.jobs.model import JobContext
from meguri.jobs.service import Jobs
from meguri.lineage.service import Lineage, Node
from meguri.ports.tables import TableStore
from meguri.serving import tables
from meguri.serving.client import EndpointClient
from meguri.serving.deployment_specs import DeploymentSpec, read_spec, spec_file, write_spec
from meguri.serving.live import request_columns
from meguri.serving.model import Deployable, Deployment, Endpoint, Moved, Prediction, ProfileWindow, RequestColumn
from meguri.serving.predictions import Definitions, Predictions

logger = logging.getLogger(__name__)

ROLL_OUT = "deployment.roll_out"
BY_HAND = "by_hand"
"""The reason of what a person did without giving one."""
WAIT_SECONDS = 60.0
PORTS = range(20_000, 32_000)
_LOOK_SECONDS = 0.1

FindDeployable = Callable[[Connection, str], Deployable]
"""A model version as serving needs it, by id. Raises NotFound."""

EnsureRunning = Callable[[EndpointId], None]
"""Starts the process of an endpoint unless it runs; called when its spec is there. Quick."""


class Serving:
    """Declares endpoints, deploys versions to them and rolls them back. Predictions themselves never pass here."""

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        jobs: Jobs,
        store: TableStore,
        home: Path,
        definitions: Definitions,
        deployables: FindDeployable,
        ensure_running: EnsureRunning,
        clock: Clock,
        new_id: NewId,
        *,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.db, self.events, self.lineage, self.jobs, self.home = db, events, lineage, jobs, home
        self.definitions, self.deployables, self.ensure_running = definitions, deployables, ensure_running
        self.clock, self.new_id, self.wait_seconds = clock, new_id, wait_seconds
        self.client = EndpointClient(home)
        self.predictions = Predictions(db, store, self.client, home, definitions, clock)

    def define(self, tx: Connection, project: ProjectDefinition) -> None:
        """Record the endpoints of a project that is being applied. What is deployed stays as it is, also where the endpoint is declared no
        longer.
        """
        for wanted in project.endpoints:
            known = tables.find_endpoint(tx, project.name, wanted.name)
            if known is None:
                self._add(tx, project.name, wanted.name, wanted.model, wanted.features, wanted.description)
            else:
                tables.change_endpoint(tx, known.id, model=wanted.model, features=wanted.features, description=wanted.description)

    def deploy(self, tx: Connection, project: str, endpoint: str, version: str, *, reason: str) -> Deployment:
        """Put a version on an endpoint: rows, lineage and event now, the roll-out as a job.

        The version is served with the features that it was trained with; one of which that is not known, with those that the endpoint
        declares now. Where the very same is live or on its way already, that deployment is given. Raises NotFound, Conflict (its project
        declares the endpoint or its features no longer, or the version belongs to another project).
        """
        target = tables.get_endpoint(tx, project, endpoint)
        deployable = self.deployables(tx, version)
        if deployable.project != target.project:
            raise Conflict(f"version {version} belongs to project {deployable.project!r}, endpoint {endpoint!r} to {target.project!r}")
        declared = self._feature_set(tx, target)
        spec = DeploymentSpec(
            revision=target.revision + 1,
            project=target.project,
            endpoint=endpoint,
            port=target.port,
            deployment=self.new_id("dep"),
            version=version,
            model=deployable.model,
            feature_set=deployable.feature_set or declared,
            reference=deployable.reference,
            golden=deployable.golden,
            name=deployable.name,
            number=deployable.number,
            on_event_time=self._is_on_event_time(tx, target),
        )
        latest = tables.find_latest(tx, target.id)
        if latest is not None and _serves_the_same(tables.get_spec(tx, latest.id), spec):
            return latest
        return self._create(tx, target, spec, reason, former=tables.find_live(tx, target.id))

    def roll_back(self, tx: Connection, project: str, endpoint: str, *, reason: str) -> Deployment:
        """Deploy again what was live before the present deployment. Raises Conflict where nothing was."""
        target = tables.get_endpoint(tx, project, endpoint)
        bad = tables.find_latest(tx, target.id)
        good = None if bad is None else self._find_before(tx, bad)
        if bad is None or good is None:
            raise Conflict(f"endpoint {endpoint!r} has no former deployment to roll back to: deploy another version", endpoint=endpoint)
        spec = replace(tables.get_spec(tx, good.id), revision=target.revision + 1, port=target.port, deployment=self.new_id("dep"))
        tables.change_deployment(tx, bad.id, state="rolled_back", why=reason)
        made = self._create(tx, target, spec, reason, former=bad)
        details = {"to": good.version, "to_number": spec.number, "by": made.id, "reason": reason}
        payload = _payload(bad, tables.get_spec(tx, bad.id), details)
        self.events.add(tx, "deployment.rolled_back", project=target.project, subject=bad.id, payload=payload)
        return made

    def roll_out(self, context: JobContext, payload: JsonObject) -> JsonObject:
        """The job of a deployment: write the spec, wait until the process serves it, note the outcome.

        Where the process does not answer in time, the deployment stays `created`: the process takes the spec when it starts, and
        `note_live` notes it then. Raises Conflict where the process refuses the version; the former one goes on serving.
        """
        id = str(payload["deployment"])
        if not context.step("write", lambda: self._write(id)):
            return {"deployment": id, "state": "replaced"}
        outcome: JsonObject = context.step("wait", lambda: self._wait(id, context.pause))
        state = context.step("note", lambda: self._note(id, outcome))
        if state == "failed":
            raise Conflict(f"deployment {id} was refused by its endpoint: {outcome['why']}", deployment=id)
        return {"deployment": id, "state": state, **({} if outcome["live"] else {"why": outcome["why"]})}

    def note_live(self) -> int:
        """Note deployments that went live (or were refused) while no request waited for them. Returns their number. Called periodically.

        The spec of one whose job gave up (a disk that stayed full) is written here: nothing else retries it.
        """
        with self.db.read() as tx:
            waiting = [
                (each, tables.get_endpoint_by_id(tx, each.endpoint_id), self.jobs.active(tx, each.project, kind=ROLL_OUT) > 0)
                for each in tables.list_in_state(tx, "created")
            ]
        noted = 0
        for deployment, endpoint, has_job in waiting:
            if not has_job and not self._is_written(deployment) and not self._write(deployment.id):
                continue
            outcome = self._look(endpoint, deployment.revision)
            if outcome is not None:
                self._note(deployment.id, outcome)
                noted += 1
        return noted

    def start(self) -> None:
        """Start the process of every endpoint that has a spec; once, when the server starts."""
        with self.db.read() as tx:
            ids = [each.id for each in tables.list_endpoints(tx, None)]
        for id in ids:
            if self.is_deployed(id):
                self.ensure_running(id)

    def get_endpoint(self, tx: Connection, project: str, name: str) -> Endpoint:
        """Raises NotFound."""
        return tables.get_endpoint(tx, project, name)

    def list_endpoints(
        self, tx: Connection, project: str | None = None, *, after: str | None = None, limit: int | None = None
    ) -> list[Endpoint]:
        """By project and name. `after`: the name after which to begin."""
        return tables.list_endpoints(tx, project, after=after, limit=limit)

    def get_deployment(self, tx: Connection, id: str) -> Deployment:
        """Raises NotFound."""
        return tables.get_deployment(tx, id)

    def list_deployments(self, tx: Connection, endpoint: EndpointId, limit: int = 100, *, before: int | None = None) -> list[Deployment]:
        """The newest first. `before`: the revision below which to begin."""
        return tables.list_deployments(tx, endpoint, limit, before=before)

    def find_live(self, tx: Connection, endpoint: EndpointId) -> Deployment | None:
        """The deployment that answers now, as far as the ledger knows."""
        return tables.find_live(tx, endpoint)

    def get_spec(self, tx: Connection, deployment: str) -> DeploymentSpec:
        """What a deployment serves: model, inputs, features, reference. Raises NotFound."""
        return tables.get_spec(tx, deployment)

    def list_request_columns(self, tx: Connection, endpoint: EndpointId) -> list[RequestColumn]:
        """What a request must send now; empty before the first deployment."""
        live = tables.find_live(tx, endpoint)
        columns = {} if live is None else request_columns(tables.get_spec(tx, live.id).feature_set)
        return [RequestColumn(name, dtype) for name, dtype in columns.items()]

    def list_windows(
        self, tx: Connection, endpoint: EndpointId, since_day: int, until_day: int, version: str | None = None
    ) -> list[ProfileWindow]:
        """Profiles of sealed segments by event day (days since 1970, both ends included), oldest first."""
        return tables.list_windows(tx, endpoint, since_day, until_day, version)

    def move(self, endpoint: Endpoint) -> Moved:
        """Move what an endpoint has logged into the ledger; see `Predictions.move`."""
        return self.predictions.move(endpoint)

    def is_deployed(self, endpoint: EndpointId) -> bool:
        """Whether an endpoint has something to serve, so that its process is to run."""
        return spec_file(self.home, endpoint).exists()

    def get_prediction(self, tx: Connection, project: str, endpoint: str, id: str) -> Prediction:
        """A prediction by id, wherever it is by now; its lineage starts at its deployment. Raises NotFound."""
        return self.predictions.get(tx, tables.get_endpoint(tx, project, endpoint), id)

    def close(self) -> None:
        self.client.close()

    def _add(self, tx: Connection, project: str, name: str, model: str, features: str, description: str) -> None:
        port = _free_port({each.port for each in tables.list_endpoints(tx, None)})
        made = Endpoint(EndpointId(self.new_id("ep")), name, project, model, features, description, port, 0, self.clock())
        tables.add_endpoint(tx, made)
        tables.start_progress(tx, made.id)
        self.lineage.node(tx, "endpoint", made.id, project=project, label=name)

    def _is_on_event_time(self, tx: Connection, endpoint: Endpoint) -> bool:
        definition = self.definitions(tx, endpoint.project)
        return definition is not None and definition.clock == "event"

    def _feature_set(self, tx: Connection, endpoint: Endpoint) -> FeatureSet:
        definition = self.definitions(tx, endpoint.project)
        if definition is None or all(each.name != endpoint.name for each in definition.endpoints):
            raise Conflict(f"project {endpoint.project!r} does not declare endpoint {endpoint.name!r} any more: apply a project that does")
        return definition.feature_set(endpoint.features)

    def _create(self, tx: Connection, endpoint: Endpoint, spec: DeploymentSpec, reason: str, *, former: Deployment | None) -> Deployment:
        made = Deployment(
            id=spec.deployment,
            project=endpoint.project,
            endpoint_id=endpoint.id,
            endpoint=endpoint.name,
            version=spec.version,
            revision=spec.revision,
            state="created",
            reason=reason,
            former=None if former is None else former.id,
            why=None,
            created_at=self.clock(),
            live_at=None,
        )
        tables.add_deployment(tx, made, spec)
        tables.change_endpoint(tx, endpoint.id, revision=spec.revision)
        version = self.lineage.node(tx, "model_version", spec.version, project=endpoint.project, label=spec.label)
        node = self.lineage.node(tx, "deployment", made.id, project=endpoint.project, label=f"{endpoint.name} {spec.revision}")
        self.lineage.edge(tx, version, node, "deployed")
        payload = _payload(made, spec, {"revision": made.revision, "reason": reason})
        self.events.add(tx, "deployment.created", project=endpoint.project, subject=made.id, payload=payload)
        self.jobs.enqueue(tx, ROLL_OUT, f"roll_out:{made.id}", project=endpoint.project, payload={"deployment": made.id}, subject=made.id)
        return made

    def _find_before(self, tx: Connection, bad: Deployment) -> Deployment | None:
        """The newest deployment before `bad` that was live with another version."""
        for each in tables.list_deployments(tx, bad.endpoint_id, 1_000):
            if each.revision < bad.revision and each.live_at is not None and each.version != bad.version and each.state != "rolled_back":
                return each
        return None

    def _write(self, id: str) -> bool:
        """Write the spec unless a newer one is there; False where this deployment was overtaken."""
        with self.db.read() as tx:
            deployment, spec = tables.get_deployment(tx, id), tables.get_spec(tx, id)
            latest = tables.find_latest(tx, deployment.endpoint_id)
        if latest is None or latest.revision > deployment.revision:
            with self.db.write() as tx:
                if tables.get_deployment(tx, id).state == "created":
                    tables.change_deployment(tx, id, state="replaced", why="a newer deployment came before it was live")
            return False
        write_spec(spec_file(self.home, deployment.endpoint_id), spec)
        self.ensure_running(deployment.endpoint_id)
        return True

    def _is_written(self, deployment: Deployment) -> bool:
        try:
            return read_spec(spec_file(self.home, deployment.endpoint_id)).revision >= deployment.revision
        except (NotFound, Invalid):
            return False

    def _wait(self, id: str, pause: Callable[[float], None]) -> JsonObject:
        with self.db.read() as tx:
            deployment = tables.get_deployment(tx, id)
            endpoint = tables.get_endpoint_by_id(tx, deployment.endpoint_id)
        deadline = time.monotonic() + self.wait_seconds
        while True:
            outcome = self._look(endpoint, deployment.revision)
            if outcome is not None:
                return outcome
            if time.monotonic() > deadline:
                return {"live": False, "refused": False, "why": "its process does not answer, and will take it when it starts"}
            pause(_LOOK_SECONDS)

    def _look(self, endpoint: Endpoint, revision: int) -> JsonObject | None:
        """What became of a revision at its process; None while that is open."""
        try:
            state = self.client.reload(endpoint)
        except Unavailable:
            return None
        if (state.revision or 0) >= revision:
            return {"live": True, "refused": False, "why": None}
        if state.refused is not None and state.refused.revision == revision:
            return {"live": False, "refused": True, "why": state.refused.why}
        return None

    def _note(self, id: str, outcome: JsonObject) -> str:  # Any: JSON
        with self.db.write() as tx:
            deployment = tables.get_deployment(tx, id)
            if deployment.state != "created" or not (outcome["live"] or outcome["refused"]):
                return deployment.state
            if outcome["refused"]:
                self._note_failed(tx, deployment, str(outcome["why"]))
                return "failed"
            self._note_went_live(tx, deployment)
            return "live"

    def _note_failed(self, tx: Connection, deployment: Deployment, why: str) -> None:
        tables.change_deployment(tx, deployment.id, state="failed", why=why)
        payload = _payload(deployment, tables.get_spec(tx, deployment.id), {"why": why})
        self.events.add(tx, "deployment.failed", project=deployment.project, subject=deployment.id, payload=payload)

    def _note_went_live(self, tx: Connection, deployment: Deployment) -> None:
        replaced = tables.find_live(tx, deployment.endpoint_id)
        if replaced is not None:
            tables.change_deployment(tx, replaced.id, state="replaced")
        former = None if deployment.former is None else tables.get_deployment(tx, deployment.former)
        tables.change_deployment(tx, deployment.id, state="live", live_at=self.clock())
        self.lineage.edge(tx, Node("deployment", deployment.id), Node("endpoint", deployment.endpoint_id), "served")
        details = {"revision": deployment.revision, "reason": deployment.reason, "former": None if former is None else former.version}
        payload = _payload(deployment, tables.get_spec(tx, deployment.id), details)
        self.events.add(tx, "deployment.live", project=deployment.project, subject=deployment.id, payload=payload)


def _payload(deployment: Deployment, spec: DeploymentSpec, more: JsonObject) -> JsonObject:
    what = {"endpoint": deployment.endpoint, "deployment": deployment.id, "version": deployment.version}
    return {**what, "model": spec.name, "number": spec.number, **more}


def _serves_the_same(one: DeploymentSpec, other: DeploymentSpec) -> bool:
    return replace(one, revision=0, deployment="").to_json() == replace(other, revision=0, deployment="").to_json()


def _free_port(taken: set[int]) -> int:
    """A port that is free now. It is written down with the endpoint, so that its address never changes.

    Below the ports that the kernel gives to outgoing connections, one of which could hold it while the endpoint restarts.
    """
    for _ in range(1_000):
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe:
            try:
                if port not in taken:
                    probe.bind(("127.0.0.1", port))
                    return port
            except OSError:
                continue
    raise Unavailable("a port for the endpoint", f"none of {PORTS.start} to {PORTS.stop - 1} is free on 127.0.0.1")
