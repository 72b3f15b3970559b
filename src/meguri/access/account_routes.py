"""REST of the caller's own account: signing in and out, sessions, tokens, password."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from meguri.access.authentication import SignInLimits
from meguri.access.model import Kind, NewSession, NewToken, Principal, Role, Scope, Session, Token
from meguri.access.routes import AUTHENTICATED, OPEN, ListPage, Request, Route
from meguri.access.service import Access
from meguri.core.errors import Conflict, Forbidden, Invalid
from meguri.core.times import parse_time


@dataclass(frozen=True, slots=True)
class Login:
    """Either `code` (of the address that `meguri server` or `meguri login` prints) or `user` and `password`."""

    code: str | None = None
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class PrincipalAnswer:
    """Who the caller is. `projects` null: not limited to projects."""

    kind: Kind
    id: str
    user: str
    name: str
    is_admin: bool
    scopes: list[Scope]
    projects: list[str] | None


@dataclass(frozen=True, slots=True)
class Me:
    """`auth` is `off` where everybody on this machine is the administrator. `roles`: by project; an administrator has all."""

    principal: PrincipalAnswer
    auth: str
    roles: dict[str, Role]
    has_password: bool


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """`current` is needed where the user has a password. Without `revoke_tokens` the user's tokens stay valid."""

    new: str
    current: str = ""
    revoke_tokens: bool = False


@dataclass(frozen=True, slots=True)
class PasswordAnswer:
    """`tokens`: how many tokens of the user are still valid."""

    tokens: int


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """`projects` null: all projects of the user. `expires_at`: ISO 8601 with a zone; null for a token that does not expire."""

    name: str
    scopes: list[str]
    projects: list[str] | None = None
    expires_at: str | None = None


@dataclass(frozen=True, slots=True)
class Rotation:
    """Seconds for which the former secret is accepted too; 0 to refuse it at once."""

    overlap_seconds: float = 0.0


class AccountRoutes:
    """`attempts` None: authentication is off, nobody can sign in."""

    def __init__(self, access: Access, attempts: SignInLimits | None) -> None:
        self.access, self.attempts = access, attempts

    def routes(self) -> list[Route]:
        me, tokens = "/api/v1/me", "/api/v1/me/tokens"
        return [
            Route("POST", "/api/v1/login", OPEN, self.log_in, "Sign in with a one-time code, or user and password", Login, NewSession),
            Route("POST", "/api/v1/logout", AUTHENTICATED, self.log_out, "End the session that the request is sent with"),
            Route("GET", me, AUTHENTICATED, self.me, "Who the caller is, and what the caller may do", answer=Me),
            Route("PUT", f"{me}/password", AUTHENTICATED, self.change_password, "Replace the own password", PasswordChange, PasswordAnswer),
            Route("GET", f"{me}/sessions", AUTHENTICATED, self.sessions, "The caller's open sessions", answer=ListPage[Session]),
            Route("DELETE", f"{me}/sessions/{{session}}", AUTHENTICATED, self.end_session, "End one of the caller's sessions"),
            Route("GET", tokens, AUTHENTICATED, self.tokens, "The tokens that the caller may manage", answer=ListPage[Token]),
            Route("POST", tokens, AUTHENTICATED, self.create, "A new token; its secret is shown once", TokenRequest, NewToken, status=201),
            Route("POST", f"{tokens}/{{token}}/rotate", AUTHENTICATED, self.rotate, "Another secret for a token", Rotation, NewToken),
            Route("DELETE", f"{tokens}/{{token}}", AUTHENTICATED, self.revoke, "Revoke a token; it is refused at once"),
        ]

    def log_in(self, request: Request) -> NewSession:
        body: Login = request.body
        agent, address = request.headers.get("user-agent", ""), request.address
        if self.attempts is None:
            raise Conflict("authentication is off here (`auth = off`): nobody needs to sign in")
        if (body.code is None) == (body.user is None):
            raise Invalid("body", "send either `code`, or `user` and `password`")
        with self.attempts.attempt(body.user, address):
            if body.user is not None:
                return self.access.sign_in_with_password(body.user, body.password or "", user_agent=agent, address=address)
            return self.access.sign_in_with_code(body.code or "", user_agent=agent, address=address)

    def log_out(self, request: Request) -> None:
        if request.principal.kind != "session":
            raise Conflict("the request was not sent with a session: revoke a token with `meguri tokens revoke`")
        self.access.end_session(request.principal, request.principal.id)

    def me(self, request: Request) -> Me:
        by = request.principal
        shown = PrincipalAnswer(
            by.kind, by.id, by.user, by.name, by.is_admin, sorted(by.scopes), None if by.projects is None else sorted(by.projects)
        )
        with self.access.db.read() as tx:
            names = [each.name for each in self.access.projects.list(tx)]
        roles = {name: role for name in names if (role := by.role_in(name)) is not None}
        return Me(shown, "off" if self.attempts is None else "on", roles, self.access.get_user(by.user).has_password)

    def change_password(self, request: Request) -> PasswordAnswer:
        _ensure_unlimited(request.principal, "changing", "the password")
        body: PasswordChange = request.body
        with nullcontext() if self.attempts is None else self.attempts.attempt(request.principal.user, request.address):
            return PasswordAnswer(self.access.change_password(request.principal, body.current, body.new, revoke_tokens=body.revoke_tokens))

    def sessions(self, request: Request) -> ListPage[Session]:
        _ensure_unlimited(request.principal, "listing", "sessions")
        return ListPage(self.access.list_sessions(request.principal))

    def end_session(self, request: Request) -> None:
        _ensure_unlimited(request.principal, "ending", "sessions")
        self.access.end_session(request.principal, request.path["session"])

    def tokens(self, request: Request) -> ListPage[Token]:
        return ListPage(self.access.list_own_tokens(request.principal))

    def create(self, request: Request) -> NewToken:
        return create_token(self.access, request, request.principal.user)

    def rotate(self, request: Request) -> NewToken:
        return rotate_token(self.access, request)

    def revoke(self, request: Request) -> None:
        _ensure_full(request.principal, "revoking", "tokens")
        self.access.revoke_token(request.principal, request.path["token"])


def create_token(access: Access, request: Request, user: str) -> NewToken:
    """Raises Forbidden for a caller whose token lacks the scope admin."""
    _ensure_full(request.principal, "creating", "tokens")
    body: TokenRequest = request.body
    until: datetime | None = None if body.expires_at is None else parse_time(body.expires_at, "expires_at")
    return access.create_token(request.principal, user, body.name, body.scopes, projects=body.projects, expires_at=until)


def rotate_token(access: Access, request: Request) -> NewToken:
    """Raises Forbidden for a caller whose token lacks the scope admin."""
    _ensure_full(request.principal, "rotating", "tokens")
    body: Rotation = request.body
    return access.rotate_token(request.principal, request.path["token"], overlap_seconds=body.overlap_seconds)


def _ensure_full(by: Principal, action: str, resource: str) -> None:
    """A token must not make a mightier one. Raises Forbidden."""
    if "admin" not in by.scopes:
        held = ", ".join(sorted(by.scopes))
        raise Forbidden(action, resource, f"this needs a session, or a token with the scope admin; {by.name!r} has {held}")


def _ensure_unlimited(by: Principal, action: str, resource: str) -> None:
    """The password and the sessions are those of the whole user. Raises Forbidden for a token that allows less than its user."""
    _ensure_full(by, action, resource)
    if by.projects is not None:
        raise Forbidden(action, resource, f"this needs a session, or a token for all projects; {by.name!r} is limited to projects")
