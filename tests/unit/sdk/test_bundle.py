"""The archive of a project's source depends on its source alone."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from meguri.core.errors import Invalid
from meguri.sdk.bundle import FILE_LIMIT, archive_of, pack

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


def test_caches_secrets_links_and_large_files_stay_at_home(tmp_path: Path) -> None:
    more = {
        ".env": "TOKEN=1",
        ".git/config": "",
        ".venv/lib.py": "",
        "env2/pyvenv.cfg": "",
        "env2/lib.py": "",
        "__pycache__/a.pyc": "",
        "lib/b.pyc": "",
        "node_modules/c.js": "",
        "data.csv": "1" * (FILE_LIMIT + 1),
    }
    write(tmp_path, {**FILES, **more})
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "linked").symlink_to("/etc")
    packed = pack(tmp_path)
    assert (packed.files, packed.left_out) == (tuple(sorted(FILES)), ("data.csv",))


def test_folder_without_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="holds no Python file"):
        pack(write(tmp_path, {"README.md": "hello"}))
    with pytest.raises(Invalid, match="is not a folder"):
        pack(tmp_path / "nowhere")
