"""What a step worker does with a task: functions of the project's bundle, and the steps that meguri brings."""

from __future__ import annotations

import contextlib
import errno
import importlib
import random
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import polars as pl

from meguri.core.digests import digest_of
from meguri.core.errors import Invalid, MeguriError, Unsupported
from meguri.core.ids import Digest
from meguri.core.json import JsonObject
from meguri.core.model import Model
from meguri.core.points import Point, to_wire
from meguri.features.training import TrainingInputs, build
from meguri.pipelines import values
from meguri.pipelines.values import Encoded, ValueRef
from meguri.ports.runner import LoadRunner, ModelRunner
from meguri.ports.tables import TableStore
from meguri.profiles.reference import Reference
from meguri.registry.conversion import convert, spread

GOLDEN_ROWS = 8


@dataclass(slots=True)
class Recorded:
    """What a step's code logged."""

    logged: list[Point] = field(default_factory=list)
    run_params: dict[str, Any] = field(default_factory=dict)  # Any: text, numbers, booleans
    run_tags: dict[str, Any] = field(default_factory=dict)  # Any: as above

    def points(self, points: list[Point]) -> None:
        self.logged += points

    def params(self, params: Mapping[str, Any]) -> None:  # Any: as above
        self.run_params.update(params)

    def tags(self, tags: Mapping[str, Any]) -> None:  # Any: as above
        self.run_tags.update(tags)


class Recording(Protocol):
    """Lets what the project's code logs go into a `Recorded` for a while."""

    def __call__(self, sink: Recorded, /) -> AbstractContextManager[None]: ...


