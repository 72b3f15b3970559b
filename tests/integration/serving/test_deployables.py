from __future__ import annotations

from pathlib import Path

import msgspec

from meguri.adapters.blobs.local import LocalBlobs
from meguri.core.ids import new_id
from meguri.registry.model import GoldenRow, ModelInput, VersionSpec
from meguri.registry.service import Registry
from meguri.serving.deployables import Deployables
from meguri.serving.deployment_specs import GoldenRow as ServedGoldenRow
from meguri.serving.deployment_specs import ModelInput as ServedInput
from meguri.serving.deployment_specs import ServedModel
from meguri.serving.model import Deployable
from meguri.testing.ledger import Ledger
from tests.unit.serving.examples import linear_model, reference


def test_a_registered_version_is_deployable_without_the_blocks_of_its_reference(ledger: Ledger, home: Path) -> None:
    blobs = LocalBlobs(home / "blobs")
    registry = Registry(ledger.db, ledger.events, ledger.lineage, blobs, ledger.clock, new_id)
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
        found = Deployables(registry)(tx, version.id)
    assert found == Deployable(
        version=version.id,
        project="bikes",
        name="bikes",
        number=1,
        model=ServedModel(spec.blob, "onnx", (ServedInput("hr", "int"), ServedInput("temp", "float"))),
        reference=reference().without_blocks().to_json(),
        golden=(ServedGoldenRow((1, 0.5), 8.0),),
    )
