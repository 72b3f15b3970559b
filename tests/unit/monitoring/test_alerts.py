"""When a check opens, repeats or resolves an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from meguri.monitoring.model import Check, Decision, OpenAlert, Signal, Verdict, decide


def checks(*verdicts: Verdict, version: str = "mv_1", first: int = 100, kind: Signal = "quality") -> list[Check]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Check("m", "e", kind, at, first + place, version, verdict, 1.0, 1.0, 1.0, 0.0, 100, {}) for place, verdict in enumerate(verdicts)
    ]


def test_lost_quality_opens_at_once() -> None:
    assert decide("quality", None, checks("ok", "breach"), every_days=7) == Decision(open=True, notify=True)


def test_drift_opens_when_it_was_seen_in_two_of_three() -> None:
    assert decide("drift", None, checks("ok", "ok", "breach"), every_days=28) == Decision()
    assert decide("drift", None, checks("breach", "ok", "breach"), every_days=28) == Decision(open=True, notify=True)
    assert decide("drift", None, checks("breach", "breach", "ok"), every_days=28) == Decision()


def test_lasting_breach_is_told_again_after_a_window() -> None:
    alert = OpenAlert("mv_1", told_day=96)
    assert decide("quality", alert, checks("breach", "breach", "breach"), every_days=7) == Decision()
    assert decide("quality", alert, checks("breach", "breach", "breach", first=101), every_days=7) == Decision(notify=True)


def test_three_clear_checks_resolve() -> None:
    alert = OpenAlert("mv_1", told_day=90)
    assert decide("drift", alert, checks("ok", "near", "ok"), every_days=28) == Decision()
    assert decide("drift", alert, checks("none", "none", "none"), every_days=28) == Decision()
    assert decide("drift", alert, checks("ok", "ok", "ok"), every_days=28) == Decision(resolve="recovered")


def test_another_version_resolves_and_starts_afresh() -> None:
    alert = OpenAlert("mv_1", told_day=90)
    changed = [*checks("breach", "breach"), *checks("breach", version="mv_2", first=102)]
    assert decide("drift", alert, changed, every_days=28) == Decision(resolve="version_replaced")
    why = "version_retrained"
    assert decide("quality", alert, changed, every_days=28) == Decision(why, open=True, notify=True)


def test_quality_measured_against_the_alerts_own_version_keeps_the_alert() -> None:
    alert = OpenAlert("mv_1", told_day=101)
    held = [replace(each, evidence={"against": "mv_1"}) for each in checks("breach", "breach", "breach", version="mv_2", first=102)]
    assert decide("quality", alert, held, every_days=7) == Decision()
    assert decide("quality", alert, held, every_days=3) == Decision(notify=True)
    back = [replace(each, evidence={"against": "mv_1"}) for each in checks("ok", "ok", "ok", version="mv_2", first=105)]
    assert decide("quality", alert, back, every_days=7) == Decision(resolve="recovered")
