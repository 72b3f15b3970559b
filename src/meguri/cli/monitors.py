"""`meguri monitors`: what watches the endpoints, and the alerts."""

from __future__ import annotations

import argparse

from meguri.cli.command import Commands, add_command, add_connection, show
from meguri.sdk.client import connect

COLUMNS = {"name": "MONITOR", "endpoint": "ENDPOINT", "kind": "KIND", "state": "STATE", "value": "VALUE", "threshold": "THRESHOLD"}
CHECKS = {"window_to": "UP TO", "value": "VALUE", "baseline": "BASELINE", "threshold": "THRESHOLD", "breached": "BREACHED", "rows": "ROWS"}
ALERTS = {"id": "ALERT", "monitor": "MONITOR", "state": "STATE", "opened_at": "OPENED", "message": "MESSAGE"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "monitors", "monitors; or one monitor with its latest checks; or alerts", run)
    parser.add_argument("monitor", nargs="?", help="a monitor's name")
    parser.add_argument("--alerts", action="store_true", help="list alerts instead")
    parser.add_argument("--limit", type=int, default=20)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    client = connect(url=args.url, home=args.home)
    if args.alerts:
        rows = client.get("/api/v1/alerts", project=args.project, limit=args.limit)["items"]
        return show(args, rows, ALERTS, "no alerts")
    if args.monitor is None:
        rows = client.get("/api/v1/monitors", project=args.project)["items"]
        return show(args, rows, COLUMNS, "no monitors yet: declare mg.Monitor(...) in a project folder and run `meguri apply FOLDER`")
    rows = client.get(f"/api/v1/monitors/{args.monitor}/checks", project=args.project, limit=args.limit)["items"]
    return show(args, rows, CHECKS, "no checks yet: a monitor is checked when the project's watermark moves")
