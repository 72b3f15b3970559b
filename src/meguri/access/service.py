"""What is done with users, roles, tokens and sessions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from meguri.access import tables
from meguri.access.credentials import (
    AllowedHash,
    Credential,
    allows_more,
    earlier,
    hash_secret,
    marked,
    new_secret,
    principal_of,
    token_principal,
)
from meguri.access.model import (
    ANONYMOUS,
    HOME_ADMIN,
    LoginCode,
    Member,
    NewSession,
    NewToken,
    Principal,
    Role,
    Session,
    Token,
    User,
    checked_name,
    checked_role,
    checked_scopes,
)
from meguri.access.passwords import hash_password, verify_password
from meguri.access.projects import ProjectDirectory
from meguri.core.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from meguri.core.ids import NewId
from meguri.core.times import Clock
from meguri.db.engine import Database
from meguri.events.service import INSTALLATION, Events

SESSION_DAYS = 30
LOGIN_CODE_MINUTES = 10
TOUCH_SECONDS = 60
TOKEN_PREFIX, SESSION_PREFIX = "meguri_", "ses_"
_HINT = len(TOKEN_PREFIX) + 4


class Access:
    """Users, roles, tokens, sessions and one-time codes. Secrets are stored as SHA-256 (they have 256 bits), passwords as argon2id.

    Each change writes an event with its actor. `generation` grows with each change of this process, so that what was derived from the
    tables can be derived again.
    """

    def __init__(self, db: Database, events: Events, projects: ProjectDirectory, clock: Clock, new_id: NewId) -> None:
        self.db, self.events, self.projects, self.clock, self.new_id = db, events, projects, clock, new_id
        self.generation = 0

    def prepare(self) -> None:
        """Add the home's admin if the user does not exist yet, and delete sessions and codes that have run out."""
        with self.db.write() as tx:
            tables.insert_user(tx, id=self.new_id("usr"), name=HOME_ADMIN, password=None, is_admin=True, at=self.clock())
            tables.delete_expired(tx, self.clock())

    # Users

    def list_users(self) -> list[User]:
        """By name, each with the roles."""
        with self.db.read() as tx:
            return tables.list_users(tx)

    def get_user(self, name: str) -> User:
        """Raises NotFound."""
        with self.db.read() as tx:
            return tables.get_user(tx, name)

    def add_user(self, name: str, *, password: str | None = None, is_admin: bool = False) -> User:
        """Raises AlreadyExists, Invalid."""
        hashed = None if password is None else hash_password(password)
        with self._change() as tx:
            if not tables.insert_user(
                tx, id=self.new_id("usr"), name=checked_name(name), password=hashed, is_admin=is_admin, at=self.clock()
            ):
                raise AlreadyExists("user", name)
            self._record(tx, "user.created", name, {"is_admin": is_admin})
            return tables.get_user(tx, name)

    def set_password(self, name: str, password: str, *, revoke_tokens: bool = False, keep_session: str | None = None) -> int:
        """Replace a password; ends the user's sessions (but `keep_session`) and one-time codes, and on request revokes the tokens.

        Returns how many tokens of the user are left. Raises NotFound, Invalid.
        """
        hashed = hash_password(password)
        with self._change() as tx:
            user = tables.get_user(tx, name)
            tables.update_user(tx, user.id, password=hashed)
            tables.end_sessions(tx, user.id, but=keep_session)
            self._record(tx, "user.password_changed", name, {})
            held = tables.list_tokens(tx, user.id)
            if not revoke_tokens:
                return len(held)
            for each in held:
                self._revoke(tx, each)
            return 0

    def change_password(self, by: Principal, current: str, new: str, *, revoke_tokens: bool = False) -> int:
        """Let a user replace the own password; returns how many tokens of the user are left.

        Raises Forbidden where the current one is wrong, and Invalid.
        """
        with self.db.read() as tx:
            former = tables.find_password(tx, by.user)
        if former is not None and not verify_password(current, former):
            raise Forbidden("changing", "the password", "the current password is wrong")
        return self.set_password(by.user, new, revoke_tokens=revoke_tokens, keep_session=by.id)

    def set_disabled(self, name: str, *, disabled: bool) -> User:
        """Disabling ends the user's sessions, and the tokens are refused until the user is enabled again. Raises NotFound, Conflict."""
        with self._change() as tx:
            user = self._other_than_home_admin(tx, name)
            if (user.disabled_at is not None) != disabled:
                tables.update_user(tx, user.id, disabled_at=self.clock() if disabled else None)
                tables.end_sessions(tx, user.id)
                self._record(tx, "user.disabled" if disabled else "user.enabled", name, {})
            return tables.get_user(tx, name)

    def set_admin(self, name: str, *, is_admin: bool) -> User:
        """Make a user an administrator of the installation, or not. Raises NotFound, Conflict."""
        with self._change() as tx:
            user = self._other_than_home_admin(tx, name)
            tables.update_user(tx, user.id, is_admin=is_admin)
            self._record(tx, "user.changed", name, {"is_admin": is_admin})
            return tables.get_user(tx, name)

    def delete_user(self, name: str) -> None:
        """With the roles, tokens and sessions of the user; events keep the name. Raises NotFound, Conflict."""
        with self._change() as tx:
            user = self._other_than_home_admin(tx, name)
            tables.delete_user(tx, user.id)
            self._record(tx, "user.deleted", name, {})

    def set_role(self, project: str, name: str, role: str | None) -> None:
        """Give a user a role in a project; None takes the user out of it. Raises NotFound, Invalid."""
        given: Role | None = None if role is None else checked_role(role)
        with self._change() as tx:
            user = tables.get_user(tx, name)
            if not tables.has_project(tx, project):
                raise NotFound("project", project)
            tables.set_role(tx, user.id, project, given)
            payload = {"user": name, "role": given, "former": user.roles.get(project)}
            self._record(tx, "role.changed", name, payload, project=project)

    def list_members(self, project: str) -> list[Member]:
        """By user name."""
        return [Member(each.name, each.roles[project]) for each in self.list_users() if project in each.roles]

    # Tokens

    def list_own_tokens(self, by: Principal) -> list[Token]:
        """The tokens of the caller's user; for a token: itself, and with the scope admin those that allow no more than it does."""
        found = self.list_tokens(by.user)
        return [each for each in found if each.id == by.id or ("admin" in by.scopes and not allows_more(each, by))]

    def list_tokens(self, user: str | None = None) -> list[Token]:
        """By user and name; of one user, or of all. Raises NotFound."""
        with self.db.read() as tx:
            return tables.list_tokens(tx, None if user is None else tables.get_user(tx, user).id)

    def create_token(
        self,
        by: Principal,
        user: str,
        name: str,
        scopes: Sequence[str],
        *,
        projects: Sequence[str] | None = None,
        expires_at: datetime | None = None,
    ) -> NewToken:
        """A token of a user; its secret is shown once. A token made with a token is limited as that one is, and expires no later.

        Raises Forbidden for the token of another user without being an administrator, AlreadyExists, NotFound, Invalid.
        """
        self._ensure_own(by, user)
        wanted = checked_scopes(scopes)
        limit = self._limit(by, projects)
        if expires_at is not None and expires_at <= self.clock():
            raise Invalid("expires_at", f"{expires_at:%Y-%m-%d %H:%M} UTC is over: choose a time to come")
        until = earlier(expires_at, by.expires_at)
        secret = new_secret(TOKEN_PREFIX)
        id = self.new_id("tok")
        with self._change() as tx:
            owner = tables.get_user(tx, user)
            row = {
                "id": id,
                "user": owner.id,
                "name": checked_name(name),
                "hint": secret[:_HINT],
                "hash": hash_secret(secret),
                "former_hash": None,
                "former_until": None,
                "scopes": wanted,
                "projects": limit,
                "created_at": self.clock(),
                "expires_at": until,
                "last_used_at": None,
            }
            for project in limit or ():
                if not tables.has_project(tx, project):
                    raise NotFound("project", project)
            if not tables.insert_token(tx, row):
                raise AlreadyExists("token", name, f"user {user!r} has one of that name: rotate or revoke it, or choose another name")
            self._record(tx, "token.created", id, {"user": user, "name": name, "scopes": wanted, "projects": limit})
            return NewToken(tables.get_token(tx, id), secret)

    def rotate_token(self, by: Principal, id: str, *, overlap_seconds: float = 0) -> NewToken:
        """Another secret for a token. The former one is accepted for `overlap_seconds` more (none: it is refused at once).

        Raises NotFound, also for the token of another user and one that allows more than the caller's token, and Invalid.
        """
        if not 0 <= overlap_seconds <= 30 * 86_400:
            raise Invalid("overlap_seconds", f"{overlap_seconds:g} is out of range: give 0 to 2592000 (30 days)")
        secret = new_secret(TOKEN_PREFIX)
        until = self.clock() + timedelta(seconds=overlap_seconds) if overlap_seconds else None
        with self._change() as tx:
            token = self._own_token(tx, by, id)
            tables.rotate_token(tx, id, hashed=hash_secret(secret), hint=secret[:_HINT], former_until=until)
            self._record(tx, "token.rotated", id, {"user": token.user, "name": token.name, "overlap_seconds": overlap_seconds})
            return NewToken(tables.get_token(tx, id), secret)

    def revoke_token(self, by: Principal, id: str) -> None:
        """Delete a token; it is refused at once. Raises NotFound, also for the token of another user and one that allows more
        than the caller's token."""
        with self._change() as tx:
            self._revoke(tx, self._own_token(tx, by, id))

    # Sign-in

    def create_login_code(self, user: str, *, minutes: float = LOGIN_CODE_MINUTES) -> LoginCode:
        """A code that signs a user in once, within some minutes. Raises NotFound, Invalid, Conflict for a disabled user."""
        if not 0 < minutes <= 1_440:
            raise Invalid("minutes", f"{minutes:g} is out of range: give more than 0 and at most 1440 (a day)")
        code, until = secrets.token_urlsafe(24), self.clock() + timedelta(minutes=minutes)
        with self._change() as tx:
            found = tables.get_user(tx, user)
            if found.disabled_at is not None:
                raise Conflict(f"user {user!r} is disabled: enable the user first", user=user)
            tables.insert_code(tx, hash_secret(code), found.id, until)
            self._record(tx, "login_code.created", user, {})
        return LoginCode(code, user, until)

    def sign_in_with_code(self, code: str, *, user_agent: str, address: str) -> NewSession:
        """Raises Unauthenticated for a code that is unknown, used or has run out."""
        with self._change() as tx:
            user = tables.take_code(tx, hash_secret(code), self.clock())
            if user is not None and user.disabled_at is None:
                return self._open_session(tx, user, user_agent, address, "code")
        self.record_failure("code", address)
        raise Unauthenticated("the code is unknown, used or older than a few minutes: `meguri login` prints a new address")

    def sign_in_with_password(self, name: str, password: str, *, user_agent: str, address: str) -> NewSession:
        """Raises Unauthenticated, with the same text for an unknown user and a wrong password."""
        user = self.check_password(name, password, address=address)
        with self._change() as tx:
            return self._open_session(tx, user, user_agent, address, "password")

    def check_password(self, name: str, password: str, *, address: str) -> User:
        """The user of a name and password; takes about 20 ms. Raises Unauthenticated."""
        with self.db.read() as tx:
            hashed = tables.find_password(tx, name)
        if verify_password(password, hashed):
            return self.get_user(name)
        self.record_failure(name, address)
        raise Unauthenticated("user name or password is wrong")

    def record_failure(self, name: str, address: str) -> None:
        """Write the event `sign_in.failed`."""
        with self.db.write() as tx:
            self._record(tx, "sign_in.failed", name[:64], {"address": address}, actor=ANONYMOUS.actor)

    def list_sessions(self, by: Principal) -> list[Session]:
        """The open sessions of the caller's user, the newest first."""
        with self.db.read() as tx:
            user = tables.get_user(tx, by.user)
            found = tables.list_sessions(tx, user.id, self.clock())
        return [marked(each, by.id) for each in found]

    def end_session(self, by: Principal, id: str) -> None:
        """End a session of the caller's user. Raises NotFound."""
        with self._change() as tx:
            if tables.delete_session(tx, id, user=tables.get_user(tx, by.user).id) is None:
                raise NotFound("session", id, "GET /api/v1/me/sessions lists yours")
            self._record(tx, "session.ended", by.user, {"session": id})

    def list_all_sessions(self, by: Principal) -> list[Session]:
        """The open sessions of all users, the newest first."""
        with self.db.read() as tx:
            return [marked(each, by.id) for each in tables.list_sessions(tx, None, self.clock())]

    def end_any_session(self, id: str) -> None:
        """End a session of whichever user. Raises NotFound."""
        with self._change() as tx:
            user = tables.delete_session(tx, id)
            if user is None:
                raise NotFound("session", id, "GET /api/v1/sessions lists those that are open")
            self._record(tx, "session.ended", user, {"session": id})

    # Principals

    def find_credential(self, secret: str) -> Credential | None:
        """What a token or a session secret stands for; None for one that is unknown, has run out or whose user is disabled."""
        now, hashed = self.clock(), hash_secret(secret)
        with self.db.read() as tx:
            if secret.startswith(SESSION_PREFIX):
                found = tables.find_session(tx, hashed)
                if found is None or found[0].expires_at <= now or found[1].disabled_at is not None:
                    return None
                session, user = found
                return Credential(principal_of(user, kind="session", id=session.id), session.expires_at, session.last_seen_at)
            matched = tables.find_token(tx, hashed)
        if matched is None:
            return None
        token, owner, is_former = matched
        until = earlier(token.expires_at, token.former_until if is_former else None)
        if owner.disabled_at is not None or (until is not None and until <= now) or (is_former and token.former_until is None):
            return None
        return Credential(token_principal(token, owner), until, token.last_used_at)

    def record_use(self, credential: Credential) -> None:
        """Store when a token or session was last used. Raises Unavailable."""
        with self.db.write() as tx:
            if credential.principal.kind == "session":
                tables.touch_session(tx, credential.principal.id, self.clock())
            else:
                tables.touch_token(tx, credential.principal.id, self.clock())

    def tokens_by_project(self, tx: Connection, *, reading: str, using: str) -> dict[str, list[AllowedHash]]:
        """For each project, the tokens that have the permission `reading` or `using` on it. A token that was rotated is there with both
        secrets while the former one is accepted."""
        now = self.clock()
        found: dict[str, list[AllowedHash]] = {each.name: [] for each in self.projects.list(tx)}
        for token, user, hashed, former in tables.list_hashes(tx):
            principal = token_principal(token, user)
            secrets_of = [(hashed, token.expires_at)]
            if former is not None and token.former_until is not None:
                secrets_of.append((former, earlier(token.expires_at, token.former_until)))
            for secret, until in secrets_of:
                if user.disabled_at is not None or (until is not None and until <= now):
                    continue
                for project, allowed in found.items():
                    may_use = principal.may(using, project)
                    if may_use or principal.may(reading, project):
                        allowed.append(AllowedHash(secret, until, may_use))
        return found

    def _open_session(self, tx: Connection, user: User, user_agent: str, address: str, by: str) -> NewSession:
        secret, now = new_secret(SESSION_PREFIX), self.clock()
        session = Session(
            self.new_id("ssn"), user.name, user_agent[:250], address[:64], now, now, now + timedelta(days=SESSION_DAYS), is_current=True
        )
        row = {
            "id": session.id,
            "user": user.id,
            "hash": hash_secret(secret),
            "user_agent": session.user_agent,
            "address": session.address,
            "created_at": now,
            "last_seen_at": now,
            "expires_at": session.expires_at,
        }
        tables.insert_session(tx, row)
        payload = {"session": session.id, "with": by, "address": session.address, "user_agent": session.user_agent}
        self._record(tx, "session.started", user.name, payload, actor=f"user:{user.name}")
        return NewSession(session, secret)

    def _other_than_home_admin(self, tx: Connection, name: str) -> User:
        if name == HOME_ADMIN:
            why = f"user {HOME_ADMIN!r} is the one that the token of the home belongs to: it stays an enabled administrator"
            raise Conflict(why, user=name)
        return tables.get_user(tx, name)

    def _ensure_own(self, by: Principal, user: str) -> None:
        if user != by.user and not by.is_installation_admin:
            raise Forbidden("tokens:admin", f"user {user!r}", "only an administrator of the installation manages tokens of other users")

    def _own_token(self, tx: Connection, by: Principal, id: str) -> Token:
        token = tables.get_token(tx, id)
        if (token.user != by.user and not by.is_installation_admin) or allows_more(token, by):
            raise NotFound("token", id, "`meguri tokens list` shows those that you may manage")
        return token

    def _revoke(self, tx: Connection, token: Token) -> None:
        tables.delete_token(tx, token.id)
        self._record(tx, "token.revoked", token.id, {"user": token.user, "name": token.name})

    def _limit(self, by: Principal, projects: Sequence[str] | None) -> list[str] | None:
        if projects is None:
            return None if by.projects is None else sorted(by.projects)
        if not projects:
            raise Invalid("projects", "it is an empty list: name the projects, or leave it out for all of the user")
        for each in projects:
            if not by.may_see(each):
                raise NotFound("project", each)
        return sorted(set(projects))

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        try:
            with self.db.write() as tx:
                yield tx
        finally:
            self.generation += 1

    def _record(
        self,
        tx: Connection,
        kind: str,
        subject: str,
        payload: dict[str, Any],  # Any: JSON
        *,
        project: str = INSTALLATION,
        actor: str | None = None,
    ) -> None:
        self.events.add(tx, kind, project=project, subject=subject, payload=payload, actor=actor)
