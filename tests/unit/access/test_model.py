from __future__ import annotations

import pytest

from meguri.access.credentials import HOME_TOKEN
from meguri.access.model import ROLES, SCOPES, Principal, all_included, checked_name, checked_role, checked_scopes, needs
from meguri.core.errors import Forbidden, Invalid, NotFound

ACTIONS = ("read", "predict", "write", "operate", "admin")


def user(role: str | None, *, is_admin: bool = False) -> Principal:
    return Principal("user", "usr_1", "kim", "kim", is_admin, {} if role is None else {"bikes": checked_role(role)})


def token(*scopes: str, role: str = "admin", projects: frozenset[str] | None = None, is_admin: bool = False) -> Principal:
    given = all_included(checked_scopes(scopes))
    return Principal("token", "tok_1", "kim", "ci", is_admin, {"bikes": checked_role(role)}, given, projects)


@pytest.mark.parametrize(
    "role, allowed",
    [
        ("viewer", {"read"}),
        ("editor", {"read", "predict", "write"}),
        ("operator", {"read", "predict", "write", "operate"}),
        ("admin", set(ACTIONS)),
    ],
)
def test_a_role_allows_its_actions_and_those_of_the_roles_below(role: str, allowed: set[str]) -> None:
    assert {action for action in ACTIONS if user(role).may(f"models:{action}", "bikes")} == allowed


@pytest.mark.parametrize(
    "scope, allowed",
    [("read", {"read"}), ("predict", {"predict"}), ("write", {"read", "predict", "write", "operate"}), ("admin", set(ACTIONS))],
)
def test_a_scope_cuts_down_what_the_user_may_do(scope: str, allowed: set[str]) -> None:
    assert {action for action in ACTIONS if token(scope).may(f"models:{action}", "bikes")} == allowed


def test_a_token_never_allows_more_than_the_role_of_its_user() -> None:
    with pytest.raises(Forbidden, match="needs the role operator, and user 'kim' is editor"):
        token("admin", role="editor").ensure("deployments:operate", "bikes")


def test_a_project_without_a_role_looks_as_if_it_did_not_exist() -> None:
    for principal in (user(None), user("admin"), token("admin", projects=frozenset({"bikes"}), is_admin=True)):
        with pytest.raises(NotFound) as raised:
            principal.ensure("models:read", "others")
        assert raised.value.fields == {"kind": "project", "key": "others"}


def test_what_is_visible_but_not_allowed_names_the_missing_role_or_scope() -> None:
    with pytest.raises(Forbidden, match="needs the role editor, and user 'kim' is viewer"):
        user("viewer").ensure("runs:write", "bikes")
    with pytest.raises(Forbidden, match="needs a token with the scope write, and 'ci' has read"):
        token("read").ensure("runs:write", "bikes")


def test_an_administrator_of_the_installation_may_do_everything_everywhere() -> None:
    assert all(user(None, is_admin=True).may(f"models:{action}", "any") for action in ACTIONS)
    assert user(None, is_admin=True).may("users:admin", None)
    assert not user("admin").may("users:admin", None)


def test_a_token_limited_to_projects_does_not_administer_the_installation() -> None:
    limited = token("admin", projects=frozenset({"bikes"}), is_admin=True)
    assert limited.may("members:admin", "bikes")
    assert not limited.may("users:admin", None)


def test_the_actor_is_the_user_or_the_token() -> None:
    assert [user("viewer").actor, token("read").actor] == ["user:kim", "token:kim/ci"]
    forged = Principal("token", "tok_1", "kim", "home")
    assert (forged.actor, HOME_TOKEN.actor) == ("token:kim/home", "token:home")


def test_an_unknown_action_is_an_error_not_a_permission() -> None:
    with pytest.raises(Invalid):
        needs("models:destroy")


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "x" * 65, "名前"])
def test_names_that_cannot_be_one_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        checked_name(name)


def test_scopes_and_roles_are_checked() -> None:
    assert checked_scopes(["write", "read", "write"]) == ("read", "write")
    for wrong in ([], ["root"]):
        with pytest.raises(Invalid):
            checked_scopes(wrong)
    with pytest.raises(Invalid):
        checked_role("owner")
    assert (len(ROLES), len(SCOPES)) == (4, 4)
