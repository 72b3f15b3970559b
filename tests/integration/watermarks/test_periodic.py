"""The server's own settlements, project by project."""

from __future__ import annotations

import io
import tarfile

from meguri.app.build import Platform
from meguri.core.definitions.features import EntityDefinition, FeatureServiceDefinition, SourceDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.definitions.serving import EndpointDefinition


def on_the_wall_clock(name: str) -> ProjectDefinition:
    return ProjectDefinition(
        name,
        "wall",
        (EntityDefinition("site", "site"),),
        (SourceDefinition("readings", "site", "at", {"x": "float", "load": "float"}),),
        (),
        (FeatureServiceDefinition("hourly", "readings", ("x",), (), "load"),),
        endpoints=(EndpointDefinition(name, name, "hourly"),),
    )


def test_a_project_with_a_damaged_log_stops_no_other_project(platform: Platform) -> None:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        for name in ("alps", "bay"):
            platform.applying.apply(tx, on_the_wall_clock(name).to_json(), archive.getvalue())
    with platform.db.read() as tx:
        log = platform.home.path / "log" / platform.serving.get_endpoint(tx, "alps", "alps").id
    log.mkdir(parents=True)
    (log / "000000000001.seg").write_bytes(b"\xff" * 64)
    (log / "000000000002.seg").touch()
    platform.watermarks.advance_all()
    with platform.db.read() as tx:
        assert [job.state for job in platform.jobs.list(tx, "bay", kind="watermark.advance")] == ["queued"]
        assert platform.jobs.list(tx, "alps", kind="watermark.advance") == []
