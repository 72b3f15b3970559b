"""How a promotion ends: always, and against the version that is champion at that moment."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from meguri.app.build import Platform
from meguri.core.definitions.automation import GateDefinition
from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.models import ModelInput
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.ids import ModelVersionId, new_id
from meguri.core.times import iso, utc_now
from meguri.delivery.model import Promotion
from meguri.delivery.service import Delivery
from meguri.registry.model import VersionSpec

START = datetime(2024, 3, 1, tzinfo=UTC)
SOURCE = SourceDefinition("readings", "site", "at", {"x": "float", "load": "float"})
PROJECT = ProjectDefinition(
    "pond",
    "event",
    (EntityDefinition("site", "site"),),
    (SOURCE,),
    (),
    (FeatureServiceDefinition("hourly", "readings", ("x",), (), "load"),),
    endpoints=(EndpointDefinition("pond", "pond", "hourly"),),
)
ERRORS = {1: 3.0, 2: 5.0, 3: 4.0}
"""How far each version is from the truth."""


@dataclass
class Context:
    id: str = "judge"
    project: str = "pond"
    is_last_try: bool = True


@dataclass
class World:
    platform: Platform
    versions: dict[int, ModelVersionId]
    before_scoring: Callable[[int], None] = lambda _number: None
    scored: dict[int, pl.DataFrame] = field(default_factory=dict)

    def delivery(self) -> Delivery:
        made = self.platform
        parts = (made.db, made.events, made.lineage, made.jobs, made.registry, made.features)
        return Delivery(*parts, self.score, made.projects, utc_now, new_id)

    def score(self, project: str, version: ModelVersionId, frame: pl.DataFrame) -> NDArray[np.float64]:
        number = next(each for each, id in self.versions.items() if id == version)
        self.before_scoring(number)
        self.scored[number] = frame
        return frame["load"].to_numpy() + ERRORS[number]

    def apply(self, definition: ProjectDefinition) -> str:
        """The digest of the bundle."""
        archive = io.BytesIO()
        tarfile.open(fileobj=archive, mode="w").close()
        with self.platform.db.write() as tx:
            return self.platform.applying.apply(tx, definition.to_json(), archive.getvalue()).bundle

    def train(self, number: int, definition: ProjectDefinition) -> None:
        """A version of a pipeline run on a project as it was then."""
        bundle = self.apply(definition)
        blob = self.platform.tracking.artifacts.blobs.put_bytes(b"a model")
        names = definition.feature_set("hourly").inputs
        inputs = tuple(ModelInput(name, "float") for name in names)
        spec = VersionSpec("onnx", blob, 7, inputs, cutoff=START, bundle=bundle, features="hourly")
        with self.platform.db.write() as tx:
            self.versions[number] = self.platform.registry.add_version(tx, "pond", "pond", spec).id

    def champion(self, number: int) -> None:
        with self.platform.db.write() as tx:
            self.platform.registry.set_alias(tx, "pond", "pond", "champion", self.versions[number])

    def judged(self, number: int) -> Promotion:
        delivery = self.delivery()
        with self.platform.db.write() as tx:
            opened = delivery.open(tx, "pond", "pond", self.versions[number], GateDefinition(minimum_rows=12))
        delivery.evaluate(Context(), {"promotion": opened.id})  # type: ignore[arg-type]  # as much of a job's context as it looks at
        return delivery.get(opened.id)


@pytest.fixture
def world(platform: Platform) -> World:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        platform.applying.apply(tx, PROJECT.to_json(), archive.getvalue())
    rows = [{"site": "a", "at": iso(START + timedelta(hours=hour)), "x": float(hour), "load": float(hour)} for hour in range(96)]
    platform.features.push("pond", "readings", rows)
    with platform.db.write() as tx:
        platform.events.advance(tx, "pond", START + timedelta(days=5))
    blob = platform.tracking.artifacts.blobs.put_bytes(b"a model")
    versions = {}
    for number in ERRORS:
        spec = VersionSpec("onnx", blob, 7, (ModelInput("x", "float"),), cutoff=START)
        with platform.db.write() as tx:
            versions[number] = platform.registry.add_version(tx, "pond", "pond", spec).id
    made = World(platform, versions)
    made.champion(2)
    return made


def test_a_challenger_must_beat_the_version_that_became_champion_while_it_was_judged(world: World) -> None:
    def roll_back_meanwhile(number: int) -> None:
        if number == 2:
            world.champion(1)

    world.before_scoring = roll_back_meanwhile
    judged = world.judged(3)
    assert (judged.status, judged.champion) == ("rejected", world.versions[1])
    with world.platform.db.read() as tx:
        champion = world.platform.registry.find_champion(tx, "pond", "pond")
    assert champion is not None
    assert champion.id == world.versions[1]


def test_a_judgement_that_crashes_is_a_rejection_that_says_why(world: World) -> None:
    def crash(_number: int) -> None:
        raise ValueError("shapes differ")

    world.before_scoring = crash
    judged = world.judged(3)
    assert (judged.status, judged.verdict and judged.verdict.why) == ("rejected", "it could not be evaluated: ValueError: shapes differ")


def test_a_challenger_of_an_endpoint_that_is_declared_no_longer_is_rejected(world: World) -> None:
    delivery = world.delivery()
    world.apply(replace(PROJECT, endpoints=()))
    with world.platform.db.write() as tx:
        opened = delivery.open(tx, "pond", "pond", world.versions[3], GateDefinition())
    delivery.evaluate(Context(), {"promotion": opened.id})  # type: ignore[arg-type]  # as above
    judged = delivery.get(opened.id)
    assert (judged.status, judged.verdict is not None and "no endpoint 'pond'" in judged.verdict.why) == ("rejected", True)


def looks_back(name: str, hours: int) -> ProjectDefinition:
    feature = FeatureDefinition(name, "mean", "x", hours * 3_600.0)
    service = replace(PROJECT.feature_services[0], views=("recent",))
    return replace(PROJECT, feature_views=(FeatureViewDefinition("recent", "readings", (feature,)),), feature_services=(service,))


def test_each_version_is_scored_with_the_features_that_it_was_trained_with(world: World) -> None:
    """Also where the project has renamed or redefined them since."""
    world.train(1, looks_back("x_mean", 2))
    world.train(2, looks_back("x_mean", 4))
    world.train(3, looks_back("x_recent", 2))
    world.champion(1)
    judged = world.judged(2)
    assert (judged.status, judged.verdict and judged.verdict.rows) == ("rejected", 96)
    means = {number: frame["x_mean"].to_list()[6:10] for number, frame in world.scored.items()}
    assert means == {1: [5.0, 6.0, 7.0, 8.0], 2: [4.0, 5.0, 6.0, 7.0]}
    judged = world.judged(3)
    assert (judged.verdict and judged.verdict.rows, world.scored[3].columns[-2], world.scored[1].columns[-2]) == (
        96,
        "x_recent",
        "x_mean",
    )
    assert world.scored[1]["at"].to_list() == world.scored[3]["at"].to_list()


def test_versions_that_predict_other_things_are_not_compared(world: World) -> None:
    other = replace(PROJECT, feature_services=(FeatureServiceDefinition("hourly", "readings", ("load",), (), "x"),))
    world.train(1, PROJECT)
    world.train(2, other)
    world.champion(1)
    judged = world.judged(2)
    assert judged.status == "rejected"
    assert judged.verdict is not None
    assert "the label of the champion pond 4 is 'load', that of the challenger 'x'" in judged.verdict.why