class Worker:
    """Runs one task after the other. Everything that needs an adapter is handed in."""

    def __init__(self, load: LoadRunner, open_tables: Callable[[Path], TableStore], recording: Recording, folder: Path | None) -> None:
        self._load, self._open_tables, self._recording, self._folder = load, open_tables, recording, folder
        self._runner: tuple[Digest, ModelRunner] | None = None

    def prepare(self, payload: JsonObject) -> None:
        """Import what a task needs, which is not the task's own time; what is wrong with it, `run` will say."""
        if payload["task"] == "step":
            with contextlib.suppress(Exception, SystemExit):
                importlib.import_module(payload["entrypoint"].partition(":")[0])

    def run(self, payload: JsonObject, scratch: Path) -> JsonObject:
        """The task's result as JSON; blobs of its output are files in `scratch`. Never raises for what a task does."""
        began, recorded = time.perf_counter(), Recorded()
        try:
            with self._recording(recorded):
                answer = self._task(payload, scratch)
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # whatever a step does, the worker answers and goes on
            answer = {"ok": False, "error": self._described_error(error)}
        logged = {"points": to_wire(recorded.logged), "params": recorded.run_params, "tags": recorded.run_tags}
        return {**answer, **logged, "seconds": time.perf_counter() - began}

    def refuse(self, error: OSError) -> JsonObject:
        """The result of a task that could not even begin."""
        return {"ok": False, "error": self._described_error(error), "points": [], "params": {}, "tags": {}, "seconds": 0.0}

    def _task(self, payload: JsonObject, scratch: Path) -> JsonObject:
        read = values.read_file({Digest(digest): Path(path) for digest, path in payload.get("blobs", {}).items()})
        task = payload["task"]
        if task == "step":
            return {"ok": True, **self._kept(self._step(payload, read), scratch)}
        if task == "training_frame":
            inputs = msgspec.convert(payload["inputs"], TrainingInputs)
            return {"ok": True, **self._kept(training_frame(self._open_tables(Path(payload["tables"])), inputs), scratch)}
        if task == "describe":
            return {"ok": True, **self._describe(payload, read, scratch)}
        if task == "score":
            return {"ok": True, **self._kept(self._score(payload, read), scratch)}
        raise Unsupported(f"the task {task!r}", "worker and server are of different releases: start the server again")

    def _step(self, payload: JsonObject, read: values.Read) -> Any:  # Any: whatever the step returns
        seed = int(payload["seed"])
        random.seed(seed)
        np.random.seed(seed % 2**32)  # for estimators without a random_state of their own
        module, _, name = payload["entrypoint"].partition(":")
        function = getattr(importlib.import_module(module), name)
        return function(**{key: self._argument(each, read) for key, each in payload["arguments"].items()})

    def _argument(self, argument: JsonObject, read: values.Read) -> Any:  # Any: a value of any type
        if argument["kind"] == "json":
            return argument["value"]
        ref = msgspec.convert(argument["ref"], ValueRef)
        return decode_model(ref, read) if ref.format == "model" else values.decode(ref, read)

    def _kept(self, value: Any, scratch: Path) -> JsonObject:  # Any: whatever a step returns
        encoded = encode_model(value, self._load) if isinstance(value, Model) else values.encode(value)
        return {"output": msgspec.to_builtins(encoded.ref), "files": write_blobs(encoded.blobs, scratch)}

    def _describe(self, payload: JsonObject, read: values.Read, scratch: Path) -> JsonObject:
        ref = msgspec.convert(payload["model"], ValueRef)
        if ref.format != "model":
            raise Invalid(
                "model", f"register() takes an mg.Model, and got {ref.type}: return mg.Model(estimator, features=, frame=) from the step"
            )
        manifest = msgspec.json.decode(read(ref.digest))
        frame = _frame_of(manifest, read)
        names = [each["name"] for each in manifest["inputs"]]
        rows = frame.select(names)
        runner = self._served(manifest["served"], names, read)
        predictions = np.array(runner.predict(rows.rows()), dtype=np.float64)
        sample = spread(rows, GOLDEN_ROWS).rows()
        reference = Reference.from_columns(_columns(rows), prediction=predictions, at=_event_times(frame, payload.get("event_time")))
        profile = msgspec.json.encode(reference.to_json(), order="sorted")
        about = {
            "golden": [{"inputs": list(row), "output": output} for row, output in zip(sample, runner.predict(sample), strict=True)],
            "reference": digest_of(profile),
            "rows": frame.height,
            "mean_predictor": _mean_predictor(frame, payload.get("label")),
        }
        return {"described": {"manifest": manifest, **about}, "files": write_blobs({digest_of(profile): profile}, scratch)}

    def _score(self, payload: JsonObject, read: values.Read) -> np.ndarray:
        names = [each["name"] for each in payload["inputs"]]
        frame = values.arrow_frame(read(Digest(payload["frame"])))
        runner = self._served(payload["served"], names, read)
        return np.array(runner.predict(frame.select(names).rows()), dtype=np.float64)

    def _served(self, served: JsonObject, names: list[str], read: values.Read) -> ModelRunner:
        """A runner; it stays loaded until another model is asked for, because a champion is scored many times."""
        digest = Digest(served["digest"])
        if self._runner is None or self._runner[0] != digest:
            self._runner = (digest, self._load(read(digest), served["format"], names))
        return self._runner[1]

    def _described_error(self, error: BaseException) -> JsonObject:
        """What went wrong and where in the project's own files; no path of this machine."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [each for each in frames if self._folder is not None and Path(each.filename).is_relative_to(self._folder)]
        places = [f"{Path(each.filename).relative_to(self._folder or '/')}:{each.lineno} in {each.name}" for each in own]
        with contextlib.suppress(OSError):  # the log's disk is full
            traceback.print_exception(error)
        kind = type(error).__name__
        text = error.message if isinstance(error, MeguriError) else f"{kind}: {error}"
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        return {"type": kind, "message": f"{text} ({places[-1]})" if places else text, "where": places, "is_full": is_full}


def training_frame(tables: TableStore, inputs: TrainingInputs) -> pl.DataFrame:
    """The rows to train with. Raises Invalid where there are none, NotFound where the source never had any."""
    frame = build(tables, inputs)
    if frame.is_empty():
        service = inputs.feature_set.service
        why = f"no row of source {service.source!r} before {inputs.before:%Y-%m-%d %H:%M} UTC has a label {service.label!r} that is known"
        raise Invalid(f"training frame of {service.name}", f"{why}: push rows, or run the pipeline for a later time")
    return frame


def encode_model(model: Model, load: LoadRunner) -> Encoded:
    """A model as a document and its blobs: what is served (checked against the original), the original, and the training rows.

    Raises Unsupported or Invalid for a model that cannot be served.
    """
    if not len(model.frame):
        raise Invalid("frame", "has no rows: pass the frame that the estimator was fitted on")
    rows = values.encode(model.frame)
    frame = values.arrow_frame(rows.blobs[rows.ref.digest])
    original = values.skops_bytes(model.estimator)
    converted = convert(model.estimator, frame, model.features, original, load)
    served, archived = digest_of(converted.content), digest_of(original)
    manifest = {
        "schema": "meguri.model/1",
        "estimator": f"{type(model.estimator).__module__}.{type(model.estimator).__qualname__}",
        "served": {"format": converted.format, "digest": served, "size": len(converted.content)},
        "original": {"format": "skops", "digest": archived},
        "inputs": [msgspec.to_builtins(each) for each in converted.inputs],
        "difference": converted.difference,
        "why_not_onnx": converted.why,
        "metrics": dict(model.metrics),
        "frame": {"digest": rows.ref.digest, "type": rows.ref.type, "rows": frame.height},
    }
    return values.model_ref(manifest, {served: converted.content, archived: original, **rows.blobs})


def decode_model(ref: ValueRef, read: values.Read) -> Model:
    """The model again, with its original estimator."""
    manifest = msgspec.json.decode(read(ref.digest))
    frame = values.decode(ValueRef("arrow", manifest["frame"]["type"], Digest(manifest["frame"]["digest"]), 0), read)
    estimator = values.skops_load(read(Digest(manifest["original"]["digest"])))
    return Model(estimator, [each["name"] for each in manifest["inputs"]], frame, manifest["metrics"])


def write_blobs(blobs: Mapping[Digest, bytes], scratch: Path) -> dict[str, str]:
    """Write blobs into files; their names by digest."""
    names = {digest: f"{digest.removeprefix('sha256:')}.blob" for digest in blobs}
    for digest, name in names.items():
        (scratch / name).write_bytes(blobs[digest])
    return {str(digest): name for digest, name in names.items()}


def _frame_of(manifest: JsonObject, read: values.Read) -> pl.DataFrame:
    return values.arrow_frame(read(Digest(manifest["frame"]["digest"])))


def _columns(rows: pl.DataFrame) -> dict[str, np.ndarray | list[Any]]:  # Any: text and None
    """Columns as monitors count them: text as it is, everything else as numbers with NaN for what is missing."""
    return {
        name: rows[name].to_list() if dtype == pl.String else rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name, dtype in rows.schema.items()
    }


def _event_times(frame: pl.DataFrame, name: str | None) -> np.ndarray | None:
    if name is None or name not in frame.columns or not isinstance(frame.schema[name], pl.Datetime) or frame[name].null_count():
        return None
    return frame[name].dt.epoch("us").to_numpy()


def _mean_predictor(frame: pl.DataFrame, label: str | None) -> dict[str, float] | None:
    """What always predicting the mean label would reach on the training rows."""
    if label is None or label not in frame.columns or not frame.schema[label].is_numeric():
        return None
    labels = frame[label].drop_nulls().cast(pl.Float64).to_numpy()
    if not len(labels):
        return None
    mean = float(np.mean(labels))
    errors, size = np.abs(labels - mean), float(np.sum(np.abs(labels)))
    scores = {"mae": float(np.mean(errors)), "rmse": float(np.sqrt(np.mean(errors**2)))}
    return {"value": mean, **scores, **({"wape": float(np.sum(errors)) / size} if size else {})}
