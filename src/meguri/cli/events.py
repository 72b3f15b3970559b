"""`meguri events`: deliveries that failed, and trying them again."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, add_group, server_of, show

COLUMNS = {"sequence": "EVENT", "kind": "KIND", "project": "PROJECT", "consumer": "CONSUMER", "error": "ERROR"}


def add(commands: Commands) -> None:
    group = add_group(commands, "events", "events that a consumer failed to process")
    failed = add_command(group, "failed", "deliveries that failed as often as they are tried", list_failed)
    add_connection(failed)
    retry = add_command(group, "retry", "try failed deliveries again, after the cause is removed", retry_failed)
    retry.add_argument("event", nargs="?", type=int, help="its number (default: all)")
    add_connection(retry)


def list_failed(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        rows = client.get("/api/v1/deliveries/failed", **_of_project(args))["items"]
    return show(args, rows, COLUMNS, "no delivery has failed")


def retry_failed(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        answer = client.post("/api/v1/deliveries/failed/retry", {"sequence": args.event}, **_of_project(args))
    print(f"{answer['retried']} deliveries are tried again; `meguri events failed` shows whether they fail again")
    return 0


def _of_project(args: argparse.Namespace) -> dict[str, str]:
    return {} if args.project is None else {"project": args.project}
