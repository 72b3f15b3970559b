"""`meguri datasets`: snapshots, and rows in quarantine."""

from __future__ import annotations

import argparse

from meguri.cli.command import (
    Commands,
    add_command,
    add_connection,
    client_of,
    find_address,
    project_of,
    projects_of,
    show,
    with_address,
)

DATASETS = {"address": "DATASET", "snapshots": "SNAPSHOTS", "rows": "ROWS", "quarantined": "QUARANTINED", "id": "ID"}
SNAPSHOTS = {"id": "SNAPSHOT", "rows": "ROWS", "event_from": "FROM", "event_to": "TO", "digest": "DIGEST", "taken_at": "TAKEN"}
QUARANTINE = {"source": "SOURCE", "event_at": "EVENT TIME", "column": "COLUMN", "kind": "KIND", "why": "WHY"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "datasets", "datasets; or the snapshots of one; or quarantined rows", run)
    parser.add_argument("dataset", nargs="?", help="PROJECT/NAME; a name alone where only one project has it (with --quarantine: a source)")
    parser.add_argument("--quarantine", action="store_true", help="list rows in quarantine, with the reason")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.quarantine:
            found = client.project(project_of(client, args))
            return show(args, found.quarantine.list(source=args.dataset, limit=args.limit), QUARANTINE, "no row is in quarantine")
        if args.dataset is not None:
            project, name = find_address(client, args, "dataset", lambda each: each.datasets, args.dataset)
            return show(args, project.datasets.snapshots(name, limit=args.limit), SNAPSHOTS, "no snapshots yet")
        datasets = [row for each in projects_of(client, args) for row in with_address(each, client.project(each).datasets.all())]
        rows = [{**each, "rows": (each["latest"] or {}).get("rows")} for each in datasets]
        return show(args, rows, DATASETS, "no datasets yet: a pipeline that trains on a source takes the first snapshot")
