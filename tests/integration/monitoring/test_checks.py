"""Monitors on the watermark: checks, alerts, events, and what the pages read."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Conflict, NotFound
from meguri.core.ids import EndpointId
from meguri.core.times import micros
from meguri.lineage.service import Node
from meguri.monitoring.labels import Label
from meguri.monitoring.service import Monitoring
from meguri.monitoring.tables import day_of
from meguri.profiles.profile import DayProfiles
from meguri.profiles.reference import Reference
from meguri.registry.model import Evaluation
from meguri.serving.model import Endpoint, ProfileWindow
from meguri.serving.segments import PredictionRecord
from meguri.serving.tables import add_endpoint, add_open_predictions, add_windows
from meguri.testing.ledger import Ledger

EP = EndpointId("ep_1")
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
QUALITY = MonitorDefinition("quality", "bikes", "quality", minimum_rows=50)
DRIFT = MonitorDefinition("drift", "bikes", "drift", minimum_rows=50)
PER_DAY = 24


def reference() -> Reference:
    source = np.random.default_rng(0)
    rows = 120 * PER_DAY
    times = [micros(START - 120 * DAY) + hour * 3_600_000_000 for hour in range(rows)]
    return Reference.from_columns({"temp": source.normal(size=rows)}, prediction=source.normal(100, 10, rows), at=times)


REFERENCE = reference()


@dataclass
class World:
    """A project with one endpoint, whose predictions and labels a test makes day by day."""

    ledger: Ledger
    home: Path
    monitors: list[MonitorDefinition] = field(default_factory=lambda: [QUALITY, DRIFT])
    version: str = "mv_1"
    random: random.Random = field(default_factory=lambda: random.Random(0))
    holdouts: dict[str, list[dict[str, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.monitoring = Monitoring(
            self.ledger.db,
            self.ledger.events,
            self.ledger.lineage,
            journals=self.home,
            clock=self.ledger.clock,
            find_definition=lambda tx, project: ProjectDefinition(project, monitors=tuple(self.monitors)),
            find_reference=lambda tx, version: REFERENCE.to_json(),
            find_baseline=lambda tx, version: msgspec.convert(
                {"metric": "mae", "days": self.holdouts.get(version, self.holdout())}, Evaluation
            ),
        )
        with self.ledger.db.write() as tx:
            add_endpoint(tx, Endpoint(EP, "bikes", "p", "bikes", "hourly", "", 0, 0, START))
            for version in ("mv_1", "mv_2"):
                self.ledger.lineage.node(tx, "model_version", version, project="p")

    def holdout(self) -> list[dict[str, float]]:
        return [{"day": number, "n": 24, "abs": 24 * 10.0, "sq": 24 * 120.0, "label": 2400.0} for number in range(14)]

    def live(self, day: int, *, error: float = 10.0, shift: float = 0.0, labelled: float = 1.0) -> None:
        """One day: predictions and their labels, with errors around `error`, then the check at its end."""
        begin = START + day * DAY
        wrong = error * math.exp(self.random.gauss(0, 0.1))
        records, labels = [], []
        for hour in range(PER_DAY):
            at = micros(begin + timedelta(hours=hour))
            output = self.random.gauss(100, 10)
            records.append(PredictionRecord(f"{day}.{hour}", at, at, "dep", self.version, None, (self.random.gauss(shift, 1),), output))
            if hour < labelled * PER_DAY:
                labels.append(Label(f"{day}.{hour}", output + wrong * self.random.choice([-1, 1])))
        profiles = DayProfiles(REFERENCE)
        profiles.add(
            [each.at for each in records], {"temp": [each.inputs[0] for each in records], "prediction": [each.output for each in records]}
        )
        with self.ledger.db.write() as tx:
            add_open_predictions(tx, EP, records)
            add_windows(
                tx,
                [
                    ProfileWindow(EP, self.version, REFERENCE.digest, number, each.rows, each.flat.tolist())
                    for number, each in profiles.days.items()
                ],
            )
        self.monitoring.submit("p", "bikes", labels)
        self.monitoring.join(EP)
        self.monitoring.check("p", begin + DAY)

    def told(self, *kinds: str) -> list[tuple[str, str, int]]:
        with self.ledger.db.read() as tx:
            found = self.ledger.events.list(tx, project="p", kinds=kinds or None)
        return [(each.kind, str(each.payload["monitor"]), (each.event_at - START).days) for each in found if each.event_at]

    def payload(self, kind: str) -> dict[str, Any]:
        with self.ledger.db.read() as tx:
            return self.ledger.events.list(tx, project="p", kinds=[kind])[0].payload


@pytest.fixture
def world(ledger: Ledger, home: Path) -> Iterator[World]:
    made = World(ledger, home)
    yield made
    made.monitoring.close()


def test_quiet_days_open_nothing(world: World) -> None:
    for day in range(25):
        world.live(day)
    assert world.told() == []
    assert [each.verdict for each in world.monitoring.list_checks("p", "quality")][:15] == ["ok"] * 15
    assert {each.verdict for each in world.monitoring.list_checks("p", "drift")[:5]} == {"ok"}


def test_lost_quality_is_told_with_evidence_and_again_after_a_window(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 34):
        world.live(day, error=18)
    told = world.told("monitor.breached")
    assert [name for _, name, _ in told] == ["quality", "quality"]
    assert 22 <= told[0][2] <= 25
    assert told[1][2] - told[0][2] == 7
    payload = world.payload("monitor.breached")
    assert (payload["endpoint"], payload["signal"], payload["version"]) == ("bikes", "quality", "mv_1")
    assert payload["score"] > payload["threshold"] > payload["expected"]
    assert payload["evidence"]["metric"] == "mae"
    assert payload["evidence"]["reference_days"] >= 28
    [alert] = world.monitoring.list_alerts("p", is_open=True)
    assert (alert.monitor, alert.version, alert.opened_at) == ("quality", "mv_1", START + told[0][2] * DAY)


def test_recovery_resolves_the_alert(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 26):
        world.live(day, error=25)
    for day in range(26, 45):
        world.live(day)
    assert [kind for kind, _, _ in world.told("alert.opened", "alert.resolved")] == ["alert.opened", "alert.resolved"]
    assert [each.resolution for each in world.monitoring.list_alerts("p")] == ["recovered"]


def lose_accuracy(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 25):
        world.live(day, error=25)
    world.version = "mv_2"


def held_out(first: int, error: float) -> list[dict[str, float]]:
    """A week of held-out days, from a day of the world on."""
    days = range(day_of(START) + first, day_of(START) + first + 7)
    return [{"day": day, "n": 24, "abs": 24 * error, "sq": 24 * error * error * 1.2, "label": 2400.0} for day in days]


def test_new_version_that_is_as_good_as_the_former_was_resolves_the_alert(world: World) -> None:
    lose_accuracy(world)
    for day in range(25, 36):
        world.live(day)
    assert [each.resolution for each in world.monitoring.list_alerts("p")] == ["recovered"]
    assert [each.version for each in world.monitoring.list_checks("p", "quality", limit=3)] == ["mv_2"] * 3


def test_version_born_into_a_bad_world_is_measured_against_the_good_one(world: World) -> None:
    """It was trained before the change and held out on bad days: against itself it would never look bad, and the loop would be blind."""
    world.holdouts["mv_2"] = held_out(17, 20.0)
    lose_accuracy(world)
    for day in range(25, 45):
        world.live(day, error=25)
    assert world.told("alert.resolved") == []
    breaches = [day for _, _, day in world.told("monitor.breached")]
    assert len(breaches) >= 3 and breaches[-1] > 35
    [alert] = world.monitoring.list_alerts("p", is_open=True)
    assert alert.evidence["against"] == "mv_1"


def test_version_trained_well_into_the_new_world_says_itself_what_is_normal(world: World) -> None:
    world.holdouts["mv_2"] = held_out(30, 25.0)
    lose_accuracy(world)
    for day in range(25, 45):
        world.live(day, error=25)
    assert world.told("alert.opened", "alert.resolved")[-1][0] == "alert.resolved"
    assert world.payload("alert.resolved")["why"] == "version_retrained"
    assert world.monitoring.list_alerts("p", is_open=True) == []


def test_drift_names_the_column_that_moved(world: World) -> None:
    for day in range(14):
        world.live(day)
    for day in range(14, 30):
        world.live(day, shift=1.5)
    [alert] = world.monitoring.list_alerts("p")
    assert (alert.signal, alert.evidence["moved"]) == ("drift", ["temp"])
    assert alert.evidence["columns"][0]["psi_corrected"] > alert.evidence["columns"][0]["threshold"]
    matrix = world.monitoring.drift_matrix("p", "bikes")
    assert (matrix.monitor, [each.name for each in matrix.columns]) == ("drift", ["prediction", "temp"])
    temp = matrix.columns[1]
    assert temp.psi[0] is None
    assert (temp.moved[13], temp.moved[-1]) == (False, True)
    assert len(matrix.at) == len(temp.psi) == 30
    with world.ledger.db.read() as tx:
        graph = world.ledger.lineage.upstream(tx, Node("alert", alert.id))
    assert ("model_version", "mv_1") in {(each.kind, each.id) for each in graph.nodes}


def test_days_without_their_labels_are_not_judged(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 24):
        world.live(day, error=60, labelled=0.5)
    assert world.told() == []
    last = world.monitoring.list_checks("p", "quality", limit=1)[0]
    assert (last.verdict, last.evidence["why_not"]) == ("none", "no day has got its labels since the last check")
    quality = world.monitoring.quality("p", "bikes", START + 19 * DAY, START + 21 * DAY)
    assert [(each.predictions, each.labelled, each.mature) for each in quality] == [(24, 24, True), (24, 12, False)]
    coverage = world.monitoring.coverage("p", "bikes")
    assert (coverage.predictions, coverage.labelled, coverage.expected) == (576, 528, 1.0)


def test_each_day_is_judged_once(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 26):
        world.live(day, error=25)
    before = (world.told(), world.monitoring.list_checks("p", "quality"), world.monitoring.list_checks("p", "drift"))
    assert world.monitoring.check("p", START + 26 * DAY) == []
    assert world.monitoring.check("p", START + 25 * DAY) == []
    assert before == (world.told(), world.monitoring.list_checks("p", "quality"), world.monitoring.list_checks("p", "drift"))


def test_several_days_at_once_are_judged_one_by_one(world: World) -> None:
    check = world.monitoring.check
    world.monitoring.check = lambda project, until: []  # type: ignore[method-assign]  # the world's days pass without a check
    for day in range(20):
        world.live(day)
    for day in range(20, 27):
        world.live(day, error=25)
    found = check("p", START + 27 * DAY)
    assert [each.day for each in found if each.monitor == "quality"] == [day_of(START) + day for day in range(1, 28)]
    assert world.told("monitor.breached")[0][2] in (22, 23, 24, 25)


def test_removed_monitor_leaves_no_open_alert(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 26):
        world.live(day, error=25)
    world.monitors = [DRIFT]
    world.live(26)
    assert [each.resolution for each in world.monitoring.list_alerts("p")] == ["monitor_removed"]


def test_alert_is_resolved_by_hand_once(world: World) -> None:
    for day in range(20):
        world.live(day)
    for day in range(20, 26):
        world.live(day, error=25)
    [alert] = world.monitoring.list_alerts("p", is_open=True)
    assert world.monitoring.resolve_alert(alert.id).resolution == "by_hand"
    with pytest.raises(Conflict, match="resolved already"):
        world.monitoring.resolve_alert(alert.id)
    with pytest.raises(NotFound):
        world.monitoring.resolve_alert("alr_none")


def test_window_rows_carry_what_another_version_can_be_scored_on(world: World) -> None:
    for day in range(3):
        world.live(day)
    rows = world.monitoring.window_rows("p", "bikes", START + DAY, START + 2 * DAY)
    assert [each.id for each in rows] == [f"1.{hour}" for hour in range(24)]
    assert (rows[0].version, len(rows[0].inputs), rows[0].event_at) == ("mv_1", 1, START + DAY)


def test_endpoint_without_predictions_is_not_judged(world: World) -> None:
    assert world.monitoring.check("p", START) == []
    assert [(each.definition.name, each.last) for each in world.monitoring.list_monitors("p")] == [("quality", None), ("drift", None)]
    with pytest.raises(NotFound):
        world.monitoring.submit("p", "trams", [Label("a", 1.0)])
