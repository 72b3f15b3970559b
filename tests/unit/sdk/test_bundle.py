"""The archive of a project's source depends on its source alone."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from meguri.core.bundles import LARGEST_SOURCE, MOST_FILES
from meguri.core.errors import Invalid
from meguri.sdk.bundle import archive_of, pack

FILES = {"pipeline.py": "x = 1\n", "lib/__init__.py": "", "lib/clean.py": "y = 2\n", "README.md": "hello\n"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return folder


def test_same_tree_is_the_same_archive_whatever_its_times_modes_and_place(tmp_path: Path) -> None:
    first = write(tmp_path / "first", FILES)
    second = write(tmp_path / "elsewhere" / "second", dict(reversed(FILES.items())))
    for file in second.rglob("*.py"):
        os.utime(file, (0, 0))
        file.chmod(0o755)
    assert archive_of(first) == archive_of(second)
    (second / "lib" / "clean.py").write_text("y = 3\n")
    assert pack(first).digest != pack(second).digest


def test_archive_says_nothing_of_time_or_owner(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive_of(write(tmp_path, FILES)))) as archive:
        entries = archive.getmembers()
    assert [entry.name for entry in entries] == sorted(FILES)
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname, entry.mode) for entry in entries} == {(0, 0, 0, "", "", 0o644)}


def test_every_file_is_packed_but_caches_and_what_is_hidden(tmp_path: Path) -> None:
    more = {
        ".env": "TOKEN=1",
        ".git/config": "",
        ".venv/lib.py": "",
        "env2/pyvenv.cfg": "",
        "env2/lib.py": "",
        "__pycache__/a.pyc": "",
        "lib/b.pyc": "",
        "node_modules/c.js": "",
    }
    data = {"prices.csv": "1" * 3_000_000, "build/steps.py": "", "env/settings.json": "{}", "dist/weights.bin": "0"}
    write(tmp_path, {**FILES, **more, **data})
    packed = pack(tmp_path)
    assert packed.files == tuple(sorted({**FILES, **data}))
    with tarfile.open(fileobj=io.BytesIO(packed.archive)) as archive:
        assert archive.getmember("prices.csv").size == 3_000_000


def test_a_link_is_refused(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "lib" / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(Invalid, match=r"lib/link\.py is a link: put the file itself there"):
        pack(tmp_path)


def test_what_is_too_much_is_named(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    with (tmp_path / "big.bin").open("wb") as file:
        file.truncate(LARGEST_SOURCE + 1)
    with pytest.raises(Invalid, match=r"the limit is 67,108,864: move big\.bin \(67,108,865\), "):
        pack(tmp_path)
    (tmp_path / "big.bin").unlink()
    for number in range(MOST_FILES):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(Invalid, match="holds 10,004 files, the limit is 10,000"):
        pack(tmp_path)


def test_folder_without_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="holds no Python file"):
        pack(write(tmp_path, {"README.md": "hello"}))
    with pytest.raises(Invalid, match="is not a folder"):
        pack(tmp_path / "nowhere")
