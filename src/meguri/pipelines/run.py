"""The steps of one pipeline run: prepared, taken from the cache or tried, and what came of them registered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.definitions.pipelines import PipelineDefinition, StepCallDefinition
from meguri.core.errors import Invalid
from meguri.core.ids import Digest
from meguri.core.json import JsonObject
from meguri.core.times import Clock, iso
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.features.service import Features
from meguri.features.training import TrainingInputs
from meguri.jobs.model import JobContext
from meguri.lineage.service import Lineage, Node
from meguri.pipelines import tables
from meguri.pipelines.attempts import Attempts, Failed, Prepared
from meguri.pipelines.closure import cached_closure
from meguri.pipelines.environment import StepEnvironment, environment_of
from meguri.pipelines.model import DONE, CachedOutput, PipelineRun, StepExecution, key_of
from meguri.pipelines.values import FORMATS_VERSION, ValueRef
from meguri.ports.blobs import BlobStore
from meguri.registry.model import VersionSpec
from meguri.registry.projects import Projects
from meguri.registry.service import Registry

BUILTIN_VERSION = 2
"""Raised when a built-in step begins to give another result for the same inputs."""


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
        hits: list[StepExecution] = []
        try:
            for call in pipeline.calls:
                if context.cancelled():
                    raise Failed(call.name, "the run was cancelled", is_cancelled=True)
                step = known[call.name]
                done = step if step.state in DONE else self._run_one(run, pipeline, call, step, outputs, folder, context, hits)
                assert done.output is not None  # of every step that is done
                outputs[call.name] = done.output
                if call.entrypoint == "meguri:register":
                    self._keep(hits)
                    versions.append(self._register(run, pipeline, call, done, outputs))
        finally:
            self._keep(hits)
        return versions

    def _keep(self, hits: list[StepExecution]) -> None:
        """Write down the steps that were taken from the cache since the last time, together: losing them costs nothing."""
        if hits:
            with self.db.write() as tx:
                for step in hits:
                    tables.save_step(tx, step)
            hits.clear()

    def _run_one(
        self,
        run: PipelineRun,
        pipeline: PipelineDefinition,
        call: StepCallDefinition,
        step: StepExecution,
        outputs: dict[str, ValueRef],
        folder: Path,
        context: JobContext,
        hits: list[StepExecution],
    ) -> StepExecution:
        if step.state == "running":
            with self.db.write() as tx:
                self.attempts.close_abandoned(tx, step)
        try:
            prepared = self._prepare(run, pipeline, call, outputs, folder)
        except Exception as error:  # no rows, no such service, a module that is gone: the step cannot even begin
            failed = replace(step, state="failed", error=str(error), started_at=self.clock(), finished_at=self.clock())
            with self.db.write() as tx:
                tables.save_step(tx, failed)
            raise Failed(call.name, str(error)) from error
        step = replace(step, key=prepared.key, key_parts=prepared.parts, inputs=prepared.inputs, arguments=prepared.arguments, error=None)
        hit = self._find_cached(run.project, prepared.key) if call.cache else None
        if hit is not None:
            now = self.clock()
            cached = replace(step, state="cached", produced_by=hit.run, output=hit.output, started_at=now, finished_at=now, seconds=0.0)
            hits.append(cached)
            return cached
        self._keep(hits)
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

    def _training_frame(self, run: PipelineRun, call: StepCallDefinition, arguments: JsonObject) -> Prepared:
        service = str(arguments["service"])
        with self.db.read() as tx:
            chosen = self.projects.definition_of(tx, run.bundle).feature_set(service)
        rows = self.features.prepare(run.project, chosen, before=run.cutoff, known_by=run.until)
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
        arguments: JsonObject,
    ) -> Prepared:
        """What the worker finds out spec a model before it is registered; the same model is described once."""
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
        spec = VersionSpec(
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
            return self.registry.add_version(tx, run.project, str(step.arguments["name"]), spec).id


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


def _user_step(call: StepCallDefinition, inputs: dict[str, ValueRef], arguments: JsonObject, folder: Path) -> Prepared:
    module, _, _ = call.entrypoint.partition(":")
    closure = cached_closure(folder, module)
    environment = environment_of(closure.imports)
    parts = _parts(call.entrypoint, closure.modules, {name: ref.key for name, ref in inputs.items()}, arguments, environment)
    parts |= {"files": closure.files} if call.cache else {"files": closure.files, "cache": False}
    given = {name: {"kind": "value", "ref": msgspec.to_builtins(ref)} for name, ref in inputs.items()}
    given |= {name: {"kind": "json", "value": value} for name, value in arguments.items()}
    stable = {name: parts[name] for name in ("entrypoint", "inputs", "parameters")}  # a comment in the code must not change a model
    seed = int(key_of(stable).removeprefix("sha256:")[:8], 16)
    payload = {"task": "step", "entrypoint": call.entrypoint, "arguments": given, "seed": seed}
    return Prepared(call, parts, payload, inputs, arguments, environment)


def _parts(
    entrypoint: str,
    code: dict[str, Digest] | None,
    inputs: JsonObject,
    parameters: JsonObject,
    environment: StepEnvironment,
) -> JsonObject:
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
