"""What must be true of a home whose server has stopped, held against what its client was told. Each check names what is wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from meguri.adapters.online.lmdb import LmdbOnline
from meguri.adapters.series.postgresql import PostgresSeries
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.adapters.tables.delta import DeltaTables
from meguri.core.ids import RunId
from meguri.core.times import from_micros, iso
from meguri.datasets.sources import table_of
from meguri.db.engine import Database
from meguri.features.queue import PushQueue
from meguri.features.rows import stream_of
from meguri.serving.deployment_specs import find_endpoint_id
from meguri.serving.segments import read_log
from tests.faults.account import Acknowledged
from tests.faults.player import RUN
from tests.faults.scene import DISHES

DECISIONS = (
    "project.applied", "watermark.advanced", "rows.quarantined", "monitor.breached", "alert.opened", "alert.resolved", "trigger.fired",
    "trigger.skipped", "pipeline_run.started", "pipeline_run.finished", "pipeline_run.failed", "model_version.created", "promotion.opened",
    "promotion.approved", "promotion.rejected", "alias.moved", "deployment.created", "deployment.live", "deployment.failed",
    "deployment.rolled_back", "bake.passed", "bake.failed",
)  # fmt: skip

Decision = tuple[str, str, str, Any]
Query = Callable[[str], list[tuple[Any, ...]]]
_EVER = (-(2**62), 2**62)


def contradictions(home: Path, account: Path, database: str = "") -> list[str]:
    """Everything that was acknowledged and is not there exactly once, and everything that was left half done; empty is right.

    `database`: URL of the ledger where it is not in the home.
    """
    told = Acknowledged.read(account)
    with _ledger(home, database) as ledger:
        return [
            *told.contradictions,
            *_predictions(home, ledger, told),
            *_labels(ledger, told),
            *_rows(home, ledger, told),
            *_points(home, database, told),
            *_events(ledger, told),
            *_jobs(ledger),
            *_steps(ledger),
            *_litter(home),
        ]


def decisions(home: Path) -> list[Decision]:
    """(event time, kind, subject, payload) of every decision. Ids are numbered as they appear; times of the wall clock are left out."""
    with _ledger(home, "") as ledger:
        found = ledger("SELECT event_at, kind, subject, payload FROM events ORDER BY sequence")
    names: dict[str, str] = {}

    def renamed(text: str) -> str:
        return re.sub(r"\b([a-z]+)_[0-9a-hjkmnp-tv-z]{26}\b", lambda id: names.setdefault(id[0], f"{id[1]} {_next(names, id[1])}"), text)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {renamed(key): plain(each) for key, each in sorted(value.items()) if key not in ("seconds", "event")}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return renamed(value) if isinstance(value, str) else value

    chosen = [(f"{at}", kind, renamed(subject), plain(_json(payload))) for at, kind, subject, payload in found if kind in DECISIONS]
    return sorted(chosen, key=lambda each: (each[0], DECISIONS.index(each[1]), json.dumps(each[2:], sort_keys=True)))


@contextmanager
def _ledger(home: Path, database: str) -> Iterator[Query]:
    """Asks the ledger in plain SQL, so that nothing of the program under test stands between."""
    db = Database.open(database) if database else Database.at(home / "meguri.db")
    try:
        with db.read() as tx:
            yield lambda statement: [tuple(row) for row in tx.exec_driver_sql(statement)]
    finally:
        db.close()


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _next(names: dict[str, str], kind: str) -> int:
    return 1 + sum(each.startswith(f"{kind} ") for each in names.values())


def _predictions(home: Path, ledger: Query, told: Acknowledged) -> Iterable[str]:
    logged = [record for _, record in read_log(home / "log", find_endpoint_id(home, "kiosk/kiosk"))]
    yield from _differences("predictions in the log", told.predictions, [record.id for record in logged])
    yield from (
        f"prediction {each.id} was answered with {told.predictions[each.id]} and logged with {each.output}"
        for each in logged
        if each.output != told.predictions.get(each.id)
    )
    moved = ledger("SELECT id FROM open_predictions UNION ALL SELECT prediction_id FROM outcomes")
    yield from _differences("predictions in the ledger", told.predictions, [id for (id,) in moved])
    profiled: dict[int, int] = dict(ledger("SELECT day, SUM(rows) FROM profile_windows GROUP BY day"))
    by_day = Counter(each.at // 86_400_000_000 for each in logged)
    if profiled != by_day:
        yield f"profiles count {profiled} rows by day, the log has {dict(by_day)}"


def _labels(ledger: Query, told: Acknowledged) -> Iterable[str]:
    joined = ledger("SELECT prediction_id, label FROM outcomes")
    yield from _differences("labels", told.labels, [id for id, _ in joined])
    yield from (f"label of {id} was {told.labels.get(id)} and is {label}" for id, label in joined if told.labels.get(id) != label)
    ((counted,),) = ledger("SELECT COALESCE(SUM(n), 0) FROM outcome_days")
    if counted != len(told.labels):
        yield f"{counted} labels are counted by day, {len(told.labels)} were sent"
    yield from (f"label of {id} still waits" for (id,) in ledger("SELECT prediction_id FROM pending_labels"))


def _rows(home: Path, ledger: Query, told: Acknowledged) -> Iterable[str]:
    tables, name = DeltaTables(home / "tables"), table_of("kiosk", "sales")
    kept = tables.scan(name).select("at", "dish").collect() if tables.version(name) is not None else pl.DataFrame()
    found = [(iso(at), dish) for at, dish in kept.rows()]
    queue = PushQueue(home / "journal", "kiosk", "sales")
    found += [(iso(from_micros(event.at)), str(event.entity)) for batch in queue.batches() for event in batch.events]
    yield from _differences("pushed rows", told.rows, found)
    online = LmdbOnline.reader(home / "online")
    there = [(iso(from_micros(at)), dish) for dish in DISHES for at, _, _ in online.range(stream_of("kiosk", "sales", dish), *_EVER)]
    online.close()
    yield from _differences("rows of the online store", told.rows, there)
    refused = [_json(values) for (values,) in ledger('SELECT "values" FROM quarantine')]
    quarantined = [(row["at"], row["dish"]) for row in refused]
    yield from _differences("rows in quarantine", told.refused, quarantined)


def _points(home: Path, database: str, told: Acknowledged) -> Iterable[str]:
    series = PostgresSeries(database) if database else SqliteSeries(home / "series.db")
    kept = series.history(RunId(RUN), "predictions")
    series.close()
    yield from _differences("metric points", {each.step for each in kept} | set(told.points), [each.step for each in kept])
    yield from (f"point {each.step} is {each.value}" for each in kept if told.points.get(each.step, each.value) != each.value)


def _events(ledger: Query, told: Acknowledged) -> Iterable[str]:
    events = {sequence: (kind, subject) for sequence, kind, subject in ledger("SELECT sequence, kind, subject FROM events")}
    changed = {number: each for number, each in told.events.items() if events.get(number) != each}
    yield from (f"event {number} was {each} and is {events.get(number)}" for number, each in changed.items())
    advanced = [_json(payload)["to"] for (payload,) in ledger("SELECT payload FROM events WHERE kind = 'watermark.advanced'")]
    yield from _differences("watermarks", told.advanced, advanced)
    waiting = ledger("SELECT sequence, consumer, state, error FROM deliveries WHERE state <> 'done'")
    yield from (f"delivery {each} is not done" for each in waiting)


def _jobs(ledger: Query) -> Iterable[str]:
    left = ledger("SELECT id, state, error FROM jobs WHERE state <> 'done'")
    yield from (f"job {id} is {state}: {error}" for id, state, error in left)


def _steps(ledger: Query) -> Iterable[str]:
    """A step that was finished is never begun again, and no key is worked out twice."""
    steps = ledger("SELECT pipeline_run, name, key, state, run FROM step_executions")
    yield from (f"step {run}/{name} is {state}" for run, name, _, state, _ in steps if state not in ("finished", "cached"))
    worked_out = Counter(key for _, _, key, state, _ in steps if state == "finished")
    yield from (f"{count} steps have worked out {key}" for key, count in worked_out.items() if count > 1)
    attempts = ledger(
        "SELECT p.value, s.value, r.status FROM runs r JOIN tags p ON p.run = r.id AND p.key = 'pipeline_run'"
        " JOIN tags s ON s.run = r.id AND s.key = 'step' WHERE r.kind = 'step'"
    )
    finished = Counter((run, step) for run, step, status in attempts if status == "finished")
    yield from (f"step {step} was finished {count} times" for step, count in finished.items() if count > 1)
    yield from (f"an attempt of {run}/{step} is still {status}" for run, step, status in attempts if status == "running")


def _litter(home: Path) -> Iterable[str]:
    left = [each for each in (*home.glob("work/*"), *home.glob("blobs/incoming/*")) if each.name != "logs"]
    yield from (f"{each.relative_to(home)} was left behind" for each in left)


def _differences(what: str, expected: Iterable[Any], found: Iterable[Any]) -> Iterable[str]:
    wanted, there = Counter(set(expected)), Counter(list(found))
    missing, more = wanted - there, there - wanted
    if missing:
        yield f"{what}: {len(missing)} of {len(wanted)} are missing: {sorted(map(str, missing))[:3]}"
    if more:
        yield f"{what}: {len(more)} are there too often: {sorted(map(str, more))[:3]}"
