"""Tables of access and the queries over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, Row, String, Table, UniqueConstraint, delete, insert, select, update

from meguri.access.model import Project, Role, Session, Token, User, checked_role, checked_scopes
from meguri.core.errors import NotFound
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.metadata import Json, Micros, metadata

projects = Table(
    "projects",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("created_at", Micros, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("password", String(250)),
    Column("is_admin", Boolean, nullable=False),
    Column("disabled_at", Micros),
    Column("created_at", Micros, nullable=False),
)

roles = Table(
    "roles",
    metadata,
    Column("user", String(64), ForeignKey("users.id"), primary_key=True),
    Column("project", String(128), ForeignKey("projects.name"), primary_key=True),
    Column("role", String(16), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user", String(64), ForeignKey("users.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("hint", String(16), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("former_hash", String(64), unique=True),
    Column("former_until", Micros),
    Column("scopes", Json, nullable=False),
    Column("projects", Json),
    Column("created_at", Micros, nullable=False),
    Column("expires_at", Micros),
    Column("last_used_at", Micros),
    UniqueConstraint("user", "name"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user", String(64), ForeignKey("users.id"), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("user_agent", String(250), nullable=False),
    Column("address", String(64), nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("last_seen_at", Micros, nullable=False),
    Column("expires_at", Micros, nullable=False),
    Index("ix_sessions_user", "user"),
)

login_codes = Table(
    "login_codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("user", String(64), ForeignKey("users.id"), nullable=False),
    Column("expires_at", Micros, nullable=False),
)


def add_project(tx: Connection, name: str, at: datetime) -> bool:
    """False where there is one of that name."""
    return insert_ignore(tx, projects, [{"name": name, "created_at": at}]) == 1


def list_projects(tx: Connection) -> list[Project]:
    """By name."""
    return [Project(row.name, row.created_at) for row in tx.execute(select(projects).order_by(projects.c.name))]


def has_project(tx: Connection, name: str) -> bool:
    return tx.execute(select(projects.c.name).where(projects.c.name == name)).first() is not None


def insert_user(tx: Connection, *, id: str, name: str, password: str | None, is_admin: bool, at: datetime) -> bool:
    """False where there is one of that name."""
    row = {"id": id, "name": name, "password": password, "is_admin": is_admin, "disabled_at": None, "created_at": at}
    return insert_ignore(tx, users, [row]) == 1


def list_users(tx: Connection) -> list[User]:
    """By name, with their roles."""
    held: dict[str, dict[str, Role]] = {}
    for row in tx.execute(select(roles).order_by(roles.c.project)):
        held.setdefault(row.user, {})[row.project] = checked_role(row.role)
    return [_user(row, held.get(row.id, {})) for row in tx.execute(select(users).order_by(users.c.name))]


def get_user(tx: Connection, name: str) -> User:
    """Raises NotFound."""
    row = _find_user(tx, users.c.name == name)
    if row is None:
        raise NotFound("user", name, "`meguri users list` shows those that exist")
    return _user(row, roles_of(tx, row.id))


def get_user_by_id(tx: Connection, id: str) -> User:
    """Raises NotFound."""
    row = _find_user(tx, users.c.id == id)
    if row is None:
        raise NotFound("user", id)
    return _user(row, roles_of(tx, row.id))


def find_password(tx: Connection, name: str) -> str | None:
    """The hash of the password of a user who may sign in; None where there is none."""
    row = _find_user(tx, (users.c.name == name) & users.c.disabled_at.is_(None))
    return None if row is None else row.password


def update_user(tx: Connection, id: str, **values: object) -> None:
    tx.execute(update(users).where(users.c.id == id).values(**values))


def delete_user(tx: Connection, id: str) -> None:
    """With all that belongs to the user."""
    for table in (roles, tokens, sessions, login_codes):
        tx.execute(delete(table).where(table.c.user == id))
    tx.execute(delete(users).where(users.c.id == id))


def end_sessions(tx: Connection, user: str, *, but: str | None = None) -> None:
    """Delete the sessions (but one) and login codes of a user."""
    tx.execute(delete(sessions).where(sessions.c.user == user, sessions.c.id != (but or "")))
    tx.execute(delete(login_codes).where(login_codes.c.user == user))


def roles_of(tx: Connection, user: str) -> dict[str, Role]:
    found = tx.execute(select(roles).where(roles.c.user == user).order_by(roles.c.project))
    return {row.project: checked_role(row.role) for row in found}


def set_role(tx: Connection, user: str, project: str, role: Role | None) -> None:
    """None takes the user out of the project."""
    if role is None:
        tx.execute(delete(roles).where(roles.c.user == user, roles.c.project == project))
    else:
        upsert(tx, roles, [{"user": user, "project": project, "role": role}], key=["user", "project"], update=["role"])


def insert_token(tx: Connection, row: Mapping[str, object]) -> bool:
    """False where the user has a token of that name."""
    return insert_ignore(tx, tokens, [row]) == 1


def list_tokens(tx: Connection, user: str | None = None) -> list[Token]:
    """By user and name."""
    query = select(tokens, users.c.name.label("user_name")).join(users, users.c.id == tokens.c.user)
    if user is not None:
        query = query.where(tokens.c.user == user)
    return [_token(row) for row in tx.execute(query.order_by(users.c.name, tokens.c.name))]


def get_token(tx: Connection, id: str) -> Token:
    """Raises NotFound."""
    query = select(tokens, users.c.name.label("user_name")).join(users, users.c.id == tokens.c.user).where(tokens.c.id == id)
    row = tx.execute(query).first()
    if row is None:
        raise NotFound("token", id, "`meguri tokens list` shows those that exist")
    return _token(row)


def find_token(tx: Connection, hashed: str) -> tuple[Token, User, bool] | None:
    """The token with this hash, now or before its last rotation (then True), and its user."""
    query = select(tokens, users.c.name.label("user_name")).join(users, users.c.id == tokens.c.user)
    row = tx.execute(query.where((tokens.c.hash == hashed) | (tokens.c.former_hash == hashed))).first()
    return None if row is None else (_token(row), get_user_by_id(tx, row.user), row.hash != hashed)


def list_hashes(tx: Connection) -> list[tuple[Token, User, str, str | None]]:
    """Every token with its user, its hash, and the hash from before its last rotation."""
    by_name = {each.name: each for each in list_users(tx)}
    query = select(tokens, users.c.name.label("user_name")).join(users, users.c.id == tokens.c.user).order_by(tokens.c.id)
    return [(_token(row), by_name[row.user_name], row.hash, row.former_hash) for row in tx.execute(query)]


def rotate_token(tx: Connection, id: str, *, hashed: str, hint: str, former_until: datetime | None) -> None:
    """Give a token another secret; the former one stays accepted until `former_until`, if that is given."""
    former = tokens.c.hash if former_until is not None else None
    changed = {"hash": hashed, "hint": hint, "former_hash": former, "former_until": former_until}
    tx.execute(update(tokens).where(tokens.c.id == id).values(changed))


def touch_token(tx: Connection, id: str, at: datetime) -> None:
    tx.execute(update(tokens).where(tokens.c.id == id).values(last_used_at=at))


def delete_token(tx: Connection, id: str) -> None:
    tx.execute(delete(tokens).where(tokens.c.id == id))


def insert_session(tx: Connection, row: Mapping[str, object]) -> None:
    tx.execute(insert(sessions).values(dict(row)))


def find_session(tx: Connection, hashed: str) -> tuple[Session, User] | None:
    query = select(sessions, users.c.name.label("user_name")).join(users, users.c.id == sessions.c.user).where(sessions.c.hash == hashed)
    row = tx.execute(query).first()
    return None if row is None else (_session(row), get_user_by_id(tx, row.user))


def list_sessions(tx: Connection, user: str | None, after: datetime) -> list[Session]:
    """Those of a user (None: of all users) that expire after a moment, the newest first."""
    query = select(sessions, users.c.name.label("user_name")).join(users, users.c.id == sessions.c.user)
    if user is not None:
        query = query.where(sessions.c.user == user)
    query = query.where(sessions.c.expires_at > after).order_by(sessions.c.created_at.desc(), sessions.c.id)
    return [_session(row) for row in tx.execute(query)]


def touch_session(tx: Connection, id: str, at: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.id == id).values(last_seen_at=at))


def delete_session(tx: Connection, id: str, *, user: str | None = None) -> str | None:
    """The name of the user whose session it was; None where there is none (of that user, if one is given)."""
    ended = delete(sessions).where(sessions.c.id == id)
    if user is not None:
        ended = ended.where(sessions.c.user == user)
    owner = tx.execute(ended.returning(sessions.c.user)).scalar_one_or_none()
    return None if owner is None else get_user_by_id(tx, owner).name


def delete_expired(tx: Connection, at: datetime) -> None:
    """Sessions and login codes that have run out."""
    for table in (sessions, login_codes):
        tx.execute(delete(table).where(table.c.expires_at <= at))


def insert_code(tx: Connection, hashed: str, user: str, expires_at: datetime) -> None:
    tx.execute(insert(login_codes).values(hash=hashed, user=user, expires_at=expires_at))


def take_code(tx: Connection, hashed: str, at: datetime) -> User | None:
    """The user whom a code signs in; the code is gone then. None for an unknown or expired one."""
    taken = delete(login_codes).where(login_codes.c.hash == hashed, login_codes.c.expires_at > at).returning(login_codes.c.user)
    user = tx.execute(taken).scalar_one_or_none()
    return None if user is None else get_user_by_id(tx, user)


def _find_user(tx: Connection, condition: Any) -> Row[Any] | None:  # Any: an expression and a row of a dynamic select
    return tx.execute(select(users).where(condition)).first()


def _user(row: Row[Any], held: dict[str, Role]) -> User:  # Any: a row of a dynamic select
    return User(row.id, row.name, bool(row.is_admin), row.password is not None, row.disabled_at, row.created_at, held)


def _token(row: Row[Any]) -> Token:  # Any: a row of a dynamic select
    limit: Sequence[str] | None = row.projects
    return Token(
        row.id,
        row.user_name,
        row.name,
        row.hint,
        checked_scopes(row.scopes),
        None if limit is None else tuple(limit),
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.former_until,
    )


def _session(row: Row[Any]) -> Session:  # Any: a row of a dynamic select
    return Session(row.id, row.user_name, row.user_agent, row.address, row.created_at, row.last_seen_at, row.expires_at)
