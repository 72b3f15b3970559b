"""`meguri lineage`: what came from what."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, show
from meguri.core.errors import Invalid
from meguri.core.ids import PREFIXES, kind_of

KINDS = (*sorted({*PREFIXES.values(), "bundle", "feature_service", "frame", "source"}),)


def add(commands: Commands) -> None:
    parser = add_command(commands, "lineage", "what a thing came from (up) and what came of it (down)", run)
    parser.add_argument("id", help="an id such as mv_... or snap_...; a source, feature view, endpoint or prediction as kind:name")
    parser.add_argument("--direction", choices=("up", "down", "both"), default="both")
    parser.add_argument("--depth", type=int, default=16)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    kind, _, name = args.id.partition(":")
    if kind not in KINDS:
        kind, name = kind_of(args.id) or "", args.id
    if not kind:
        raise Invalid("id", f"{args.id!r} has no known prefix: write it as kind:id, such as endpoint:bikes; kinds are {', '.join(KINDS)}")
    with client_of(args) as client:
        graph = client.lineage.walk(kind, name, args.direction, args.depth)
    labels = {(node["kind"], node["id"]): node["label"] for node in graph["nodes"]}
    rows = [
        {
            "from": f"{edge['source']['kind']} {labels.get((edge['source']['kind'], edge['source']['id']), edge['source']['id'])}",
            "role": edge["role"],
            "to": f"{edge['target']['kind']} {labels.get((edge['target']['kind'], edge['target']['id']), edge['target']['id'])}",
        }
        for edge in graph["edges"]
    ]
    return show(args, rows, {"from": "FROM", "role": "ROLE", "to": "TO"}, "nothing came from it or of it yet")
