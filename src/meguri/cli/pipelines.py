"""`meguri pipelines`: pipelines, their runs, and starting one."""

from __future__ import annotations

import argparse
import json
from typing import Any

from meguri.cli.command import Commands, add_command, add_connection, add_group, show
from meguri.core.errors import Invalid
from meguri.sdk.client import connect

PIPELINES = {"name": "PIPELINE", "project": "PROJECT", "steps": "STEPS", "holdout_seconds": "HOLDOUT S", "description": "WHAT"}
RUNS = {"id": "RUN", "pipeline": "PIPELINE", "status": "STATUS", "trigger": "TRIGGER", "started_at": "STARTED", "seconds": "SECONDS"}
STEPS = {"name": "STEP", "state": "STATE", "seconds": "SECONDS", "key": "KEY", "run": "RUN"}


def add(commands: Commands) -> None:
    group = add_group(commands, "pipelines", "pipelines and their runs")
    add_connection(add_command(group, "list", "pipelines", list_pipelines))
    started = add_command(group, "run", "start a pipeline", start)
    started.add_argument("pipeline")
    started.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="a parameter, such as --set depth=4")
    add_connection(started)
    runs = add_command(group, "runs", "pipeline runs, the newest first; or one with its steps", list_runs)
    runs.add_argument("run_id", nargs="?", metavar="RUN")
    runs.add_argument("--limit", type=int, default=20)
    add_connection(runs)
    cancelled = add_command(group, "cancel", "stop a pipeline run", cancel)
    cancelled.add_argument("run_id", metavar="RUN")
    add_connection(cancelled)


def list_pipelines(args: argparse.Namespace) -> int:
    rows = connect(url=args.url, home=args.home).get("/api/v1/pipelines", project=args.project)["items"]
    return show(args, rows, PIPELINES, "no pipelines yet: declare one with @mg.pipeline and run `meguri apply FOLDER`")


def start(args: argparse.Namespace) -> int:
    parameters = dict(_parameter(each) for each in args.set)
    client = connect(url=args.url, home=args.home)
    answer = client.post(f"/api/v1/pipelines/{args.pipeline}/runs", {"parameters": parameters}, project=args.project)
    print(f"pipeline run {answer['id']} of {args.pipeline} is {answer['status']}: watch it with `meguri pipelines runs {answer['id']}`")
    return 0


def list_runs(args: argparse.Namespace) -> int:
    client = connect(url=args.url, home=args.home)
    if args.run_id is None:
        rows = client.get("/api/v1/pipeline-runs", project=args.project, limit=args.limit)["items"]
        return show(args, rows, RUNS, "no pipeline runs yet: start one with `meguri pipelines run NAME`")
    found = client.get(f"/api/v1/pipeline-runs/{args.run_id}")
    return show(args, found["steps"], STEPS, f"{found['status']}: no step has started")


def cancel(args: argparse.Namespace) -> int:
    connect(url=args.url, home=args.home).post(f"/api/v1/pipeline-runs/{args.run_id}/cancel", {})
    print(f"pipeline run {args.run_id} is being cancelled")
    return 0


def _parameter(text: str) -> tuple[str, Any]:  # Any: JSON
    name, sign, value = text.partition("=")
    if not sign:
        raise Invalid("--set", f"{text!r} has no '=': write NAME=VALUE, such as depth=4")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
