from __future__ import annotations

import io
import tarfile
from pathlib import Path

import msgspec

from meguri.adapters.blobs.local import LocalBlobs
from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.ids import new_id
from meguri.registry.model import VersionSpec
from meguri.registry.projects import Projects
from meguri.registry.service import Registry
from meguri.serving.deployables import Deployables
from meguri.serving.deployment_specs import ServedModel
from meguri.serving.model import Deployable
from meguri.testing.ledger import Ledger
from tests.unit.serving.examples import linear_model, reference


def test_a_registered_version_is_deployable_without_the_blocks_of_its_reference(ledger: Ledger, home: Path) -> None:
    blobs = LocalBlobs(home / "blobs")
    registry = Registry(ledger.db, ledger.events, ledger.lineage, blobs, ledger.clock, new_id)
    projects = Projects(ledger.events, ledger.lineage, ledger.projects, blobs, home, ledger.clock)
    content = linear_model()
    spec = VersionSpec(
        format="onnx",
        blob=blobs.put_bytes(content),
        size=len(content),
        inputs=(ModelInput("hr", "int"), ModelInput("temp", "float")),
        reference=blobs.put_bytes(msgspec.json.encode(reference().to_json())),
        golden=(GoldenRow((1, 0.5), 8.0),),
    )
    with ledger.db.write() as tx:
        version = registry.add_version(tx, "bikes", "bikes", spec)
        found = Deployables(registry, projects)(tx, version.id)
    assert found == Deployable(
        version=version.id,
        project="bikes",
        name="bikes",
        number=1,
        model=ServedModel(spec.blob, "onnx", (ModelInput("hr", "int"), ModelInput("temp", "float"))),
        reference=reference().without_blocks().to_json(),
        golden=(GoldenRow((1, 0.5), 8.0),),
    )


def test_a_version_is_served_with_the_features_that_it_was_trained_with(ledger: Ledger, home: Path) -> None:
    blobs = LocalBlobs(home / "blobs")
    registry = Registry(ledger.db, ledger.events, ledger.lineage, blobs, ledger.clock, new_id)
    projects = Projects(ledger.events, ledger.lineage, ledger.projects, blobs, home, ledger.clock)

    def project(window_days: int) -> ProjectDefinition:
        view = FeatureViewDefinition("history", "sales", (FeatureDefinition("cnt_mean", "mean", "cnt", window_days * 86_400.0),))
        return ProjectDefinition(
            "bikes",
            entities=(EntityDefinition("city", "city"),),
            sources=(SourceDefinition("sales", "city", "at", {"cnt": "float"}, known_after_seconds=3_600.0),),
            feature_views=(view,),
            feature_services=(FeatureServiceDefinition("hourly", "sales", (), ("history",), "cnt"),),
        )

    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with ledger.db.write() as tx:
        bundle = projects.apply(tx, project(7).to_json(), archive.getvalue()).bundle
        spec = VersionSpec("onnx", blobs.put_bytes(b"model"), 5, (ModelInput("cnt_mean", "float"),), bundle=bundle, features="hourly")
        version = registry.add_version(tx, "bikes", "bikes", spec)
        projects.apply(tx, project(14).to_json(), archive.getvalue())
        assert Deployables(registry, projects)(tx, version.id).feature_set == project(7).feature_set("hourly")
