"""The token of a home, and the session that the UI gets for it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from meguri.core.errors import Unavailable

SESSION_SECONDS = 30 * 86_400


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


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser; `csrf` must come as a header with everything that changes something."""

    value: str
    csrf: str


class Tokens:
    """Checks tokens and sessions. A session is signed with the token, so it survives a restart and dies with the token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def accepts(self, token: str) -> bool:
        return bool(self._token) and hmac.compare_digest(token.encode(), self._token)

    def open_session(self, at_seconds: int) -> Session:
        issued = f"{at_seconds:x}-{secrets.token_hex(8)}"
        return self._session(f"{issued}.{self._sign('session', issued)}")

    def find_session(self, value: str, at_seconds: int) -> Session | None:
        """The session of a cookie; None where it is forged or too old."""
        issued, _, signature = value.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", issued).encode()):
            return None
        age = at_seconds - int(issued.partition("-")[0], 16)
        return self._session(value) if age <= SESSION_SECONDS else None

    def _session(self, value: str) -> Session:
        return Session(value, self._sign("csrf", value))

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._token, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
