"""A version that is ready to answer: loaded, warmed up, and right on its golden rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from meguri.core.agreement import find_difference
from meguri.core.definitions.features import DType, FeatureSet
from meguri.core.definitions.models import Value
from meguri.core.digests import digest_of
from meguri.core.errors import Conflict, Unsupported
from meguri.core.ids import Digest
from meguri.ports.runner import LoadRunner, ModelRunner, Row
from meguri.serving.deployment_specs import DeploymentSpec

TOLERANCE = 1e-3
"""Share of a golden row's output by which an answer may differ: another processor rounds 32-bit numbers in another order."""

_WARM_UPS = 2


class Lookup(Protocol):
    """Features of an entity."""

    def lookup(self, entity: Value, at: int, request: Mapping[str, Value] | None = None) -> Mapping[str, Value]:
        """The value of each feature as it was known at a moment (microseconds); None where there is none.

        `request`: columns of the row with the keys of views about other entities.
        """
        ...


OpenLookup = Callable[[str, FeatureSet], Lookup]
"""Of a project and a feature set."""

ReadBlob = Callable[[Digest], bytes]


@dataclass(frozen=True, slots=True)
class Live:
    """A spec with its model.

    `columns`: what a request must send, in order, the entity's key first; null is refused in those of `never_missing`. `places`: each of
    the model's inputs, and whether the request carries it (else it is looked up). `keys`: request columns that are keys of other entities.
    """

    spec: DeploymentSpec
    runner: ModelRunner
    lookup: Lookup | None
    key: str
    columns: dict[str, DType]
    places: tuple[tuple[str, bool], ...]
    keys: tuple[str, ...]
    never_missing: tuple[str, ...]


def make_live(spec: DeploymentSpec, read_blob: ReadBlob, load_runner: LoadRunner, open_lookup: OpenLookup) -> Live:
    """Load, warm up and try a spec. Slow; use a thread.

    Raises Unsupported, NotFound, Conflict (a golden row came out wrong) or Unavailable.
    """
    places = _places(spec)
    columns = request_columns(spec.feature_set)
    content = read_blob(Digest(spec.model.digest))
    if digest_of(content) != spec.model.digest:
        raise Conflict(f"model {spec.model.digest} of {spec.version} is damaged on disk: restore the blob, or register the model again")
    runner = load_runner(content, spec.model.format, tuple(each.name for each in spec.model.inputs))
    try:
        _try_golden(spec, runner)
        lookup = open_lookup(spec.project, spec.feature_set) if not all(requested for _, requested in places) else None
    except Exception:
        runner.close()
        raise
    key, keys = spec.feature_set.entity.key, tuple(_foreign_keys(spec.feature_set))
    never_missing = tuple(name for name, dtype in columns.items() if name in (key, *keys) or dtype in ("str", "bool"))
    return Live(spec, runner, lookup, key, columns, places, keys, never_missing)


def request_columns(feature_set: FeatureSet) -> dict[str, DType]:
    """What a request must send: the entity's key, keys of other entities, request columns. Raises Unsupported."""
    entity, source = feature_set.entity, feature_set.source
    requested = {name: source.columns.get(name, entity.dtype) for name in feature_set.service.request}
    for name, dtype in requested.items():
        if dtype == "datetime":
            raise Unsupported(f"request column {name!r} of type datetime", "send a number, such as the hour, or text instead")
    return {entity.key: entity.dtype} | _foreign_keys(feature_set) | requested


def _foreign_keys(feature_set: FeatureSet) -> dict[str, DType]:
    return {each.key: each.dtype for each in feature_set.view_entities if each.key != feature_set.entity.key}


def _places(spec: DeploymentSpec) -> tuple[tuple[str, bool], ...]:
    requested, known = set(spec.feature_set.service.request), set(spec.feature_set.inputs)
    names = [each.name for each in spec.model.inputs]
    unknown = [name for name in names if name not in known]
    if unknown:
        service = spec.feature_set.service.name
        raise Conflict(
            f"{spec.version} needs {', '.join(unknown)}, which feature service {service!r} does not give"
            f" (it gives {', '.join(sorted(known))}): train the model on that service, or change the endpoint's features"
        )
    return tuple((name, name in requested) for name in names)


def _try_golden(spec: DeploymentSpec, runner: ModelRunner) -> None:
    rows: list[Row] = [row.inputs for row in spec.golden] or [[_example(each.dtype) for each in spec.model.inputs]]
    for _ in range(_WARM_UPS):
        runner.predict(rows)
    outputs = runner.predict(rows)
    known = [(place, row.output, outputs[place]) for place, row in enumerate(spec.golden) if row.output is not None]
    different = find_difference([one for _, one, _ in known], [other for _, _, other in known], relative=TOLERANCE, quantile=0.5)
    missing = next((place for place, row in enumerate(spec.golden) if row.output is None and not math.isfinite(outputs[place])), None)
    if different is not None or missing is not None:
        number = known[different[0]][0] if different is not None else int(missing or 0)
        raise Conflict(
            f"{spec.version} answers golden row {number} with {outputs[number]!r} and not {spec.golden[number].output!r}, as it did when it"
            " was registered: the former version stays; register the model again",
            version=spec.version,
            row=number,
        )


def _example(dtype: DType) -> Value:
    return "" if dtype == "str" else 0
