"""Change detectors over streams of errors, with states that travel as JSON.

ADWIN: Bifet & Gavalda 2007 (SDM). Page-Hinkley: Page 1954, with forgetting. HDDM-A: Frias-Blanco et al. 2015 (TKDE). Each gives, update by
update, exactly what river 0.26 gives; after a change it starts afresh with the next value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import msgspec

from meguri.core.errors import Invalid


class Detector(Protocol):
    """`update` takes one value and says whether the stream has changed with it."""

    def update(self, value: float) -> bool: ...


def to_json(detector: Detector) -> dict[str, Any]:  # Any: JSON
    """The whole state; `from_json` goes on from there as if nothing had happened."""
    return {"kind": type(detector).__name__, "state": msgspec.to_builtins(detector)}


def from_json(value: dict[str, Any]) -> Detector:  # Any: JSON
    """Raises Invalid for a kind that there is not or a state of another form."""
    kinds: dict[str, type[Adwin] | type[PageHinkley] | type[HddmA]] = {"Adwin": Adwin, "PageHinkley": PageHinkley, "HddmA": HddmA}
    try:
        return msgspec.convert(value["state"], kinds[value["kind"]])
    except (KeyError, msgspec.ValidationError) as error:
        raise Invalid("detector", f"{error} is not the state of one of {sorted(kinds)}") from error


@dataclass(slots=True)
class Adwin:
    """Keeps a window that grows while the mean stands and is cut where two parts of it differ.

    The window is a row of buckets of 1, 2, 4, ... values, at most `largest_row` of each size, so it takes memory in the logarithm of its
    length. Every `clock` values all cuts between buckets are tested with confidence `delta`.
    """

    delta: float = 0.002
    clock: int = 32
    largest_row: int = 5
    shortest_part: int = 5
    grace: int = 10
    seen: int = 0
    width: int = 0
    total: float = 0.0
    variance: float = 0.0
    rows: list[list[tuple[float, float]]] = field(default_factory=lambda: [[]])
    """`rows[i]`: buckets of 2^i values, the oldest first, as (total, sum of squared deviations)."""
    changed: bool = False

    def update(self, value: float) -> bool:
        if self.changed:
            self.seen, self.width, self.total, self.variance, self.rows = 0, 0, 0.0, 0.0, [[]]
        self._insert(float(value))
        self.seen += 1
        self.changed = self.seen % self.clock == 0 and self.width > self.grace and self._shrink()
        return self.changed

    @property
    def mean(self) -> float:
        return self.total / self.width if self.width else 0.0

    def _insert(self, value: float) -> None:
        self.rows[0].append((value, 0.0))
        self.width += 1
        if self.width > 1:
            deviation = value - self.total / (self.width - 1.0)
            self.variance += (self.width - 1.0) * deviation * deviation / self.width
        self.total += value
        for level, row in enumerate(self.rows):
            if len(row) <= self.largest_row:
                break
            if level + 1 == len(self.rows):
                self.rows.append([])
            self.rows[level + 1].append(_joined(row[0], row[1], float(2**level)))
            del row[:2]

    def _shrink(self) -> bool:
        """Drop the oldest bucket as long as some cut of the window shows two different means."""
        changed = False
        while self._has_two_means():
            self._drop_oldest()
            changed = True
        return changed

    def _has_two_means(self) -> bool:
        old_length, new_length = 0.0, float(self.width)
        old_total, new_total = 0.0, self.total
        for level in range(len(self.rows) - 1, -1, -1):
            length = float(2**level)
            for total, _ in self.rows[level]:
                old_length += length
                new_length -= length
                old_total += total
                new_total -= total
                if new_length >= self.shortest_part and old_length >= self.shortest_part:
                    difference = old_total / old_length - new_total / new_length
                    if abs(difference) > self._bound(old_length, new_length):
                        return True
        return False

    def _bound(self, old_length: float, new_length: float) -> float:
        confidence = math.log(2 * math.log(self.width) / self.delta)
        reciprocal = 1.0 / (old_length - self.shortest_part + 1) + 1.0 / (new_length - self.shortest_part + 1)
        return math.sqrt(2 * reciprocal * (self.variance / self.width) * confidence) + 2 / 3 * confidence * reciprocal

    def _drop_oldest(self) -> None:
        row = self.rows[-1]
        total, variance = row.pop(0)
        length = float(2 ** (len(self.rows) - 1))
        self.width -= int(length)
        self.total -= total
        difference = total / length - self.total / self.width
        self.variance -= variance + length * self.width * difference * difference / (length + self.width)
        if not row:
            self.rows.pop()


def _joined(first: tuple[float, float], second: tuple[float, float], length: float) -> tuple[float, float]:
    """Two neighbouring buckets of equal length as one."""
    difference = first[0] / length - second[0] / length
    between = length * length * difference * difference / (length + length)
    return first[0] + second[0], first[1] + second[1] + between


@dataclass(slots=True)
class PageHinkley:
    """Sums deviations from the running mean, less an allowance `delta`; a change where the sum has risen (or fallen) by `threshold`."""

    threshold: float = 50.0
    delta: float = 0.005
    forgetting: float = 1 - 0.0001
    direction: Literal["up", "down", "both"] = "both"
    grace: int = 30
    seen: int = 0
    mean: float = 0.0
    rise: float = 0.0
    fall: float = 0.0
    lowest: float | None = None
    highest: float = -1.0
    changed: bool = False

    def update(self, value: float) -> bool:
        if self.changed:
            self.seen, self.mean, self.rise, self.fall, self.lowest, self.highest = 0, 0.0, 0.0, 0.0, None, -1.0
        self.seen += 1
        self.mean += 1.0 / self.seen * (value - self.mean)
        deviation = value - self.mean
        self.rise = self.forgetting * self.rise + deviation - self.delta
        self.fall = self.forgetting * self.fall + deviation + self.delta
        self.lowest = self.rise if self.lowest is None else min(self.lowest, self.rise)
        self.highest = max(self.highest, self.fall)
        rose = self.direction != "down" and self.rise - self.lowest > self.threshold
        fell = self.direction != "up" and self.highest - self.fall > self.threshold
        self.changed = self.seen >= self.grace and (rose or fell)
        return self.changed


@dataclass(slots=True)
class HddmA:
    """Hoeffding's bound between the mean so far and its lowest (highest) past: for errors as 0 and 1."""

    confidence: float = 0.001
    warning_confidence: float = 0.005
    two_sided: bool = False
    seen: int = 0
    mean: float = 0.0
    low_seen: int = 0
    low_mean: float = 0.0
    high_seen: int = 0
    high_mean: float = 0.0
    warning: bool = False
    changed: bool = False

    def update(self, value: float) -> bool:
        if self.changed:
            self.seen, self.mean, self.low_seen, self.low_mean, self.high_seen, self.high_mean = 0, 0.0, 0, 0.0, 0, 0.0
        self.seen += 1
        self.mean += 1.0 / self.seen * (value - self.mean)
        bound = self._bound(self.seen)
        if self.low_seen == 0 or self.low_mean + self._bound(self.low_seen) >= self.mean + bound:
            self.low_seen, self.low_mean = self.seen, self.mean
        if self.high_seen == 0 or self.high_mean - self._bound(self.high_seen) <= self.mean - bound:
            self.high_seen, self.high_mean = self.seen, self.mean
        rise, fall = self.mean - self.low_mean, self.high_mean - self.mean
        self.changed = self._differs(rise, self.low_seen, self.confidence)
        self.warning = not self.changed and self._differs(rise, self.low_seen, self.warning_confidence)
        if self.two_sided:
            fell = self._differs(fall, self.high_seen, self.confidence)
            self.warning = self.warning or (not fell and self._differs(fall, self.high_seen, self.warning_confidence))
            self.changed = self.changed or fell
        return self.changed

    def _bound(self, count: int) -> float:
        return math.sqrt(1.0 / (2 * count) * math.log(1.0 / self.confidence))

    def _differs(self, difference: float, cut: int, confidence: float) -> bool:
        if cut == self.seen:
            return False
        share = (self.seen - cut) / cut * (1.0 / self.seen)
        return difference >= math.sqrt(share / 2 * math.log(2.0 / confidence))
