"""How fast metric points are taken, kept and shown. Prints a table, and as its last line one JSON object.

Every figure is through the real client and HTTP against a real `meguri server` on an empty home; what the server acknowledges is on disk.
Medians of three, on whatever else the machine is doing: compare figures of one run, not of two machines.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from meguri.core.points import WirePoint
from meguri.sdk import run as runs
from meguri.sdk.client import Client, connect
from meguri.testing.server import running_server

BATCH = 1_000
REPEATS = 3


def main() -> int:
    rows: dict[str, tuple[float, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        began = time.perf_counter()
        with running_server(home) as server:
            rows["server start to first answer"] = time.perf_counter() - began, "s"
            rows |= measure(home, server.process.pid)
    print(f"{'what':<58}{'figure':>14}")
    for name, (value, unit) in rows.items():
        print(f"{name:<58}{value:>14,.{_digits(value)}f} {unit}")
    print(json.dumps({name: {"meguri": value, "unit": unit} for name, (value, unit) in rows.items()}))
    return 0


def measure(home: Path, pid: int) -> dict[str, tuple[float, str]]:
    """Figure and unit of each row."""
    rows: dict[str, tuple[float, str]] = {}
    with connect(home=home) as client:
        rows["batches of 1000 points, 1 client"] = _median(lambda: _batches(home, clients=1)), "points/s"
        rows["batches of 1000 points, 4 clients"] = _median(lambda: _batches(home, clients=4)), "points/s"
        rows["batches of 1000 points over 1000 keys, 1 client"] = _median(lambda: _batches(home, clients=1, keys=BATCH)), "points/s"
        rows["batches of 10000 points, 1 client"] = _median(lambda: _batches(home, clients=1, size=10_000)), "points/s"
        median, worst = _single(client)
        rows["one point a request, median"] = median * 1e3, "ms"
        rows["one point a request, 99th percentile"] = worst * 1e3, "ms"
        call, whole = _log(home)
        rows["run.log of one scalar, median of calls"] = call * 1e6, "us"
        rows["run.log to the server's disk, 1 scalar a call"] = whole, "points/s"
        run = _start(client)
        _send(client, run, 1_000_000, size=50_000)
        rows["chart of 1,000,000 points, 500 buckets"] = _median(lambda: _timed(lambda: client.runs.series(run, "m0", 500))) * 1e3, "ms"
        rows["all of 100,000 points"] = _median(lambda: _timed(lambda: _history(client, run, 100_000))), "s"
        rows["memory of the server process afterwards (RSS)"] = _memory(pid), "MiB"
    return rows


def _median(measured: Callable[[], float]) -> float:
    return statistics.median(measured() for _ in range(REPEATS))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _start(client: Client) -> str:
    return str(client.post("/api/v1/projects/bench/runs", {})["id"])


def _points(first: int, count: int, keys: int) -> list[WirePoint]:
    return [(f"m{number % keys}", number // keys, number * 0.5, 1_700_000_000_000_000 + number) for number in range(first, first + count)]


def _bodies(points: int, size: int, keys: int) -> Iterator[bytes]:
    for first in range(0, points, size):
        yield msgspec.json.encode({"points": _points(first, size, keys), "writer": "bench", "first": first})


def _batches(home: Path, *, clients: int, keys: int = 10, size: int = BATCH, seconds: float = 2.0) -> float:
    """Points a second of several clients, each with a run of its own; bodies are made before the clock starts."""
    sent = [0] * clients
    began: list[float] = []
    ready = threading.Barrier(clients + 1, action=lambda: began.append(time.perf_counter()))

    def work(index: int) -> None:
        with connect(home=home) as client:
            path = f"/api/v1/runs/{_start(client)}/points"
            bodies = list(_bodies(400 * BATCH // clients, size, keys))
            ready.wait()
            for body in bodies:
                client.link.send("POST", path, content=body, headers={"Content-Type": "application/json"}).raise_for_status()
                sent[index] += size
                if time.perf_counter() - began[0] > seconds:
                    break

    threads = [threading.Thread(target=work, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    for thread in threads:
        thread.join()
    return sum(sent) / (time.perf_counter() - began[0])


def _single(client: Client) -> tuple[float, float]:
    path = f"/api/v1/runs/{_start(client)}/points"
    times = []
    for step in range(400):
        body = {"points": [["loss", step, 0.5, 0]]}
        times.append(_timed(partial(client.post, path, body)))
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def _log(home: Path) -> tuple[float, float]:
    """Seconds of a call, and points a second from the first call until the server has all."""
    run = runs.init("bench", home=home, console=False)
    count = 100_000
    times = []
    began = time.perf_counter()
    for step in range(count):
        before = time.perf_counter()
        run.log({"loss": 0.5}, step=step)
        times.append(time.perf_counter() - before)
    run.flush(120)
    whole = count / (time.perf_counter() - began)
    run.finish()
    return statistics.median(times), whole


def _send(client: Client, run: str, count: int, *, size: int) -> None:
    for body in _bodies(count, size, 1):
        client.link.send(
            "POST", f"/api/v1/runs/{run}/points", content=body, headers={"Content-Type": "application/json"}
        ).raise_for_status()


def _history(client: Client, run: str, count: int) -> None:
    had, after = 0, 0
    while had < count:
        page = client.get(f"/api/v1/runs/{run}/history", key="m0", after=after, limit=25_000)
        had, after = had + len(page["points"]), page["next"]


def _memory(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20
    except OSError:
        return float("nan")


def _digits(value: float) -> int:
    return 0 if value >= 1_000 else 1 if value >= 10 else 3


if __name__ == "__main__":
    sys.exit(main())
