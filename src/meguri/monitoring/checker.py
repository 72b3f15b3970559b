"""Evaluates one monitor for one event day, from what was known before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from sqlalchemy import Connection

from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.ids import EndpointId
from meguri.core.json import JsonObject
from meguri.monitoring import tables
from meguri.monitoring.drift import DayCounts, DriftVerdict, evaluate_drift, thresholds_of
from meguri.monitoring.evidence import drift_check, quality_check
from meguri.monitoring.model import Check
from meguri.monitoring.quality import OWN_DAYS, DayErrors, QualityVerdict, evaluate_quality
from meguri.profiles.reference import Reference
from meguri.registry.model import Evaluation
from meguri.serving import served

FindReference = Callable[[Connection, str], JsonObject | None]
"""Finds the reference profile of a model version as JSON; None where it has none."""

FindBaseline = Callable[[Connection, str], Evaluation | None]
"""Finds how a model version did on its holdout; None where that was not evaluated."""

MATURE_SHARE = 0.95
MATURE_DAYS = 30
"""`expected_coverage` takes the labels of days that are this old as complete."""
_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of an endpoint's event days, read once for a check."""

    endpoint: EndpointId
    open: tuple[tuple[str, int, int], ...]
    """(version, day, predictions without a label)."""
    errors: tuple[tuple[str, DayErrors], ...]
    """(version, sums over labelled rows)."""

    @staticmethod
    def read(tx: Connection, endpoint: EndpointId, *, until_day: int, from_day: int = 0) -> Days:
        return Days(
            endpoint,
            tuple(served.count_open_by_day(tx, endpoint, from_day=from_day, until_day=until_day)),
            tuple(tables.list_errors(tx, endpoint, from_day=from_day, until_day=until_day)),
        )

    def before(self, day: int) -> Days:
        return replace(
            self,
            open=tuple(each for each in self.open if each[1] < day),
            errors=tuple(each for each in self.errors if each[1].day < day),
        )

    def serving_version(self, live: str | None) -> str | None:
        """The version of the last day's predictions; of several that which is live now, else the youngest."""
        by_day = [(day, version) for version, day, _ in self.open] + [(each.day, version) for version, each in self.errors]
        last = max(by_day, default=(0, None))
        return live if (last[0], live) in by_day else last[1]

    def predicted(self) -> dict[tuple[int, str], int]:
        """Predictions by day and version."""
        found: dict[tuple[int, str], int] = defaultdict(int)
        for version, day, count in self.open:
            found[day, version] += count
        for version, each in self.errors:
            found[each.day, version] += each.n
        return found

    def coverage(self) -> dict[int, tuple[int, int]]:
        """(predictions, labelled) by day."""
        labelled: dict[int, int] = defaultdict(int)
        for _, errors in self.errors:
            labelled[errors.day] += errors.n
        waiting: dict[int, int] = defaultdict(int)
        for _, day, count in self.open:
            waiting[day] += count
        return {day: (labelled[day] + waiting[day], labelled[day]) for day in labelled.keys() | waiting.keys()}

    def mature(self, until_day: int) -> set[int]:
        """Days that have at least 95 % of the labels that are to be expected."""
        coverage = self.coverage()
        needed = MATURE_SHARE * expected_coverage(coverage, until_day)
        return {day for day, (predicted, labelled) in coverage.items() if labelled >= needed * predicted}


def expected_coverage(coverage: Mapping[int, tuple[int, int]], until_day: int) -> float:
    """Share of predictions that ever get a label: median over the days with mature labels, 1 before there are five of them."""
    mature = [labelled / predicted for day, (predicted, labelled) in coverage.items() if day < until_day - MATURE_DAYS]
    return median(mature) if len(mature) >= 5 else 1.0


@dataclass(frozen=True, slots=True)
class Held:
    """An open alert of quality: `version` was normal before event day `bad_since`."""

    version: str
    bad_since: int


