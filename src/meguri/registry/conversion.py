"""From a fitted estimator to the bytes that are served: ONNX where the converted model agrees with the original, else skops.

Runs in a step worker, where the estimator was made; scikit-learn and skl2onnx are imported when there is something to convert.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import polars as pl

from meguri.core.agreement import find_difference
from meguri.core.definitions.features import DType
from meguri.core.definitions.models import ModelInput
from meguri.core.errors import Invalid, MeguriError, Unsupported
from meguri.ports.runner import LoadRunner

ROWS = 1_000
"""How many rows of the training frame, evenly spread over it, the converted model is compared on."""
NULL_ROWS = 20
"""How many of these rows are compared again for each input, with that input missing."""
TRAINING_NULL_ROWS = 200
"""How many rows of the training frame that have a missing value are compared besides."""
CLOSE_ROWS = 2_000
"""How many rows with values that 32-bit floats hardly keep apart are compared besides, for each input."""
LARGEST_WHOLE = 1 << 24
"""Above it, 32-bit floats do not have every whole number."""

_REMEDY = "train an estimator of scikit-learn on numbers, in a frame without other columns than its features"


@dataclass(frozen=True, slots=True)
class Converted:
    """`difference`: the largest to the original over the rows compared. `why`: why it is not ONNX; empty where it is."""

    format: Literal["onnx", "skops"]
    content: bytes
    inputs: tuple[ModelInput, ...]
    difference: float
    why: str


def convert(estimator: Any, frame: pl.DataFrame, features: Sequence[str], archive: bytes, load: LoadRunner) -> Converted:
    """Bytes that predict as `estimator` does on rows of `frame`, compared row by row with the runner that will serve them.

    ONNX in 32 bits is tried first, then in 64 bits, then skops. Rows with missing values are compared too, where the original takes them:
    a request may miss a value that every training row has. `archive`: the estimator as skops bytes, used where it does not convert.
    Raises Unsupported where neither form predicts as the original does, Invalid for inputs that a request cannot carry.
    """
    inputs = tuple(ModelInput(name, _dtype(frame, name)) for name in features)
    given = frame.select(features)
    sample = pl.concat([spread(given, ROWS), rows_close_in_32_bits(given)])
    expected = original_predictions(estimator, sample, features)
    rows = sample.rows()
    probes = _null_probes(estimator, given, inputs)
    why = unfit_for_onnx(estimator)
    for types in () if why else _layouts(inputs, in_64_bits_only=has_large_numbers(given)):
        try:
            content = onnx_bytes(estimator, types())
            got = _predicted(content, "onnx", features, rows, load)
        except Exception as error:  # the converter fails in as many ways as there are estimators
            why = why or f"{type(error).__name__}: {_first_line(error)}"
            continue
        different = find_difference(expected.tolist(), got.tolist())
        if different is not None:
            why = why or _shown(expected, got, different[0], "as ONNX it gives")
            continue
        wrong = _wrong_on_nulls(probes, content, "onnx", features, load)
        if not wrong:
            return Converted("onnx", content, inputs, _largest(expected, got), "")
        why = why or f"as ONNX {wrong}"
    try:
        got = _predicted(archive, "skops", features, rows, load)
    except MeguriError as error:
        raise Unsupported(f"serving {type(estimator).__name__}", f"not as ONNX ({why}), not as skops ({error}): {_REMEDY}") from error
    different = find_difference(expected.tolist(), got.tolist())
    if different is not None:
        hint = f"not as ONNX ({why}); given plain rows it differs from itself by {different[1]:.3g}: {_REMEDY}"
        raise Unsupported(f"serving {type(estimator).__name__}", hint)
    if wrong := _wrong_on_nulls(probes, archive, "skops", features, load):
        raise Unsupported(f"serving {type(estimator).__name__}", f"not as ONNX ({why}); given plain rows {wrong}: {_REMEDY}")
    return Converted("skops", archive, inputs, _largest(expected, got), why)


def has_large_numbers(frame: pl.DataFrame) -> bool:
    """Whether a column holds a whole number that 32-bit floats do not have, such as an id or a time in seconds."""
    for name, dtype in frame.schema.items():
        if dtype.is_integer() or dtype.is_float():
            large = frame[name].drop_nulls().cast(pl.Float64).to_numpy()
            large = large[np.abs(large) > LARGEST_WHOLE]
            if np.any((large == np.floor(large)) & (large.astype(np.float32).astype(np.float64) != large)):
                return True
    return False


def rows_close_in_32_bits(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with values that a tree of 32 bits may take for the next smaller one, at most `CLOSE_ROWS` for each column.

    A tree splits at the midpoint of two values that follow each other. Rounded to 32 bits, it may be the upper one.
    """
    found = [frame.clear()]
    for name, dtype in frame.schema.items():
        if dtype.is_integer() or dtype.is_float():
            number = pl.col(name).cast(pl.Float64)
            ordered = frame.filter(number.is_finite()).unique(name, keep="first", maintain_order=True).sort(name)
            values = ordered.select(number).to_series().to_numpy()
            with np.errstate(over="ignore"):
                upper = ((values[1:] + values[:-1]) / 2).astype(np.float32) >= values[1:].astype(np.float32)
            found.append(spread(ordered.filter(np.concatenate([np.zeros(min(len(values), 1), dtype=np.bool_), upper])), CLOSE_ROWS))
    return pl.concat(found)


