"""What a token, a session or a user stands for: secrets and their hashes, and the principal that each gives."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meguri.access.model import HOME_ADMIN, HOME_TOKEN_ID, SCOPES, Principal, Session, Token, User, all_included


@dataclass(frozen=True, slots=True)
class Credential:
    """A token or session that was found: the principal, until when it holds, and when its use was last recorded."""

    principal: Principal
    expires_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class AllowedHash:
    """SHA-256 of a token; `until` the moment from which it is refused (None: never); `may_use`: it has the second of the permissions."""

    hash: str
    until: datetime | None
    may_use: bool


def principal_of(user: User, *, kind: Any = "user", id: str | None = None) -> Principal:  # Any: the Literal of Principal.kind
    """A user with all that the user may do."""
    return Principal(kind, id or user.id, user.name, user.name, user.is_admin, user.roles)


def token_principal(token: Token, user: User) -> Principal:
    """A user as cut down by a token."""
    limit = None if token.projects is None else frozenset(token.projects)
    return Principal(
        "token", token.id, user.name, token.name, user.is_admin, user.roles, all_included(token.scopes), limit, token.expires_at
    )


HOME_TOKEN = Principal("token", HOME_TOKEN_ID, HOME_ADMIN, "home", is_admin=True, scopes=frozenset(SCOPES))
"""The token in the file `token` of the home."""


def new_secret(prefix: str) -> str:
    """A secret of 256 bits after its prefix."""
    return prefix + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def marked(session: Session, current: str) -> Session:
    return Session(
        session.id,
        session.user,
        session.user_agent,
        session.address,
        session.created_at,
        session.last_seen_at,
        session.expires_at,
        session.id == current,
    )


def allows_more(token: Token, by: Principal) -> bool:
    """Whether a token has more scopes or projects, or expires later, than the token that the caller sent. False for users and sessions."""
    within_projects = by.projects is None or (token.projects is not None and by.projects.issuperset(token.projects))
    within_time = by.expires_at is None or (token.expires_at is not None and token.expires_at <= by.expires_at)
    return not (within_projects and within_time and by.scopes.issuperset(all_included(token.scopes)))


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
