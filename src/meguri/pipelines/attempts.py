"""Tries of one step in workers: each is a tracked run with its log, its metrics and its place in the lineage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from meguri.core.definitions.pipelines import StepCallDefinition
from meguri.core.errors import Conflict, Invalid, RunFinished, Unavailable
from meguri.core.ids import Digest, RunId
from meguri.core.json import JsonObject
from meguri.core.points import from_wire
from meguri.core.times import Clock
from meguri.db.engine import Database
from meguri.jobs.model import Interrupted, JobContext
from meguri.lineage.service import Lineage, Node
from meguri.pipelines import tables
from meguri.pipelines.environment import StepEnvironment, worker_code
from meguri.pipelines.model import CachedOutput, PipelineRun, StepExecution, key_of
from meguri.pipelines.values import ValueRef
from meguri.ports.blobs import BlobStore
from meguri.ports.executor import Executor, TaskEvent, TaskSpec
from meguri.tracking.service import Tracking

LOST_RETRIES = 2
"""A worker that was killed from outside is no fault of the step: so often it is tried again beyond the step's own retries."""
LINE_LIMIT = 20_000
_LOOK_SECONDS = 0.5


class Failed(Exception):
    """A step of a run did not succeed."""

    def __init__(self, step: str, message: str, *, is_cancelled: bool = False) -> None:
        super().__init__(f"{step}: {message}")
        self.step, self.message, self.is_cancelled = step, f"step {step!r}: {message}", is_cancelled


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is known of a call before it runs. `payload`: the worker's task; `reads`: what goes into it, for the lineage."""

    call: StepCallDefinition
    parts: JsonObject
    payload: JsonObject
    inputs: dict[str, ValueRef]
    arguments: JsonObject
    environment: StepEnvironment
    reads: tuple[Node, ...] = ()

    @property
    def key(self) -> Digest:
        return key_of(self.parts)


