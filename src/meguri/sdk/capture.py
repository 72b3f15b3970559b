"""The environment of a run, captured automatically: git, command, Python, packages, hardware, host.

Never recorded: environment variables, changed files whose names look secret, and what looks like a secret in the command line, the address
of the repository or the diff (`core.redaction`). Everything here may be missing on a machine, and then is left out; nothing raises.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from meguri.core.json import JsonObject
from meguri.core.redaction import HIDDEN, SECRET_NAME, redact

DIFF_LIMIT = 1_000_000
COMMAND_SECONDS = 5.0
_SECRET_FILES = ("*secret*", "*credential*", "*password*", ".env*", "*.pem", "*.key", "*.p12", "*id_rsa*", "*.netrc")


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """`values` are small; `texts` (the diff, the packages) become artifacts of the run, by name."""

    values: JsonObject
    texts: dict[str, str]


def run_environment(folder: Path | None = None) -> RunEnvironment:
    """What can be found out about this process, started in `folder` (by default, where it is now)."""
    texts = {"environment/packages.txt": packages()}
    git, diff = git_state(folder or Path.cwd())
    if diff:
        texts["code/diff.patch"] = diff
    values = {"git": git, "command": command(), "python": python(), "hardware": hardware(), "host": host()}
    return RunEnvironment({name: value for name, value in values.items() if value}, texts)


def git_state(folder: Path) -> tuple[JsonObject | None, str]:
    """Commit, branch, remote, and names of changed and new files; and the diff to the commit. (None, "") outside of a repository."""
    root = _git(folder, "rev-parse", "--show-toplevel")
    if not root:
        return None, ""
    top = Path(root)
    commit = _git(top, "rev-parse", "--verify", "--quiet", "HEAD") or None
    hidden = [f":(exclude,icase,glob)**/{name}" for name in _SECRET_FILES]
    changed = _lines(_git(top, "diff", "--name-only", "--no-ext-diff", commit or "--cached", "--", ".", *hidden))
    state = {
        "commit": commit,
        "branch": _git(top, "symbolic-ref", "--quiet", "--short", "HEAD") or None,
        "remote": redact(_git(top, "config", "--get", "remote.origin.url")) or None,
        "folder": os.path.relpath(folder.resolve(), top.resolve()),
        "is_dirty": bool(_git(top, "status", "--porcelain", "--untracked-files=no")),
        "changed": changed[:1_000],
        "new": _lines(_git(top, "ls-files", "--others", "--exclude-standard", "--", ".", *hidden))[:1_000],
    }
    diff = _git(top, "diff", "--no-ext-diff", "--no-textconv", "--no-color", commit or "--cached", "--", ".", *hidden, strip=False)
    diff = redact(diff)
    if len(diff) > DIFF_LIMIT:
        diff = diff[:DIFF_LIMIT] + f"\n[cut: the diff has {len(diff):,} characters]\n"
    return state, diff


def command(arguments: Sequence[str] | None = None) -> list[str]:
    """The command line, without what follows or is set by an option whose name says that it is a secret."""
    shown: list[str] = []
    hide_next = False
    for argument in sys.orig_argv if arguments is None else arguments:
        name, equals, _ = argument.partition("=")
        if hide_next and not argument.startswith("-"):
            shown.append(HIDDEN)
        elif equals and SECRET_NAME.search(name):
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(redact(argument)[:1_000])
        hide_next = not equals and argument.startswith("-") and SECRET_NAME.search(argument) is not None
    return shown[:200]


def python() -> dict[str, str]:
    return {"version": platform.python_version(), "implementation": platform.python_implementation(), "executable": sys.executable}


def packages() -> str:
    """The installed packages, `name==version` a line, in alphabetical order."""
    found = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            found[name.lower().replace("_", "-")] = distribution.version
    return "".join(f"{name}=={version}\n" for name, version in sorted(found.items()))


def hardware() -> JsonObject:
    """CPU, memory in bytes, and the names of NVIDIA devices."""
    found: JsonObject = {"machine": platform.machine(), "cpus": os.cpu_count(), "cpu": _cpu_name()}
    usable = getattr(os, "sched_getaffinity", None)
    if usable is not None:
        found["usable_cpus"] = len(usable(0))
    with suppress(ValueError, OSError):
        found["memory_bytes"] = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    devices = _lines(_run(["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"])) if shutil.which("nvidia-smi") else []
    if devices:
        found["gpus"] = devices
    return {name: value for name, value in found.items() if value}


def host() -> JsonObject:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    return {"name": socket.gethostname(), "system": platform.platform(), "user": user, "pid": os.getpid()}


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def _git(folder: Path, *arguments: str, strip: bool = True) -> str:
    # What a repository configures to be run (a file-system monitor, external diffs) is not run.
    output = _run(["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments], folder)
    return output.strip() if strip else output


def _run(arguments: Sequence[str], folder: Path | None = None) -> str:
    """What a program prints; nothing where it is missing, fails or takes too long."""
    try:
        done = subprocess.run(arguments, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]
