"""A trained model as a training step returns it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meguri.core.errors import Invalid

TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogLink",
    "sklearn._loss.loss.AbsoluteError",
    "sklearn._loss.loss.HalfGammaLoss",
    "sklearn._loss.loss.HalfPoissonLoss",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn._loss.loss.PinballLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
"""What a skops archive may hold beyond what skops itself trusts. Ours, in the code: a list that travels with a model is worth nothing."""


@dataclass(frozen=True)
class Model:
    """A trained model with what is needed to register it: what a training step returns and `register` takes.

    Args:
        estimator: A fitted scikit-learn estimator with `predict`.
        features: The names of the inputs, in the order in which the estimator was fitted.
        frame: The rows on which it was fitted (Polars, pandas or Arrow), with at least the columns `features`. The signature, the check
            that the converted model agrees with the original, the golden rows that each deployment is tested with and the reference
            profiles of drift monitors are computed from it.
        metrics: Numbers to show beside the version, by name.

    Raises:
        Invalid: `features` is empty, the estimator has no `predict`, or the frame lacks a column.

    Example:
        import polars as pl
        from sklearn.linear_model import LinearRegression

        frame = pl.DataFrame({"hr": [0, 1, 2, 3], "cnt": [1.0, 3.0, 5.0, 7.0]})
        estimator = LinearRegression().fit(frame.select("hr").to_numpy(), frame["cnt"].to_numpy())
        model = mg.Model(estimator, features=["hr"], frame=frame, metrics={"mae_train": 0.0})
    """

    estimator: Any  # Any: an estimator of a library that core does not know
    features: Sequence[str]
    frame: Any  # Any: a dataframe, as above
    metrics: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", tuple(self.features))
        object.__setattr__(self, "metrics", {name: float(value) for name, value in self.metrics.items()})
        if not self.features:
            raise Invalid("features", "name the inputs of the model in the order in which it was fitted")
        if not hasattr(self.estimator, "predict"):
            raise Invalid("estimator", f"{type(self.estimator).__name__} has no predict(): pass a fitted scikit-learn estimator")
        columns = [str(name) for name in getattr(self.frame, "columns", getattr(self.frame, "column_names", ()))]
        missing = [name for name in self.features if name not in columns]
        if missing:
            raise Invalid("frame", f"has no column {', '.join(missing)}: pass the frame that the estimator was fitted on")