class Attempts:
    """Tries of steps in workers, each a tracked run of its own."""

    def __init__(
        self, db: Database, tracking: Tracking, lineage: Lineage, blobs: BlobStore, executor: Executor, clock: Clock, work: Path
    ) -> None:
        self.db, self.tracking, self.lineage, self.blobs = db, tracking, lineage, blobs
        self.executor, self.clock, self.work = executor, clock, work

    def run(self, of: PipelineRun, step: StepExecution, prepared: Prepared, folder: Path, context: JobContext) -> StepExecution:
        """Try until it succeeds or nothing is left to try. Raises Failed, Interrupted, and Unavailable where the disk is full."""
        lost = failed = 0
        while True:
            begun = self._begin(of, step, prepared)
            with self._scratch(of, begun) as scratch:
                event = self._ask(of, begun, prepared, folder, scratch, context)
                if event.outcome == "done" and event.result["ok"]:
                    return self._succeeded(of, begun, prepared, event, scratch)
            message, is_lost = _why(event), event.outcome == "lost"
            lost, failed = lost + is_lost, failed + (not is_lost)
            is_cancelled = event.outcome == "cancelled"
            step = self._failed(begun, event, message)
            _ensure_space(event)
            if is_cancelled or failed > prepared.call.retries or lost > LOST_RETRIES + prepared.call.retries:
                raise Failed(prepared.call.name, message, is_cancelled=is_cancelled)

    def ask(self, bundle: str, folder: Path, payload: JsonObject, scratch: Path, timeout_seconds: float, what: str) -> JsonObject:
        """A single question to a worker, outside of any run; gives its answer. A worker that was killed is asked again.

        Raises Conflict where the question itself fails, Unavailable where the disk is full, Interrupted when the server stops.
        """  # Any: JSON
        task = TaskSpec(scratch.name, worker_code(bundle), folder, payload, scratch, timeout_seconds)
        event = self._answer(task)
        for _ in range(LOST_RETRIES):
            if event.outcome == "lost":
                event = self._answer(task)
        if event.outcome != "done" or not event.result["ok"]:
            _ensure_space(event)
            raise Conflict(f"{what} failed: {_why(event)}")
        return event.result

    def _answer(self, task: TaskSpec) -> TaskEvent:
        try:
            handle = self.executor.submit(task)
        except Unavailable as error:
            raise Interrupted from error
        while not (events := self.executor.poll([handle], task.timeout_seconds)):
            pass
        if events[0].outcome == "cancelled":
            raise Interrupted
        return events[0]

    def blob_file(self, digest: Digest, scratch: Path) -> Path:
        """A local file with a blob: the store's own, else a copy in the scratch folder."""
        path = self.blobs.path(digest)
        if path is not None:
            return path
        copy = scratch / f"input-{digest.removeprefix('sha256:')}"
        if not copy.exists():
            with self.blobs.open(digest) as stream, copy.open("wb") as file:
                shutil.copyfileobj(stream, file)
        return copy

    def close_abandoned(self, tx: Connection, step: StepExecution) -> None:
        """End the run of an attempt that was abandoned because the server was killed or could not go on."""
        if step.run is not None and step.state == "running":
            with suppress(RunFinished):  # it was ended by hand
                self.tracking.finish(step.run, "killed", "the server ended before the step did", tx)

    def _begin(self, of: PipelineRun, step: StepExecution, prepared: Prepared) -> StepExecution:
        name = f"{of.pipeline}/{prepared.call.name}"
        params = {key: value if isinstance(value, str | int | float | bool) else msgspec.json.encode(value).decode()
                  for key, value in prepared.arguments.items() if value is not None}  # fmt: skip
        tags: dict[str, str | int | float | bool | None] = {"pipeline_run": of.id, "step": prepared.call.name, "attempt": step.attempts + 1}
        environment = {"python": prepared.environment.python, "packages": prepared.environment.packages}
        environment = {"environment": environment, "bundle": of.bundle, "entrypoint": prepared.call.entrypoint, "key": prepared.parts}
        with self.db.write() as tx:
            run = self.tracking.start_run(
                of.project, of.pipeline, name, kind="step", params=params, tags=tags, environment=environment, tx=tx
            )
            node = Node("run", run.id)
            for ref in prepared.inputs.values():
                self.lineage.edge(tx, self._node(tx, of.project, ref, ""), node, "read", run=run.id)
            for read in (*prepared.reads, Node("bundle", of.bundle)):
                self.lineage.edge(tx, read, node, "read", run=run.id)
            begun = replace(step, state="running", run=run.id, attempts=step.attempts + 1, error=None, started_at=self.clock())
            tables.save_step(tx, begun)
        return begun

    def _ask(self, of: PipelineRun, step: StepExecution, prepared: Prepared, folder: Path, scratch: Path, context: JobContext) -> TaskEvent:
        blobs = {digest: str(self.blob_file(digest, scratch)) for ref in prepared.inputs.values() for digest in (ref.digest, *ref.parts)}
        payload = {**prepared.payload, "blobs": blobs}
        timeout = prepared.call.timeout_seconds if (left := self._left(of)) is None else min(prepared.call.timeout_seconds, left)
        lines = _Lines(self.tracking, step.run or RunId(""))
        try:
            handle = self.executor.submit(
                TaskSpec(f"{step.run}", worker_code(of.bundle, prepared.environment), folder, payload, scratch, timeout)
            )
        except Unavailable as error:
            raise Interrupted from error
        asked = False
        while True:
            for event in self.executor.poll([handle], _LOOK_SECONDS):
                if event.outcome == "cancelled" and not asked:
                    raise Interrupted
                lines.add(_read_log(scratch, lines.offset), is_end=True)
                return event
            lines.add(self.executor.logs(handle, lines.offset))
            if not asked and context.cancelled():
                asked = True
                self.executor.cancel(handle)

    def _left(self, of: PipelineRun) -> float | None:
        if of.timeout_seconds is None or of.started_at is None:
            return None
        return max(0.1, of.timeout_seconds - (self.clock() - of.started_at).total_seconds())

    def _succeeded(self, of: PipelineRun, step: StepExecution, prepared: Prepared, event: TaskEvent, scratch: Path) -> StepExecution:
        answer = event.result
        run = step.run or RunId("")
        for digest, name in answer["files"].items():
            with (scratch / name).open("rb") as stream:
                if self.blobs.put(stream) != digest:
                    raise Invalid(name, "the file that the worker left has another content than its name states: check the disk")
        output = (
            self._described(answer["described"], answer["files"]) if "described" in answer else msgspec.convert(answer["output"], ValueRef)
        )
        self._keep_logged(run, answer)
        now = self.clock()
        done = replace(step, state="finished", output=output, finished_at=now, seconds=event.seconds, error=None)
        with self.db.write() as tx:
            self.tracking.finish(run, tx=tx)
            if output.digest not in {ref.digest for ref in prepared.inputs.values()}:
                node = self._node(tx, of.project, output, f"{prepared.call.name} of {of.pipeline}")
                self.lineage.edge(tx, Node("run", run), node, "wrote", run=run)
            tables.save_step(tx, done)
            if prepared.call.cache:
                tables.save_cached(tx, of.project, prepared.key, CachedOutput(run, output), now)
        return done

    def _described(self, described: JsonObject, files: dict[str, str]) -> ValueRef:
        content = msgspec.json.encode(described, order="sorted")
        digest = self.blobs.put_bytes(content)
        summary = {"rows": described["rows"], "served": described["manifest"]["served"]["format"]}
        return ValueRef("json", "meguri.Description", digest, len(content), summary, tuple(Digest(each) for each in sorted(files)))

    def _failed(self, step: StepExecution, event: TaskEvent, message: str) -> StepExecution:
        run = step.run or RunId("")
        if event.outcome == "done":
            self._keep_logged(run, event.result)
        state: Any = "cancelled" if event.outcome == "cancelled" else "failed"  # Any: a StepState
        failed = replace(step, state=state, error=message, finished_at=self.clock(), seconds=event.seconds)
        with self.db.write() as tx:
            self.tracking.finish(run, "killed" if event.outcome == "cancelled" else "failed", message, tx)
            tables.save_step(tx, failed)
        return failed

    def _keep_logged(self, run: RunId, answer: JsonObject) -> None:
        points = from_wire([(key, step, value, at) for key, step, value, at in answer["points"]])
        if points:
            self.tracking.add_points(run, points)
        if answer["params"]:
            self.tracking.set_params(run, answer["params"])
        if answer["tags"]:
            self.tracking.set_tags(run, answer["tags"])

    def _node(self, tx: Connection, project: str, ref: ValueRef, label: str) -> Node:
        kind = "frame" if ref.format == "arrow" else "value"
        return self.lineage.node(tx, kind, ref.digest, project=project, label=label or ref.digest[7:19])

    @contextmanager
    def _scratch(self, of: PipelineRun, step: StepExecution) -> Iterator[Path]:
        folder = self.work / of.id / f"{step.name}-{step.attempts}"
        shutil.rmtree(folder, ignore_errors=True)
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


