"""`meguri tokens ...`: tokens for programs."""

from __future__ import annotations

import argparse
from datetime import timedelta

from meguri.cli.command import Commands, add_command, add_connection, add_group, client_of, note, show
from meguri.core.errors import NotFound
from meguri.core.json import JsonObject
from meguri.core.times import iso, seconds, utc_now
from meguri.sdk.client import Client

COLUMNS = {
    "id": "ID", "user": "USER", "name": "NAME", "hint": "BEGINS", "scopes": "SCOPES", "projects": "PROJECTS", "expires_at": "EXPIRES",
    "last_used_at": "LAST USED",
}  # fmt: skip
MINE = "/api/v1/me/tokens"
LIST_EPILOG = "LAST USED is when the server last accepted the token; use at endpoint processes is not recorded."


def add(commands: Commands) -> None:
    group = add_group(commands, "tokens", "tokens for programs")
    parser = add_command(group, "list", "list tokens", list_tokens, epilog=LIST_EPILOG)
    _takes_user(parser)
    parser.add_argument("--all", action="store_true", help="those of all users (for administrators)")

    parser = add_command(group, "create", "print a new token; it is shown once", create)
    _takes_user(parser)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--scope", action="append", choices=("read", "predict", "write", "admin"), help="what it allows (again for more; default read)"
    )
    parser.add_argument("--limit", action="append", metavar="PROJECT", help="limit it to a project (again for more; default: no limit)")
    parser.add_argument("--expires", metavar="DURATION", help="such as 90d (default: it does not expire)")

    parser = add_command(group, "rotate", "print another secret for a token", rotate)
    _takes_user(parser)
    parser.add_argument("token", metavar="TOKEN", help="id or name")
    parser.add_argument("--overlap", default="0s", metavar="DURATION", help="accept the former secret for so long, such as 1h (default 0s)")

    parser = add_command(group, "revoke", "refuse a token from now on; endpoint processes follow within about a second", revoke)
    _takes_user(parser)
    parser.add_argument("token", metavar="TOKEN", help="id or name")


def _takes_user(parser: argparse.ArgumentParser) -> None:
    add_connection(parser)
    parser.add_argument("--user", help="whose tokens (default: your own; others are for administrators)")


def list_tokens(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        rows = client.get("/api/v1/tokens" if args.all else _path(args))["items"]
    if not args.json:
        rows = [{**row, "scopes": ", ".join(row["scopes"]), "projects": ", ".join(row["projects"] or ["all"])} for row in rows]
    return show(args, rows, COLUMNS, "there are no tokens: make one with `meguri tokens create NAME --scope write`")


def create(args: argparse.Namespace) -> int:
    until = None if args.expires is None else iso(utc_now() + timedelta(seconds=seconds(args.expires, "--expires")))
    body = {"name": args.name, "scopes": args.scope or ["read"], "projects": args.limit, "expires_at": until}
    with client_of(args) as client:
        _show_secret(client.post(_path(args), body))
    return 0


def rotate(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        body = {"overlap_seconds": seconds(args.overlap, "--overlap")}
        _show_secret(client.post(f"{_each(args)}/{_find(client, args)}/rotate", body))
    return 0


def revoke(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        client.delete(f"{_each(args)}/{_find(client, args)}")
    return 0


def _path(args: argparse.Namespace) -> str:
    return MINE if args.user is None else f"/api/v1/users/{args.user}/tokens"


def _each(args: argparse.Namespace) -> str:
    return MINE if args.user is None else "/api/v1/tokens"


def _find(client: Client, args: argparse.Namespace) -> str:
    for each in client.get(_path(args))["items"]:
        if args.token in (each["id"], each["name"]):
            return str(each["id"])
    raise NotFound("token", args.token, "`meguri tokens list` shows those that exist")


def _show_secret(made: JsonObject) -> None:
    note(f"token {made['token']['name']} ({made['token']['id']}) is shown once; it cannot be read again:")
    print(made["secret"])