class Checker:
    """Evaluates monitors; caches the references of the versions that serve and their thresholds, which never change."""

    def __init__(self, find_reference: FindReference, find_baseline: FindBaseline) -> None:
        self._find_reference, self._find_baseline = find_reference, find_baseline
        self._references: dict[str, Reference] = {}
        self._thresholds: dict[tuple[str, int], dict[str, float]] = {}

    def check(
        self, tx: Connection, monitor: MonitorDefinition, day: int, days: Days, last: Check | None, held: Held | None = None
    ) -> Check:
        """Return the check of a monitor at the beginning of an event day. `held`: its open alert of quality.

        A version that is deployed while an alert is open may have only bad days in its holdout and in service; compared with these it would
        never be a breach. So it is compared with what was normal for the alert's version, until it reaches that, or until a version serves
        whose training rows contain a whole window of the changed data.
        """
        known = days.before(day)
        version = known.serving_version(served.find_live_version(tx, days.endpoint))
        if monitor.kind == "drift":
            return drift_check(monitor, day, version, self._drift(tx, monitor, days.endpoint, day, version))
        mature = known.mature(day)
        own = [errors for owner, errors in known.errors if owner == version and errors.day in mature]
        newest = own[-1].day if own else None
        if held is not None and (version is None or not self._is_held(tx, monitor, version, held)):
            held = None
        if last is not None and last.version == version and last.evidence["newest_day"] == newest:
            found = QualityVerdict(False, None, None, None, 0.0, 0, 0, 0, None, "no day has got its labels since the last check")
        else:
            normal = None
            if held is not None:
                former = [errors for owner, errors in known.errors if owner == held.version and errors.day < held.bad_since]
                normal = [
                    *baseline_days(self._find_baseline(tx, held.version)),
                    *[each for each in former if each.day in mature][:OWN_DAYS],
                ]
            found = self._quality(tx, monitor, version, own, normal)
        return quality_check(monitor, day, version, found, newest, None if held is None else held.version)

    def _is_held(self, tx: Connection, monitor: MonitorDefinition, version: str, held: Held) -> bool:
        if version == held.version:
            return False
        judged_on = baseline_days(self._find_baseline(tx, version))
        return not judged_on or judged_on[0].day < held.bad_since + window_days(monitor)

    def _quality(
        self,
        tx: Connection,
        monitor: MonitorDefinition,
        version: str | None,
        own: Sequence[DayErrors],
        normal: Sequence[DayErrors] | None,
    ) -> QualityVerdict:
        baseline = self._find_baseline(tx, version) if version is not None and normal is None else None
        return evaluate_quality(
            baseline_days(baseline) if normal is None else normal,
            own,
            own_is_reference=normal is None,
            metric=monitor.metric,
            window_days=window_days(monitor),
            tolerance=monitor.tolerance,
            minimum_rows=monitor.minimum_rows,
        )

    def _drift(self, tx: Connection, monitor: MonitorDefinition, endpoint: EndpointId, day: int, version: str | None) -> DriftVerdict:
        window = window_days(monitor)
        reference = self._reference(tx, version) if version is not None else None
        if version is None or reference is None:
            why = "nothing was predicted yet" if version is None else f"version {version} has no reference profile"
            return DriftVerdict(False, 0, window, day - window, (), why)
        found = served.list_counts(tx, endpoint, version, reference.digest, from_day=day - 4 * window, until_day=day)
        counts = [DayCounts(number, rows, np.array(cells, dtype=np.int64)) for number, rows, cells in found]
        return evaluate_drift(
            reference,
            lambda length: self._needed(version, reference, length),
            counts,
            until_day=day,
            window_days=window,
            minimum_rows=monitor.minimum_rows,
        )

    def _needed(self, version: str, reference: Reference, length: int) -> dict[str, float]:
        if (version, length) not in self._thresholds:
            self._thresholds[version, length] = thresholds_of(reference, length)
        return self._thresholds[version, length]

    def _reference(self, tx: Connection, version: str) -> Reference | None:
        if version not in self._references:
            value = self._find_reference(tx, version)
            if value is None:
                return None
            self._references[version] = Reference.from_json(value)
        return self._references[version]


def window_days(monitor: MonitorDefinition) -> int:
    """The monitor's window in whole event days."""
    return max(1, round(monitor.window_seconds / _SECONDS))


def baseline_days(baseline: Evaluation | None) -> list[DayErrors]:
    """Days of a version's holdout, ascending."""
    days = baseline.days if baseline is not None else ()
    return sorted((DayErrors(each.day, int(each.n), each.abs, each.sq, each.label) for each in days), key=lambda each: each.day)
