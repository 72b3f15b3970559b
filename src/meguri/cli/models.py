"""`meguri models`: registered models, their versions and aliases."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, show
from meguri.sdk.client import connect

VERSIONS = {"number": "VERSION", "id": "ID", "aliases": "ALIASES", "format": "FORMAT", "cutoff": "TRAINED TO", "created_at": "CREATED"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "models", "registered models; or one model with its versions", run)
    parser.add_argument("model", nargs="?", help="a model's name")
    parser.add_argument("--alias", nargs=2, metavar=("ALIAS", "VERSION"), help="let an alias of the model point at a version (an mv_ id)")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    client = connect(url=args.url, home=args.home)
    if args.model is None:
        rows = client.get("/api/v1/models", project=args.project)["items"]
        columns = {"name": "MODEL", "project": "PROJECT", "versions": "VERSIONS", "aliases": "ALIASES"}
        return show(args, rows, columns, "no models yet: register one at the end of a pipeline with mg.register(model, name='...')")
    if args.alias is not None:
        alias, version = args.alias
        client.put(f"/api/v1/models/{args.model}/aliases/{alias}", {"version": version}, project=args.project)
    found = client.get(f"/api/v1/models/{args.model}", project=args.project)
    return show(args, found["versions"], VERSIONS, "this model has no versions yet")
