"""Makes a home that later releases must be able to open: `python -m tests.golden.older_homes v0.1.0` at the commit of that tag.

The archive holds a small world (the pond of the loop's tests) after six days: runs with points, a model in service, predictions, labels,
history and lineage, and beside the home what was read from it then.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from meguri.sdk.client import Client
from meguri.testing.server import RunningServer, running_server
from tests.integration.loop.conftest import Player, Pond, playing

FOLDER = Path(__file__).parent / "homes"
DAYS = 6
MORE_DAYS = 3
NOT_KEPT = {"owner.lock", "token", "work", "bundles"}  # what belongs to a process, and what is made again


def pond() -> Pond:
    return Pond(days=DAYS + MORE_DAYS, change=99)


def play(server: RunningServer) -> dict[str, Any]:  # Any: JSON
    """Fill a home with a bit of everything; gives what `read` says of it."""
    with playing(server, pond()) as player:
        player.play(DAYS)
        player.advance_watermark()
        run = player.client.post("/api/v1/projects/pond/runs", {"name": "by hand", "params": {"lr": 0.1}, "texts": {"note.txt": "kept"}})
        points = [["loss", step, 1 / (1 + step), 1_700_000_000_000_000 + step] for step in range(50)]
        player.client.post(f"/api/v1/runs/{run['id']}/points", {"points": points})
        player.client.patch(f"/api/v1/runs/{run['id']}", {"status": "finished"})
        return read(player.client)


def read(client: Client) -> dict[str, Any]:  # Any: JSON
    """What a home holds, in numbers and names that no later release may change."""
    pond = client.project("pond")
    history = list(pond.events.all(limit=1000))
    runs = list(pond.runs.all(limit=1000))
    by_hand = next(run for run in runs if run["name"] == "by hand")
    version = pond.endpoints.get("pond")["version"]
    upstream = client.lineage.walk("model_version", version, direction="up")
    predictions = client.get("/api/v1/projects/pond/endpoints/pond/predictions", limit=3)["items"]
    quality = client.get("/api/v1/projects/pond/endpoints/pond/quality")["items"]
    return {
        "history": sorted([event["sequence"], event["kind"], event["subject"]] for event in history),
        "runs": sorted([run["id"], run["status"]] for run in runs),
        "by hand": [by_hand["params"], by_hand["metrics"]["loss"]["value"], len(list(client.runs.history(by_hand["id"], "loss")))],
        "serving": version,
        "upstream": sorted([node["kind"], node["id"]] for node in upstream["nodes"]),
        "edges": len(upstream["edges"]),
        "predictions": [[each["id"], each["output"]] for each in predictions],
        "quality": [[day["day"], day["predictions"], day["labelled"]] for day in quality],
    }


def pack(home: Path, contents: dict[str, Any], archive: Path) -> None:  # Any: JSON
    (home.parent / "contents.json").write_text(json.dumps(contents, indent=1))
    with tarfile.open(archive, "w:xz") as tar:
        for path in [home.parent / "contents.json", *sorted(home.rglob("*"))]:
            name = path.relative_to(home.parent)
            if len(name.parts) < 2 or name.parts[1] not in NOT_KEPT:
                tar.add(path, str(name), recursive=False, filter=anonymous)


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def unpack(archive: Path, folder: Path) -> tuple[Path, dict[str, Any]]:  # Any: JSON
    """The home in the folder, and what was read from it when it was made."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "home", json.loads((folder / "contents.json").read_text())


def play_on(server: RunningServer) -> tuple[Player, list[str]]:
    """The days that were not played, on an opened home; gives the player and the versions that served."""
    with playing(server, pond()) as player:
        before = player.serving
        player.play(MORE_DAYS)
        player.advance_watermark()
        return player, [before, player.serving]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch, "home")
        with running_server(place) as running:
            held = play(running)
        FOLDER.mkdir(exist_ok=True)
        made = FOLDER / f"{sys.argv[1]}.tar.xz"
        pack(place, held, made)
        sys.stdout.write(f"{made}: {made.stat().st_size} bytes\n")
