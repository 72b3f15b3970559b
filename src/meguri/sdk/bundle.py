"""The source of a project as one normalised archive: the same tree gives the same bytes, on any machine, at any time."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from meguri.core.bundles import LARGEST_SOURCE, MOST_FILES
from meguri.core.digests import digest_of
from meguri.core.errors import Invalid
from meguri.core.ids import Digest

IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules"})
IGNORED_ENDINGS = (".pyc", ".pyo", "~", ".swp")


@dataclass(frozen=True, slots=True)
class PackedSource:
    """`archive`: an uncompressed tar. `files`: what is in it."""

    digest: Digest
    archive: bytes
    files: tuple[str, ...]


def pack(folder: Path) -> PackedSource:
    """Pack a project folder, with all of its files, also those that are no code.

    Not packed are hidden files and folders (`.git`, `.venv`, `.env`), virtual environments (a folder with `pyvenv.cfg`), `node_modules` and
    what Python and editors leave (`__pycache__`, `*.pyc`, `*~`, `*.swp`). Raises Invalid for a link, which would be another file on another
    machine, and for a folder of more than 64 MiB or 10,000 files.
    """
    if not folder.is_dir():
        raise Invalid("folder", f"{folder} is not a folder: pass the folder of your project")
    paths = {path.relative_to(folder).as_posix(): path for path in _source_files(folder)}
    if not any(name.endswith(".py") for name in paths):
        raise Invalid("folder", f"{folder} holds no Python file: pass the folder of your project")
    _ensure_within_limits(folder, {name: path.stat().st_size for name, path in paths.items()})
    files = {name: path.read_bytes() for name, path in paths.items()}
    archive = _tar(files)
    return PackedSource(digest_of(archive), archive, tuple(sorted(files)))


def _ensure_within_limits(folder: Path, sizes: Mapping[str, int]) -> None:
    advice = "data comes in through a source and models come out of a pipeline"
    if len(sizes) > MOST_FILES:
        raise Invalid(
            "folder", f"{folder} holds {len(sizes):,} files, the limit is {MOST_FILES:,}: move what is no source out of it, {advice}"
        )
    total = sum(sizes.values())
    if total > LARGEST_SOURCE:
        largest = ", ".join(f"{name} ({sizes[name]:,})" for name in sorted(sizes, key=lambda name: -sizes[name])[:3])
        raise Invalid("folder", f"{folder} holds {total:,} bytes, the limit is {LARGEST_SOURCE:,}: move {largest} out of it, {advice}")


def archive_of(folder: Path) -> bytes:
    """The archive of `pack` alone."""
    return pack(folder).archive


def _source_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in IGNORED_FOLDERS or path.name.endswith(IGNORED_ENDINGS):
            continue
        if path.is_symlink():
            raise Invalid("folder", f"{path} is a link: put the file itself there, or take the link out of the folder")
        if path.is_dir():
            if not (path / "pyvenv.cfg").exists():
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
