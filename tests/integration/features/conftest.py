"""A feature service on real adapters, with two sources about a city."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from meguri.adapters.online.lmdb import LmdbOnline
from meguri.adapters.tables.delta import DeltaTables
from meguri.core.definitions.checks import ensure_sound
from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.ids import new_id
from meguri.datasets.service import Datasets
from meguri.features.service import Features
from meguri.testing.ledger import Ledger

DAY = 86_400.0
BIKES = ProjectDefinition(
    "bikes",
    clock="event",
    entities=(EntityDefinition("city", "city"),),
    sources=(
        SourceDefinition("rentals", "city", "at", {"hr": "int", "temp": "float", "cnt": "float"}, None, DAY),
        SourceDefinition("news", "city", "at", {"headline": "str", "open": "bool"}, "known"),
    ),
    feature_views=(
        FeatureViewDefinition(
            "history",
            "rentals",
            (FeatureDefinition("cnt_yesterday", "last", "cnt", 3_600, DAY), FeatureDefinition("cnt_week", "mean", "cnt", 7 * DAY)),
        ),
        FeatureViewDefinition("press", "news", (FeatureDefinition("headline_now", "last", "headline", 7 * DAY),)),
    ),
    feature_services=(
        FeatureServiceDefinition("hourly", "rentals", ("hr", "temp"), ("history",), "cnt"),
        FeatureServiceDefinition("with_press", "rentals", ("hr",), ("press", "history"), "cnt"),
    ),
)

Start = Callable[[], Features]


@pytest.fixture
def projects(ledger: Ledger) -> dict[str, ProjectDefinition]:
    """The applied definitions; a test may put another one there."""
    ensure_sound(BIKES)
    return {"bikes": BIKES}


@pytest.fixture
def start(ledger: Ledger, home: Path, projects: dict[str, ProjectDefinition]) -> Iterator[Start]:
    """Starts the service on the home again and again, as a new process would, without closing the one before."""
    opened: list[LmdbOnline] = []
    running: list[Features] = []

    def find(_tx: Connection, project: str) -> ProjectDefinition | None:
        return projects.get(project)

    def make() -> Features:
        for store in opened:
            store.close()
        for former in running:
            for feed in former._feeds.values():  # what the kernel does for a killed process
                feed.queue.close()
        opened[:], running[:] = [LmdbOnline.owner(home / "online")], []
        tables = DeltaTables(home / "tables")
        datasets = Datasets(ledger.db, ledger.events, ledger.lineage, tables, ledger.clock, new_id)
        features = Features(ledger.db, ledger.events, ledger.lineage, datasets, tables, opened[0], home / "journal", find, ledger.clock)
        with ledger.db.write() as tx:
            for definition in projects.values():
                features.define(tx, definition)
        features.start()
        running.append(features)
        return features

    yield make
    for features in running:
        features.close()
    for store in opened:
        store.close()


@pytest.fixture
def features(start: Start) -> Features:
    return start()
