"""`meguri monitors`: what watches the endpoints, and the alerts."""

from __future__ import annotations

import argparse
from itertools import islice

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

COLUMNS = {
    "address": "MONITOR",
    "endpoint": "ENDPOINT",
    "kind": "KIND",
    "state": "STATE",
    "value": "VALUE",
    "threshold": "THRESHOLD",
    "at": "UP TO",
}
CHECKS = {"at": "UP TO", "verdict": "VERDICT", "value": "VALUE", "expected": "EXPECTED", "threshold": "THRESHOLD", "rows": "ROWS"}
ALERTS = {"id": "ALERT", "monitor": "MONITOR", "signal": "SIGNAL", "opened_at": "OPENED", "resolved_at": "RESOLVED", "resolution": "WHY"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "monitors", "monitors; or one monitor with its latest checks; or alerts", run)
    parser.add_argument("monitor", nargs="?", help="PROJECT/NAME; a name alone where only one project has it")
    parser.add_argument("--alerts", action="store_true", help="list alerts instead")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.monitor is not None:
            project, name = find_address(client, args, "monitor", lambda each: each.monitors, args.monitor)
            rows = list(islice(project.monitors.checks(name), args.limit))[::-1]
            return show(args, rows, CHECKS, "no checks yet: a monitor is checked when the project's watermark passes midnight (UTC)")
        if args.alerts:
            rows = client.project(project_of(client, args)).alerts.list(limit=args.limit)
            return show(args, rows, ALERTS, "no alerts")
        found = [row for each in projects_of(client, args) for row in with_address(each, client.project(each).monitors.all())]
        rows = [{**(each["last"] or {}), **each} for each in found]
        return show(args, rows, COLUMNS, "no monitors yet: declare mg.Monitor(...) in a project folder and run `meguri apply FOLDER`")
