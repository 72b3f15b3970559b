"""Makes checks from verdicts, with the evidence that is stored and shown."""

from __future__ import annotations

from typing import Any

from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.times import from_micros, iso
from meguri.monitoring.drift import ColumnDrift, DriftVerdict
from meguri.monitoring.model import CLEAR_SHARE, Check, Verdict
from meguri.monitoring.quality import CRITICAL, QualityVerdict
from meguri.profiles.distances import Rates
from meguri.profiles.reference import DAY

SHOWN_COLUMNS = 50


def quality_check(
    monitor: MonitorDefinition, day: int, version: str | None, found: QualityVerdict, newest_day: int | None, against: str | None
) -> Check:
    """`newest_day`: the newest mature day that was evaluated. `against`: the version whose days were the reference, None for its own."""
    evidence = {
        "metric": monitor.metric,
        "tolerance": monitor.tolerance,
        "window": None if found.first_day is None else {"from": _show_day(found.first_day), "days": found.days, "rows": found.rows},
        "reference_days": found.reference_days,
        "ratio": None if not found.expected or found.value is None else _round(found.value / found.expected),
        "score": _round(found.score),
        "critical": CRITICAL,
        "newest_day": newest_day,
        "first_day": found.first_day,
        "against": against,
        "why_not": found.why_not,
    }
    return Check(
        monitor.name, monitor.endpoint, "quality", from_micros(day * DAY), day, version, _quality_verdict(monitor, found),
        found.value, found.expected, found.threshold, found.score, found.rows, evidence,
    )  # fmt: skip


def drift_check(monitor: MonitorDefinition, day: int, version: str | None, found: DriftVerdict) -> Check:
    worst = found.columns[0] if found.columns else None
    evidence = {
        "window": {"from": _show_day(found.first_day), "days": found.days, "rows": found.rows},
        "moved": [each.column for each in found.columns if each.moved],
        "columns": [_column(each) for each in found.columns[:SHOWN_COLUMNS]],
        "why_not": found.why_not,
    }
    return Check(
        monitor.name, monitor.endpoint, "drift", from_micros(day * DAY), day, version, _drift_verdict(found),
        worst.distances.psi_corrected if worst else None, 0.0 if worst else None, worst.threshold if worst else None,
        found.score, found.rows, evidence,
    )  # fmt: skip


def _quality_verdict(monitor: MonitorDefinition, found: QualityVerdict) -> Verdict:
    if found.why_not or found.value is None or found.expected is None:
        return "none"
    if found.breached:
        return "breach"
    return "near" if found.value >= found.expected * (1 + CLEAR_SHARE * monitor.tolerance) else "ok"


def _drift_verdict(found: DriftVerdict) -> Verdict:
    if found.why_not:
        return "none"
    if found.moved:
        return "breach"
    return "near" if found.score >= CLEAR_SHARE else "ok"


def _column(each: ColumnDrift) -> dict[str, Any]:  # Any: JSON
    found = each.distances
    return {
        "column": each.column,
        "moved": each.moved,
        "psi": _round(found.psi),
        "psi_corrected": _round(found.psi_corrected),
        "threshold": _round(each.threshold),
        "kl": _round(found.kl),
        "jsd_bits": _round(found.jsd_bits),
        "l_infinity": _round(found.l_infinity),
        "ks": None if found.ks is None else _round(found.ks),
        "p_value": _round(found.p_value),
        "rows": found.m,
        "reference_rows": found.n,
        "missing": _rates(found.missing),
        "unseen": None if found.unseen is None else _rates(found.unseen),
    }


def _rates(rates: Rates) -> dict[str, float]:
    return {"reference": _round(rates.reference), "current": _round(rates.current), "p_value": _round(rates.p_value)}


def _round(value: float) -> float:
    return float(f"{value:.6g}")


def _show_day(day: int) -> str:
    return iso(from_micros(day * DAY))
