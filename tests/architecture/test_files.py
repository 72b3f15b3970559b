"""What no committed file may hold: the address of a package registry, a path of somebody's machine, a lock that records either."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
REGISTRIES = re.compile(r"pythonhosted[.]org|py[p]i[.]org|npmjs[.](org|com)|registry[.]yarnpkg|deb[.]debian[.]org", re.IGNORECASE)
MACHINES = re.compile(r"(?<![\w.])(/roo[t]/|/hom[e]/[a-z]+/|/User[s]/|/wor[k]/|[fF]il[e]:///\w)")
ADDRESSED = {"uv.lock", "poetry.lock", "yarn.lock", "pnpm-lock.yaml", ".npmrc", "pip.conf"}
LOCAL_VERSION = re.compile(r"^[\w.-]+==[^ ;\\]*\+", re.MULTILINE)


def committed() -> dict[str, str]:
    """Every text file that is, or is about to be, in git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, str] = {}
    for name in filter(None, listed.split("\0")):
        try:
            found[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # a picture; a file that is deleted but still listed
            continue
    return found


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in committed().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRIES) == []


def test_no_file_names_a_path_of_a_machine() -> None:
    assert lines_with(MACHINES) == []


def test_locks_record_no_address() -> None:
    files = committed()
    assert [name for name in files if Path(name).name in ADDRESSED] == []
    for name, text in files.items():
        if Path(name).name == "package-lock.json":
            assert [path for path, package in json.loads(text)["packages"].items() if "resolved" in package] == [], name


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    pinned = {name: text for name, text in committed().items() if re.fullmatch(r"requirements/\w+\.txt", name)}
    assert sorted(pinned) == [f"requirements/{name}.txt" for name in ("build", "dev", "integrations", "server", "ui")]
    for name, text in pinned.items():
        entries = re.split(r"\n(?=[a-z])", re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE).strip())
        assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+", entry) or "--hash=sha256:" not in entry] == [], name
        assert LOCAL_VERSION.findall(text) == [], name
        assert [line for line in text.splitlines() if "://" in line or line.startswith("-")] == [], name
