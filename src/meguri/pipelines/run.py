"""Running the steps of one pipeline run: what is cached is taken, what is not is tried in a worker, and all of it is written down."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from meguri.core.definitions.pipelines import PipelineDefinition, StepCallDefinition
from meguri.core.errors import Conflict, Invalid, Unavailable
from meguri.core.ids import Digest, RunId
from meguri.core.points import from_wire
from meguri.core.times import Clock, iso
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.features.training import TrainingInputs
from meguri.jobs.model import JobContext
from meguri.lineage.service import Lineage, Node
from meguri.pipelines import tables
from meguri.pipelines.closure import cached_closure
from meguri.pipelines.environment import Environment, environment_of
from meguri.pipelines.model import DONE, CachedOutput, PipelineRun, StepExecution, key_of
from meguri.pipelines.values import FORMATS_VERSION, ValueRef
from meguri.ports.blobs import BlobStore
from meguri.ports.executor import Executor, TaskEvent, TaskSpec
from meguri.registry.model import GoldenRow, ModelInput, NewVersion
from meguri.registry.projects import Projects
from meguri.registry.service import Registry
from meguri.tracking.service import Tracking

LOST_RETRIES = 2
"""A worker that was killed from outside is no fault of the step: so often it is tried again beyond the step's own retries."""
BUILTIN_VERSION = 1
"""Raised when a built-in step begins to give another result for the same inputs."""
LINE_LIMIT = 20_000
_LOOK_SECONDS = 0.5


class Failed(Exception):
    """A step of a run did not succeed."""

    def __init__(self, step: str, message: str, *, is_cancelled: bool = False) -> None:
        super().__init__(f"{step}: {message}")
        self.step, self.message, self.is_cancelled = step, f"step {step!r}: {message}", is_cancelled


class Interrupted(BaseException):
    """This process is ending. Not an Exception, so that the job is neither failed nor finished, and goes on when the server is back."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is known of a call before it runs. `payload`: the worker's task; `reads`: what goes into it, for the lineage."""

    call: StepCallDefinition
    parts: dict[str, Any]  # Any: JSON
    payload: dict[str, Any]  # Any: JSON
    inputs: dict[str, ValueRef]
    arguments: dict[str, Any]  # Any: JSON
    environment: Environment
    reads: tuple[Node, ...] = ()

    @property
    def key(self) -> Digest:
        return key_of(self.parts)


