"""From the Authorization header of a request to its principal."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from meguri.access.credentials import HOME_TOKEN, Credential, hash_secret, principal_of
from meguri.access.limits import RateLimit
from meguri.access.model import HOME_ADMIN, Principal
from meguri.access.service import TOUCH_SECONDS, Access
from meguri.core.errors import Unauthenticated, Unavailable

logger = logging.getLogger(__name__)

CACHE_SECONDS = 10.0
PASSWORD_CACHE_SECONDS = 60.0
_MOST_CACHED = 10_000

HOW = "send `Authorization: Bearer ...` with a token (`meguri tokens create`), or with the content of the file `token` in the home"


class Authentication(Protocol):
    """Finds the principal of a request by its Authorization header."""

    def find(self, authorization: str) -> Principal | None:
        """The principal, if that is known without I/O."""
        ...

    def authenticate(self, authorization: str, address: str) -> Principal:
        """The principal; may read and write the database. Raises Unauthenticated, LimitExceeded."""
        ...


class NoAuthentication:
    """Everybody is the administrator of the home: for one person on loopback, with the setting `auth = "off"`."""

    principal = Principal("user", HOME_ADMIN, HOME_ADMIN, HOME_ADMIN, is_admin=True)

    def find(self, authorization: str) -> Principal | None:
        return self.principal

    def authenticate(self, authorization: str, address: str) -> Principal:
        return self.principal


@dataclass(frozen=True, slots=True)
class _Remembered:
    credential: Credential
    generation: int
    until: float


class SignInLimits:
    """Bounds failed attempts to sign in: by network, by user from one network, and (`of_user`, far more of them) by user from everywhere.

    A network is an IPv4 address, or the first 64 bits of an IPv6 address, of which one customer of a provider has all the others.
    """

    def __init__(self, attempts: RateLimit, of_user: RateLimit) -> None:
        self.attempts, self.of_user = attempts, of_user

    @contextmanager
    def attempt(self, name: str | None, address: str) -> Iterator[None]:
        """Count the block as an attempt if it raises; `name` None: with a code. Raises LimitExceeded before the block."""
        network = _network(address)
        counted = [(self.attempts, network)]
        if name is not None:
            counted += [(self.attempts, f"{network} {name}"), (self.of_user, name)]
        for limit, key in counted:  # before the outcome is known, so that attempts at the same time are bounded too
            limit.take(key)
        yield
        for limit, key in counted:
            limit.give_back(key)


class Authenticator:
    """Accepts the home's token, tokens, sessions, and a user with a password (Basic).

    What was found is remembered for 10 s, a password that was right for 60 s, and both until the next change of users, roles, tokens or
    sessions in this process. The memory is keyed by hashes: SHA-256 of a secret, and an HMAC with a key of this process for a password.
    """

    def __init__(self, access: Access, home_token: str, *, attempts: SignInLimits, now: Callable[[], float] = time.monotonic) -> None:
        self.access, self.attempts, self.now = access, attempts, now
        self._home = hash_secret(home_token).encode()
        self._key = os.urandom(32)
        self._found: dict[str, _Remembered] = {}

    def find(self, authorization: str) -> Principal | None:
        kind, _, value = authorization.partition(" ")
        scheme = kind.lower()
        if scheme == "bearer":
            hashed = hash_secret(value.strip())
            if hmac.compare_digest(hashed.encode(), self._home):
                return HOME_TOKEN
            return self._remembered(hashed)
        return self._remembered(self._password_key(value)) if scheme == "basic" else None

    def authenticate(self, authorization: str, address: str) -> Principal:
        if (known := self.find(authorization)) is not None:
            return known
        kind, _, value = authorization.partition(" ")
        scheme = kind.lower()
        if scheme == "bearer":
            return self._bearer(value.strip())
        if scheme == "basic":
            return self._basic(value, address)
        raise Unauthenticated(f"no token came with the request: {HOW}")

    def _bearer(self, secret: str) -> Principal:
        generation = self.access.generation
        credential = self.access.find_credential(secret)
        if credential is None:
            raise Unauthenticated(f"the token or session is unknown, has expired or was revoked: {HOW}")
        self._record_use(credential)
        self._remember(hash_secret(secret), credential, generation, CACHE_SECONDS)
        return credential.principal

    def _basic(self, encoded: str, address: str) -> Principal:
        try:
            name, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Unauthenticated("the Basic credentials are not base64 of `user:password` in UTF-8") from error
        generation = self.access.generation
        with self.attempts.attempt(name, address):
            user = self.access.check_password(name, password, address=address)
        credential = Credential(principal_of(user), None, None)
        self._remember(self._password_key(encoded), credential, generation, PASSWORD_CACHE_SECONDS)
        return credential.principal

    def _remembered(self, key: str) -> Principal | None:
        found = self._found.get(key)
        if found is None or found.generation != self.access.generation or found.until < self.now():
            return None
        expires_at = found.credential.expires_at
        return None if expires_at is not None and expires_at <= self.access.clock() else found.credential.principal

    def _remember(self, key: str, credential: Credential, generation: int, seconds: float) -> None:
        if len(self._found) >= _MOST_CACHED:
            self._found.clear()
        self._found[key] = _Remembered(credential, generation, self.now() + seconds)

    def _record_use(self, credential: Credential) -> None:
        now = self.access.clock()
        if credential.used_at is not None and now - credential.used_at <= timedelta(seconds=TOUCH_SECONDS):
            return
        try:
            self.access.record_use(credential)
        except Unavailable as error:  # a full disk must not refuse a request that only reads
            logger.warning("use not recorded", extra={"principal": credential.principal.id, "why": error.message})

    def _password_key(self, encoded: str) -> str:
        return hmac.new(self._key, encoded.strip().encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
