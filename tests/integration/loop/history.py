"""The history of a loop in a form in which two of them can be compared."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from meguri.core.times import iso
from meguri.demo.replay import LoopEvent

DECISIONS = (
    "rows.quarantined", "snapshot.taken", "model_version.created", "promotion.opened", "promotion.approved", "promotion.rejected",
    "alias.moved", "deployment.created", "deployment.live", "deployment.rolled_back", "monitor.breached", "alert.opened", "alert.resolved",
    "trigger.fired", "trigger.skipped", "bake.passed", "bake.failed", "pipeline_run.started", "pipeline_run.finished",
    "pipeline_run.failed", "watermark.advanced",
)  # fmt: skip


def decisions_of(events: list[LoopEvent], differs: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Decisions without what differs by nature: ids become numbers in the order of their making; sequences, durations and `differs` are
    left out.

    Within one event time independent chains run side by side (a bake is judged while a monitor is), so it is compared as a set.
    """
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()

    def numbered(found: re.Match[str]) -> str:
        if found[0] not in names:
            counts[found[1]] += 1
            names[found[0]] = f"{found[1]}#{counts[found[1]]}"
        return names[found[0]]

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: plain(each) for key, each in sorted(value.items()) if key not in ("event", *differs) and not key.endswith("seconds")
            }
        if isinstance(value, list):
            return [plain(each) for each in value]
        return re.sub(r"\b([a-z]+)_[0-9a-hjkmnp-tv-z]{26}\b", numbered, value) if isinstance(value, str) else value

    chosen = [event for event in events if event.kind in DECISIONS]
    return sorted((iso(event.at) if event.at else "", event.kind, str(plain(event.payload))) for event in chosen)
