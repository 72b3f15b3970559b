"""`meguri labels`: send true values of predictions from a CSV file."""

from __future__ import annotations

import argparse
from pathlib import Path

from meguri.cli.command import Commands, add_command, add_connection, client_of, find_address
from meguri.cli.csvfile import Columns, read_rows
from meguri.core.batches import batches
from meguri.core.errors import Invalid

BATCH = 10_000
ADVICE = "say which header it has with --id HEADER and --value HEADER"

EPILOG = """\
The file has a line for each prediction: its id, and the true value once it is known; lines without a value are left out. Sent again it
changes nothing; another value for the same prediction replaces the former one. A label whose prediction is not known yet is kept and joined
when the prediction comes."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "labels", "send true values of predictions from a CSV file", run, epilog=EPILOG)
    parser.add_argument("endpoint", help="PROJECT/NAME; a name alone where only one project has it")
    parser.add_argument("--csv", type=Path, required=True, metavar="FILE", help="CSV file in UTF-8 with a header")
    parser.add_argument("--id", default="prediction_id", metavar="HEADER", help="header of the prediction ids (default prediction_id)")
    parser.add_argument("--value", default="value", metavar="HEADER", help="header of the true values (default value)")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    names = {"prediction_id": args.id, "value": args.value}
    columns = Columns({"prediction_id": "str", "value": "float"}, headers=names, required=frozenset({"prediction_id"}), advice=ADVICE)
    rows = list(read_rows(args.csv, columns))
    labels = [row for row in rows if row["value"] is not None]
    if not labels:
        raise Invalid(f"file {args.csv}", f"has no value in column {args.value!r}: nothing was sent")
    with client_of(args) as client:
        project, name = find_address(client, args, "endpoint", lambda each: each.endpoints, args.endpoint)
        answers = [project.endpoints.add_labels(name, batch) for batch in batches(labels, BATCH)]
    new, known = (sum(answer[name] for answer in answers) for name in ("accepted", "duplicates"))
    empty = f", {len(rows) - len(labels):,} lines without a value left out" if len(rows) > len(labels) else ""
    noun = "label" if len(labels) == 1 else "labels"
    print(f"{len(labels):,} {noun} sent to endpoint {project.name}/{name}: {new:,} new, {known:,} known already{empty}")
    return 0
