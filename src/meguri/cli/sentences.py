"""Events of the loop in plain words, for `meguri demo` and `meguri loop history`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Payload = Mapping[str, Any]
"""Any: the JSON of an event."""


def sentence(kind: str, subject: str, payload: Payload) -> str | None:
    """What happened, in one line; None for an event that is no news to a person who watches the loop."""
    say = _SENTENCES.get(kind)
    return None if say is None else say(subject, payload)


def _breached(subject: str, payload: Payload) -> str:
    evidence: Payload = payload.get("evidence") or {}
    if payload.get("signal") == "drift":
        return f"drift seen by {subject}: {_moved(evidence)}"
    now, expected = _number(payload.get("score")), _number(payload.get("expected"))
    return f"accuracy lost, says {subject}: {evidence.get('metric', 'error')} {now}, expected {expected}"


def _moved(evidence: Payload) -> str:
    columns = [each for each in evidence.get("columns", ()) if each.get("moved")]
    if not columns:
        return "inputs moved"
    text = ", ".join(f"{each['column']} (PSI {_number(each.get('psi_corrected'))})" for each in columns[:3])
    return f"{text} and {len(columns) - 3} more moved" if len(columns) > 3 else f"{text} moved"


def _fired(subject: str, payload: Payload) -> str:
    evidence: Payload = payload.get("evidence") or {}
    reason = _reason(payload.get("reason"))
    why = f"{evidence.get('signal', '')} of {evidence.get('monitor', '')}" if reason == "monitor" else reason
    return f"retraining: trigger {subject} started {payload.get('pipeline', 'the pipeline')} ({why})"


def _skipped(subject: str, payload: Payload) -> str:
    return f"not retraining: trigger {subject} waits ({payload.get('why', '')})"


def _run_failed(subject: str, payload: Payload) -> str:
    why = str(payload.get("error") or payload.get("why") or payload.get("reason") or "no reason given")
    return f"retraining failed, the champion goes on serving: {why.splitlines()[0][:160]}"


def _approved(_subject: str, payload: Payload) -> str:
    return f"{_challenger(payload)} promoted: {_verdict(payload)}"


def _rejected(_subject: str, payload: Payload) -> str:
    return f"{_challenger(payload)} rejected: {_verdict(payload)}"


def _challenger(payload: Payload) -> str:
    return f"challenger {payload.get('model', '')} {payload.get('number', '')}".rstrip()


def _verdict(payload: Payload) -> str:
    evidence: Payload = payload.get("evidence") or {}
    challenger, champion = evidence.get("challenger"), evidence.get("champion")
    if challenger is None or champion is None:
        return str(evidence.get("why", "no verdict"))
    number = payload.get("champion_number")
    against = "of always the mean" if number is None else f"of champion {number}"
    numbers = f"{evidence.get('metric', 'error')} {_number(challenger)} against {_number(champion)} {against}"
    share = evidence.get("share_better")
    return numbers if share is None else f"{numbers}, better in {share:.0%} of draws"


def _live(_subject: str, payload: Payload) -> str:
    version = f"{payload['model']} {payload['number']}" if "model" in payload and "number" in payload else payload.get("version", "")
    return f"endpoint {payload.get('endpoint', '')} now serves {version}"


def _rolled_back(_subject: str, payload: Payload) -> str:
    return f"endpoint {payload.get('endpoint', '')} rolled back: {_reason(payload.get('reason') or payload.get('why'))}".rstrip(": ")


def _reason(code: object) -> str:
    text = str(code or "")
    return _REASONS.get(text, _REASONS.get(text.partition(":")[0], text))


def _bake_passed(_subject: str, payload: Payload) -> str:
    return f"{payload.get('model', '')} {payload.get('number', '')} proved itself: {_bake_figures(payload)}"


def _bake_failed(_subject: str, payload: Payload) -> str:
    return f"{payload.get('model', '')} {payload.get('number', '')} is worse than promised: {_bake_figures(payload)}"


def _bake_figures(payload: Payload) -> str:
    evidence: Payload = payload.get("evidence") or {}
    if evidence.get("version") is None or evidence.get("former") is None:
        return str(evidence.get("why", "no verdict"))
    former = payload.get("former_number", "")
    return (
        f"{evidence.get('metric', 'error')} {_number(evidence['version'])}, champion {former} would have had {_number(evidence['former'])}"
    )


def _quarantined(_subject: str, payload: Payload) -> str:
    columns = ", ".join(str(each) for each in payload.get("columns") or ())
    hours = payload.get("hours") or ()
    when = f" in the hour of {', '.join(str(each) for each in hours[:3])}" if hours else f" from {payload.get('event_from', '')}"
    return f"{payload.get('count', 'some')} rows of {payload.get('source', 'a source')}{when} quarantined" + (
        f" ({columns})" if columns else ""
    )


def _resolved(_subject: str, payload: Payload) -> str:
    why = str(payload.get("why", ""))
    return f"alert of {payload.get('monitor', '')} closed: {_reason(why)}".rstrip(": ")


_REASONS = {
    "by_hand": "by hand",
    "recovered": "recovered",
    "version_replaced": "another version serves",
    "version_retrained": "a version that was trained on the new data serves",
    "monitor_removed": "the monitor was removed",
    "schedule": "on schedule",
    "bake": "worse than the former version in its bake period",
    "deployment_failed": "its endpoint refused it",
}
"""Reason codes of events in words; a code may be followed by `:` and an id."""


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, int | float) else "?"


_SENTENCES: dict[str, Callable[[str, Payload], str]] = {
    "monitor.breached": _breached,
    "alert.resolved": _resolved,
    "trigger.fired": _fired,
    "trigger.skipped": _skipped,
    "pipeline_run.failed": _run_failed,
    "promotion.approved": _approved,
    "promotion.rejected": _rejected,
    "deployment.live": _live,
    "deployment.rolled_back": _rolled_back,
    "bake.passed": _bake_passed,
    "bake.failed": _bake_failed,
    "rows.quarantined": _quarantined,
}
