"""Passwords, hashed with argon2id."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from meguri.core.errors import Invalid

SHORTEST, LONGEST = 10, 1_000
_AT_ONCE = 2

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's recommendation for argon2id: 19 MiB, two passes
_turns = threading.BoundedSemaphore(_AT_ONCE)  # bounds the memory and the cores that sign-in attempts can take
_nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def hash_password(password: str) -> str:
    """The argon2id hash with its salt and parameters. Raises Invalid for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password", f"it has {len(password)} characters: use {SHORTEST} to {LONGEST}")
    with _turns:
        return _hasher.hash(password)


def verify_password(password: str, hashed: str | None) -> bool:
    """Whether it is the password of this hash; takes as long (about 20 ms) without a hash, so that the time does not name the users."""
    if len(password) > LONGEST:
        return False
    with _turns:
        try:
            _hasher.verify(hashed or _nobody, password)
        except (VerificationError, InvalidHashError):
            return False
    return hashed is not None