def spread(frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    """At most so many rows, evenly spread over the frame, the first and the last among them."""
    if frame.height <= rows:
        return frame
    return frame[np.linspace(0, frame.height - 1, rows).round().astype(np.int64)]


def original_predictions(estimator: Any, rows: pl.DataFrame, features: Sequence[str]) -> np.ndarray:  # Any: an estimator
    """The predictions of the estimator for rows in the form in which it was fitted. Raises Unsupported."""
    chosen = rows.select(features)
    if hasattr(estimator, "feature_names_in_"):
        given: Any = chosen
    else:
        texts = any(dtype == pl.String for dtype in chosen.dtypes)
        given = np.array(chosen.rows(), dtype=object) if texts else chosen.cast(pl.Float64).to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predicted = np.asarray(estimator.predict(given))
    if predicted.size != rows.height or predicted.dtype.kind not in "fiub":
        hint = f"{type(estimator).__name__} gives {predicted.shape} of {predicted.dtype} for {rows.height} rows"
        raise Unsupported("a model without one number a row", f"{hint}: register a regressor with one output")
    return predicted.reshape(-1).astype(np.float64)


def onnx_bytes(estimator: Any, types: list[tuple[str, Any]]) -> bytes:  # Any: an estimator, and skl2onnx's tensor types
    """Convert by skl2onnx. Raises whatever it raises."""
    from skl2onnx import convert_sklearn

    _teach_converters()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = convert_sklearn(estimator, initial_types=types, name="meguri")
    model.producer_name, model.producer_version, model.doc_string = "meguri", "", ""
    return bytes(model.SerializeToString(deterministic=True))


def unfit_for_onnx(estimator: Any) -> str:  # Any: an estimator
    """Why it must not even be tried; empty where it may. (Trees that split off missing values send the converter into an endless loop.)"""
    from sklearn.base import BaseEstimator

    waiting, seen = [estimator], set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        tree = getattr(each, "tree_", None)
        if tree is not None and not np.all(np.isfinite(tree.threshold)):
            return "its trees split off missing values, which skl2onnx cannot convert"
        inner = vars(each).values() if isinstance(each, BaseEstimator) else each
        waiting += [value for value in inner if isinstance(value, BaseEstimator | list | tuple)]
        waiting += [tree for value in inner if isinstance(value, np.ndarray) and value.dtype == object for tree in value.flat]
    return ""


def _layouts(inputs: Sequence[ModelInput], *, in_64_bits_only: bool) -> list[Callable[[], list[tuple[str, Any]]]]:
    """Ways to declare the inputs, those that are the fastest to serve first."""  # Any: skl2onnx's tensor types

    def numbers(*, wide: bool) -> Any:  # Any: as above
        from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

        return DoubleTensorType if wide else FloatTensorType

    def matrix(*, wide: bool) -> list[tuple[str, Any]]:
        return [("inputs", numbers(wide=wide)([None, len(inputs)]))]

    def columns(*, wide: bool) -> list[tuple[str, Any]]:
        from skl2onnx.common.data_types import StringTensorType

        return [(each.name, (StringTensorType if each.dtype == "str" else numbers(wide=wide))([None, 1])) for each in inputs]

    forms = [columns] if any(each.dtype == "str" for each in inputs) else [matrix, columns]
    return [partial(form, wide=wide) for wide in ([True] if in_64_bits_only else [False, True]) for form in forms]


def _predicted(
    content: bytes,
    format: str,
    features: Sequence[str],
    rows: Sequence[tuple[Any, ...]],  # Any: values of the columns
    load: LoadRunner,
) -> np.ndarray:
    runner = load(content, format, features)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.array(runner.predict(rows), dtype=np.float64)
    finally:
        runner.close()


def _null_probes(estimator: Any, frame: pl.DataFrame, inputs: Sequence[ModelInput]) -> tuple[pl.DataFrame, np.ndarray]:
    """Rows with missing values and what the original predicts for them; without those that it refuses."""  # Any: an estimator
    few = spread(frame, NULL_ROWS)
    tried = [few.with_columns(pl.lit(None, frame.schema[each.name]).alias(each.name)) for each in inputs if each.dtype != "str"]
    tried.append(spread(frame.filter(pl.any_horizontal(pl.all().is_null())), TRAINING_NULL_ROWS))
    rows, expected = frame.clear(), np.empty(0)
    for each in tried:
        try:
            predicted = original_predictions(estimator, each, frame.columns)
        except Exception:  # estimators refuse missing values, and no rows at all, in as many ways as there are estimators
            continue
        rows, expected = pl.concat([rows, each]), np.concatenate([expected, predicted])
    return rows.filter(np.isfinite(expected)), expected[np.isfinite(expected)]


def _wrong_on_nulls(probes: tuple[pl.DataFrame, np.ndarray], content: bytes, format: str, features: Sequence[str], load: LoadRunner) -> str:
    """What differs from the original on rows with missing values; empty where nothing does."""
    rows, expected = probes
    try:
        got = _predicted(content, format, features, rows.rows(), load) if rows.height else expected
    except Exception as error:  # runners pass on whatever their library raises
        if format == "skops":  # the last form: a refused request is not a wrong prediction
            return ""
        return f"it refuses missing values that the original takes ({type(error).__name__}: {_first_line(error)})"
    different = find_difference(expected.tolist(), got.tolist())
    if different is None:
        return ""
    names = ", ".join(name for name in features if rows[name][different[0]] is None)
    return _shown(expected, got, different[0], f"with a missing value of {names} it gives")


def _largest(expected: np.ndarray, got: np.ndarray) -> float:
    return float(np.max(np.abs(got - expected), initial=0.0))


def _shown(expected: np.ndarray, got: np.ndarray, place: int, what: str) -> str:
    return f"{what} {got[place]:.6g} where the original gives {expected[place]:.6g}"


def _dtype(frame: pl.DataFrame, name: str) -> DType:
    dtype = frame.schema[name]
    if dtype == pl.Boolean:
        return "bool"
    if dtype.is_integer():
        return "int"
    if dtype.is_float():
        return "float"
    if dtype == pl.String:
        return "str"
    raise Invalid(name, f"a model input of type {dtype} cannot be sent: make numbers or texts of it in the feature view or the request")


def _teach_converters() -> None:
    """Wrap skl2onnx's converter of histogram gradient boosting: it hands booleans and NumPy integers to a protobuf that takes neither, and
    forgets the exponential of losses with a log link."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common._registration import get_converter, get_shape_calculator
    from sklearn.ensemble import HistGradientBoostingRegressor

    name = "SklearnHistGradientBoostingRegressor"
    plain = get_converter(name)

    def converted(scope: Any, operator: Any, container: Any) -> None:  # Any: skl2onnx has no types
        output = operator.outputs[0].full_name
        if type(operator.raw_operator._loss.link).__name__ != "LogLink":
            plain(scope, operator, _PlainNumbers(container, {}))
            return
        raw = scope.get_unique_variable_name("raw")
        plain(scope, operator, _PlainNumbers(container, {output: raw}))
        container.add_node("Exp", [raw], [output], name=scope.get_unique_operator_name("Exp"), op_version=13)

    update_registered_converter(
        HistGradientBoostingRegressor, "MeguriHistGradientBoostingRegressor", get_shape_calculator(name), converted, overwrite=True
    )


class _PlainNumbers:
    """A container of skl2onnx that makes Python's integers of whatever stands in a list of numbers, and renames outputs."""

    def __init__(self, container: Any, names: dict[str, str]) -> None:  # Any: skl2onnx has no types
        self._container, self._names = container, names

    def __getattr__(self, name: str) -> Any:  # Any: as above
        return getattr(self._container, name)

    def add_node(self, op_type: Any, inputs: Any, outputs: Any, **attributes: Any) -> None:  # Any: as above
        renamed = [self._names.get(each, each) for each in ([outputs] if isinstance(outputs, str) else outputs)]
        plain = {key: _integers(value) if isinstance(value, list) else value for key, value in attributes.items()}
        self._container.add_node(op_type, inputs, renamed, **plain)


def _integers(values: list[Any]) -> list[Any]:  # Any: numbers and texts
    kinds = (bool, int, np.bool_, np.integer)
    return [int(each) for each in values] if all(isinstance(each, kinds) for each in values) else values


def _first_line(error: Exception) -> str:
    return next((line.strip()[:200] for line in str(error).splitlines() if line.strip()), type(error).__name__)
