"""What a pipeline costs beside the work of its steps. Prints a table, and as its last line one JSON object.

Every figure is through HTTP against a real `meguri server` on an empty home (SQLite, synchronous=FULL): each step is a task in a warm
worker, with its record, its cache key, its output by content, its log and its lineage. Medians of five.
"""

from __future__ import annotations

import base64
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from meguri.sdk.bundle import archive_of
from meguri.sdk.client import Client, connect
from meguri.sdk.collect import load_folder
from meguri.testing.server import running_server

STEPS = 20
REPEATS = 5
SOURCE = f"""
import meguri as mg

project = mg.Project("bench")


@mg.step
def add(value: int, salt: int) -> int:
    return value + salt


@mg.pipeline
def chain(salt=0):
    value = 0
    for _ in range({STEPS}):
        value = add(value, salt)
"""


def main() -> int:
    rows: dict[str, tuple[float, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "project"
        source.mkdir()
        (source / "pipeline.py").write_text(SOURCE)
        home = Path(folder) / "home"
        with running_server(home), connect(home=home) as client:
            definition = load_folder(source)
            body = {"manifest": _text(definition.to_json()), "archive": _text(archive_of(source))}
            client.post(f"/api/v1/projects/{definition.name}/bundles/apply", body)
            rows[f"first run of {STEPS} steps, with the start of its worker"] = _run(client, 0), "s"
            rows["step in a warm worker"] = 1e3 * statistics.median(_run(client, salt) for salt in range(1, REPEATS + 1)) / STEPS, "ms"
            rows["step taken from the cache"] = 1e3 * statistics.median(_run(client, 1) for _ in range(REPEATS)) / STEPS, "ms"
    print(f"{'what':<58}{'figure':>14}")
    for name, (value, unit) in rows.items():
        print(f"{name:<58}{value:>14,.2f} {unit}")
    print(json.dumps({name: {"meguri": value, "unit": unit} for name, (value, unit) in rows.items()}))
    return 0


def _run(client: Client, salt: int) -> float:
    """Seconds from the start of a run to its end, as the server writes them down."""
    id = client.project("bench").pipelines.start("chain", {"salt": salt})["id"]
    while True:
        run: dict[str, Any] = client.get(f"/api/v1/pipeline-runs/{id}")
        if run["status"] == "finished":
            return float(run["seconds"])
        if run["status"] not in ("queued", "running"):
            raise SystemExit(f"pipeline run {id} is {run['status']}: {run['error']}")
        time.sleep(0.05)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


if __name__ == "__main__":
    raise SystemExit(main())
