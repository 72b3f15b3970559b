"""`meguri demo`: the whole loop, replayed through a real server on this machine."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import shutil
import sys
import time
import webbrowser
from importlib.util import find_spec
from pathlib import Path

from meguri.cli.command import Commands, add_command, note
from meguri.core.errors import Unsupported
from meguri.core.json import JsonObject
from meguri.core.settings import DEFAULT_PORT
from meguri.demo.project import apply, examples_folder
from meguri.demo.replay import Cursor, Replay, ensure_same_scene
from meguri.demo.scenes import Bento, Bikes, Scene
from meguri.demo.server import Server
from meguri.sdk.client import Client, connect

EPILOG = """\
Without --data it replays a simulated bento shop, where takeaway demand jumps on a day that only the simulator knows.
With --data it replays real bike rentals: hour.csv of the UCI bike sharing data. The last line is JSON.
Killed half way, the same command goes on where it was."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "demo", "replay a stream through the running system", run, epilog=EPILOG)
    parser.add_argument("--data", type=Path, help="hour.csv of the bike sharing data (default: the simulated bento shop)")
    parser.add_argument("--once", action="store_true", help="exit when the replay is over (so it does without a terminal)")
    parser.add_argument("--seed", type=int, default=7, help="which bento shop (default 7)")
    parser.add_argument("--control", action="store_true", help="the same bento shop, without a change")
    parser.add_argument(
        "--home", type=Path, help="home directory, which holds everything (default .meguri/demo-...; a finished replay is replaced)"
    )
    parser.add_argument("--port", type=int, help=f"port of the server (default {DEFAULT_PORT}, or a free one)")


def run(args: argparse.Namespace) -> int:
    _ensure_installed()
    began = time.monotonic()
    scene: Scene = Bikes(args.data) if args.data is not None else Bento(args.seed, change=not args.control)
    home = (args.home or Path(os.environ.get("MEGURI_HOME", ".meguri")) / _default_name(args)).absolute()
    file = home / "replay.json"
    if args.home is None and file.exists() and Cursor.read(file, scene.start).is_done:
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    ensure_same_scene(home / "demo.json", _describe(args))
    server = Server(home, args.port, note)
    with contextlib.ExitStack() as ends:
        ends.callback(server.stop)
        print(f"meguri is at {server.url}  (home {home})")
        print(f"open {server.sign_in}", flush=True)
        if _stays(args) and (sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            webbrowser.open(server.sign_in)
        with connect(url=server.url, token=server.token) as client:
            result = _replay(client, scene, file, server)
        result["seconds"] = round(result["seconds"], 1)
        _show(scene, result, time.monotonic() - began)
        print(json.dumps(result), flush=True)
        if _stays(args):
            note(f"the pages stay up at {server.sign_in} until Ctrl-C")
            with contextlib.suppress(KeyboardInterrupt):
                server.wait()
    if not _stays(args):
        note(f"see it in the pages: {shlex.join([str(Path(sys.executable).with_name('meguri')), 'server', '--home', str(home)])}")
    return 0


def _stays(args: argparse.Namespace) -> bool:
    """Whether a person watches: then a browser opens, and the server runs on when the replay is over."""
    return sys.stdout.isatty() and not args.once and os.environ.get("ONCE") != "1"


def _replay(client: Client, scene: Scene, file: Path, server: Server) -> JsonObject:
    from meguri.cli.reporter import Reporter  # rich

    with contextlib.ExitStack() as ends:
        reporter = ends.enter_context(Reporter(scene))
        replay = Replay(
            client, scene, file, token=server.token, notify=reporter.print_news, progress=reporter.progress, revive=server.ensure_alive
        )
        ends.callback(replay.close)
        if replay.cursor.day > scene.start:
            print(f"going on from {replay.cursor.day:%Y-%m-%d}")
        else:
            folder = examples_folder(scene.name)
            if apply(client, folder):
                print(f"applied {folder.name}: {folder}")
            print(f"bringing in the rows before {scene.start:%Y-%m-%d} and training the first model ...", flush=True)
        replay.prepare()
        replay.run()
    result = replay.results()
    if isinstance(scene, Bikes):
        result["mae_static"] = round(replay.static_error("mae", scene.scored_until), 2)
    return {**result, "seconds": replay.cursor.seconds}


def _show(scene: Scene, result: JsonObject, seconds: float) -> None:
    print()
    for name, value in result.items():
        shown = "-" if value is None else f"{value:,}" if isinstance(value, int) else value
        print(f"  {name.replace('_', ' '):16} {shown}")
    print(f"  {'with set-up':16} {seconds:.1f} s\n")


def _describe(args: argparse.Namespace) -> JsonObject:
    if args.data is not None:
        return {"demo": "bikes"}
    return {"demo": "bento", "seed": args.seed, "control": args.control}


def _default_name(args: argparse.Namespace) -> str:
    if args.data is not None:
        return "demo-bikes"
    return f"demo-bento-{args.seed}" + ("-control" if args.control else "")


def _ensure_installed() -> None:
    for package in ("numpy", "polars", "sqlalchemy", "starlette", "dbos"):
        if find_spec(package) is None:
            raise Unsupported("the demo in this install", f"{package} is missing: pip install 'meguri[server]'")
