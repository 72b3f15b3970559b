"""The gate: is the challenger better than the champion on rows that neither was trained on?

Rows of one day share weather, season and chance, so whole days are drawn, not rows: a paired bootstrap by day (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 8). Both models are scored on the same rows, so what the days have in common cancels out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meguri.core.definitions.automation import GateDefinition

Metric = Literal["mae", "wape", "rmse"]
Floats = NDArray[np.float64]

DAY_MICROS = 86_400_000_000


@dataclass(frozen=True, slots=True)
class DaySums:
    """Errors of one model, summed by event day (days since 1970, UTC): rows, |e|, e^2 and |label| of each day."""

    days: NDArray[np.int64]
    rows: Floats
    absolute: Floats
    squared: Floats
    label: Floats

    @staticmethod
    def of(event_us: NDArray[np.int64], labels: Floats, outputs: Floats) -> DaySums:
        """`event_us`: event times in microseconds; `labels` and `outputs` of the same length, in the unit of the label."""
        days, place = np.unique(event_us // DAY_MICROS, return_inverse=True)
        error = outputs - labels

        def summed(values: Floats) -> Floats:
            return np.bincount(place, values, len(days)).astype(np.float64)

        return DaySums(days, summed(np.ones_like(labels)), summed(np.abs(error)), summed(error * error), summed(np.abs(labels)))

    def metric(self, metric: Metric, weights: NDArray[np.int64] | None = None) -> Floats:
        """The metric over all days, or one value for each row of `weights` (how often each day was drawn, shape (draws, days))."""
        drawn = np.ones((1, len(self.days)), np.int64) if weights is None else weights
        rows, label = drawn @ self.rows, drawn @ self.label
        if metric == "rmse":
            return np.asarray(np.sqrt(drawn @ self.squared / rows))
        return np.asarray(drawn @ self.absolute / (rows if metric == "mae" else np.maximum(label, 1e-12)))

    def as_json(self) -> list[dict[str, float]]:
        """One object a day, as a model version keeps them for monitors."""
        columns = zip(
            self.days.tolist(), self.rows.tolist(), self.absolute.tolist(), self.squared.tolist(), self.label.tolist(), strict=True
        )
        return [{"day": day, "n": rows, "abs": absolute, "sq": squared, "label": label} for day, rows, absolute, squared, label in columns]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found. `improvement`: share of the champion's metric; `low`, `high`: its 90 % interval; `share_better`: of draws."""

    passed: bool
    why: str
    metric: Metric
    rows: int
    days: int
    champion: float | None = None
    challenger: float | None = None
    improvement: float | None = None
    low: float | None = None
    high: float | None = None
    share_better: float | None = None


def evaluate(gate: GateDefinition, champion: DaySums, challenger: DaySums, *, seed: str) -> Verdict:
    """Compare two models on the same rows. `seed`: stable text (ids of the two versions), so that the same comparison ends the same."""
    rows, days = int(challenger.rows.sum()), len(challenger.days)
    if rows < gate.minimum_rows or days < 2:
        why = f"{rows} rows on {days} days are too few: at least {gate.minimum_rows} rows on 2 days are needed after the training cut-off"
        return Verdict(False, why, gate.metric, rows, days)
    draws = _draws(gate.resamples, days, seed)
    was, now = champion.metric(gate.metric, draws), challenger.metric(gate.metric, draws)
    improvements = 1.0 - now / np.maximum(was, 1e-12)
    share = float(np.mean(improvements >= gate.margin)) if gate.margin > 0 else float(np.mean(improvements > 0))
    before, after = float(champion.metric(gate.metric)[0]), float(challenger.metric(gate.metric)[0])
    passed = share >= gate.confidence
    better = f"better by at least {gate.margin:.0%}" if gate.margin > 0 else "better"
    why = f"{better} in {share:.1%} of {gate.resamples} draws of days, {gate.confidence:.0%} are needed"
    low, high = (float(each) for each in np.quantile(improvements, [0.05, 0.95]))
    improvement = 1.0 - after / max(before, 1e-12)
    return Verdict(passed, why, gate.metric, rows, days, before, after, improvement, low, high, share)


def _draws(number: int, days: int, seed: str) -> NDArray[np.int64]:
    generator = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big"))
    return np.asarray(generator.multinomial(days, np.full(days, 1.0 / days), size=number), np.int64)
