from __future__ import annotations

from typing import Any

import pytest

from meguri.cli.sentences import sentence

EVIDENCE = {"metric": "mae", "champion": 73.9, "challenger": 30.94, "share_better": 1.0}


@pytest.mark.parametrize(
    ("kind", "subject", "payload", "said"),
    [
        (
            "monitor.breached",
            "bikes-quality",
            {"signal": "quality", "score": 73.31, "expected": 60.4, "evidence": {"metric": "mae"}},
            "accuracy lost, says bikes-quality: mae 73.3, expected 60.4",
        ),
        (
            "monitor.breached",
            "bikes-drift",
            {"signal": "drift", "evidence": {"columns": [{"column": "temp", "moved": True, "psi_corrected": 0.31}]}},
            "drift seen by bikes-drift: temp (PSI 0.31) moved",
        ),
        (
            "trigger.fired",
            "monthly",
            {"pipeline": "retrain", "reason": "every 30 days"},
            "retraining: trigger monthly started retrain (every 30 days)",
        ),
        (
            "promotion.approved",
            "prom_1",
            {"model": "bikes", "number": 2, "champion_number": 1, "evidence": EVIDENCE},
            "challenger bikes 2 promoted: mae 30.9 against 73.9 of champion 1, better in 100% of draws",
        ),
        (
            "promotion.rejected",
            "prom_1",
            {"model": "bikes", "number": 3, "evidence": {"why": "0 rows on 0 days are too few"}},
            "challenger bikes 3 rejected: 0 rows on 0 days are too few",
        ),
        (
            "pipeline_run.failed",
            "prun_1",
            {"error": "step train: boom\nline 2"},
            "retraining failed, the champion goes on serving: step train: boom",
        ),
        ("deployment.live", "dep_1", {"endpoint": "bikes", "model": "bikes", "number": 2}, "endpoint bikes now serves bikes 2"),
        (
            "bake.failed",
            "dep_1",
            {"model": "bikes", "number": 2, "former_number": 1, "evidence": {"metric": "mae", "version": 80.0, "former": 40.0}},
            "bikes 2 is worse than promised: mae 80, champion 1 would have had 40",
        ),
        (
            "rows.quarantined",
            "sales",
            {"source": "sales", "count": 8, "columns": ["sold", "rain"], "hours": ["2020-02-01T17:00:00Z"]},
            "8 rows of sales in the hour of 2020-02-01T17:00:00Z quarantined (sold, rain)",
        ),
    ],
)
def test_news_are_told_in_one_line(kind: str, subject: str, payload: dict[str, Any], said: str) -> None:
    assert sentence(kind, subject, payload) == said


def test_what_is_no_news_is_not_told() -> None:
    assert sentence("watermark.advanced", "bikes", {"to": "2011-05-02T00:00:00Z"}) is None


def test_an_event_with_an_unknown_payload_is_told_without_numbers() -> None:
    assert sentence("promotion.rejected", "prom_1", {}) == "challenger rejected: no verdict"
