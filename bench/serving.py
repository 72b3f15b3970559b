"""How much the endpoint costs over a bare server: `python bench/serving.py [--seconds 4] [--rounds 3] [--connections 16]`.

Both decode the same Open Inference Protocol body (a key and 28 numbers), run the same model (100 trees, 30 inputs) in ONNX Runtime on one
thread and answer in JSON, on uvicorn with uvloop and httptools. The bare one (Starlette and msgspec) does nothing else; the endpoint also
looks two features up, logs each prediction with one write before the answer, keeps profiles and counts metrics. The two are loaded in
turns, in one run; medians are shown. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import msgspec
import numpy as np
import uvloop

INPUTS = 30
LOOKED_UP = 2
HOUR = 3_600_000_000
AT = 1_304_251_200_000_000


@dataclass(frozen=True)
class Load:
    """What one round gave. `cpu_us`: microseconds of the server's CPU for a request."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def make_model() -> tuple[bytes, np.ndarray]:
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.ensemble import HistGradientBoostingRegressor

    from meguri.registry.conversion import onnx_bytes

    draws = np.random.default_rng(0)
    rows = draws.normal(size=(5_000, INPUTS)).astype(np.float32)
    model = HistGradientBoostingRegressor(max_iter=100, random_state=0).fit(rows, rows[:, 0] * rows[:, 1] + rows.sum(axis=1))
    return onnx_bytes(model, [("inputs", FloatTensorType([None, INPUTS]))]), rows


def make_home(home: Path) -> None:
    from meguri.adapters.blobs.local import LocalBlobs
    from meguri.adapters.online.lmdb import LmdbOnline
    from meguri.core.definitions.features import (
        EntityDefinition,
        FeatureDefinition,
        FeatureServiceDefinition,
        FeatureSet,
        FeatureViewDefinition,
        SourceDefinition,
    )
    from meguri.core.definitions.models import ModelInput
    from meguri.features.online import put_events
    from meguri.features.rows import Layout
    from meguri.profiles.reference import Reference
    from meguri.serving.deployment_specs import DeploymentSpec, ServedModel, spec_file, write_spec

    content, rows = make_model()
    (home / "model.onnx").parent.mkdir(parents=True, exist_ok=True)
    (home / "model.onnx").write_bytes(content)
    names = [f"x{number}" for number in range(INPUTS)]
    request, features = names[:-LOOKED_UP], names[-LOOKED_UP:]
    entity = EntityDefinition("shop", "shop")
    source = SourceDefinition("sales", "shop", "at", {**dict.fromkeys(request, "float"), "sold": "float"})
    view = FeatureViewDefinition(
        "history",
        "sales",
        (
            FeatureDefinition(features[0], "last", "sold", HOUR / 1e6, 24 * HOUR / 1e6),
            FeatureDefinition(features[1], "mean", "sold", 24 * HOUR / 1e6),
        ),
    )
    service = FeatureServiceDefinition("hourly", "sales", tuple(request), ("history",), "sold")
    layout = Layout.of(source)
    store = LmdbOnline.owner(home / "online")
    events = [layout.event("tokyo", AT - hour * HOUR, (*[0.0] * len(request), float(hour))) for hour in range(24 * 14)]
    put_events(store, "bench", "sales", layout, events)
    store.close()
    reference = Reference.from_columns({name: rows[:, place] for place, name in enumerate(names)}, prediction=rows.sum(axis=1))
    (home / "token").write_text("bench")
    spec = DeploymentSpec(
        revision=1,
        project="bench",
        endpoint="shop",
        port=0,
        deployment="dep_1",
        version="mv_1",
        model=ServedModel(LocalBlobs(home / "blobs").put_bytes(content), "onnx", tuple(ModelInput(name, "float") for name in names)),
        feature_set=FeatureSet(service, entity, source, (view,), (source,), (entity,)),
        reference=reference.to_json(),
    )
    write_spec(spec_file(home, "ep_shop"), spec)


class Tensor(msgspec.Struct):
    name: str
    shape: list[int]
    datatype: str
    data: list[float | str]


class Body(msgspec.Struct):
    inputs: list[Tensor]
    id: str | None = None


