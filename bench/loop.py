"""How fast the whole loop goes: a simulated shop is replayed, and what its requests and settlements cost is shown.

    python bench/loop.py                      # the bento shop of seed 7, about a minute
    python bench/loop.py --data hour.csv      # the bike rentals, 14,593 predictions, a few minutes

Each prediction is one HTTP request with a feature lookup and a log record behind it; each row goes in with its label a day later; each
simulated midnight is settled. Times are of one client on one machine, with everything that the loop does in between.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from meguri.demo.project import apply, examples_folder
from meguri.demo.replay import Replay
from meguri.demo.scenes import Bento, Bikes, Scene
from meguri.demo.server import Server
from meguri.sdk.client import connect

PARTS = {"_predict": "prediction", "_push": "row pushed", "_send_labels": "labels sent", "advance_watermark": "watermark advanced"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="hour.csv of the bike sharing data")
    args = parser.parse_args()
    scene: Scene = Bikes(args.data) if args.data is not None else Bento(7)
    times: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="meguri-loop-"))) / "home"
        home.mkdir()
        server = Server(home, 0)
        stack.callback(server.stop)
        client = stack.enter_context(connect(url=server.url, token=server.token))
        apply(client, examples_folder(scene.name))
        replay = Replay(client, scene, home / "replay.json", token=server.token, notify=lambda _event: None, progress=lambda _cursor: None)
        stack.callback(replay.close)
        began = time.perf_counter()
        replay.prepare()
        prepared = time.perf_counter()
        for name in PARTS:
            setattr(replay, name, timed(getattr(replay, name), times[name]))
        replay.run()
        ended = time.perf_counter()
        predictions = replay.cursor.predictions
    print(f"{predictions:,} predictions in {ended - prepared:.1f} s, history and first model in {prepared - began:.1f} s")
    print(f"{'':14} {'count':>7} {'median ms':>10} {'99 % ms':>9} {'total s':>8}")
    for name, title in PARTS.items():
        values = sorted(times[name])
        median, high = (values[int(share * (len(values) - 1))] * 1e3 for share in (0.5, 0.99))
        print(f"{title:14} {len(values):7,} {median:10.2f} {high:9.2f} {sum(values):8.1f}")


def timed(function: Callable[..., Any], times: list[float]) -> Callable[..., Any]:  # Any: whatever it takes and gives
    def call(*args: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args)
        finally:
            times.append(time.perf_counter() - start)

    return call


if __name__ == "__main__":
    main()