class _Lines:
    """Takes a log to the run's console as whole lines, while it grows."""

    def __init__(self, tracking: Tracking, run: RunId) -> None:
        self.tracking, self.run = tracking, run
        self.offset = self.count = 0
        self._rest = b""

    def add(self, content: bytes, *, is_end: bool = False) -> None:
        self.offset += len(content)
        *whole, self._rest = (self._rest + content).split(b"\n")
        if is_end and self._rest:
            whole, self._rest = [*whole, self._rest], b""
        room = max(0, LINE_LIMIT - self.count)
        if len(whole) > room:
            whole = [*whole[:room], *([b"(more was printed than is kept)"] if room else [])]
        for start in range(0, len(whole), 5_000):
            part = [line.decode("utf-8", "replace").rstrip("\r") for line in whole[start : start + 5_000]]
            self.tracking.add_lines(self.run, "step", self.count, part)
            self.count += len(part)


def _ensure_space(event: TaskEvent) -> None:
    """A full disk is no fault of the step."""
    if event.outcome == "done" and event.result["error"].get("is_full"):
        raise Unavailable("disk", f"{_why(event)}: free some space")


def _why(event: TaskEvent) -> str:
    if event.outcome == "done":
        return str(event.result["error"]["message"])
    return event.reason


def _read_log(scratch: Path, offset: int) -> bytes:
    try:
        with (scratch / "log.txt").open("rb") as log:
            log.seek(offset)
            return log.read()
    except FileNotFoundError:
        return b""
