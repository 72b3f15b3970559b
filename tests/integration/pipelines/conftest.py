"""A small project, applied, with a month of hourly rows and real workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from meguri.access.projects import ProjectDirectory
from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.executors.processes import ProcessExecutor
from meguri.adapters.online.lmdb import LmdbOnline
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.adapters.tables.delta import DeltaTables
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.ids import PipelineRunId, new_id
from meguri.core.times import iso, utc_now
from meguri.datasets.service import Datasets
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.jobs.durable import InlineEngine
from meguri.jobs.service import Jobs
from meguri.lineage.service import Lineage
from meguri.pipelines.model import PipelineRun, StepExecution
from meguri.pipelines.service import JOB, Pipelines
from meguri.registry.projects import Projects
from meguri.registry.service import Registry
from meguri.sdk.bundle import archive_of
from meguri.sdk.collect import load_folder
from meguri.testing.ledger import sqlite_database
from meguri.tracking.service import Tracking

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 30
UNTIL = START + timedelta(days=DAYS)

PROJECT = """
import meguri as mg

project = mg.Project("bikes", clock="event")
city = mg.Entity("city")
rentals = mg.Source("rentals", entity=city, event_time="at", known_after="24h", columns={"hr": int, "temp": float, "cnt": float})
history = mg.FeatureView("history", source=rentals, features={"cnt_yesterday": mg.last("cnt", window="1h", offset="24h")})
hourly = mg.FeatureService("hourly", source=rentals, request=["hr", "temp"], views=[history], label="cnt")
"""
PIPELINE = '''
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor

import meguri as mg
from features import hourly
from scoring import FEATURES, mean_error


@mg.step
def train(frame: pl.DataFrame, iterations: int = 20) -> mg.Model:
    estimator = HistGradientBoostingRegressor(max_iter=iterations)
    estimator.fit(frame.select(FEATURES).to_numpy(), frame["cnt"].to_numpy())
    print("trained on", frame.height, "rows")
    mae = mean_error(estimator, frame)
    mg.log({"mae": mae})
    return mg.Model(estimator, features=FEATURES, metrics={"mae": mae}, frame=frame)


@mg.step
def check(model: mg.Model) -> float:
    return mean_error(model.estimator, model.frame)


@mg.pipeline(holdout="7d")
def retrain(iterations=20):
    """Train on what is known."""
    model = train(mg.training_frame(hourly), iterations=iterations)
    check(model)
    mg.register(model, name="bikes")
'''
SCORING = """
import numpy as np

FEATURES = ["hr", "temp", "cnt_yesterday"]


def mean_error(estimator, frame) -> float:
    return float(np.mean(np.abs(estimator.predict(frame.select(FEATURES).to_numpy()) - frame["cnt"].to_numpy())))
"""


@dataclass(frozen=True)
class Stage:
    """The services that a pipeline needs, on one home."""

    home: Path
    folder: Path
    pipelines: Pipelines
    projects: Projects
    registry: Registry
    tracking: Tracking
    features: Features
    jobs: Jobs
    events: Events
    lineage: Lineage
    executor: ProcessExecutor

    def apply(self) -> ProjectDefinition:
        """Apply the folder as it is now."""
        definition = load_folder(self.folder)
        with self.pipelines.db.write() as tx:
            self.projects.apply(tx, definition.to_json(), archive_of(self.folder))
            self.features.define(tx, definition)
        return definition

    def submit(self, pipeline: str = "retrain", **parameters: object) -> PipelineRunId:
        with self.pipelines.db.write() as tx:
            return self.pipelines.submit(tx, "bikes", pipeline, parameters, until=UNTIL)

    def run(self, pipeline: str = "retrain", **parameters: object) -> tuple[PipelineRun, dict[str, StepExecution]]:
        """Submit, and wait for the end."""
        id = self.submit(pipeline, **parameters)
        self.jobs.start_queued()
        return self.look(id)

    def look(self, id: str) -> tuple[PipelineRun, dict[str, StepExecution]]:
        with self.pipelines.db.read() as tx:
            return self.pipelines.get_run(tx, id), {step.name: step for step in self.pipelines.list_steps(tx, id)}


def push_rows(features: Features, days: int = DAYS) -> None:
    rows = []
    for number in range(days * 24):
        at = START + timedelta(hours=number)
        temp = None if number % 50 == 0 else 10.0 + (number % 37) / 4
        rows.append({"city": "dc", "at": iso(at), "hr": at.hour, "temp": temp, "cnt": float(20 + at.hour * 3 + number % 7)})
    features.push("bikes", "rentals", rows)


def open_stage(home: Path, folder: Path, db: Database, executor: ProcessExecutor) -> Stage:
    clock = utc_now
    events, lineage, jobs = Events(db, clock), Lineage(clock), Jobs(db, InlineEngine(), clock)
    blobs, series = LocalBlobs(home / "blobs"), SqliteSeries(home / "series.db")
    tables, online = DeltaTables(home / "tables"), LmdbOnline.owner(home / "online")
    directory = ProjectDirectory(events, clock)
    tracking = Tracking(db, events, lineage, directory, series, blobs, clock, new_id)
    registry = Registry(db, events, lineage, blobs, clock, new_id)
    projects = Projects(events, lineage, directory, blobs, home, clock)
    datasets = Datasets(db, events, lineage, tables, clock, new_id)
    features = Features(db, events, lineage, datasets, tables, online, home / "journal", projects.find_definition, clock)
    pipelines = Pipelines(
        db, events, lineage, jobs, projects, tracking, registry, features, blobs, executor, home / "tables", home / "work", clock, new_id
    )
    jobs.register(JOB, pipelines.execute)
    features.start()
    jobs.launch()
    return Stage(home, folder, pipelines, projects, registry, tracking, features, jobs, events, lineage, executor)


@contextmanager
def opened(home: Path, folder: Path, executor: ProcessExecutor) -> Iterator[Stage]:
    """The services on a home, which may have been left by a kill."""
    with sqlite_database(home / "meguri.db") as db:
        stage = open_stage(home, folder, db, executor)
        try:
            yield stage
        finally:
            stage.features.close()
            stage.features.online.close()
            stage.tracking.series.close()


@contextmanager
def prepared(home: Path, folder: Path, executor: ProcessExecutor) -> Iterator[Stage]:
    """The project, applied, with its rows."""
    with opened(home, folder, executor) as stage:
        stage.apply()
        push_rows(stage.features)
        yield stage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the project."""
    place = tmp_path / "project"
    place.mkdir()
    for name, source in (("features", PROJECT), ("pipeline", PIPELINE), ("scoring", SCORING)):
        (place / f"{name}.py").write_text(source)
    return place


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    return place


@pytest.fixture(scope="session")
def executor() -> Iterator[ProcessExecutor]:
    """Warm workers for all tests: equal bundles share them."""
    made = ProcessExecutor(os.environ)
    yield made
    made.close()


@pytest.fixture
def stage(home: Path, folder: Path, executor: ProcessExecutor) -> Iterator[Stage]:
    """The project, applied, with its rows."""
    with prepared(home, folder, executor) as made:
        yield made


@pytest.fixture
def write(stage: Stage) -> Callable[[str, str], None]:
    """Write a module of the project and apply it."""

    def written(module: str, source: str) -> None:
        (stage.folder / f"{module}.py").write_text(source)
        stage.apply()

    return written
