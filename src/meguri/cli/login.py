"""`meguri login`: an address that signs a browser in."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, server_of


def add(commands: Commands) -> None:
    parser = add_command(commands, "login", "print an address that signs a browser in once", run)
    add_connection(parser)
    parser.add_argument("--user", help="whom it signs in (default: the user of the token that is used)")


def run(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        print(client.sign_in_address(args.user))
    return 0
