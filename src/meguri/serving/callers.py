"""Who may call the endpoints of a home: hashes of tokens in one file beside the deployment specs, so that an endpoint needs no database.

The server rewrites the file after tokens, roles or users change; each endpoint process reads it when it has changed: it looks
twice a second, and before it refuses a request.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from meguri.core.errors import Invalid, Unavailable

_MOST_REMEMBERED = 10_000
_RENEWALS_PER_SECOND = 20
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class AllowedToken:
    """`hash`: SHA-256 of a token, in hexadecimal. `until`: seconds since 1970 from when it is refused; None for never. `predicts`: it may
    ask for predictions; else it reads metadata and metrics alone."""

    hash: str
    until: float | None
    predicts: bool


@dataclass(frozen=True, slots=True)
class Callers:
    """The tokens that are allowed, by project. `is_open`: authentication is off, so everybody may call."""

    is_open: bool = False
    projects: dict[str, list[AllowedToken]] = field(default_factory=dict)

    def to_json(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")


def callers_file(home: Path) -> Path:
    return home / "routes" / "callers"


def read_callers(file: Path) -> Callers:
    """Nobody but the holder of the home's token where there is no file. Raises Invalid, Unavailable."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Callers)
    except FileNotFoundError:
        return Callers()
    except msgspec.DecodeError as error:
        raise Invalid("callers", f"{file} cannot be read ({error}): start the server, which writes it again") from error
    except OSError as error:
        raise Unavailable("home", f"{file} cannot be read ({error.strerror})") from error


class CallerCheck:
    """Checks the Authorization header of requests to one endpoint.

    A header that was accepted is remembered until the next change of the file, so that a request costs a dictionary look-up; the first time
    it is hashed and compared with each allowed hash in constant time. `may_be_open`: whether a file that says that everybody may call is
    followed, which it is on loopback alone. `renew` calls `change` if the file has changed and returns whether it has; it is called
    before a request is refused, at most 20 times a second.
    """

    def __init__(
        self,
        home_token: str | None,
        now: Callable[[], float] = time.time,
        *,
        may_be_open: bool = False,
        renew: Callable[[], bool] = lambda: False,
    ) -> None:
        self._home = AllowedToken(hashlib.sha256(home_token.encode()).hexdigest(), None, predicts=True) if home_token else None
        self._now, self._may_be_open, self._renew = now, may_be_open, renew
        self._renewed_at = 0.0
        self.change(Callers(), "")

    def change(self, callers: Callers, project: str) -> None:
        """From now on, take these tokens of a project, and the home's."""
        listed = callers.projects.get(project, [])
        self._allowed = [*listed, self._home] if self._home is not None else listed
        self._is_open = callers.is_open and self._may_be_open
        self._remembered: dict[bytes, tuple[float, bool]] = {}

    def allows(self, authorization: bytes | None, *, predicts: bool) -> bool:
        """Whether a request with this header is answered."""
        return self._accepts(authorization, predicts) or (self._changes() and self._accepts(authorization, predicts))

    def _accepts(self, authorization: bytes | None, predicts: bool) -> bool:
        if self._is_open:
            return True
        if authorization is None:
            return False
        until, may_predict = self._remembered.get(authorization) or self._look(authorization)
        return until > self._now() and (may_predict or not predicts)

    def _changes(self) -> bool:
        now = self._now()
        if 0 <= now - self._renewed_at < 1 / _RENEWALS_PER_SECOND:
            return False
        self._renewed_at = now
        return self._renew()

    def _look(self, authorization: bytes) -> tuple[float, bool]:
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            return 0.0, False
        hashed = hashlib.sha256(token.strip()).hexdigest()
        found = [each for each in self._allowed if hmac.compare_digest(each.hash, hashed)]
        if not found:
            return 0.0, False
        kept = (_NEVER if found[0].until is None else found[0].until, found[0].predicts)
        if len(self._remembered) < _MOST_REMEMBERED:
            self._remembered[authorization] = kept
        return kept
