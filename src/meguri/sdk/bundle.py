"""The source of a project as one normalised archive: the same tree gives the same bytes, on any machine, at any time."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meguri.core.digests import digest_of
from meguri.core.errors import Invalid
from meguri.core.ids import Digest

FILE_LIMIT = 1_000_000
"""Larger files are left out: they are data, which comes in through a source, or models, which come out of a pipeline."""
TOTAL_LIMIT = 20_000_000

IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules", "venv", "env", "build", "dist", "site-packages"})
IGNORED_ENDINGS = (".pyc", ".pyo", ".egg-info", "~", ".swp")


@dataclass(frozen=True, slots=True)
class PackedSource:
    """`archive`: an uncompressed tar. `files`: what is in it. `left_out`: files that are too large, by path."""

    digest: Digest
    archive: bytes
    files: tuple[str, ...]
    left_out: tuple[str, ...]


def pack(folder: Path) -> PackedSource:
    """Pack a project folder. Hidden files (`.git`, `.venv`, `.env`), caches, links and files over 1 MB are left out. Raises Invalid."""
    if not folder.is_dir():
        raise Invalid("folder", f"{folder} is not a folder: pass the folder of your project")
    chosen: dict[str, bytes] = {}
    left_out: list[str] = []
    for path in _source_files(folder):
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > FILE_LIMIT:
            left_out.append(name)
        else:
            chosen[name] = path.read_bytes()
    if not any(name.endswith(".py") for name in chosen):
        raise Invalid("folder", f"{folder} holds no Python file: pass the folder of your project")
    total = sum(map(len, chosen.values()))
    if total > TOTAL_LIMIT:
        largest = sorted(chosen, key=lambda name: -len(chosen[name]))[:3]
        raise Invalid(
            "folder", f"{folder} holds {total:,} bytes of source, the limit is {TOTAL_LIMIT:,}: move {', '.join(largest)} out of it"
        )
    archive = _tar(chosen)
    return PackedSource(digest_of(archive), archive, tuple(sorted(chosen)), tuple(sorted(left_out)))


def archive_of(folder: Path) -> bytes:
    """The archive of `pack` alone."""
    return pack(folder).archive


def _source_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(IGNORED_ENDINGS) or path.is_symlink():
            continue
        if path.is_dir():
            if path.name not in IGNORED_FOLDERS and not (path / "pyvenv.cfg").exists():
                yield from _source_files(path)
        elif path.is_file():
            yield path


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(files[name]), 0o644, 0
            archive.addfile(entry, io.BytesIO(files[name]))
    return buffer.getvalue()
