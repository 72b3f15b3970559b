"""When a trigger may fire, and how a version is compared in its bake period."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pytest

from meguri.automation.model import AFTER_FAILURE, Comparison, Firing, compare, why_not

MAY = datetime(2011, 5, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def fired(status: Literal["seen", "running", "finished", "failed"]) -> Firing:
    return Firing("lost-accuracy", MAY, "prun_1", status)


def test_a_trigger_that_never_fired_may_fire() -> None:
    assert why_not(None, MAY, WEEK.total_seconds()) is None
    assert why_not(fired("seen"), MAY, WEEK.total_seconds()) is None


def test_one_run_at_a_time_however_long_ago_it_began() -> None:
    assert why_not(fired("running"), MAY + 10 * WEEK, WEEK.total_seconds()) == "running"


def test_after_a_run_the_cool_down_passes_in_event_time() -> None:
    assert why_not(fired("finished"), MAY + WEEK - timedelta(seconds=1), WEEK.total_seconds()) == "cool-down"
    assert why_not(fired("finished"), MAY + WEEK, WEEK.total_seconds()) is None


def test_a_failed_run_may_be_tried_again_soon_but_never_at_once() -> None:
    assert why_not(fired("failed"), MAY + timedelta(hours=1), WEEK.total_seconds()) == "cool-down"
    assert why_not(fired("failed"), MAY + AFTER_FAILURE, WEEK.total_seconds()) is None
    assert why_not(fired("failed"), MAY + timedelta(hours=1), 3_600) is None


@pytest.mark.parametrize(("metric", "version", "former"), [("mae", 2.0, 1.0), ("wape", 0.2, 0.1), ("rmse", 2.0, 1.0)])
def test_versions_are_compared_on_the_same_rows(metric: str, version: float, former: float) -> None:
    labels = np.full(10, 10.0)
    assert compare(metric, labels, labels + 2, labels - 1) == Comparison(metric, 10, version, former, 1.0)
