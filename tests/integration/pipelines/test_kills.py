"""A pipeline that is killed half way goes on, and finished steps are not run again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from meguri.adapters.executors.processes import ProcessExecutor
from meguri.core.ids import PipelineRunId
from meguri.jobs.model import Interrupted
from meguri.lineage.service import Node
from tests.integration.pipelines.conftest import Stage, opened, prepared

MODULE = """
import os
import time
from pathlib import Path

import meguri as mg
from features import hourly
from pipeline import train

MARKS = Path("{marks}")


def mark(name):
    with (MARKS / name).open("a") as file:
        file.write("x")
    return len((MARKS / name).read_text())


@mg.step
def measure(frame) -> int:
    mark("measure")
    return frame.height


@mg.step
def pause(rows: int) -> int:
    mark("pause")
    while (MARKS / "slow").exists():
        time.sleep(0.05)
    return rows


@mg.step
def finish(rows: int) -> int:
    mark("finish")
    return rows


@mg.pipeline(holdout="7d")
def slow():
    frame = mg.training_frame(hourly)
    finish(pause(measure(frame)))
    mg.register(train(frame), name="slow")
"""

SERVER = """
import os, sys
from pathlib import Path
from meguri.adapters.executors.processes import ProcessExecutor
from meguri.testing.ledger import sqlite_database
from tests.integration.pipelines.conftest import open_stage

home = Path(sys.argv[1])
with sqlite_database(home / "meguri.db") as db:
    open_stage(home, home, db, ProcessExecutor(os.environ)).jobs.start_queued()
"""


@dataclass(frozen=True)
class Context:
    """A job that was taken up again."""

    id: str = "job"
    project: str = "bikes"
    is_last_try: bool = False

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def step(self, name: str, function: Any) -> Any:
        return function()

    def cancelled(self) -> bool:
        return False


def submitted(stage: Stage, tmp_path: Path) -> tuple[PipelineRunId, Path]:
    marks = tmp_path / "marks"
    marks.mkdir()
    (marks / "slow").touch()
    (stage.folder / "slow.py").write_text(MODULE.format(marks=marks))
    stage.apply()
    return stage.submit("slow"), marks


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} never came"
        time.sleep(0.05)


@pytest.mark.parametrize("victim", ["measure", "pause"])
def test_killed_server_goes_on_without_repeating_finished_steps(
    home: Path, folder: Path, executor: ProcessExecutor, tmp_path: Path, victim: str
) -> None:
    with prepared(home, folder, executor) as stage:
        id, marks = submitted(stage, tmp_path)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(home)])
    try:
        wait_for(marks / victim)
    finally:
        server.kill()
        server.wait()
    (marks / "slow").unlink()
    with opened(home, folder, executor) as again:
        before = {name: step for name, step in again.look(id)[1].items() if step.state == "finished"}
        assert "training_frame" in before
        result = again.pipelines.execute(Context(), {"pipeline_run": id})
        run, steps = again.look(id)
        assert (result["status"], run.status, run.error) == ("finished", "finished", None)
        assert {name: steps[name] for name in before} == before
        assert {step.state for step in steps.values()} == {"finished"}
        assert (marks / "finish").read_text() == "x"
        assert again.pipelines.execute(Context(), {"pipeline_run": id}) == {"pipeline_run": id, "status": "finished"}
        with again.pipelines.db.read() as tx:
            assert len(again.registry.list_versions(tx, "bikes", "slow")) == 1
            kinds = [event.kind for event in again.events.list(tx, limit=1_000)]
            graph = again.lineage.downstream(tx, Node("pipeline_run", id), 1)
        assert [kinds.count(f"pipeline_run.{each}") for each in ("started", "finished", "failed")] == [1, 1, 0]
        assert len([edge for edge in graph.edges if edge.role == "wrote"]) == 1
        assert again.tracking.list_runs("bikes", status="running") == []


def test_stopping_server_leaves_the_run_to_its_next_start(home: Path, folder: Path, executor: ProcessExecutor, tmp_path: Path) -> None:
    own, stopped = ProcessExecutor(os.environ), []
    with prepared(home, folder, own) as first:
        id, marks = submitted(first, tmp_path)

        def work() -> None:
            try:
                first.jobs.start_queued()
            except Interrupted as error:
                stopped.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        wait_for(marks / "pause")
        first.pipelines.close()
        thread.join(20)
        assert (len(stopped), first.look(id)[0].status) == (1, "running")
    (marks / "slow").unlink()
    with opened(home, folder, executor) as second:
        second.pipelines.execute(Context(), {"pipeline_run": id})
        assert second.look(id)[0].status == "finished"
        assert (marks / "measure").read_text() == "x"


FULL = """
import errno
from pathlib import Path

import meguri as mg


@mg.step
def note() -> int:
    with Path("{mark}").open("a") as file:
        file.write("x")
    return 1


@mg.step
def write(number: int) -> int:
    if not Path("{space}").exists():
        Path("{space}").touch()
        raise OSError(errno.ENOSPC, "No space left on device")
    return number


@mg.pipeline
def full():
    write(note())
"""


def test_a_step_whose_disk_is_full_is_tried_again_and_finished_steps_are_not(stage: Stage, tmp_path: Path) -> None:
    (stage.folder / "full.py").write_text(FULL.format(mark=tmp_path / "mark", space=tmp_path / "space"))
    stage.apply()
    run, steps = stage.run("full")
    assert (run.status, run.error) == ("finished", None)
    assert {name: step.attempts for name, step in steps.items()} == {"note": 1, "write": 2}
    assert (tmp_path / "mark").read_text() == "x"
