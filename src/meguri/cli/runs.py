"""`meguri runs`: what was recorded."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, projects_of, show

COLUMNS = {"id": "RUN", "project": "PROJECT", "name": "NAME", "kind": "KIND", "status": "STATUS", "started_at": "STARTED"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "runs", "runs, the newest first; or one run with its parameters and metrics", run)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help="a run's id")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.run_id is None:
            found = [row for each in projects_of(client, args) for row in client.project(each).runs.list(limit=args.limit)]
            rows = sorted(found, key=lambda each: each["started_at"], reverse=True)[: args.limit]
            return show(args, rows, COLUMNS, "no runs yet: `import meguri as mg; run = mg.init(); mg.log({'loss': 0.1}); mg.finish()`")
        found = client.runs.get(args.run_id)["run"]
    facts = [{"name": name, "value": value} for name, value in found.items() if not isinstance(value, dict | list)]
    facts += [{"name": f"param {name}", "value": value} for name, value in found["params"].items()]
    facts += [{"name": f"metric {name}", "value": last["value"]} for name, last in found["metrics"].items()]
    return show(args, facts, {"name": "", "value": ""}, "")
