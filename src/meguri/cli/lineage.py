"""`meguri lineage`: what came from what."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from meguri.cli.command import Commands, add_command, add_connection, client_of, find_address, project_of, show
from meguri.core.errors import Invalid
from meguri.core.ids import PREFIXES, kind_of
from meguri.sdk.resources import ProjectClient, Resource

NAMED: dict[str, Callable[[ProjectClient], Resource]] = {"endpoint": lambda each: each.endpoints, "model": lambda each: each.models}
"""Kinds whose nodes have ids that people do not know."""
IN_PROJECT = {"source", "feature_view", "feature_service"}
KINDS = (*sorted({*PREFIXES.values(), "bundle", "feature_service", "frame", "source"}),)


def add(commands: Commands) -> None:
    parser = add_command(commands, "lineage", "what a thing came from (up) and what came of it (down)", run)
    parser.add_argument(
        "id", help="an id such as mv_...; or KIND:PROJECT/NAME such as endpoint:bikes/demand; or prediction:PROJECT/ENDPOINT/ID"
    )
    parser.add_argument("--direction", choices=("up", "down", "both"), default="both")
    parser.add_argument("--depth", type=int, default=16)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    kind, _, name = args.id.partition(":")
    if kind not in KINDS:
        kind, name = kind_of(args.id) or "", args.id
    if not kind:
        raise Invalid(
            "id", f"{args.id!r} has no known prefix: write it as kind:id, such as endpoint:bikes/demand; kinds are {', '.join(KINDS)}"
        )
    with client_of(args) as client:
        if kind in NAMED and kind_of(name) != kind:
            project, found = find_address(client, args, kind, NAMED[kind], name)
            name = str(NAMED[kind](project).get(found)["id"])
        elif kind in IN_PROJECT and "/" not in name:
            name = f"{project_of(client, args)}/{name}"
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
