"""Builds the platform: every service once, with what it needs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from meguri.access.home_token import home_token
from meguri.access.projects import ProjectDirectory
from meguri.access.service import Access
from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.executors.processes import ProcessExecutor
from meguri.adapters.online.lmdb import LmdbOnline
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.adapters.tables.delta import DeltaTables
from meguri.app.applying import Applying
from meguri.app.dispatch import dispatch
from meguri.app.endpoint_callers import EndpointCallers
from meguri.app.home import Home
from meguri.app.older_homes import move_older_folders
from meguri.app.periodic import PeriodicTask
from meguri.app.supervisor import Supervisor
from meguri.app.watermarks import Watermarks
from meguri.automation.service import Automation
from meguri.core.environment import child_environment
from meguri.core.ids import new_id
from meguri.core.lockfile import find_owner as find_holder
from meguri.core.settings import Settings
from meguri.core.times import Clock, utc_now
from meguri.datasets.service import Datasets
from meguri.db.engine import Database
from meguri.db.migrate import prepare
from meguri.delivery.compare import Comparisons
from meguri.delivery.service import Delivery
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.jobs.durable import DurableEngine
from meguri.jobs.service import Jobs
from meguri.lineage.service import Lineage
from meguri.monitoring.service import Monitoring
from meguri.pipelines.service import Pipelines
from meguri.ports.series import SeriesStore
from meguri.registry.projects import Projects
from meguri.registry.service import Registry
from meguri.serving.deployables import Deployables
from meguri.serving.deployment_specs import process_lock
from meguri.serving.service import Serving
from meguri.tracking.service import Tracking

STOPPING_SECONDS = 2.0
"""How long a task that is under way is waited for at the end; what it writes is written in transactions."""

CALLERS_SECONDS = 10.0
"""How often the file of those who may call endpoints is compared with the ledger."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The services, by name. `tasks`: the first one delivers events and starts jobs."""

    settings: Settings
    home: Home
    token: str
    db: Database
    events: Events
    jobs: Jobs
    lineage: Lineage
    tracking: Tracking
    directory: ProjectDirectory
    access: Access
    projects: Projects
    registry: Registry
    datasets: Datasets
    features: Features
    serving: Serving
    pipelines: Pipelines
    monitoring: Monitoring
    delivery: Delivery
    comparisons: Comparisons
    automation: Automation
    applying: Applying
    watermarks: Watermarks
    supervisor: Supervisor
    tasks: tuple[PeriodicTask, ...]
    callers: EndpointCallers
    online: LmdbOnline
    series: SeriesStore

    def start(self) -> None:
        """Start the threads, jobs and child processes."""
        self.callers.write()
        self.features.start()
        self.db.on_commit(self.tasks[0].wake)
        self.jobs.launch()
        self.serving.start()
        for task in self.tasks:
            task.start()

    def close(self) -> None:
        """End them, in the order in which they need each other."""
        self.jobs.interrupt()
        self.pipelines.close()
        for task in self.tasks:
            task.stop(STOPPING_SECONDS)
        self.jobs.close()
        self.supervisor.stop()
        self.serving.close()
        self.monitoring.close()
        self.features.close()
        self.online.close()
        self.series.close()
        self.db.close()


