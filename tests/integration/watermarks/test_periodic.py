"""The periodic task that advances watermarks, project by project."""

from __future__ import annotations

import io
import tarfile
import time
from datetime import datetime
from pathlib import Path
from typing import Literal

from meguri.app.build import Platform
from meguri.core.definitions.features import EntityDefinition, FeatureServiceDefinition, SourceDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.times import iso
from meguri.testing.ledger import SettableClock
from tests.integration.watermarks.clocked import INTERVAL_SECONDS, ClockedServer, clocked_server, wait_until


def declared(name: str, clock: Literal["wall", "event"]) -> ProjectDefinition:
    return ProjectDefinition(
        name,
        clock,
        (EntityDefinition("site", "site"),),
        (SourceDefinition("readings", "site", "at", {"x": "float", "load": "float"}),),
        (),
        (FeatureServiceDefinition("hourly", "readings", ("x",), (), "load"),),
        endpoints=(EndpointDefinition(name, name, "hourly"),),
    )


def apply(platform: Platform, *definitions: ProjectDefinition) -> None:
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    with platform.db.write() as tx:
        for definition in definitions:
            platform.applying.apply(tx, definition.to_json(), archive.getvalue())


def watermark(server: ClockedServer, project: str) -> datetime | None:
    with server.platform.db.read() as tx:
        return server.platform.events.watermark(tx, project)


def pass_intervals(count: int) -> None:
    """Give the periodic task time to run so often."""
    time.sleep(count * INTERVAL_SECONDS)


def test_only_projects_on_the_wall_clock_follow_it_and_they_never_go_back(home: Path, clock: SettableClock) -> None:
    start = clock()
    with clocked_server(home, clock) as server:
        apply(server.platform, declared("alps", "wall"), declared("bay", "event"))
        wait_until(lambda: watermark(server, "alps") == start, "the first advance")
        later = clock.advance(3_600)
        wait_until(lambda: watermark(server, "alps") == later, "the second advance")
        clock.set(start)  # as a clock does that is corrected
        pass_intervals(4)
        assert watermark(server, "alps") == later
        latest = clock.advance(7_200)
        wait_until(lambda: watermark(server, "alps") == latest, "the advance after the correction")
        with server.platform.db.read() as tx:
            advanced = [event.payload["to"] for event in server.platform.events.list(tx, project="alps", kinds=["watermark.advanced"])]
        assert advanced == [iso(start), iso(later), iso(latest)]
        assert watermark(server, "bay") is None


def test_a_server_that_was_away_advances_to_the_present_at_once(home: Path, clock: SettableClock) -> None:
    with clocked_server(home, clock) as server:
        apply(server.platform, declared("alps", "wall"))
        wait_until(lambda: watermark(server, "alps") == clock(), "the first advance")
    clock.advance(9 * 86_400)
    with clocked_server(home, clock) as server:
        wait_until(lambda: watermark(server, "alps") == clock(), "the advance after nine days")
        with server.platform.db.read() as tx:
            assert len(server.platform.events.list(tx, project="alps", kinds=["watermark.advanced"])) == 2


def test_a_project_with_a_damaged_log_stops_no_other_project(platform: Platform) -> None:
    apply(platform, declared("alps", "wall"), declared("bay", "wall"))
    with platform.db.read() as tx:
        log = platform.home.path / "log" / platform.serving.get_endpoint(tx, "alps", "alps").id
    log.mkdir(parents=True)
    (log / "000000000001.seg").write_bytes(b"\xff" * 64)
    (log / "000000000002.seg").touch()
    platform.watermarks.advance_all()
    with platform.db.read() as tx:
        assert [job.state for job in platform.jobs.list(tx, "bay", kind="watermark.advance")] == ["queued"]
        assert platform.jobs.list(tx, "alps", kind="watermark.advance") == []
