"""`meguri demo`: the whole loop, replayed through a real server on this machine."""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from meguri.app.home import find_owner
from meguri.cli.command import Commands, add_command, note
from meguri.cli.replay import Cursor, LoopEvent, Replay, ensure_same_scene
from meguri.cli.scenes import Bento, Bikes, Json, Scene
from meguri.cli.sentences import sentence
from meguri.core.errors import NotFound, Unavailable, Unsupported
from meguri.core.settings import DEFAULT_PORT
from meguri.sdk.client import Client, connect

STARTING_SECONDS = 90.0
STOPPING_SECONDS = 30.0
BAR = 28
SAID_ALREADY = {"deployment.live"}
"""The promotion that led to it was told."""
NEWS_DAYS = 30
"""Without a terminal there is no bar, but a line after as many simulated days."""

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
    parser.add_argument("--home", type=Path, help="folder that holds everything (default .meguri/demo-...; a finished replay is replaced)")
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
    with _server(home, args.port) as server:
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
    return 0


def _stays(args: argparse.Namespace) -> bool:
    """Somebody is looking: the pages open by themselves, and stay up when the replay is over."""
    return sys.stdout.isatty() and not args.once and os.environ.get("ONCE") != "1"


def _replay(client: Client, scene: Scene, file: Path, server: Server) -> Json:
    reporter = Reporter(scene)
    replay = Replay(
        client, scene, file, token=server.token, tell=reporter.print_news, progress=reporter.progress, revive=server.ensure_alive
    )
    try:
        if replay.cursor.day > scene.start:
            print(f"going on from {replay.cursor.day:%Y-%m-%d}")
        else:
            apply(client, examples_folder(scene.name))
            print(f"bringing in the rows before {scene.start:%Y-%m-%d} and training the first model ...", flush=True)
        replay.prepare()
        replay.run()
        reporter.end()
        result = replay.results()
        if isinstance(scene, Bikes):
            result["mae_static"] = round(replay.static_error("mae", scene.scored_until), 2)
        return {**result, "seconds": replay.cursor.seconds}
    finally:
        reporter.end()
        replay.close()


def apply(client: Client, folder: Path) -> None:
    """What `meguri apply FOLDER --yes` does."""
    from meguri.sdk.bundle import archive_of
    from meguri.sdk.collect import load_folder

    manifest = load_folder(folder).to_json()
    body = {"manifest": base64.b64encode(manifest).decode(), "archive": base64.b64encode(archive_of(folder)).decode()}
    if client.post("/api/v1/bundles/plan", body)["changes"]:
        client.post("/api/v1/bundles/apply", body)
        print(f"applied {folder.name}: {folder}")


def examples_folder(name: str) -> Path:
    """The example project of that name, in the package or beside the source. Raises NotFound."""
    here = Path(__file__).resolve()
    for folder in (here.parent / "examples" / name, here.parents[3] / "examples" / name):
        if (folder / "loop.py").is_file():
            return folder
    raise NotFound("example", name, "it came neither with this install nor with its source")