def build(settings: Settings, clock: Clock = utc_now) -> Platform:
    """All services over one home, which the caller owns. Nothing runs yet. Raises Unavailable, Conflict (a home of a later release)."""
    home = Home(settings.home.absolute())
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.drop_unfinished()
    token = home_token(home.path)
    db, series, jobs_url = _stores(settings, home)
    prepare(db)
    events, lineage = Events(db, clock), Lineage(clock)
    jobs = Jobs(db, DurableEngine(jobs_url), clock)
    blobs, store, online = LocalBlobs(home.path / "blobs"), DeltaTables(home.path / "tables"), LmdbOnline.owner(home.path / "online")

    directory = ProjectDirectory(events, clock)
    access = Access(db, events, directory, clock, new_id)
    access.prepare()
    tracking = Tracking(db, events, lineage, directory, series, blobs, clock, new_id)
    projects = Projects(events, lineage, directory, blobs, home.path, clock)
    registry = Registry(db, events, lineage, blobs, clock, new_id)
    datasets = Datasets(db, events, lineage, store, clock, new_id)
    journals = home.path / "journal"
    features = Features(db, events, lineage, datasets, store, online, journals, projects.find_definition, clock)
    supervisor = Supervisor(home.path / "work" / "logs", child_environment(os.environ, settings.pass_environment))
    serving = Serving(
        db,
        events,
        lineage,
        jobs,
        store,
        home.path,
        projects.find_definition,
        Deployables(registry, projects),
        lambda endpoint: _keep_endpoint(supervisor, home.path, endpoint),
        clock,
        new_id,
    )
    with db.read() as tx:
        move_older_folders(home.path, serving.list_endpoints(tx))
    executor = ProcessExecutor(os.environ, threads=settings.worker_threads, pass_environment=settings.pass_environment)
    pipelines = Pipelines(
        db,
        events,
        lineage,
        jobs,
        projects,
        tracking,
        registry,
        features,
        blobs,
        executor,
        home.path / "tables",
        home.path / "work",
        clock,
        new_id,
    )
    monitoring = _monitoring(db, events, lineage, journals, projects, registry, clock)
    delivery = Delivery(db, events, lineage, jobs, registry, features, pipelines.score, projects, clock, new_id)
    automation = Automation(
        db, events, jobs, registry, serving, monitoring, delivery, pipelines.submit, pipelines.score, projects.find_definition, clock
    )
    watermarks = Watermarks(db, events, jobs, projects, features, serving, monitoring, clock)
    callers = EndpointCallers(db, access, home.path, is_open=settings.auth == "off")
    callers.listen(events)
    tasks = (
        PeriodicTask("dispatch", lambda: _dispatch(events, jobs), 0.5),
        PeriodicTask("watermarks", lambda: _advance_watermarks(watermarks, serving), settings.watermark_seconds),
        PeriodicTask("endpoint callers", callers.write, CALLERS_SECONDS),
    )
    platform = Platform(
        settings,
        home,
        token,
        db,
        events,
        jobs,
        lineage,
        tracking,
        directory,
        access,
        projects,
        registry,
        datasets,
        features,
        serving,
        pipelines,
        monitoring,
        delivery,
        Comparisons(db, monitoring, registry, pipelines.score),
        automation,
        Applying(projects, features, serving),
        watermarks,
        supervisor,
        tasks,
        callers,
        online,
        series,
    )
    dispatch(platform)
    home.make_private()
    return platform


def _monitoring(
    db: Database, events: Events, lineage: Lineage, journals: Path, projects: Projects, registry: Registry, clock: Clock
) -> Monitoring:
    """Monitoring, with the definitions of projects and the references of versions as functions."""
    return Monitoring(
        db,
        events,
        lineage,
        journals=journals,
        clock=clock,
        find_definition=projects.find_definition,
        find_reference=lambda tx, version: registry.read_reference(registry.get_version(tx, version)),
        find_baseline=lambda tx, version: registry.get_version(tx, version).baseline,
    )


def _stores(settings: Settings, home: Home) -> tuple[Database, SeriesStore, str]:
    """Ledger, series and the job engine's own tables: three SQLite files in the home, or one PostgreSQL."""
    if not settings.database:
        jobs = URL.create("sqlite", database=str(home.jobs))
        return Database.at(home.ledger), SqliteSeries(home.series), jobs.render_as_string(hide_password=False)
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        return Database.open(url), SqliteSeries(home.series), URL.create("sqlite", database=str(home.jobs)).render_as_string()
    from meguri.adapters.series.postgresql import PostgresSeries  # its driver is an extra

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return Database.open(url), PostgresSeries(plain), plain


def _dispatch(events: Events, jobs: Jobs) -> None:
    while events.deliver() + jobs.start_queued():
        pass


def _advance_watermarks(watermarks: Watermarks, serving: Serving) -> None:
    serving.note_live()
    watermarks.advance_all()


def _keep_endpoint(supervisor: Supervisor, home: Path, endpoint: str) -> None:
    """An endpoint is ready once its process has announced where it listens."""

    def is_ready(pid: int) -> bool:
        owner = find_holder(process_lock(home, endpoint))
        return owner is not None and owner.pid == pid and bool(owner.url)

    supervisor.keep(endpoint, endpoint_command(home, endpoint), is_ready=is_ready)


def endpoint_command(home: Path, endpoint: str) -> list[str]:
    """The process of an endpoint. `-P` keeps the current folder off its import path."""
    return [sys.executable, "-P", "-m", "meguri.app.endpoint", "--home", str(home), "--endpoint", endpoint, "--supervised"]
