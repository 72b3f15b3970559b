"""A home with one deployed endpoint, and its process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.online.lmdb import LmdbOnline
from meguri.core.lockfile import Owner, find_owner
from meguri.features.online import put_events
from meguri.features.rows import Layout
from meguri.serving.deployment_specs import DeploymentSpec, process_lock, spec_file, write_spec
from meguri.serving.segments import PredictionRecord, read_log
from tests.unit.serving.examples import AT, feature_set, linear_model

TOKEN = "secret"  # of a home that lives as long as a test
DAY = 86_400_000_000
ENDPOINT = "ep_1"
"""The id of endpoint `bikes`."""


def make_home(home: Path, spec: DeploymentSpec, *models: bytes) -> None:
    """Everything that the process needs: model blobs, the online store with an event on two days, the token, the spec."""
    blobs = LocalBlobs(home / "blobs")
    for model in models or (linear_model(),):
        blobs.put_bytes(model)
    source = feature_set().source
    layout = Layout.of(source)
    store = LmdbOnline.owner(home / "online")
    put_events(store, spec.project, source.name, layout, [layout.event("dc", at, (3, 0.5, 100.0)) for at in (AT - DAY, AT)])
    store.close()
    (home / "token").write_text(TOKEN)
    write_spec(spec_file(home, ENDPOINT), spec)


@dataclass
class RunningEndpoint:
    """A process that serves `home`'s endpoint `bikes`."""

    home: Path
    process: subprocess.Popen[bytes]
    client: httpx.Client

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    def infer(self, body: dict[str, Any]) -> httpx.Response:  # Any: JSON
        return self.client.post("/v2/models/bikes/infer", json=body)

    def internal(self, method: str, name: str) -> Any:  # Any: JSON
        answer = self.client.request(method, f"/internal/{name}", headers={"authorization": f"Bearer {_process(self.home).secret}"})
        answer.raise_for_status()
        return answer.json()

    def logged(self) -> list[PredictionRecord]:
        return [record for _, record in read_log(self.home / "log", ENDPOINT)]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(home: Path, *more: str, before: Sequence[str] = ()) -> Iterator[RunningEndpoint]:
    """Start the process on a free port (`before`: a program that starts it), wait until it answers, end it."""
    command = [*before, sys.executable, "-m", "meguri.app.endpoint", "--home", str(home), "--endpoint", "bikes", "--port", "0", *more]
    errors = (home / "endpoint.log").open("ab")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors) as process:
        try:
            headers = {"authorization": f"Bearer {TOKEN}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{_port(home, process)}", headers=headers, timeout=10) as client:
                yield RunningEndpoint(home, process, client)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(15)
            errors.close()


def _process(home: Path) -> Owner:
    return find_owner(process_lock(home, ENDPOINT)) or Owner(0)


def _port(home: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        if url := _process(home).url:
            return int(url.rpartition(":")[2])
        time.sleep(0.02)
    raise AssertionError(f"the endpoint did not start (status {process.poll()}): {(home / 'endpoint.log').read_text()}")
