"""Users, roles, tokens, sessions, and what a principal may do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from meguri.core.errors import Forbidden, Invalid, NotFound

Role = Literal["viewer", "editor", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""The roles within a project; each includes the ones before it."""

Scope = Literal["read", "predict", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
INCLUDED: dict[Scope, frozenset[Scope]] = {
    "read": frozenset({"read"}),
    "predict": frozenset({"predict"}),
    "write": frozenset({"read", "predict", "write"}),
    "admin": frozenset(SCOPES),
}
"""What each scope of a token allows."""

Action = Literal["read", "predict", "write", "operate", "admin"]
NEEDS: dict[Action, tuple[Role, Scope]] = {
    "read": ("viewer", "read"),
    "predict": ("editor", "predict"),
    "write": ("editor", "write"),
    "operate": ("operator", "write"),
    "admin": ("admin", "admin"),
}
"""The role and the scope that each action needs."""

Kind = Literal["user", "token", "session", "system", "anonymous"]

HOME_ADMIN = "admin"
"""The user that the token of a home directory belongs to. Every home has this user."""

HOME_TOKEN_ID = "home"
"""The id of the token of a home directory; those in the database begin with `tok_`."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sent a request: a user (with a password), a token or a session, with what it may do.

    `id` is that of the user, token or session; `user` the user's name; `name` the token's name, else the user's. `is_admin`: administers
    the installation. `roles`: the user's role in each project. `scopes`: the actions that a token allows (all for users and sessions).
    `projects`: the projects that a token is limited to; None for no limit. `expires_at`: when a token expires; None for never.
    """

    kind: Kind
    id: str
    user: str
    name: str
    is_admin: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)
    scopes: frozenset[Scope] = frozenset(SCOPES)
    projects: frozenset[str] | None = None
    expires_at: datetime | None = None

    @property
    def actor(self) -> str:
        """What events record: `user:NAME`, `token:USER/NAME`, `token:home`, `system` or `anonymous`. No name has a slash."""
        if self.kind in ("system", "anonymous"):
            return self.kind
        if self.kind == "token":
            return "token:home" if self.id == HOME_TOKEN_ID else f"token:{self.user}/{self.name}"
        return f"user:{self.user}"

    @property
    def is_installation_admin(self) -> bool:
        """Whether it may see and do everything: an administrator, and no token that is limited to projects."""
        return self.is_admin and self.projects is None

    def role_in(self, project: str) -> Role | None:
        """The role in a project; None where the project is not visible to it."""
        if self.projects is not None and project not in self.projects:
            return None
        return "admin" if self.is_admin else self.roles.get(project)

    def may_see(self, project: str) -> bool:
        return self.role_in(project) is not None

    def may(self, permission: str, project: str | None) -> bool:
        try:
            self.ensure(permission, project)
        except (Forbidden, NotFound):
            return False
        return True

    def ensure(self, permission: str, project: str | None) -> None:
        """Check a permission such as `models:write` on a project (None: on the installation).

        Raises NotFound for a project that is not visible to it, and Forbidden, which names the role or the scope that is missing.
        """
        role, scope = needs(permission)
        resource = permission.partition(":")[0]
        if project is None:
            if not self.is_installation_admin:
                raise Forbidden(permission, "this installation", "only its administrators may do that without naming a project")
        else:
            held = self.role_in(project)
            if held is None:
                raise hidden_project(project, (each for each in self.roles if self.may_see(each)))
            if ROLES.index(held) < ROLES.index(role):
                why = f"this needs the role {role}, and user {self.user!r} is {held}: an admin of the project can give it"
                raise Forbidden(permission, f"{resource} of project {project!r}", why)
        if scope not in self.scopes:
            held_scopes = ", ".join(each for each in SCOPES if each in self.scopes) or "none"
            raise Forbidden(permission, resource, f"this needs a token with the scope {scope}, and {self.name!r} has {held_scopes}")


ANONYMOUS = Principal("anonymous", "anonymous", "", "anonymous", scopes=frozenset())
"""The caller of a route that is open."""


def needs(permission: str) -> tuple[Role, Scope]:
    """The role and the scope that a permission such as `models:write` needs. Raises Invalid for an action that does not exist."""
    action = permission.partition(":")[2]
    for known, needed in NEEDS.items():
        if action == known:
            return needed
    raise Invalid("permission", f"{permission!r} has no known action: known are {', '.join(NEEDS)}")


def hidden_project(name: str, visible: Iterable[str]) -> NotFound:
    """The error for a project that does not exist and for one that the caller may not see: they look the same."""
    names = sorted(visible)
    there = f"you may see {', '.join(names[:20])}{' ...' if len(names) > 20 else ''}" if names else "you may see none"
    return NotFound("project", name, f"{there}; `meguri apply FOLDER` or a run makes one")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of work. `name` is unique in the installation and never changes."""

    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """A person or a program with an account. `has_password` is False for a user who signs in with one-time codes alone, or not at all."""

    id: str
    name: str
    is_admin: bool
    has_password: bool
    disabled_at: datetime | None
    created_at: datetime
    roles: dict[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """A user, and the role of the user in one project."""

    user: str
    role: Role


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a user, without its secret. `hint`: its first characters. `projects` None: all projects of the user.

    `former_until`: until then the secret of before the last rotation is accepted too. `last_used_at`: when the server last accepted it; use
    at endpoint processes is not recorded.
    """

    id: str
    user: str
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    projects: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    former_until: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token with its secret, which is shown once and cannot be read again."""

    token: Token
    secret: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `is_current`: the one that asks."""

    id: str
    user: str
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session with its secret, to be sent as `Authorization: Bearer ses_...`; it cannot be read again."""

    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class LoginCode:
    """A code that signs its user in once, until `expires_at`."""

    code: str
    user: str
    expires_at: datetime


def checked_name(name: str, field: str = "name") -> str:
    """A name of a user or a token. Raises Invalid."""
    if not _NAME.fullmatch(name):
        raise Invalid(field, f"{name[:80]!r} is no name: use 1 to 64 letters, digits and . _ @ -, beginning with a letter or digit")
    return name


def checked_role(role: str) -> Role:
    """Raises Invalid."""
    for known in ROLES:
        if role == known:
            return known
    raise Invalid("role", f"{role[:80]!r} is not known: choose one of {', '.join(ROLES)}")


def checked_scopes(scopes: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes in their fixed order. Raises Invalid for an unknown one or none at all."""
    asked = set(scopes)
    if unknown := sorted(asked - set(SCOPES)):
        raise Invalid("scopes", f"{unknown[0][:80]!r} is not known: choose from {', '.join(SCOPES)}")
    if not asked:
        raise Invalid("scopes", f"none is given: choose from {', '.join(SCOPES)}")
    return tuple(each for each in SCOPES if each in asked)


def all_included(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """The scopes with those that they include."""
    return frozenset(included for each in scopes for included in INCLUDED[each])