class Steps:
    """The steps of pipeline runs."""

    def __init__(
        self,
        db: Database,
        events: Events,
        lineage: Lineage,
        projects: Projects,
        registry: Registry,
        features: Features,
        blobs: BlobStore,
        attempts: Attempts,
        tables_folder: Path,
        clock: Clock,
    ) -> None:
        self.db, self.events, self.lineage, self.projects, self.registry, self.features = db, events, lineage, projects, registry, features
        self.blobs, self.attempts, self.tables_folder, self.clock = blobs, attempts, tables_folder, clock

    def run_all(self, run: PipelineRun, pipeline: PipelineDefinition, context: JobContext) -> list[str]:
        """Run what is not finished; gives the ids of the model versions that were registered. Raises Failed."""
        with self.db.read() as tx:
            folder = self.projects.unpack(tx, run.bundle)
            known = {step.name: step for step in tables.list_steps(tx, run.id)}
        outputs: dict[str, ValueRef] = {}
        versions: list[str] = []
        for position, call in enumerate(pipeline.calls):
            if context.cancelled():
                raise Failed(call.name, "the run was cancelled", is_cancelled=True)
            step = known.get(call.name) or StepExecution(run.id, call.name, position, call.entrypoint, "waiting")
            done = step if step.state in DONE else self._run_one(run, pipeline, call, step, outputs, folder, context)
            assert done.output is not None  # of every step that is done
            outputs[call.name] = done.output
            if call.entrypoint == "meguri:register":
                versions.append(self._register(run, pipeline, call, done, outputs))
        return versions

    def _run_one(
        self,
        run: PipelineRun,
        pipeline: PipelineDefinition,
        call: StepCallDefinition,
        step: StepExecution,
        outputs: dict[str, ValueRef],
        folder: Path,
        context: JobContext,
    ) -> StepExecution:
        self.attempts.close_abandoned(step)
        try:
            prepared = self._prepare(run, pipeline, call, outputs, folder)
        except Exception as error:  # no rows, no such service, a module that is gone: the step cannot even begin
            failed = replace(step, state="failed", error=str(error), started_at=self.clock(), finished_at=self.clock())
            with self.db.write() as tx:
                tables.save_step(tx, failed)
            raise Failed(call.name, str(error)) from error
        step = replace(step, key=prepared.key, key_parts=prepared.parts, inputs=prepared.inputs, arguments=prepared.arguments, error=None)
        hit = self._find_cached(run.project, prepared.key)
        if hit is not None:
            now = self.clock()
            cached = replace(step, state="cached", produced_by=hit.run, output=hit.output, started_at=now, finished_at=now, seconds=0.0)
            with self.db.write() as tx:
                tables.save_step(tx, cached)
            return cached
        return self.attempts.run(run, step, prepared, folder, context)

    def _find_cached(self, project: str, key: Digest) -> CachedOutput | None:
        with self.db.read() as tx:
            found = tables.find_cached(tx, project, key)
        if found is None or not all(self.blobs.exists(digest) for digest in (found.output.digest, *found.output.parts)):
            return None
        return found

    def _prepare(
        self, run: PipelineRun, pipeline: PipelineDefinition, call: StepCallDefinition, outputs: dict[str, ValueRef], folder: Path
    ) -> Prepared:
        inputs = {each.name: outputs[str(each.value)] for each in call.arguments if each.kind == "step"}
        arguments = {
            each.name: run.parameters[str(each.value)] if each.kind == "parameter" else each.value
            for each in call.arguments
            if each.kind != "step"
        }
        if call.entrypoint == "meguri:training_frame":
            return self._training_frame(run, call, arguments)
        if call.entrypoint == "meguri:register":
            return self._description(run, pipeline, call, inputs, arguments)
        if call.entrypoint.startswith("meguri:"):
            raise Invalid("entrypoint", f"{call.entrypoint!r} is no step of meguri: it has meguri:training_frame and meguri:register")
        return _user_step(call, inputs, arguments, folder)

    def _training_frame(self, run: PipelineRun, call: StepCallDefinition, arguments: dict[str, Any]) -> Prepared:  # Any: JSON
        service = str(arguments["service"])
        rows = self.features.prepare(run.project, service, before=run.cutoff, known_by=run.until)
        environment = environment_of(frozenset())
        parts = _parts(call.entrypoint, None, {"rows": rows.digest}, {"service": service}, environment)
        payload = {"task": "training_frame", "inputs": msgspec.to_builtins(rows, str_keys=True), "tables": str(self.tables_folder)}
        shown = {"service": service, "before": iso(rows.before), "known_by": iso(rows.known_by), "snapshots": rows.snapshots}
        return Prepared(call, parts, payload, {}, shown, environment, _snapshots(rows))

    def _description(
        self,
        run: PipelineRun,
        pipeline: PipelineDefinition,
        call: StepCallDefinition,
        inputs: dict[str, ValueRef],
        arguments: dict[str, Any],  # Any: JSON
    ) -> Prepared:
        """What the worker finds out about a model before it is registered; the same model is described once."""
        model = inputs.get("model")
        if model is None or model.format != "model":
            got = "nothing" if model is None else model.type
            raise Invalid(
                "model", f"register() takes an mg.Model and got {got}: return mg.Model(estimator, features=..., frame=...) from a step"
            )
        columns = self._training_columns(run, pipeline, call)
        environment = environment_of(frozenset())
        parts = _parts(call.entrypoint, None, {"model": model.key}, columns, environment)
        payload = {"task": "describe", "model": msgspec.to_builtins(model), **columns}
        return Prepared(call, parts, payload, inputs, arguments, environment)

    def _training_columns(self, run: PipelineRun, pipeline: PipelineDefinition, call: StepCallDefinition) -> dict[str, str | None]:
        """Names of label and event time in the frames that went into a model."""
        service = service_of(pipeline, call)
        if service is None:
            return {"label": None, "event_time": None}
        with self.db.read() as tx:
            chosen = self.projects.definition_of(tx, run.bundle).feature_set(service)
        return {"label": chosen.service.label, "event_time": chosen.source.event_time}

    def _register(
        self, run: PipelineRun, pipeline: PipelineDefinition, call: StepCallDefinition, step: StepExecution, outputs: dict[str, ValueRef]
    ) -> str:
        """Once for each call of a run, however often it is tried."""
        assert step.output is not None
        described = msgspec.json.decode(self.blobs.read(step.output.digest))
        manifest = described["manifest"]
        maker = next(str(each.value) for each in call.arguments if each.kind == "step" and each.name == "model")
        with self.db.read() as tx:
            made = {each.name: each for each in tables.list_steps(tx, run.id)}[maker]
        about = NewVersion(
            format=manifest["served"]["format"],
            blob=Digest(manifest["served"]["digest"]),
            size=manifest["served"]["size"],
            inputs=tuple(ModelInput(each["name"], each["dtype"]) for each in manifest["inputs"]),
            estimator=manifest["estimator"],
            metrics=manifest["metrics"],
            cutoff=run.cutoff,
            pipeline_run=run.id,
            run=made.run or made.produced_by,
            bundle=run.bundle,
            features=service_of(pipeline, call),
            manifest=outputs[maker].digest,
            frame=Digest(manifest["frame"]["digest"]),
            rows=described["rows"],
            reference=Digest(described["reference"]),
            golden=tuple(GoldenRow(tuple(each["inputs"]), each["output"]) for each in described["golden"]),
            mean_predictor=described["mean_predictor"],
            difference=manifest["difference"],
            why_not_onnx=manifest["why_not_onnx"],
            origin=f"{run.id}/{call.name}",
        )
        with self.db.write() as tx:
            return self.registry.add_version(tx, run.project, str(step.arguments["name"]), about).id


