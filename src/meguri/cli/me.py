"""`meguri me`: who the caller is, and what the caller may do."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, show


def add(commands: Commands) -> None:
    parser = add_command(commands, "me", "show who the token belongs to, and what it may do", run)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        me = client.get("/api/v1/me")
    principal = me["principal"]
    roles = ", ".join(f"{project}: {role}" for project, role in me["roles"].items())
    row = {
        "user": principal["user"],
        "with": principal["kind"] if principal["kind"] != "token" else f"token {principal['name']}",
        "admin": principal["is_admin"],
        "scopes": ", ".join(principal["scopes"]),
        "projects": "all" if principal["projects"] is None else ", ".join(principal["projects"]),
        "roles": roles or "none",
        "auth": me["auth"],
    }
    columns = {
        "user": "USER",
        "with": "WITH",
        "admin": "ADMIN",
        "scopes": "SCOPES",
        "projects": "PROJECTS",
        "roles": "ROLES",
        "auth": "AUTH",
    }
    return show(args, [row], columns, "")
