"""What monitoring costs: a value counted while serving, and an event day settled (labels taken, joined, two monitors judged).

python bench/monitoring.py [days]      (default 600, 24 predictions a day, 10 columns)
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.times import micros
from meguri.db.engine import Database
from meguri.db.metadata import metadata
from meguri.monitoring.labels import Label
from meguri.monitoring.service import Monitoring
from meguri.profiles.profile import DayProfiles, Profile
from meguri.profiles.reference import Reference
from meguri.serving.model import Endpoint, ProfileWindow
from meguri.serving.segments import PredictionRecord
from meguri.serving.tables import add_endpoint, add_open_predictions, add_windows
from meguri.testing.ledger import SettableClock, load_tables, make_ledger

START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = [f"x{number}" for number in range(9)]
HOURS = 24
Made = TypeVar("Made")


def main(days: int) -> None:
    count_values()
    settle_days(days)


def count_values() -> None:
    """Nanoseconds a value for batches of several sizes, 50 numeric columns."""
    source = np.random.default_rng(0)
    names = [f"x{number}" for number in range(50)]
    reference = Reference.from_columns({name: source.normal(size=10_000) for name in names})
    for rows in (1, 32, 512, 4_096):
        batch = {name: source.normal(size=rows) for name in names}
        profile = Profile(reference)
        profile.add(batch)
        best = min(timed(partial(profile.add, batch))[0] for _ in range(20))
        print(f"profile, batches of {rows:5} rows: {best / rows / len(names) * 1e9:8.0f} ns a value")


def settle_days(days: int) -> None:
    load_tables()
    reference = make_reference()
    with tempfile.TemporaryDirectory() as folder:
        db = Database.at(Path(folder) / "meguri.db")
        with db.write() as tx:
            metadata.create_all(tx)
        ledger = make_ledger(db, SettableClock())
        monitors = (MonitorDefinition("quality", "e", "quality"), MonitorDefinition("drift", "e", "drift"))
        monitoring = Monitoring(
            db,
            ledger.events,
            ledger.lineage,
            journals=Path(folder),
            clock=ledger.clock,
            find_definition=lambda tx, project: ProjectDefinition(project, monitors=monitors),
            find_reference=lambda tx, version: reference.to_json(),
            find_baseline=lambda tx, version: None,
        )
        with db.write() as tx:
            add_endpoint(tx, Endpoint("ep_1", "e", "p", "m", "f", "", 0, 0, START))
            ledger.lineage.node(tx, "model_version", "mv_1", project="p")
        spent: dict[str, list[float]] = {"submit": [], "join": [], "check": []}
        for day in range(days):
            labels = predict(db, reference, START + timedelta(days=day))
            until = START + timedelta(days=day + 1)
            spent["submit"].append(timed(partial(monitoring.submit, "e", labels))[0])
            spent["join"].append(timed(partial(monitoring.join, "e"))[0])
            spent["check"].append(timed(partial(monitoring.check, "p", until))[0])
        for name, seconds in spent.items():
            mean, last = (statistics.mean(each) * 1e3 for each in (seconds, seconds[-50:]))
            print(f"{name:7} mean {mean:6.2f} ms a day, last 50 days {last:6.2f} ms, worst {max(seconds) * 1e3:6.1f} ms")
        total = sum(sum(each) for each in spent.values())
        print(f"{days} event days: {total:.1f} s in all, {total / days * 1e3:.1f} ms a day")
        monitoring.close()


def make_reference() -> Reference:
    source = np.random.default_rng(0)
    rows = 365 * HOURS
    times = micros(START) + (np.arange(rows) - rows) * 3_600_000_000
    return Reference.from_columns({name: source.normal(size=rows) for name in COLUMNS}, prediction=source.normal(100, 10, rows), at=times)


def predict(db: Database, reference: Reference, begin: datetime) -> list[Label]:
    """A day of predictions, as the mover leaves them; gives their labels."""
    source = random.Random(micros(begin))
    hours = [micros(begin + timedelta(hours=hour)) for hour in range(HOURS)]
    records = [
        PredictionRecord(str(at), at, at, "dep", "mv_1", None, tuple(source.gauss(0, 1) for _ in COLUMNS), source.gauss(100, 10))
        for at in hours
    ]
    profiles = DayProfiles(reference)
    columns = {name: [each.inputs[place] for each in records] for place, name in enumerate(COLUMNS)}
    profiles.add(hours, {**columns, "prediction": [each.output for each in records]})
    windows = [ProfileWindow("e", "mv_1", reference.digest, day, each.rows, each.flat.tolist()) for day, each in profiles.days.items()]
    with db.write() as tx:
        add_open_predictions(tx, "e", records)
        add_windows(tx, windows)
    return [Label(each.id, each.output + source.gauss(0, 10)) for each in records]


def timed(action: Callable[[], Made]) -> tuple[float, Made]:
    started = time.perf_counter()
    made = action()
    return time.perf_counter() - started, made


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
