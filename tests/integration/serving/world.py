"""Serving on a ledger, with real endpoint processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import polars as pl
from sqlalchemy import Connection

from meguri.adapters.tables.delta import DeltaTables
from meguri.app.supervisor import Supervisor
from meguri.core.definitions.models import GoldenRow
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.errors import NotFound
from meguri.serving.deployment_specs import spec_file
from meguri.serving.model import Deployable, Endpoint
from meguri.serving.service import ROLL_OUT, Serving
from meguri.testing.ledger import Ledger
from tests.integration.serving.running import ENDPOINT, TOKEN, make_home
from tests.unit.serving.examples import body, feature_set, linear_model, spec

HEADERS = {"authorization": f"Bearer {TOKEN}"}


def definition(name: str = "bikes", *endpoints: str) -> ProjectDefinition:
    known = feature_set()
    return ProjectDefinition(
        name,
        "event",
        (known.entity,),
        (known.source,),
        known.views,
        (known.service,),
        endpoints=tuple(EndpointDefinition(each, "bikes", "hourly") for each in endpoints or ("bikes",)),
    )


def deployable(version: str, **more: Any) -> Deployable:  # Any: fields of Deployable
    number = int(version.removeprefix("mv_"))
    made = spec(1, model=linear_model(bias=float(number)))
    fields: dict[str, Any] = {"golden": (GoldenRow((1.0, 0.5, 100.0), 57.0 + number),), **more}
    return Deployable(version, "bikes", "bikes", number, made.model, made.reference, **fields)


@dataclass
class World:
    """Serving on a ledger, with endpoint processes under a supervisor. Jobs run when `run_jobs` is called."""

    serving: Serving
    ledger: Ledger
    home: Path
    supervisor: Supervisor
    starter: Starter
    store: LosingTables
    versions: dict[str, Deployable] = field(default_factory=dict)

    def deploy(self, version: str, reason: str = "asked for") -> str:
        with self.ledger.db.write() as tx:
            return self.serving.deploy(tx, "bikes", "bikes", version, reason=reason).id

    def endpoint(self, project: str = "bikes") -> Endpoint:
        with self.ledger.db.read() as tx:
            return self.serving.get_endpoint(tx, project, "bikes")

    def run_jobs(self) -> None:
        while self.ledger.jobs.start_queued():
            pass

    def infer(self, id: str, **more: Any) -> dict[str, Any]:  # Any: JSON
        answer = httpx.post(f"{self.serving.client.url(self.endpoint())}/v2/models/bikes/infer", json=body(id, **more), headers=HEADERS)
        assert answer.status_code == 200, answer.text
        value: dict[str, Any] = answer.json()
        return value

    def events(self) -> list[tuple[str, dict[str, Any]]]:  # Any: JSON
        with self.ledger.db.read() as tx:
            found = self.ledger.events.list(tx, project="bikes")
        return [(each.kind, each.payload) for each in found if each.kind.startswith("deployment.")]

    def states(self) -> dict[str, str]:
        with self.ledger.db.read() as tx:
            return {each.version: each.state for each in reversed(self.serving.list_deployments(tx, self.endpoint().id))}


class LosingTables(DeltaTables):
    """While `loses_answers`, an append succeeds and its caller never learns it, as when the process dies in between."""

    loses_answers = False

    def append(self, name: str, frame: pl.DataFrame, token: tuple[str, int] | None = None) -> int:
        version = super().append(name, frame, token)
        if self.loses_answers:
            raise KeyboardInterrupt
        return version


@dataclass
class Starter:
    """Starts endpoint processes under a supervisor. While not `works`, it starts none. `asked`: the endpoints that it was asked for."""

    home: Path
    supervisor: Supervisor
    works: bool = True
    asked: list[str] = field(default_factory=list)

    def __call__(self, endpoint: str) -> None:
        self.asked.append(endpoint)
        if self.works:
            command = [sys.executable, "-m", "meguri.app.endpoint", "--home", str(self.home), "--endpoint", endpoint, "--supervised"]
            self.supervisor.keep(endpoint, command)


@contextmanager
def make_world(ledger: Ledger, home: Path, *, wait_seconds: float = 20) -> Iterator[World]:
    make_home(home, spec(0), *(linear_model(bias=float(number)) for number in range(1, 4)))
    spec_file(home, ENDPOINT).unlink()
    supervisor = Supervisor(home / "work", os.environ)
    versions = {f"mv_{number}": deployable(f"mv_{number}") for number in range(1, 4)}

    def find(_tx: Connection, version: str) -> Deployable:
        if version not in versions:
            raise NotFound("model_version", version)
        return versions[version]

    starter, store = Starter(home, supervisor), LosingTables(home / "tables")
    numbers: dict[str, int] = {}

    def new_id(prefix: str) -> str:
        numbers[prefix] = numbers.get(prefix, 0) + 1
        return f"{prefix}_{numbers[prefix]}"

    serving = Serving(
        ledger.db,
        ledger.events,
        ledger.lineage,
        ledger.jobs,
        store,
        home,
        lambda _tx, project: definition(project),
        find,
        starter,
        ledger.clock,
        new_id,
        wait_seconds=wait_seconds,
    )
    ledger.jobs.register(ROLL_OUT, serving.roll_out)
    ledger.jobs.launch()
    with ledger.db.write() as tx:
        ledger.projects.ensure(tx, "bikes")
        serving.define(tx, definition())
        for version in versions:
            ledger.lineage.node(tx, "model_version", version, project="bikes")
    yield World(serving, ledger, home, supervisor, starter, store, versions)
    serving.close()
    supervisor.stop()
