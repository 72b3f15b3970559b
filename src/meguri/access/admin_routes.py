"""REST of the administration: users, members of projects, all tokens and sessions, one-time codes."""

from __future__ import annotations

from dataclasses import dataclass

from meguri.access.account_routes import Rotation, TokenRequest, create_token, rotate_token
from meguri.access.model import LoginCode, Member, NewToken, Session, Token, User, checked_role
from meguri.access.routes import ListPage, Request, Route
from meguri.access.service import LOGIN_CODE_MINUTES, Access
from meguri.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class UserRequest:
    """Without `password`, the user signs in with one-time codes until one is set."""

    name: str
    password: str | None = None
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is null stays as it is. `revoke_tokens`: with a new password; without it the user's tokens stay valid."""

    is_disabled: bool | None = None
    is_admin: bool | None = None
    password: str | None = None
    revoke_tokens: bool = False


@dataclass(frozen=True, slots=True)
class RoleChange:
    """`viewer`, `editor`, `operator` or `admin`."""

    role: str


@dataclass(frozen=True, slots=True)
class LoginCodeRequest:
    user: str
    minutes: float = LOGIN_CODE_MINUTES


class AdminRoutes:
    """Handlers for administrators of the installation, and (members) of a project."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def routes(self) -> list[Route]:
        users, members = "/api/v1/users", "/api/v1/projects/{project}/members"
        return [
            Route("GET", users, "users:admin", self.users, "All users with their roles", answer=ListPage[User]),
            Route("POST", users, "users:admin", self.add_user, "Add a user", UserRequest, User, status=201),
            Route("GET", f"{users}/{{user}}", "users:admin", self.user, "A user with the roles", answer=User),
            Route("PATCH", f"{users}/{{user}}", "users:admin", self.change_user, "Disable, enable, change a user", UserChange, User),
            Route("DELETE", f"{users}/{{user}}", "users:admin", self.delete_user, "Delete a user with tokens and sessions"),
            Route("GET", f"{users}/{{user}}/tokens", "tokens:admin", self.user_tokens, "Tokens of a user", answer=ListPage[Token]),
            Route(
                "POST", f"{users}/{{user}}/tokens", "tokens:admin", self.add_token, "A token for a user", TokenRequest, NewToken, status=201
            ),
            Route("POST", "/api/v1/login-codes", "users:admin", self.add_code, "A one-time code for a user", LoginCodeRequest, LoginCode),
            Route("GET", members, "members:read", self.members, "Users with a role in a project", answer=ListPage[Member]),
            Route("PUT", f"{members}/{{user}}", "members:admin", self.set_role, "Give a user a role in a project", RoleChange, Member),
            Route("DELETE", f"{members}/{{user}}", "members:admin", self.remove_member, "Take a user out of a project"),
            Route("GET", "/api/v1/tokens", "tokens:admin", self.tokens, "All tokens", answer=ListPage[Token]),
            Route("POST", "/api/v1/tokens/{token}/rotate", "tokens:admin", self.rotate, "Another secret for a token", Rotation, NewToken),
            Route("DELETE", "/api/v1/tokens/{token}", "tokens:admin", self.revoke, "Revoke a token"),
            Route("GET", "/api/v1/sessions", "sessions:admin", self.sessions, "All open sessions", answer=ListPage[Session]),
            Route("DELETE", "/api/v1/sessions/{session}", "sessions:admin", self.end_session, "End a session"),
        ]

    def users(self, _request: Request) -> ListPage[User]:
        return ListPage(self.access.list_users())

    def user(self, request: Request) -> User:
        return self.access.get_user(request.path["user"])

    def add_user(self, request: Request) -> User:
        body: UserRequest = request.body
        return self.access.add_user(body.name, password=body.password, is_admin=body.is_admin)

    def change_user(self, request: Request) -> User:
        body: UserChange = request.body
        name = request.path["user"]
        if body.password is not None:
            self.access.set_password(name, body.password, revoke_tokens=body.revoke_tokens)
        elif body.revoke_tokens:
            raise Invalid("revoke_tokens", "it needs a new password: send `password` too, or revoke tokens one by one")
        if body.is_admin is not None:
            self.access.set_admin(name, is_admin=body.is_admin)
        if body.is_disabled is not None:
            self.access.set_disabled(name, disabled=body.is_disabled)
        return self.access.get_user(name)

    def delete_user(self, request: Request) -> None:
        self.access.delete_user(request.path["user"])

    def user_tokens(self, request: Request) -> ListPage[Token]:
        return ListPage(self.access.list_tokens(request.path["user"]))

    def add_token(self, request: Request) -> NewToken:
        return create_token(self.access, request, request.path["user"])

    def add_code(self, request: Request) -> LoginCode:
        body: LoginCodeRequest = request.body
        return self.access.create_login_code(body.user, minutes=body.minutes)

    def members(self, request: Request) -> ListPage[Member]:
        return ListPage(self.access.list_members(request.path["project"]))

    def set_role(self, request: Request) -> Member:
        body: RoleChange = request.body
        member = Member(request.path["user"], checked_role(body.role))
        self.access.set_role(request.path["project"], member.user, member.role)
        return member

    def remove_member(self, request: Request) -> None:
        self.access.set_role(request.path["project"], request.path["user"], None)

    def tokens(self, _request: Request) -> ListPage[Token]:
        return ListPage(self.access.list_tokens())

    def rotate(self, request: Request) -> NewToken:
        return rotate_token(self.access, request)

    def revoke(self, request: Request) -> None:
        self.access.revoke_token(request.principal, request.path["token"])

    def sessions(self, request: Request) -> ListPage[Session]:
        return ListPage(self.access.list_all_sessions(request.principal))

    def end_session(self, request: Request) -> None:
        self.access.end_any_session(request.path["session"])
