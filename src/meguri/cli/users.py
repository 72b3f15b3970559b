"""`meguri users ...`: accounts and their roles."""

from __future__ import annotations

import argparse
import getpass
import sys
from urllib.parse import quote

from meguri.cli.command import Commands, add_command, add_connection, add_group, client_of, note, project_of, show
from meguri.core.errors import Invalid
from meguri.core.json import JsonObject

ROLES = ("viewer", "editor", "operator", "admin")
COLUMNS = {"name": "NAME", "is_admin": "ADMIN", "has_password": "PASSWORD", "roles": "ROLES", "disabled_at": "DISABLED"}


def add(commands: Commands) -> None:
    group = add_group(commands, "users", "accounts and their roles")
    add_connection(add_command(group, "list", "list users with their roles", list_users))

    parser = add_command(group, "add", "add a user", add_user)
    _takes_user(parser)
    parser.add_argument("--admin", action="store_true", help="let the user administer the installation")
    parser.add_argument("--no-password", action="store_true", help="for a user of tokens and one-time addresses alone")

    parser = add_command(group, "password", "set the password of a user; ends the user's sessions", set_password)
    _takes_user(parser)
    parser.add_argument("--revoke-tokens", action="store_true", help="revoke the user's tokens too (default: they stay valid)")

    for name, help, run in (
        ("disable", "refuse the user's tokens and end the sessions", disable),
        ("enable", "let a disabled user in again", enable),
        ("delete", "delete a user with tokens and sessions", delete),
    ):
        _takes_user(add_command(group, name, help, run))

    parser = add_command(group, "admin", "let a user administer the installation, or no longer", set_admin)
    _takes_user(parser)
    parser.add_argument("answer", choices=("yes", "no"))

    parser = add_command(group, "role", "give a user a role in a project", set_role)
    _takes_user(parser)
    parser.add_argument("role", choices=(*ROLES, "none"), help="none takes the user out of the project")


def _takes_user(parser: argparse.ArgumentParser) -> None:
    add_connection(parser)
    parser.add_argument("user", metavar="USER")


def list_users(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        rows = client.get("/api/v1/users")["items"]
    if not args.json:
        rows = [{**row, "roles": ", ".join(f"{project}: {role}" for project, role in row["roles"].items()) or None} for row in rows]
    return show(args, rows, COLUMNS, "there are no users: add one with `meguri users add NAME`")


def add_user(args: argparse.Namespace) -> int:
    password = None if args.no_password else _ask_password()
    with client_of(args) as client:
        client.post("/api/v1/users", {"name": args.user, "password": password, "is_admin": args.admin})
    note(f"user {args.user} was added: `meguri users role {args.user} editor --project NAME` gives a role in a project")
    return 0


def set_password(args: argparse.Namespace) -> int:
    _change(args, {"password": _ask_password(), "revoke_tokens": args.revoke_tokens})
    if not args.revoke_tokens:
        note(f"tokens of {args.user} stay valid: --revoke-tokens revokes them, `meguri tokens list --user {args.user}` lists them")
    return 0


def disable(args: argparse.Namespace) -> int:
    return _change(args, {"is_disabled": True})


def enable(args: argparse.Namespace) -> int:
    return _change(args, {"is_disabled": False})


def set_admin(args: argparse.Namespace) -> int:
    return _change(args, {"is_admin": args.answer == "yes"})


def delete(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        client.delete(_path(args.user))
    return 0


def set_role(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        member = f"/api/v1/projects/{quote(project_of(client, args), safe='')}/members/{quote(args.user, safe='')}"
        if args.role == "none":
            client.delete(member)
        else:
            client.put(member, {"role": args.role})
    return 0


def _change(args: argparse.Namespace, values: JsonObject) -> int:
    with client_of(args) as client:
        client.patch(_path(args.user), values)
    return 0


def _path(user: str) -> str:
    return f"/api/v1/users/{quote(user, safe='')}"


def _ask_password() -> str:
    """From the terminal, asked twice; else one line of standard input. Raises Invalid."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        raise Invalid("password", "the two differ: nothing was changed")
    return password
