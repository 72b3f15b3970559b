"""`meguri monitors`: what watches the endpoints, and the alerts."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, client_of, project_of, show

COLUMNS = {
    "name": "MONITOR",
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
    parser.add_argument("monitor", nargs="?", help="a monitor's name")
    parser.add_argument("--alerts", action="store_true", help="list alerts instead")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        project = project_of(client, args)
        if args.alerts:
            return show(args, client.alerts.list(project=project, limit=args.limit), ALERTS, "no alerts")
        if args.monitor is None:
            rows = [{**(each["last"] or {}), **each} for each in client.monitors.list(project=project)]
            return show(args, rows, COLUMNS, "no monitors yet: declare mg.Monitor(...) in a project folder and run `meguri apply FOLDER`")
        rows = client.get(f"/api/v1/monitors/{args.monitor}/checks", project=project, limit=args.limit)["items"]
        return show(args, rows, CHECKS, "no checks yet: a monitor is checked when the project's watermark passes midnight (UTC)")
