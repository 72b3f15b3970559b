"""Pipelines run in workers, are cached by content, and fail where everybody can see it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from meguri.core.digests import digest_of
from meguri.core.errors import Conflict, Invalid, NotFound
from meguri.core.ids import BundleDigest
from meguri.lineage.service import Node
from meguri.pipelines.model import StepExecution, key_of
from meguri.pipelines.values import arrow_frame
from meguri.profiles.reference import Reference
from tests.integration.pipelines.conftest import DAYS, PIPELINE, PROJECT, SCORING, START, UNTIL, Stage, push_rows

STEPS = '''
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

import meguri as mg

MARKS = Path("{marks}")


def mark(name):
    """How often this was called, also by processes that are gone."""
    with (MARKS / name).open("a") as file:
        file.write("x")
    return len((MARKS / name).read_text())


@mg.step
def begin(value: int = 1) -> int:
    mark("begin")
    return value


@mg.step
def die_once(value: int) -> int:
    if mark("die_once") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return value + 1


@mg.step(retries=1)
def fail_once(value: int) -> int:
    if mark("fail_once") == 1:
        raise RuntimeError("not today")
    return value + 1


@mg.step
def fail(value: int) -> int:
    print("spec to fail", file=sys.stderr)
    raise RuntimeError("never")


@mg.step(timeout=1)
def hang(value: int) -> int:
    time.sleep(60)


@mg.step
def wait(value: int) -> int:
    mark("wait")
    time.sleep(60)


@mg.step
def odd(value: int) -> object:
    return object()


@mg.step
def noise(value: int) -> list:
    return [float(each) for each in np.random.normal(size=3)]


@mg.step
def log(value: int) -> None:
    print("one\\ntwo")
    for step in range(3):
        mg.log({{"loss": 1 / (step + 1)}}, step=step)
    mg.run().params(depth=4)
    mg.run().tags(kind="test")


@mg.step
def empty(frame: pl.DataFrame) -> int:
    return frame.height


{pipelines}
'''


def with_steps(stage: Stage, tmp_path: Path, *names: str) -> Path:
    """Apply a module with a pipeline `try_<name>` for each step: `begin`, then the step. Gives the folder of marks."""
    marks = tmp_path / "marks"
    marks.mkdir(exist_ok=True)
    pipelines = "\n\n".join(f"@mg.pipeline\ndef try_{name}(value=1):\n    {name}(begin(value))" for name in names)
    (stage.folder / "steps.py").write_text(STEPS.format(marks=marks, pipelines=pipelines))
    stage.apply()
    return marks


def kinds(stage: Stage) -> list[str]:
    with stage.pipelines.db.read() as tx:
        return [event.kind for event in stage.events.list(tx) if event.kind.startswith(("pipeline_run", "model_version"))]


def states(steps: dict[str, StepExecution]) -> dict[str, str]:
    return {name: step.state for name, step in steps.items()}


def test_run_trains_and_registers_a_version(stage: Stage) -> None:
    run, steps = stage.run()
    assert (run.status, run.error, run.until, run.cutoff) == ("finished", None, UNTIL, UNTIL - timedelta(days=7))
    assert states(steps) == dict.fromkeys(("training_frame", "train", "check", "register"), "finished")
    with stage.pipelines.db.read() as tx:
        (version,) = stage.registry.list_versions(tx, "bikes", "bikes")
        assert stage.pipelines.list_versions(tx, run) == [version.id]
    assert (version.number, version.format, version.cutoff, version.pipeline_run) == (1, "onnx", run.cutoff, run.id)
    assert [(each.name, each.dtype) for each in version.inputs] == [("hr", "int"), ("temp", "float"), ("cnt_yesterday", "float")]
    assert version.spec.features == "hourly"
    assert version.spec.rows == (DAYS - 7) * 24
    assert version.blob == digest_of(stage.registry.blobs.read(version.blob))
    assert kinds(stage) == ["pipeline_run.started", "model_version.created", "pipeline_run.finished"]


def test_version_keeps_golden_rows_training_rows_and_their_profile(stage: Stage) -> None:
    stage.run()
    with stage.pipelines.db.read() as tx:
        (version,) = stage.registry.list_versions(tx, "bikes", "bikes")
    assert version.frame is not None
    frame = arrow_frame(stage.pipelines.blobs.read(version.frame))
    assert (frame.height, frame["at"].min(), frame["at"].max()) == (version.spec.rows, START, UNTIL - timedelta(days=7, hours=1))
    reference = Reference.from_json(stage.registry.read_reference(version) or {})
    assert reference.names == ("hr", "temp", "cnt_yesterday", "prediction")
    assert reference.blocks is not None
    golden = pl.DataFrame([row.inputs for row in version.golden], schema=["hr", "temp", "cnt_yesterday"], orient="row")
    np.testing.assert_array_equal(stage.pipelines.score("bikes", version.id, golden), [row.output for row in version.golden])
    assert version.spec.mean_predictor is not None
    assert version.spec.mean_predictor["value"] == pytest.approx(frame["cnt"].mean())
    assert version.metrics["mae"] < version.spec.mean_predictor["mae"] / 3


def test_second_run_takes_everything_from_the_cache_and_says_from_where(stage: Stage) -> None:
    _, first = stage.run()
    run, second = stage.run()
    assert run.status == "finished"
    assert states(second) == dict.fromkeys(first, "cached")
    assert [each.produced_by for each in second.values()] == [each.run for each in first.values()]
    assert [each.key for each in second.values()] == [each.key for each in first.values()]
    assert [each.output for each in second.values()] == [each.output for each in first.values()]


def test_key_is_made_of_what_is_shown_and_of_nothing_local(stage: Stage) -> None:
    _, steps = stage.run()
    train = steps["train"]
    assert train.key == key_of(train.key_parts)
    assert set(train.key_parts) == {"entrypoint", "code", "files", "inputs", "parameters", "environment", "formats"}
    assert set(train.key_parts["code"]) == {"features", "pipeline", "scoring"}
    assert str(stage.home.parent) not in str([each.key_parts for each in steps.values()])


def test_parameter_and_reached_code_run_again_but_nothing_else_does(stage: Stage, write: Callable[[str, str], None]) -> None:
    stage.run()
    _, steps = stage.run(iterations=5)
    assert (steps["training_frame"].state, steps["train"].state) == ("cached", "finished")
    write("unrelated", "x = 1\n")
    assert set(states(stage.run()[1]).values()) == {"cached"}
    write("scoring", SCORING + "\n# another comment\n")
    _, steps = stage.run()
    assert (steps["training_frame"].state, steps["train"].state) == ("cached", "finished")
    assert steps["register"].state == "cached"  # the model came out the same


def test_a_file_that_is_no_code_makes_steps_run_again(stage: Stage) -> None:
    stage.run()
    (stage.folder / "config.json").write_text('{"depth": 3}')
    stage.apply()
    _, steps = stage.run()
    assert (steps["training_frame"].state, steps["train"].state, steps["check"].state) == ("cached", "finished", "finished")
    assert list(steps["train"].key_parts["files"]) == ["config.json"]


def test_step_without_a_cache_runs_every_time_and_those_after_it_only_where_its_result_changed(
    stage: Stage, write: Callable[[str, str], None]
) -> None:
    write("pipeline", PIPELINE.replace("@mg.step\ndef train", "@mg.step(cache=False)\ndef train"))
    stage.run()
    _, steps = stage.run()
    assert states(steps) == {"training_frame": "cached", "train": "finished", "check": "cached", "register": "cached"}
    assert steps["train"].key_parts["cache"] is False
    write("pipeline", PIPELINE)
    assert stage.run()[1]["train"].state == "finished"


def test_new_rows_before_the_cutoff_make_a_new_frame_and_later_ones_do_not(stage: Stage) -> None:
    _, first = stage.run()
    push_late = [{"city": "dc", "at": (UNTIL + timedelta(hours=1)).isoformat(), "hr": 1, "temp": 1.0, "cnt": 5.0}]
    stage.features.push("bikes", "rentals", push_late)
    assert stage.run()[1]["training_frame"].state == "cached"
    push_early = [{"city": "nyc", "at": START.isoformat(), "hr": 1, "temp": 1.0, "cnt": 5.0}]
    stage.features.push("bikes", "rentals", push_early)
    frame = stage.run()[1]["training_frame"]
    assert frame.state == "finished"
    assert frame.key != first["training_frame"].key


def test_run_uses_the_bundle_when_the_folder_is_gone(stage: Stage) -> None:
    shutil.rmtree(stage.folder)
    shutil.rmtree(stage.home / "bundles", ignore_errors=True)
    assert stage.run()[0].status == "finished"


def test_run_keeps_the_bundle_with_which_it_was_submitted(stage: Stage, write: Callable[[str, str], None]) -> None:
    id = stage.submit()
    write("pipeline", PIPELINE.replace("mae = mean_error", "raise RuntimeError\n    mae = mean_error"))
    stage.jobs.start_queued()
    assert stage.look(id)[0].status == "finished"


def test_run_trains_on_the_features_of_its_own_bundle(stage: Stage, write: Callable[[str, str], None]) -> None:
    id = stage.submit()
    write("features", PROJECT.replace('offset="24h"', 'offset="48h"'))
    stage.jobs.start_queued()
    _, steps = stage.look(id)
    frame = stage.features.training_frame("bikes", "hourly", before=UNTIL - timedelta(days=7), known_by=UNTIL)
    output = steps["training_frame"].output
    assert output is not None
    trained = arrow_frame(stage.pipelines.blobs.read(output.digest))
    assert trained.drop("cnt_yesterday").equals(frame.drop("cnt_yesterday"))
    assert trained["cnt_yesterday"].null_count() == 24
    assert frame["cnt_yesterday"].null_count() == 48


def test_cached_output_whose_blob_is_lost_is_made_again(stage: Stage) -> None:
    _, first = stage.run()
    output = first["training_frame"].output
    assert output is not None
    stage.pipelines.blobs.delete(output.digest)
    _, second = stage.run()
    assert states(second) == {"training_frame": "finished", "train": "cached", "check": "cached", "register": "cached"}
    assert second["training_frame"].output == output


def test_step_is_an_ordinary_run_with_arguments_environment_log_and_metrics(stage: Stage, tmp_path: Path) -> None:
    with_steps(stage, tmp_path, "log")
    _, steps = stage.run("try_log")
    run = steps["log"].run
    assert run is not None
    record = stage.tracking.get_record(run)
    assert (record.run.kind, record.run.status, record.run.name, record.run.experiment) == ("step", "finished", "try_log/log", "try_log")
    assert record.params == {"depth": 4}
    assert {"kind": "test", "step": "log", "attempt": 1}.items() <= record.tags.items()
    assert record.metrics["loss"].value == pytest.approx(1 / 3)
    assert {"polars", "numpy"} <= set(record.run.environment["environment"]["packages"])
    assert [line.text for line in stage.tracking.list_lines(run)] == ["one", "two"]


def test_lineage_leads_from_a_version_back_to_the_snapshot_and_the_bundle(stage: Stage) -> None:
    run, steps = stage.run()
    with stage.pipelines.db.read() as tx:
        (version,) = stage.registry.list_versions(tx, "bikes", "bikes")
        up = {(node.kind, node.id) for node in stage.lineage.upstream(tx, Node("model_version", version.id)).nodes}
        snapshot = steps["training_frame"].arguments["snapshots"]["rentals"]
        down = {(node.kind, node.id) for node in stage.lineage.downstream(tx, Node("snapshot", snapshot)).nodes}
    expected = {("snapshot", snapshot), ("bundle", run.bundle), ("run", steps["train"].run), ("run", steps["training_frame"].run)}
    assert expected | {("pipeline_run", run.id), ("frame", version.frame)} <= up
    assert ("model_version", version.id) in down


def test_worker_that_is_killed_is_tried_again(stage: Stage, tmp_path: Path) -> None:
    marks = with_steps(stage, tmp_path, "die_once")
    run, steps = stage.run("try_die_once")
    assert (run.status, steps["die_once"].attempts) == ("finished", 2)
    assert (marks / "begin").read_text() == "x"
    with stage.pipelines.db.read() as tx:
        failed = [event.payload["error"] for event in stage.events.list(tx) if event.kind == "run.failed"]
    assert failed == ["the worker was killed by SIGKILL (out of memory?)"]


def test_failed_step_is_tried_as_often_as_it_says(stage: Stage, tmp_path: Path) -> None:
    with_steps(stage, tmp_path, "fail_once")
    run, steps = stage.run("try_fail_once")
    assert (run.status, steps["fail_once"].attempts) == ("finished", 2)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("fail", "RuntimeError: never (steps.py:"),
        ("hang", "it took longer than 1 s and was killed"),
        ("odd", "builtins.object between steps (at value) is not supported: return a Polars"),
    ],
)
def test_failed_or_hung_step_fails_the_run_visibly_and_leaves_the_champion(stage: Stage, tmp_path: Path, step: str, why: str) -> None:
    with_steps(stage, tmp_path, step)
    run, steps = stage.run(f"try_{step}")
    assert run.status == "failed"
    assert f"step '{step}': " in (run.error or "")
    assert why in (run.error or "")
    assert states(steps) == {"begin": "finished", step: "failed"}
    tracked = steps[step].run
    assert tracked is not None
    assert stage.tracking.get_run(tracked).status == "failed"
    assert kinds(stage) == ["pipeline_run.started", "pipeline_run.failed"]
    with stage.pipelines.db.read() as tx:
        failed = stage.events.list(tx, kinds=["pipeline_run.failed"])[0]
        assert stage.registry.list_models(tx, "bikes") == []
    assert (failed.payload["step"], failed.payload["pipeline"], failed.payload["error"]) == (step, f"try_{step}", run.error)


def test_what_a_failing_step_printed_is_kept_with_its_traceback(stage: Stage, tmp_path: Path) -> None:
    with_steps(stage, tmp_path, "fail")
    _, steps = stage.run("try_fail")
    tracked = steps["fail"].run
    assert tracked is not None
    lines = [line.text for line in stage.tracking.list_lines(tracked)]
    assert lines[0] == "spec to fail"
    assert lines[-1] == "RuntimeError: never"


def test_pipeline_without_rows_fails_with_a_clear_message(stage: Stage) -> None:
    with stage.pipelines.db.write() as tx:
        id = stage.pipelines.submit(tx, "bikes", "retrain", until=START)
    stage.jobs.start_queued()
    run, steps = stage.look(id)
    assert (run.status, steps["training_frame"].state, steps["train"].state) == ("failed", "failed", "skipped")
    assert "no row" in (run.error or "") and "push rows" in (run.error or "")


def test_whole_run_has_a_time_limit(stage: Stage, tmp_path: Path) -> None:
    with_steps(stage, tmp_path, "wait")
    with stage.pipelines.db.write() as tx:
        id = stage.pipelines.submit(tx, "bikes", "try_wait", timeout_seconds=4.0)
    stage.jobs.start_queued()
    run, _ = stage.look(id)
    assert run.status == "failed"
    assert "and was killed" in (run.error or "")


def test_running_run_can_be_cancelled(stage: Stage, tmp_path: Path) -> None:
    marks = with_steps(stage, tmp_path, "wait")
    id = stage.submit("try_wait")
    thread = threading.Thread(target=stage.jobs.start_queued)
    thread.start()
    deadline = time.monotonic() + 30
    while not (marks / "wait").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with stage.pipelines.db.write() as tx:
        stage.pipelines.cancel(tx, id)
    thread.join(20)
    run, steps = stage.look(id)
    assert (run.status, states(steps)) == ("cancelled", {"begin": "finished", "wait": "cancelled"})
    with stage.pipelines.db.write() as tx, pytest.raises(Conflict, match="cancelled already"):
        stage.pipelines.cancel(tx, id)


def test_queued_run_that_is_cancelled_never_begins(stage: Stage, tmp_path: Path) -> None:
    marks = with_steps(stage, tmp_path, "wait")
    id = stage.submit("try_wait")
    with stage.pipelines.db.write() as tx:
        stage.pipelines.cancel(tx, id)
    stage.jobs.start_queued()
    assert (stage.look(id)[0].status, list(marks.iterdir())) == ("cancelled", [])


def test_unseeded_randomness_is_the_same_in_every_run(stage: Stage, tmp_path: Path) -> None:
    with_steps(stage, tmp_path, "noise")
    _, first = stage.run("try_noise")
    with stage.pipelines.db.write() as tx:
        tx.exec_driver_sql("DELETE FROM step_cache")
    _, second = stage.run("try_noise")
    assert second["noise"].state == "finished"
    assert second["noise"].output == first["noise"].output


def test_submitting_twice_with_one_id_is_one_run(stage: Stage) -> None:
    first = stage.submit()
    with stage.pipelines.db.write() as tx:
        assert stage.pipelines.submit(tx, "bikes", "retrain", id=first) == first
        assert [run.id for run in stage.pipelines.list_runs(tx, "bikes")] == [first]


def test_until_is_the_watermark_unless_it_is_given(stage: Stage) -> None:
    with stage.pipelines.db.write() as tx:
        stage.events.advance(tx, "bikes", UNTIL - timedelta(days=1))
        id = stage.pipelines.submit(tx, "bikes", "retrain")
        assert stage.pipelines.get_run(tx, id).until == UNTIL - timedelta(days=1)


def test_unknown_pipeline_parameter_and_column_are_named(stage: Stage) -> None:
    with stage.pipelines.db.write() as tx:
        with pytest.raises(NotFound, match="the project declares retrain"):
            stage.pipelines.submit(tx, "bikes", "nothing")
        with pytest.raises(Invalid, match="it has iterations"):
            stage.pipelines.submit(tx, "bikes", "retrain", {"depth": 3})
    stage.run()
    with stage.pipelines.db.read() as tx:
        (version,) = stage.registry.list_versions(tx, "bikes", "bikes")
    with pytest.raises(NotFound, match="temp"):
        stage.pipelines.score("bikes", version.id, pl.DataFrame({"hr": [1], "cnt_yesterday": [1.0]}))


def test_scores_are_those_of_the_served_model_with_missing_values_and_texts_refused(stage: Stage) -> None:
    stage.run()
    with stage.pipelines.db.read() as tx:
        (version,) = stage.registry.list_versions(tx, "bikes", "bikes")
    rows = pl.DataFrame({"hr": [3, None], "temp": [None, 1.0], "cnt_yesterday": [30.0, None], "more": ["x", "y"]})
    scores = stage.pipelines.score("bikes", version.id, rows)
    assert (str(scores.dtype), scores.shape, bool(np.all(np.isfinite(scores)))) == ("float64", (2,), True)
    assert stage.pipelines.score("bikes", version.id, rows.clear()).shape == (0,)
    with pytest.raises(Conflict, match="scoring with bikes 1 failed"):
        stage.pipelines.score("bikes", version.id, rows.with_columns(hr=pl.lit("noon")))


def test_nothing_is_left_in_the_work_folder(stage: Stage) -> None:
    stage.run()
    assert list((stage.home / "work").rglob("*.*")) == []


def test_bundle_is_unpacked_once_and_never_written_to(stage: Stage) -> None:
    run, _ = stage.run()
    with stage.pipelines.db.read() as tx:
        folder = stage.projects.unpack(tx, BundleDigest(run.bundle))
    assert sorted(file.name for file in folder.rglob("*")) == ["features.py", "pipeline.py", "scoring.py"]


def test_cutoff_is_in_utc(stage: Stage) -> None:
    run, _ = stage.run()
    assert run.cutoff == datetime(2026, 1, 24, tzinfo=UTC)
    push_rows(stage.features, days=1)  # the same rows again are the same rows
    assert stage.run()[1]["training_frame"].state == "cached"
