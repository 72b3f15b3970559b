"""`meguri models`: registered models, their versions and aliases."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, find_address, projects_of, show, with_address

MODELS = {"address": "MODEL", "versions": "VERSIONS", "aliases": "ALIASES"}
VERSIONS = {"number": "VERSION", "id": "ID", "aliases": "ALIASES", "format": "FORMAT", "cutoff": "TRAINED TO", "created_at": "CREATED"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "models", "registered models; or one model with its versions", run)
    parser.add_argument("model", nargs="?", help="PROJECT/NAME; a name alone where only one project has it")
    parser.add_argument("--alias", nargs=2, metavar=("ALIAS", "VERSION"), help="set an alias of the model to a version (an mv_ id)")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.model is None:
            found = [row for project in projects_of(client, args) for row in with_address(project, client.project(project).models.all())]
            rows = [{**each, "aliases": ", ".join(sorted(each["aliases"]))} for each in found]
            return show(args, rows, MODELS, "no models yet: register one at the end of a pipeline with mg.register(model, name='...')")
        project, name = find_address(client, args, "model", lambda each: each.models, args.model)
        if args.alias is not None:
            alias, version = args.alias
            project.models.move_alias(name, alias, version)
        rows = [{**each, "aliases": ", ".join(each["aliases"])} for each in project.models.versions(name)]
        return show(args, rows, VERSIONS, "this model has no versions yet")