class Attempts:
    """Tries of steps in workers, each a tracked run of its own."""

    def __init__(
        self, db: Database, tracking: Tracking, lineage: Lineage, blobs: BlobStore, executor: Executor, clock: Clock, work: Path
    ) -> None:
        self.db, self.tracking, self.lineage, self.blobs = db, tracking, lineage, blobs
        self.executor, self.clock, self.work = executor, clock, work

    def run(self, of: PipelineRun, step: StepExecution, prepared: Prepared, folder: Path, context: JobContext) -> StepExecution:
        """Try until it succeeds or nothing is left to try. Raises Failed, Interrupted."""
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
            if is_cancelled or failed > prepared.call.retries or lost > LOST_RETRIES + prepared.call.retries:
                raise Failed(prepared.call.name, message, is_cancelled=is_cancelled)

    def ask(self, code: str, folder: Path, payload: dict[str, Any], scratch: Path, timeout_seconds: float, what: str) -> dict[str, Any]:
        """A single question to a worker, outside of any run; gives its answer. Raises Conflict, Unavailable."""  # Any: JSON
        handle = self.executor.submit(TaskSpec(scratch.name, code, folder, payload, scratch, timeout_seconds))
        events: list[TaskEvent] = []
        while not events:
            events = self.executor.poll([handle], timeout_seconds)
        (event,) = events
        if event.outcome == "cancelled":
            raise Unavailable("executor", "the server is stopping")
        if event.outcome != "done" or not event.result["ok"]:
            raise Conflict(f"{what} failed: {_why(event)}")
        return event.result

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

    def close_abandoned(self, step: StepExecution) -> None:
        """End the run of an attempt during which the server was killed."""
        if step.run is not None and step.state == "running":
            with self.db.write() as tx:
                self.tracking.finish(step.run, "killed", "the server ended before the step did", tx)

    def _begin(self, of: PipelineRun, step: StepExecution, prepared: Prepared) -> StepExecution:
        name = f"{of.pipeline}/{prepared.call.name}"
        params = {key: value if isinstance(value, str | int | float | bool) else msgspec.json.encode(value).decode()
                  for key, value in prepared.arguments.items() if value is not None}  # fmt: skip
        tags: dict[str, str | int | float | bool | None] = {"pipeline_run": of.id, "step": prepared.call.name, "attempt": step.attempts + 1}
        environment = {"python": prepared.environment.python, "packages": prepared.environment.packages}
        conditions = {"environment": environment, "bundle": of.bundle, "entrypoint": prepared.call.entrypoint, "key": prepared.parts}
        with self.db.write() as tx:
            run = self.tracking.start_run(
                of.project, of.pipeline, name, kind="step", params=params, tags=tags, conditions=conditions, tx=tx
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
            handle = self.executor.submit(TaskSpec(f"{step.run}", of.bundle, folder, payload, scratch, timeout))
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
                    raise Invalid(name, "the file that the worker left is not what it said: check the disk")
        output = (
            self._described(answer["described"], answer["files"]) if "described" in answer else msgspec.convert(answer["output"], ValueRef)
        )
        self._keep_logged(run, answer, {"seconds": event.seconds})
        now = self.clock()
        done = replace(step, state="finished", output=output, finished_at=now, seconds=event.seconds, error=None)
        with self.db.write() as tx:
            self.tracking.finish(run, tx=tx)
            if output.digest not in {ref.digest for ref in prepared.inputs.values()}:
                node = self._node(tx, of.project, output, f"{prepared.call.name} of {of.pipeline}")
                self.lineage.edge(tx, Node("run", run), node, "wrote", run=run)
            tables.save_step(tx, done)
            tables.save_cached(tx, of.project, prepared.key, CachedOutput(run, output), now)
        return done

    def _described(self, described: dict[str, Any], files: dict[str, str]) -> ValueRef:  # Any: JSON
        content = msgspec.json.encode(described, order="sorted")
        digest = self.blobs.put_bytes(content)
        summary = {"rows": described["rows"], "served": described["manifest"]["served"]["format"]}
        return ValueRef("json", "meguri.Description", digest, len(content), summary, tuple(Digest(each) for each in sorted(files)))

    def _failed(self, step: StepExecution, event: TaskEvent, message: str) -> StepExecution:
        run = step.run or RunId("")
        if event.outcome == "done":
            self._keep_logged(run, event.result, {})
        state: Any = "cancelled" if event.outcome == "cancelled" else "failed"  # Any: a StepState
        failed = replace(step, state=state, error=message, finished_at=self.clock(), seconds=event.seconds)
        with self.db.write() as tx:
            self.tracking.finish(run, "killed" if event.outcome == "cancelled" else "failed", message, tx)
            tables.save_step(tx, failed)
        return failed

    def _keep_logged(self, run: RunId, answer: dict[str, Any], extra: dict[str, float]) -> None:  # Any: JSON
        points = from_wire([(key, step, value, at) for key, step, value, at in answer["points"]])
        if points:
            self.tracking.add_points(run, points)
        if answer["params"]:
            self.tracking.set_params(run, answer["params"])
        if answer["tags"] or extra:
            self.tracking.set_tags(run, {**answer["tags"], **{key: round(value, 4) for key, value in extra.items()}})

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


def service_of(pipeline: PipelineDefinition, call: StepCallDefinition) -> str | None:
    """The feature service whose training frame went into a call, directly or through other steps; None where it is not one alone."""
    calls = {each.name: each for each in pipeline.calls}
    waiting, found = [call], set()
    while waiting:
        each = waiting.pop()
        if each.entrypoint == "meguri:training_frame":
            found |= {str(argument.value) for argument in each.arguments if argument.name == "service" and argument.kind == "value"}
        waiting += [calls[str(argument.value)] for argument in each.arguments if argument.kind == "step"]
    return found.pop() if len(found) == 1 else None


def _user_step(call: StepCallDefinition, inputs: dict[str, ValueRef], arguments: dict[str, Any], folder: Path) -> Prepared:  # Any: JSON
    module, _, _ = call.entrypoint.partition(":")
    closure = cached_closure(folder, module)
    environment = environment_of(closure.imports)
    parts = _parts(call.entrypoint, closure.modules, {name: ref.key for name, ref in inputs.items()}, arguments, environment)
    given = {name: {"kind": "value", "ref": msgspec.to_builtins(ref)} for name, ref in inputs.items()}
    given |= {name: {"kind": "json", "value": value} for name, value in arguments.items()}
    stable = {name: parts[name] for name in ("entrypoint", "inputs", "parameters")}  # a comment in the code must not change a model
    seed = int(key_of(stable).removeprefix("sha256:")[:8], 16)
    payload = {"task": "step", "entrypoint": call.entrypoint, "arguments": given, "seed": seed}
    return Prepared(call, parts, payload, inputs, arguments, environment)


def _parts(
    entrypoint: str,
    code: dict[str, Digest] | None,
    inputs: dict[str, Any],  # Any: JSON
    parameters: dict[str, Any],  # Any: JSON
    environment: Environment,
) -> dict[str, Any]:  # Any: JSON
    """All that decides what a step gives: nothing of time, place or machine."""
    return {
        "entrypoint": entrypoint,
        "code": code if code is not None else {"meguri": BUILTIN_VERSION},
        "inputs": inputs,
        "parameters": parameters,
        "environment": environment.digest,
        "formats": FORMATS_VERSION,
    }


def _snapshots(rows: TrainingInputs) -> tuple[Node, ...]:
    return tuple(Node("snapshot", id) for _, id in sorted(rows.snapshots.items()))


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