class Reporter:
    """Prints one line per event of the loop, and the progress below it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._bar = ""
        self._has_terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._days = 0

    def print_news(self, event: LoopEvent) -> None:
        text = None if event.kind in SAID_ALREADY else sentence(event.kind, event.subject, event.payload)
        if text is not None:
            self._clear()
            when = f"{event.at:%Y-%m-%d}" if event.at else "          "
            print(f"{when}  {text}", flush=True)
            self._draw(self._bar)

    def progress(self, cursor: Cursor) -> None:
        self._days += 1
        share = (cursor.day - self.scene.start) / (self.scene.end - self.scene.start)
        seconds = max(time.monotonic() - self._began, 1e-3)
        text = f"{cursor.day:%Y-%m-%d}  {cursor.predictions:,} predictions  {seconds:.0f} s"
        if self._has_terminal:
            full = round(BAR * share)
            self._draw(f"[{'#' * full}{'.' * (BAR - full)}] {share:4.0%}  {text}")
        elif self._days % NEWS_DAYS == 0:
            print(f"{cursor.day:%Y-%m-%d}  {share:.0%} played: {cursor.predictions:,} predictions in {seconds:.0f} s", flush=True)

    def end(self) -> None:
        self._clear()
        self._bar = ""

    def _draw(self, text: str) -> None:
        self._bar = text
        if text and self._has_terminal:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._bar and self._has_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


class Server:
    """The server of the demo. It is started again if it dies; one that a killed demo left behind is taken over; somebody else's server
    on the same home is used, and left alone at the end."""

    def __init__(self, home: Path, port: int | None) -> None:
        self.home, self._port = home, port
        self._pid_file = home / "demo-server.pid"
        self._process: subprocess.Popen[bytes] | None = None
        owner = find_owner(home)
        self._is_ours = owner is None or (self._pid_file.exists() and self._pid_file.read_text() == str(owner.pid))
        self.url = self._wait_until_ready() if owner is not None else self._start()

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()

    @property
    def sign_in(self) -> str:
        return f"{self.url}/login?token={self.token}"

    def ensure_alive(self) -> None:
        """Start our server again where it has gone."""
        if self._is_ours and find_owner(self.home) is None:
            if self._process is not None and self._process.poll() is None:
                return  # on its way up or down
            note("\nthe server is gone: starting it again")
            self.url = self._start()

    def wait(self) -> None:
        while find_owner(self.home) is not None:
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop our server and wait for its end."""
        owner = find_owner(self.home)
        if not self._is_ours or owner is None:
            return
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(owner.pid, sent)
            deadline = time.monotonic() + STOPPING_SECONDS
            while find_owner(self.home) is not None and time.monotonic() < deadline:
                time.sleep(0.05)
            if find_owner(self.home) is None:
                break
        if self._process is not None:
            self._process.wait()

    def _start(self) -> str:
        port = self._port if self._port is not None else DEFAULT_PORT if _is_free(DEFAULT_PORT) else 0
        program = "import sys; from meguri.cli.main import main; sys.exit(main())"
        options = ["server", "--home", str(self.home), "--host", "127.0.0.1", "--port", str(port)]
        with self._log.open("ab") as log:
            command = [sys.executable, "-c", program, *options]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._pid_file.write_text(str(self._process.pid))
        return self._wait_until_ready()

    def _wait_until_ready(self) -> str:
        deadline = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < deadline:
            owner = find_owner(self.home)
            if owner is not None and owner.url:
                self._port = int(owner.url.rpartition(":")[2])  # the same again, should it have to be started again
                return owner.url
            if owner is None and self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        said = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        raise Unavailable("server", f"it did not start: {' / '.join(said[-3:]) or 'it said nothing'} (all of it in {self._log})")

    @property
    def _log(self) -> Path:
        return self.home / "server.log"


@contextlib.contextmanager
def _server(home: Path, port: int | None) -> Iterator[Server]:
    server = Server(home, port)
    try:
        yield server
    finally:
        server.stop()


def _show(scene: Scene, result: Json, seconds: float) -> None:
    print()
    for name, value in result.items():
        shown = "-" if value is None else f"{value:,}" if isinstance(value, int) else value
        print(f"  {name.replace('_', ' '):16} {shown}")
    print(f"  {'with set-up':16} {seconds:.1f} s\n")


def _describe(args: argparse.Namespace) -> dict[str, Any]:  # Any: JSON
    if args.data is not None:
        return {"demo": "bikes"}
    return {"demo": "bento", "seed": args.seed, "control": args.control}


def _default_name(args: argparse.Namespace) -> str:
    if args.data is not None:
        return "demo-bikes"
    return f"demo-bento-{args.seed}" + ("-control" if args.control else "")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _ensure_installed() -> None:
    for package in ("numpy", "polars", "sqlalchemy", "starlette", "dbos"):
        if find_spec(package) is None:
            raise Unsupported("the demo in this install", f"{package} is missing: pip install 'meguri[server]'")
