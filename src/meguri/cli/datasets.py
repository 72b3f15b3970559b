"""`meguri datasets`: snapshots, and rows that were put aside."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, show
from meguri.sdk.client import connect

DATASETS = {"name": "DATASET", "project": "PROJECT", "snapshots": "SNAPSHOTS", "rows": "ROWS"}
SNAPSHOTS = {"id": "SNAPSHOT", "rows": "ROWS", "event_from": "FROM", "event_to": "TO", "digest": "DIGEST", "taken_at": "TAKEN"}
QUARANTINE = {"source": "SOURCE", "event_at": "EVENT TIME", "reason": "REASON", "row": "ROW"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "datasets", "datasets; or the snapshots of one; or quarantined rows", run)
    parser.add_argument("dataset", nargs="?", help="a dataset's name")
    parser.add_argument("--quarantine", action="store_true", help="list rows that were put aside, with the reason")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    client = connect(url=args.url, home=args.home)
    if args.quarantine:
        rows = client.get("/api/v1/quarantine", project=args.project, limit=args.limit)["items"]
        return show(args, rows, QUARANTINE, "no row was put aside")
    if args.dataset is None:
        rows = client.get("/api/v1/datasets", project=args.project)["items"]
        return show(args, rows, DATASETS, "no datasets yet: a pipeline that trains on a source takes the first snapshot")
    rows = client.get(f"/api/v1/datasets/{args.dataset}/snapshots", project=args.project, limit=args.limit)["items"]
    return show(args, rows, SNAPSHOTS, "no snapshots yet")
