"""What is done with pipelines: submit, cancel, look at, run, and score with a model that a run made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from sqlalchemy import Connection

from meguri.core.definitions.pipelines import PipelineDefinition
from meguri.core.digests import digest_of
from meguri.core.errors import Conflict, Invalid, NotFound, Unavailable
from meguri.core.ids import BundleDigest, Digest, NewId, PipelineRunId
from meguri.core.json import JsonObject
from meguri.core.times import Clock, iso
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.jobs.model import JobContext
from meguri.jobs.service import Jobs
from meguri.lineage.service import Lineage, Node
from meguri.pipelines import tables, values
from meguri.pipelines.attempts import Attempts, Failed
from meguri.pipelines.environment import worker_code
from meguri.pipelines.model import LIVE, PipelineRun, RunStatus, StepExecution, chosen_parameters, cutoff_of
from meguri.pipelines.run import Steps
from meguri.pipelines.values import ValueRef
from meguri.ports.blobs import BlobStore
from meguri.ports.executor import Executor
from meguri.registry.projects import Projects
from meguri.registry.service import Registry
from meguri.tracking.service import Tracking

JOB = "pipeline.run"
SCORE_SECONDS = 300.0


class Pipelines:
    """Runs of the pipelines that a project's bundle declares.

    A run is a durable job; each of its steps is written down before it begins and after it ends, so a run that was killed goes on with
    the first step that is not finished.
    """

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        jobs: Jobs,
        projects: Projects,
        tracking: Tracking,
        registry: Registry,
        features: Features,
        blobs: BlobStore,
        executor: Executor,
        tables_folder: Path,
        work: Path,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self.db, self.events, self.lineage, self.jobs, self.projects, self.registry = db, events, lineage, jobs, projects, registry
        self.blobs, self.executor, self.work, self.clock, self.new_id = blobs, executor, work, clock, new_id
        attempts = Attempts(db, tracking, lineage, blobs, executor, clock, work)
        self._steps = Steps(db, events, lineage, projects, registry, features, blobs, attempts, tables_folder, clock)

    def submit(
        self,
        tx: Connection,
        project: str,
        pipeline: str,
        parameters: JsonObject | None = None,
        *,
        trigger: str = "manual",
        reason: str = "",
        evidence: JsonObject | None = None,
        until: datetime | None = None,
        timeout_seconds: float | None = None,
        id: PipelineRunId | None = None,
    ) -> PipelineRunId:
        """Let a pipeline run, from the project's present bundle, up to `until` (by default the watermark; now on the wall clock, and where
        there is none).

        `timeout_seconds` bounds the whole run. With the id of a run that is there, nothing happens. Raises NotFound, Invalid.
        """
        applied = self.projects.get_project(tx, project)
        definition = self._definition(tx, applied.bundle, pipeline)
        on_event_time = self.projects.definition_of(tx, BundleDigest(applied.bundle)).clock == "event"
        reached = (self.events.watermark(tx, project) if on_event_time else None) or self.clock()
        known_until = until or reached
        if known_until > reached:
            why = f"{iso(known_until)} has not come yet, the event time of {project!r} is {iso(reached)}"
            raise Invalid("until", f"{why}: leave it out, or advance the watermark to it first")
        run = PipelineRun(
            id or PipelineRunId(self.new_id("prun")),
            project,
            pipeline,
            BundleDigest(applied.bundle),
            chosen_parameters(definition, parameters or {}),
            known_until,
            cutoff_of(definition, known_until),
            trigger,
            reason,
            evidence or {},
            timeout_seconds,
            "queued",
            None,
            self.clock(),
            None,
            None,
        )
        if tables.insert_run(tx, run):
            calls = enumerate(definition.calls)
            tables.insert_steps(tx, [StepExecution(run.id, call.name, place, call.entrypoint, "waiting") for place, call in calls])
            node = self.lineage.node(tx, "pipeline_run", run.id, project=project, label=pipeline)
            bundle = self.lineage.node(tx, "bundle", run.bundle, project=project)
            self.lineage.edge(tx, bundle, node, "read")
            self.jobs.enqueue(tx, JOB, job_of(run.id), project=project, payload={"pipeline_run": run.id}, subject=run.id)
        return run.id

    def execute(self, context: JobContext, payload: JsonObject) -> JsonObject:
        """The job: run the steps that are not finished. A failure is stored with the run, with the event `pipeline_run.failed`."""
        run = self._begin(payload["pipeline_run"])
        if run.status not in LIVE:
            return {"pipeline_run": run.id, "status": run.status}
        try:
            with self.db.read() as tx:
                definition = self._definition(tx, run.bundle, run.pipeline)
            versions = self._steps.run_all(run, definition, context)
        except Failed as failure:
            return self._end(run, "cancelled" if failure.is_cancelled else "failed", failure.step, failure.message, [])
        except Exception as error:  # a full disk, a damaged blob: the run failed, and the champion goes on serving
            if isinstance(error, Unavailable) and not context.is_last_try:
                raise  # the same run goes on with its next step once what was away is back
            return self._end(run, "failed", None, f"{type(error).__name__}: {error}", [])
        finally:
            shutil.rmtree(self.work / run.id, ignore_errors=True)
        return self._end(run, "finished", None, None, versions)

    def cancel(self, tx: Connection, id: str) -> PipelineRun:
        """Stop a run: what waits never begins, what runs is killed soon. Raises NotFound, and Conflict for one that has ended."""
        run = tables.get_run(tx, id)
        if run.status not in LIVE:
            raise Conflict(f"pipeline run {id} is {run.status} already", run=id, status=run.status)
        self.jobs.cancel(tx, job_of(run.id))
        self.events.add(tx, "pipeline_run.cancel_asked", project=run.project, subject=run.id, payload={"pipeline": run.pipeline})
        if run.status == "queued":
            run = replace(run, status="cancelled", error="cancelled before it began", finished_at=self.clock())
            tables.update_run(tx, run)
            self._tell(tx, run, None, [])
        return run

    def get_run(self, tx: Connection, id: str) -> PipelineRun:
        """Raises NotFound."""
        return tables.get_run(tx, id)

    def list_runs(
        self,
        tx: Connection,
        project: str | None = None,
        *,
        pipeline: str | None = None,
        status: str | None = None,
        before: str | None = None,
        limit: int = 100,
    ) -> list[PipelineRun]:
        """The newest first."""
        return tables.list_runs(tx, project, pipeline, status, before, limit)

    def count_runs(self, tx: Connection, project: str) -> dict[RunStatus, int]:
        """Pipeline runs of a project by status."""
        return tables.count_by_status(tx, project)

    def list_steps(self, tx: Connection, id: str) -> list[StepExecution]:
        """The steps of a run in the order of the pipeline's calls."""
        return tables.list_steps(tx, id)

    def takes(self, tx: Connection, run: PipelineRun) -> dict[str, list[str]]:
        """For each call of a run, the calls whose outputs it takes."""
        calls = self._definition(tx, run.bundle, run.pipeline).calls
        return {call.name: [str(each.value) for each in call.arguments if each.kind == "step"] for call in calls}

    def list_versions(self, tx: Connection, run: PipelineRun) -> list[str]:
        """Ids of the model versions that a finished run registered."""
        graph = self.lineage.downstream(tx, Node("pipeline_run", run.id), 1)
        return sorted(edge.target.id for edge in graph.edges if edge.role == "wrote" and edge.target.kind == "model_version")

    def active(self, tx: Connection, project: str, pipeline: str | None = None) -> int:
        """How many runs of a project (of one pipeline) wait or go on."""
        return tables.count_runs(tx, project, LIVE, pipeline)

    def read_value(self, ref: ValueRef) -> bytes:
        """A step's output in its stored form. Raises NotFound."""
        return self.blobs.read(ref.digest)

    def score(self, project: str, version: str, frame: pl.DataFrame) -> np.ndarray:
        """What a version predicts for the rows of a frame that has at least its inputs: float64, in their order.

        The model is loaded in a worker, never here. Raises NotFound, Unavailable, and what the model raises as Conflict.
        """
        with self.db.read() as tx:
            chosen = self.registry.get_version(tx, version)
            applied = self.projects.get_project(tx, project)
            folder = self.projects.unpack(tx, BundleDigest(applied.bundle))
        names = [each.name for each in chosen.inputs]
        missing = [name for name in names if name not in frame.columns]
        if missing:
            raise NotFound("column", ", ".join(missing), f"{chosen.label} needs {', '.join(names)}")
        if frame.is_empty():
            return np.empty(0, dtype=np.float64)
        with self._scratch() as scratch:
            rows, content = scratch / "rows.arrow", values.arrow_bytes(frame.select(names))
            try:
                rows.write_bytes(content)
            except OSError as error:
                raise Unavailable("disk", f"{rows} cannot be written ({error.strerror}): free some space") from error
            digest = digest_of(content)
            payload = {
                "task": "score",
                "served": {"format": chosen.format, "digest": chosen.blob},
                "inputs": [{"name": each.name, "dtype": each.dtype} for each in chosen.inputs],
                "frame": digest,
                "blobs": {digest: str(rows), chosen.blob: str(self._blob_file(chosen.blob, scratch))},
            }
            answer = self._steps.attempts.ask(applied.bundle, folder, payload, scratch, SCORE_SECONDS, f"scoring with {chosen.label}")
            ref = msgspec.convert(answer["output"], ValueRef)
            return values.decode_numbers(ref, lambda wanted: (scratch / answer["files"][wanted]).read_bytes())

    def warm(self, project: str) -> None:
        """Start a worker for the project's bundle ahead of its first step. Raises NotFound."""
        with self.db.read() as tx:
            applied = self.projects.get_project(tx, project)
            folder = self.projects.unpack(tx, BundleDigest(applied.bundle))
        self.executor.warm(worker_code(applied.bundle), folder)

    def close(self) -> None:
        """Stop the workers; runs that go on are taken up again by the next start."""
        self.executor.close()

    def _begin(self, id: str) -> PipelineRun:
        with self.db.write() as tx:
            run = tables.get_run(tx, id)
            if run.status == "queued":
                run = replace(run, status="running", started_at=self.clock())
                tables.update_run(tx, run)
                payload = {"pipeline": run.pipeline, "trigger": run.trigger, "reason": run.reason, "evidence": run.evidence}
                self.events.add(tx, "pipeline_run.started", project=run.project, subject=run.id, payload=payload)
        return run

    def _end(self, run: PipelineRun, status: Any, step: str | None, error: str | None, versions: list[str]) -> JsonObject:
        # Any: a RunStatus, and JSON
        ended = replace(run, status=status, error=error, finished_at=self.clock())
        with self.db.write() as tx:
            tables.update_run(tx, ended)
            for each in tables.list_steps(tx, run.id):
                if each.state == "waiting":
                    tables.save_step(tx, replace(each, state="skipped"))
                elif each.state == "running":  # what went wrong was not its own doing, such as a full disk
                    self._steps.attempts.close_abandoned(tx, each)
                    tables.save_step(tx, replace(each, state="failed", error=error, finished_at=self.clock()))
            for version in versions:
                self.lineage.edge(tx, Node("pipeline_run", run.id), Node("model_version", version), "wrote")
            self._tell(tx, ended, step, versions)
        return {"pipeline_run": run.id, "status": status, "error": error, "versions": versions}

    def _tell(self, tx: Connection, run: PipelineRun, step: str | None, versions: list[str]) -> None:
        steps = tables.list_steps(tx, run.id)
        counts = {state: sum(each.state == state for each in steps) for state in ("finished", "cached")}
        payload: JsonObject = {
            "pipeline": run.pipeline,
            "trigger": run.trigger,
            "reason": run.reason,
            "seconds": run.seconds,
        }  # Any: JSON
        if run.status == "finished":
            payload |= {"steps": len(steps), "cached": counts["cached"], "versions": versions}
        else:
            payload |= {"status": run.status, "step": step, "error": run.error}
        kind = "pipeline_run.finished" if run.status == "finished" else "pipeline_run.failed"
        self.events.add(tx, kind, project=run.project, subject=run.id, payload=payload)

    def _definition(self, tx: Connection, bundle: str, pipeline: str) -> PipelineDefinition:
        declared = self.projects.definition_of(tx, BundleDigest(bundle)).pipelines
        for each in declared:
            if each.name == pipeline:
                return each
        known = ", ".join(sorted(each.name for each in declared)) or "none"
        raise NotFound("pipeline", pipeline, f"the project declares {known}")

    def _blob_file(self, digest: Digest, scratch: Path) -> Path:
        return self._steps.attempts.blob_file(digest, scratch)

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        folder = self.work / self.new_id("score")
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise Unavailable(
                "disk", f"{folder} cannot be made ({error.strerror}): free some space or check the owner of the home"
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def job_of(run: PipelineRunId) -> str:
    """The job that carries out a run."""
    return f"{JOB}:{run}"
