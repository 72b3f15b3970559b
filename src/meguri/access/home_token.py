"""The token in the file `token` of a home directory: that of the home's admin."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from meguri.core.errors import Unavailable


def home_token(home: Path) -> str:
    """The home's token, made on first use, readable by its owner alone (mode 600). Raises Unavailable."""
    file = home / "token"
    try:
        if not _is_written(file):
            part = file.with_name("token.part")
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(32))
            part.replace(file)
        elif file.stat().st_mode & 0o077:
            file.chmod(0o600)
        return file.read_text().strip()
    except OSError as error:
        raise Unavailable("home", f"{file} cannot be read or written ({error.strerror}): check the owner and mode of the folder") from error


def _is_written(file: Path) -> bool:
    """A token of no letters, as a full disk may leave it, would let everybody in."""
    return file.exists() and bool(file.read_text().strip())
