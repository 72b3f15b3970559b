"""A feature view with a thousand features."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.times import iso
from tests.integration.features.conftest import Start

START = datetime(2025, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = 72
FEATURES = tuple(
    FeatureDefinition(f"{kind}_{hours}", kind, "load", hours * 3_600.0) for kind in ("mean", "max", "min", "sum") for hours in range(1, 251)
)
WIDE = ProjectDefinition(
    "wide",
    clock="event",
    entities=(EntityDefinition("site", "site"),),
    sources=(SourceDefinition("readings", "site", "at", {"load": "float"}),),
    feature_views=(FeatureViewDefinition("history", "readings", FEATURES),),
    feature_services=(FeatureServiceDefinition("hourly", "readings", (), ("history",), "load"),),
)


def test_a_thousand_features_are_looked_up_as_they_are_trained(projects: dict[str, ProjectDefinition], start: Start) -> None:
    projects["wide"] = WIDE
    features = start()
    rows = [{"site": "north", "at": iso(START + hour * HOUR), "load": float(hour % 7)} for hour in range(HOURS)]
    assert features.push("wide", "readings", rows).accepted == HOURS
    end = START + HOURS * HOUR
    frame = features.training_frame("wide", "hourly", before=end, known_by=end)
    names = [each.name for each in FEATURES]
    assert (frame.height, len(names), frame.columns) == (HOURS, 1_000, ["site", "at", *names, "load"])
    for row in (frame.row(0, named=True), frame.row(HOURS - 1, named=True)):
        assert features.lookup("wide", "hourly", "north", row["at"]) == pytest.approx({name: row[name] for name in names}, nan_ok=True)
