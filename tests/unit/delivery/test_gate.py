"""The gate's arithmetic and its verdicts."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.core.definitions.automation import GateDefinition
from meguri.core.errors import NotPromotable
from meguri.core.times import micros
from meguri.delivery.gate import DAY_MICROS, DaySums, evaluate
from meguri.delivery.service import ensure_no_overlap

HOUR = DAY_MICROS // 24
HOURS = np.arange(14 * 24) * HOUR
GATE = GateDefinition(metric="mae", confidence=0.95, minimum_rows=48)


def world(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and a noise that both models share: days differ, so whole days must be drawn."""
    random = np.random.default_rng(seed)
    day = np.repeat(random.normal(0, 20, 14), 24)
    return 100 + day + random.normal(0, 5, len(HOURS)), day


def sums(labels: np.ndarray, outputs: np.ndarray) -> DaySums:
    return DaySums.of(HOURS, labels, outputs)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=60))
def test_metrics_over_all_days_are_the_plain_formulas(rows: list[tuple[int, float, float]]) -> None:
    at, labels, outputs = (np.array(column, float) for column in zip(*rows, strict=True))
    days = DaySums.of(at.astype(np.int64) * DAY_MICROS + 5, labels, outputs)
    error = np.abs(labels - outputs)
    assert days.metric("mae")[0] == pytest.approx(error.mean())
    assert days.metric("rmse")[0] == pytest.approx(np.sqrt((error**2).mean()))
    assert days.metric("wape")[0] == pytest.approx(error.sum() / max(np.abs(labels).sum(), 1e-12))
    assert days.rows.sum() == len(rows)


def test_a_model_that_is_surely_better_passes_with_its_evidence() -> None:
    labels, day = world(1)
    verdict = evaluate(GATE, sums(labels, labels - day), sums(labels, labels - day * 0.5), seed="1:2")
    assert verdict.passed and verdict.share_better == 1.0
    assert verdict.improvement == pytest.approx(0.5)
    assert (verdict.rows, verdict.days) == (14 * 24, 14)


def test_the_same_model_does_not_pass_and_a_worse_one_does_not_either() -> None:
    labels, day = world(2)
    for share in (1.0, 1.2):
        verdict = evaluate(GATE, sums(labels, labels - day), sums(labels, labels - day * share), seed="1:2")
        assert not verdict.passed


def test_a_margin_asks_for_more_than_being_better() -> None:
    labels, day = world(3)
    champion, challenger = sums(labels, labels - day), sums(labels, labels - day * 0.9)
    assert evaluate(GATE, champion, challenger, seed="s").passed
    assert not evaluate(GateDefinition(margin=0.2), champion, challenger, seed="s").passed
    assert evaluate(GateDefinition(margin=0.05), champion, challenger, seed="s").passed


def test_better_on_one_lucky_day_is_not_better() -> None:
    labels, _ = world(4)
    before = labels + 10
    after = labels + 10.5
    after[:24] = labels[:24]
    verdict = evaluate(GATE, sums(labels, before), sums(labels, after), seed="s")
    assert verdict.improvement is not None and verdict.improvement > 0
    assert not verdict.passed


def test_the_same_comparison_always_ends_the_same_and_another_seed_draws_other_days() -> None:
    labels, day = world(5)
    champion, challenger = sums(labels, labels - day), sums(labels, labels - day * 0.99 + 0.5)
    first = evaluate(GATE, champion, challenger, seed="4:5")
    assert first.share_better is not None and 0.8 < first.share_better < 1  # better on most draws, not on all
    assert first == evaluate(GATE, champion, challenger, seed="4:5")
    assert first.share_better != evaluate(GATE, champion, challenger, seed="5:6").share_better


def test_too_few_rows_are_a_rejection_that_says_so() -> None:
    one_day = DaySums.of(HOURS[:24], np.ones(24), np.ones(24))
    assert evaluate(GATE, one_day, one_day, seed="s").why.startswith("24 rows on 1 days are too few")


def test_rows_that_trained_a_model_cannot_judge_it() -> None:
    cutoff = datetime(2011, 5, 1, tzinfo=UTC)
    later = np.array([micros(cutoff), micros(cutoff) + HOUR])
    ensure_no_overlap(later, [cutoff])
    with pytest.raises(NotPromotable, match="before the training cut-off 2011-05-01T00:00:00Z"):
        ensure_no_overlap(later - 1, [cutoff, datetime(2011, 4, 1, tzinfo=UTC)])
