"""A full disk under a running server and its endpoint: clear refusals, nothing acknowledged is lost, and it works again with space."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from meguri.core.errors import Unavailable
from meguri.testing.require import missing
from meguri.testing.server import running_server, start_server
from tests.faults.client import calling, everything, is_endpoint_ready, moments, unclear, wait_until
from tests.faults.invariants import contradictions
from tests.faults.trial import processes_of

SIZE = 24 << 20


class Disk(Protocol):
    """Where the home is. `full` takes all space away, `free` gives it back."""

    home: Path

    def full(self) -> None: ...

    def free(self) -> None: ...


class SmallDisk:
    """A file system of its own, filled by one more file in the home."""

    def __init__(self, folder: Path) -> None:
        self.home, self._ballast = folder, folder / "ballast"

    def full(self) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for piece in (1 << 20, 4_096, 1):
                try:
                    while True:
                        file.write(bytes(piece))
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink()


class SmallFiles:
    """No process of the home may make a file longer than a few bytes: what a full disk is where none can be mounted."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def full(self) -> None:
        self._limit(512)

    def free(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for each in processes_of(self.home):
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small file system to be a home, where this user may mount one."""
    folder = tmp_path / "home"
    folder.mkdir()
    made = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", folder], check=False, capture_output=True
    ).returncode == 0  # fmt: skip
    if not made:
        missing("mount", "a small file system cannot be mounted here (it takes root)")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture(params=["disk", "files"])
def disk(request: pytest.FixtureRequest, prepared_copy: Callable[[Path], Path]) -> Disk:
    """A home with a model in service on a disk that can be filled."""
    if request.param == "disk":
        mounted: Path = request.getfixturevalue("mounted")
        return SmallDisk(prepared_copy(mounted))
    return SmallFiles(request.getfixturevalue("home"))


def test_a_full_disk_refuses_clearly_loses_nothing_and_passes(disk: Disk) -> None:
    sent = moments(110)
    with running_server(disk.home) as server, calling(server) as caller:
        wait_until(lambda: is_endpoint_ready(disk.home), "the endpoint is ready")
        for step, moment in enumerate(sent[:5]):
            assert {answer.status_code for answer in everything(caller, moment, step)} <= {200, 202}
        disk.full()
        answers = [answer for step, moment in enumerate(sent[5:105], 5) for answer in everything(caller, moment, step)]
        answers += [caller.advance_watermark(7), caller.start_run()]
        refused = [answer for answer in answers if not answer.is_success]
        assert unclear(answers) == set()
        assert any("infer" in str(answer.url) for answer in refused)
        assert any("push" in str(answer.url) for answer in refused)
        assert caller.client.get("/health").status_code == 200
        disk.free()
        for step, moment in enumerate(sent):
            assert {answer.status_code for answer in everything(caller, moment, step)} <= {200, 202}
        caller.advance_watermark(7)
        wait_until(lambda: caller.is_reached(7), "what was under way goes on", 60)
        run = caller.start_run().json()["id"]
        wait_until(lambda: caller.run_of(run)["status"] == "finished", "the pipeline runs", 60)
        assert caller.is_reached(7)
        assert caller.coverage() == (110, 110)
    assert contradictions(disk.home, disk.home.parent / "account.jsonl") == []


def test_a_pipeline_that_meets_a_full_disk_goes_on_when_there_is_space(disk: Disk) -> None:
    with running_server(disk.home) as server, calling(server) as caller:
        caller.advance_watermark(2)
        assert caller.is_reached(2)
        run = caller.start_run().json()["id"]
        wait_until(lambda: bool([*disk.home.glob("work/prun_*/recent-*")]), "a step begins")
        disk.full()
        wait_until(lambda: "job waits" in server.log.read_text() or "wait for the ledger" in server.log.read_text(), "the job waits", 60)
        disk.free()
        wait_until(lambda: caller.run_of(run)["status"] == "finished", "it goes on", 60)
        assert caller.is_reached(2)
    assert contradictions(disk.home, disk.home.parent / "account.jsonl") == []


def test_a_server_that_has_no_space_to_start_says_so(mounted: Path, prepared_copy: Callable[[Path], Path]) -> None:
    disk = SmallDisk(prepared_copy(mounted))
    disk.full()
    with pytest.raises(Unavailable) as raised:
        start_server(disk.home).kill()
    assert "meguri: " in str(raised.value)
    assert "Traceback" not in str(raised.value)
    disk.free()
    with running_server(disk.home) as server, calling(server) as caller:
        assert caller.client.get("/health").status_code == 200