def serve_bare(model: Path, port: int) -> None:
    """The least that answers the same request: decode, predict, encode."""
    import onnxruntime
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    decode, encode = msgspec.json.Decoder(Body).decode, msgspec.json.Encoder().encode

    async def infer(request: Request) -> Response:
        body = decode(await request.body())
        columns = [tensor.data for tensor in body.inputs if tensor.datatype != "BYTES"]
        matrix = np.zeros((len(columns[0]), INPUTS), np.float32)
        matrix[:, : len(columns)] = np.array(columns, np.float32).T
        outputs = session.run(["variable"], {"inputs": matrix})[0].reshape(-1).tolist()
        output = {"name": "prediction", "datatype": "FP64", "shape": [len(outputs)], "data": outputs}
        return Response(encode({"model_name": "shop", "id": body.id, "outputs": [output]}), media_type="application/json")

    app = Starlette(routes=[Route("/v2/models/shop/infer", infer, methods=["POST"])])
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="warning"))
    asyncio.run(server.serve(sockets=[listener]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], port: int) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The process, and the seconds until it listened."""
    start = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if process.poll() is not None:
                        raise SystemExit(f"{command} ended with {process.returncode}") from None
                    time.sleep(0.005)
            yield process, time.perf_counter() - start
        finally:
            process.terminate()
            process.wait()


def request_parts(rows: int) -> tuple[bytes, bytes]:
    """A request before and behind its id (10 characters)."""
    draws = np.random.default_rng(1)
    inputs = [{"name": "shop", "shape": [rows], "datatype": "BYTES", "data": ["tokyo"] * rows}]
    inputs += [
        {"name": f"x{number}", "shape": [rows], "datatype": "FP64", "data": [round(float(value), 4) for value in draws.normal(size=rows)]}
        for number in range(INPUTS - LOOKED_UP)
    ]
    rest = b'","parameters":{"event_time":' + str(AT).encode() + b'},"inputs":' + msgspec.json.encode(inputs) + b"}"
    head = b'{"id":"'
    length = len(head) + 10 + len(rest)
    headers = f"Host: 127.0.0.1\r\nAuthorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    start = f"POST /v2/models/shop/infer HTTP/1.1\r\n{headers}"
    return start.encode() + head, rest


class Client(asyncio.Protocol):
    """One keep-alive connection with one request at a time."""

    def __init__(self, load: Loading) -> None:
        self.load = load
        self.seen = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a TCP connection has no other kind
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.load.next())

    def data_received(self, data: bytes) -> None:
        self.seen += data
        end = self.seen.find(b"\r\n\r\n")
        if end < 0:
            return
        length = self.seen.lower().index(b"content-length: ") + 16
        if len(self.seen) < end + 4 + int(self.seen[length : self.seen.index(b"\r\n", length)]):
            return
        if not self.seen.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self.seen.decode())
        self.seen = b""
        if self.load.note(time.perf_counter() - self.sent_at):
            self.send()
        else:
            self.transport.close()


class Loading:
    def __init__(self, parts: tuple[bytes, bytes], seconds: float, first: int) -> None:
        self.parts, self.number, self.latencies = parts, first, list[float]()
        self.until = time.perf_counter() + seconds

    def next(self) -> bytes:
        self.number += 1
        return b"%s%010d%s" % (self.parts[0], self.number, self.parts[1])

    def note(self, seconds: float) -> bool:
        self.latencies.append(seconds)
        return time.perf_counter() < self.until


async def put_load(port: int, pid: int, parts: tuple[bytes, bytes], seconds: float, connections: int, first: int) -> tuple[Load, int]:
    loading = Loading(parts, seconds, first)
    loop = asyncio.get_running_loop()
    before, start = cpu_seconds(pid), time.perf_counter()
    transports = [(await loop.create_connection(lambda: Client(loading), "127.0.0.1", port))[0] for _ in range(connections)]
    while not all(transport.is_closing() for transport in transports):
        await asyncio.sleep(0.02)
    took, used, count = time.perf_counter() - start, cpu_seconds(pid) - before, len(loading.latencies)
    spread = statistics.quantiles(loading.latencies, n=100)
    return Load(count / took, spread[49] * 1e3, spread[98] * 1e3, used / count * 1e6), loading.number


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def median(loads: list[Load]) -> Load:
    return Load(
        *(statistics.median(values) for values in zip(*((x.requests_per_second, x.p50_ms, x.p99_ms, x.cpu_us) for x in loads), strict=True))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--bare", nargs=2, metavar=("MODEL", "PORT"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bare:
        serve_bare(Path(args.bare[0]), int(args.bare[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(Path(folder), args.seconds, args.rounds, args.connections)))


def run(home: Path, seconds: float, rounds: int, connections: int) -> dict[str, object]:
    make_home(home)
    ports = {"meguri": free_port(), "bare": free_port()}
    endpoint = [sys.executable, "-m", "meguri.app.endpoint", "--home", str(home), "--endpoint", "shop", "--port", str(ports["meguri"])]
    bare = [sys.executable, __file__, "--bare", str(home / "model.onnx"), str(ports["bare"])]
    result: dict[str, object] = {}
    with started(endpoint, ports["meguri"]) as (ours, cold), started(bare, ports["bare"]) as (theirs, _):
        pids = {"meguri": ours.pid, "bare": theirs.pid}
        idle = rss_megabytes(ours.pid)
        number = 0
        print(f"{'work':<10}{'server':<10}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'CPU us':>10}")
        for work, rows in (("1 row", 1), ("256 rows", 256)):
            parts = request_parts(rows)
            loads: dict[str, list[Load]] = {"meguri": [], "bare": []}
            for turn in range(rounds + 1):
                for server, port in ports.items():
                    load, number = uvloop.run(put_load(port, pids[server], parts, seconds if turn else 1, connections, number))
                    if turn:  # the first only warms up
                        loads[server].append(load)
            medians = {server: median(each) for server, each in loads.items()}
            for server, each in medians.items():
                print(
                    f"{work:<10}{server:<10}{each.requests_per_second:>12,.0f}{each.p50_ms:>10.2f}{each.p99_ms:>10.2f}{each.cpu_us:>10.0f}"
                )
            result[work] = {
                **{server: round(each.requests_per_second) for server, each in medians.items()},
                "ratio": round(medians["meguri"].requests_per_second / medians["bare"].requests_per_second, 3),
                "cpu_us": {server: round(each.cpu_us, 1) for server, each in medians.items()},
                "p99_ms": {server: round(each.p99_ms, 2) for server, each in medians.items()},
            }
    return {**result, "cold_start_seconds": round(cold, 2), "idle_megabytes": round(idle, 1), "connections": connections}


if __name__ == "__main__":
    main()
