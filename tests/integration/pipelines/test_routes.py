"""What REST shows of pipelines, and a run on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from meguri.adapters.executors.processes import ProcessExecutor
from meguri.core.errors import NotFound
from meguri.core.times import iso
from meguri.db.engine import Database
from meguri.pipelines.routes import NewPipelineRun, routes
from tests.integration.pipelines.conftest import UNTIL, Stage, open_stage, push_rows
from tests.refusals import refused


class Asked:
    """A request as a handler sees it."""

    def __init__(self, body: Any = None, query: dict[str, Any] | None = None, **path: str) -> None:
        self.body, self.query, self.path = body, query or {}, path
        self.headers: dict[str, str] = {}

    def raw(self) -> bytes:
        return b""

    def stream(self) -> Any:
        return None


def call(stage: Stage, method: str, path: str, asked: Asked) -> Any:
    """The answer as JSON has it."""
    handlers: dict[tuple[str, str], Any] = {(route.method, route.path): route.handler for route in routes(stage.pipelines)}
    return msgspec.json.decode(msgspec.json.encode(handlers[method, f"/api/v1/{path}"](asked)))


@pytest.fixture
def both(db: Database, home: Path, folder: Path, executor: ProcessExecutor) -> Iterator[Stage]:
    """The project on SQLite and on PostgreSQL."""
    stage = open_stage(home, folder, db, executor)
    stage.apply()
    push_rows(stage.features)
    yield stage
    stage.features.close()
    stage.features.online.close()
    stage.tracking.series.close()


def test_pipeline_is_started_and_shown_with_its_steps(both: Stage) -> None:
    (declared,) = call(both, "GET", "projects/{project}/pipelines", Asked(project="bikes"))["items"]
    assert (declared["name"], declared["project"], declared["steps"], declared["last"]) == ("retrain", "bikes", 4, None)
    assert [(each["name"], each["takes"]) for each in declared["calls"]] == [
        ("training_frame", []),
        ("train", ["training_frame"]),
        ("check", ["train"]),
        ("register", ["train"]),
    ]
    started = call(
        both,
        "POST",
        "projects/{project}/pipelines/{pipeline}/runs",
        Asked(NewPipelineRun({"iterations": 3}, iso(UNTIL)), project="bikes", pipeline="retrain"),
    )
    assert (started["status"], started["trigger"], started["reason"], started["until"]) == (
        "queued",
        "manual",
        "by_hand",
        "2026-01-31T00:00:00Z",
    )
    both.jobs.start_queued()
    page = call(both, "GET", "pipeline-runs/{run}", Asked(run=started["id"]))
    assert (page["status"], page["parameters"], page["error"], len(page["versions"])) == ("finished", {"iterations": 3}, None, 1)
    assert [(step["name"], step["state"], step["is_cached"]) for step in page["steps"]] == [
        ("training_frame", "finished", False),
        ("train", "finished", False),
        ("check", "finished", False),
        ("register", "finished", False),
    ]
    train = page["steps"][1]
    assert (train["arguments"], train["inputs"]["frame"]["type"], train["output"]["format"], train["attempts"]) == (
        {"iterations": 3},
        "polars.DataFrame",
        "model",
        1,
    )
    assert call(both, "GET", "projects/{project}/pipelines", Asked(project="bikes"))["items"][0]["last"]["id"] == started["id"]
    assert call(both, "GET", "projects/{project}/pipelines", Asked(project="other"))["items"] == []


def test_runs_are_listed_in_pages(both: Stage) -> None:
    ids = [both.run("retrain")[0].id for _ in range(3)]
    first = call(both, "GET", "projects/{project}/pipeline-runs", Asked(query={"limit": 2}, project="bikes"))
    second = call(both, "GET", "projects/{project}/pipeline-runs", Asked(query={"limit": 2, "cursor": first["next"]}, project="bikes"))
    assert [run["id"] for run in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None
    assert call(both, "GET", "projects/{project}/pipeline-runs", Asked(query={"status": "failed"}, project="bikes"))["items"] == []


def test_waiting_run_is_cancelled(both: Stage) -> None:
    id = both.submit()
    assert call(both, "POST", "pipeline-runs/{run}/cancel", Asked(run=id))["status"] == "cancelled"


def test_unknown_pipeline_and_run_are_named(both: Stage) -> None:
    with refused(NotFound, kind="pipeline", key="nothing"):
        call(both, "POST", "projects/{project}/pipelines/{pipeline}/runs", Asked(NewPipelineRun(), project="bikes", pipeline="nothing"))
    with refused(NotFound, kind="pipeline_run", key="prun_0"):
        call(both, "GET", "pipeline-runs/{run}", Asked(run="prun_0"))
