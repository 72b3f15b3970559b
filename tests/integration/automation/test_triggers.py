"""When a trigger may fire, through the events of a real platform."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from meguri.app.build import Platform
from meguri.core.actor import acting_as
from meguri.core.definitions.automation import PolicyDefinition, TriggerDefinition
from meguri.core.definitions.features import EntityDefinition, FeatureServiceDefinition, SourceDefinition
from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.definitions.pipelines import PipelineDefinition, StepCallDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.errors import Conflict
from meguri.server.commits import Commits
from meguri.server.platform_routes import PlatformRoutes

START = datetime(2024, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = PolicyDefinition("retrain", "pond", cooldown_seconds=7 * 86_400.0)
PROJECT = ProjectDefinition(
    "pond",
    "event",
    (EntityDefinition("site", "site"),),
    (SourceDefinition("readings", "site", "at", {"x": "float", "load": "float"}),),
    (),
    (FeatureServiceDefinition("hourly", "readings", ("x",), (), "load"),),
    (PipelineDefinition("retrain", (StepCallDefinition("begin", "loop:begin"),), {}),),
    (EndpointDefinition("pond", "pond", "hourly"),),
    (MonitorDefinition("quality", "pond", "quality"),),
    (
        TriggerDefinition("monthly", "schedule", POLICY, every_seconds=30 * 86_400.0),
        TriggerDefinition("lost-accuracy", "monitor", POLICY, monitor="quality"),
    ),
)


def told(platform: Platform) -> list[tuple[str, str]]:
    """Triggers that fired or were skipped, after everything that happened was answered."""
    platform.events.deliver()
    with platform.db.read() as tx:
        found = platform.events.list(tx, project="pond", kinds=["trigger.fired", "trigger.skipped"])
    return [(event.kind, event.subject) for event in found]


def test_a_schedule_that_was_only_seen_holds_back_no_other_trigger(platform: Platform) -> None:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        platform.applying.apply(tx, PROJECT.to_json(), archive.getvalue())
        platform.events.advance(tx, "pond", START)
    assert told(platform) == []
    with platform.db.write() as tx:
        platform.events.advance(tx, "pond", START + 2 * DAY)
        platform.events.add(tx, "monitor.breached", project="pond", subject="quality", payload={"monitor": "quality", "signal": "quality"})
    assert told(platform) == [("trigger.fired", "lost-accuracy")]


def test_the_job_of_a_run_is_cancelled_with_its_run_so_that_the_trigger_may_fire_again(platform: Platform) -> None:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        platform.applying.apply(tx, PROJECT.to_json(), archive.getvalue())
    run = platform.automation.fire_by_hand("pond", "monthly")
    find = platform.serving.get_prediction
    routes = PlatformRoutes(platform.db, platform.events, platform.jobs, platform.lineage, platform.watermarks.ask, find, Commits())
    with pytest.raises(Conflict, match=f"POST /api/v1/pipeline-runs/{run}/cancel stops it"):
        routes.cancel(SimpleNamespace(path={"job": f"pipeline.run:{run}"}))
    with platform.db.write() as tx:
        platform.pipelines.cancel(tx, run)
    platform.events.deliver()
    (monthly, _) = platform.automation.list_triggers("pond")
    assert monthly.last is not None
    assert (monthly.last.pipeline_run, monthly.last.status) == (run, "failed")


def test_what_a_trigger_starts_is_done_in_its_name_and_what_a_person_starts_in_the_persons(platform: Platform) -> None:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with acting_as("user:kim"), platform.db.write() as tx:
        platform.applying.apply(tx, PROJECT.to_json(), archive.getvalue())
        platform.events.advance(tx, "pond", START)
        platform.events.add(tx, "monitor.breached", project="pond", subject="quality", payload={"monitor": "quality", "signal": "quality"})
    platform.events.deliver()
    with acting_as("user:kim"):
        platform.automation.fire_by_hand("pond", "monthly")
    with platform.db.read() as tx:
        fired = {event.subject: event.actor for event in platform.events.list(tx, kinds=["trigger.fired"])}
        jobs = sorted(job.actor for job in platform.jobs.list(tx, "pond", kind="pipeline.run"))
    assert fired == {"lost-accuracy": "trigger:lost-accuracy", "monthly": "user:kim"}
    assert jobs == ["trigger:lost-accuracy", "user:kim"]


def test_a_schedule_fires_when_its_time_since_it_was_seen_is_over(platform: Platform) -> None:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        platform.applying.apply(tx, PROJECT.to_json(), archive.getvalue())
        platform.events.advance(tx, "pond", START)
    assert told(platform) == []
    for days in (29, 30):
        with platform.db.write() as tx:
            platform.events.advance(tx, "pond", START + days * DAY)
        platform.events.deliver()
    assert told(platform) == [("trigger.fired", "monthly")]
