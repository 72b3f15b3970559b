"""`meguri models`: registered models, their versions and aliases."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, show

MODELS = {"name": "MODEL", "project": "PROJECT", "versions": "VERSIONS", "aliases": "ALIASES"}
VERSIONS = {"number": "VERSION", "id": "ID", "aliases": "ALIASES", "format": "FORMAT", "cutoff": "TRAINED TO", "created_at": "CREATED"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "models", "registered models; or one model with its versions", run)
    parser.add_argument("model", nargs="?", help="a model's name")
    parser.add_argument("--alias", nargs=2, metavar=("ALIAS", "VERSION"), help="let an alias of the model point at a version (an mv_ id)")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.model is None:
            rows = [{**each, "aliases": ", ".join(sorted(each["aliases"]))} for each in client.models.list(project=args.project)]
            return show(args, rows, MODELS, "no models yet: register one at the end of a pipeline with mg.register(model, name='...')")
        if args.alias is not None:
            alias, version = args.alias
            client.put(f"/api/v1/models/{args.model}/aliases/{alias}", {"version": version}, project=args.project)
        found = client.models.get(args.model, project=args.project)
        rows = [{**each, "aliases": ", ".join(each["aliases"])} for each in found["versions"]]
        return show(args, rows, VERSIONS, "this model has no versions yet")
