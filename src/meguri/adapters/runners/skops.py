"""scikit-learn models in skops archives, which cannot execute code: only listed types are created."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from skops.io import get_untrusted_types, loads

from meguri.core.errors import Invalid, Unsupported
from meguri.core.model import TRUSTED_TYPES
from meguri.ports.runner import Row


class SkopsRunner:
    """An estimator and its `predict`."""

    def __init__(self, content: bytes, names: Sequence[str]) -> None:
        try:
            foreign = sorted(set(get_untrusted_types(data=content)) - set(TRUSTED_TYPES))
            if foreign:
                raise Unsupported(
                    "this skops model", f"it holds types that are not trusted ({', '.join(foreign)}): convert the model to ONNX"
                )
            self._estimator = loads(content, trusted=list(TRUSTED_TYPES))
        except Unsupported:
            raise
        except Exception as error:  # a damaged archive fails in many ways
            raise Unsupported("this skops model", f"it cannot be read ({type(error).__name__}: {error}); register it again") from error
        self._names = tuple(names)

    def predict(self, rows: Sequence[Row]) -> list[float]:
        texts = any(isinstance(value, str) for row in rows for value in row)
        try:
            matrix = np.array(rows, dtype=np.object_ if texts else np.float64)
            outputs = np.asarray(self._estimator.predict(matrix), dtype=np.float64).reshape(-1)
        except (ValueError, TypeError) as error:
            raise Invalid("inputs", f"the model cannot take these values ({error}): it takes {', '.join(self._names)}") from error
        if len(outputs) != len(rows):
            raise Unsupported("this skops model", f"it gives {len(outputs)} values for {len(rows)} rows: it must give one a row")
        result: list[float] = outputs.tolist()
        return result

    def close(self) -> None:
        del self._estimator
