"""`meguri datasets`: snapshots, and rows in quarantine."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, project_of, show

DATASETS = {"name": "DATASET", "snapshots": "SNAPSHOTS", "rows": "ROWS", "quarantined": "QUARANTINED", "id": "ID"}
SNAPSHOTS = {"id": "SNAPSHOT", "rows": "ROWS", "event_from": "FROM", "event_to": "TO", "digest": "DIGEST", "taken_at": "TAKEN"}
QUARANTINE = {"source": "SOURCE", "event_at": "EVENT TIME", "column": "COLUMN", "kind": "KIND", "why": "WHY"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "datasets", "datasets; or the snapshots of one; or quarantined rows", run)
    parser.add_argument("dataset", nargs="?", help="a dataset's name or id")
    parser.add_argument("--quarantine", action="store_true", help="list rows in quarantine, with the reason")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.quarantine:
            found = client.get("/api/v1/quarantine", project=project_of(client, args), source=args.dataset, limit=args.limit)["items"]
            return show(args, found, QUARANTINE, "no row is in quarantine")
        if args.dataset is not None and args.dataset.startswith("ds_"):
            return show(
                args, client.get(f"/api/v1/datasets/{args.dataset}/snapshots", limit=args.limit)["items"], SNAPSHOTS, "no snapshots yet"
            )
        datasets = client.datasets.list(project=project_of(client, args))
        if args.dataset is None:
            rows = [{**each, "rows": (each["latest"] or {}).get("rows")} for each in datasets]
            return show(args, rows, DATASETS, "no datasets yet: a pipeline that trains on a source takes the first snapshot")
        chosen = next((each["id"] for each in datasets if each["name"] == args.dataset), args.dataset)
        rows = client.get(f"/api/v1/datasets/{chosen}/snapshots", limit=args.limit)["items"]
        return show(args, rows, SNAPSHOTS, "no snapshots yet")
