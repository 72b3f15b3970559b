"""`meguri pipelines`: pipelines, their runs, and starting one."""

from __future__ import annotations

import argparse
import json

from meguri.cli.command import (
    Commands,
    add_command,
    add_connection,
    add_group,
    client_of,
    find_address,
    note,
    projects_of,
    server_of,
    show,
    with_address,
)
from meguri.cli.news import News
from meguri.core.errors import Invalid
from meguri.core.json import Json
from meguri.core.times import show_seconds
from meguri.sdk.client import Client

PIPELINES = {"address": "PIPELINE", "steps": "STEPS", "holdout": "HOLDOUT", "description": "WHAT"}
RUNS = {"id": "RUN", "pipeline": "PIPELINE", "status": "STATUS", "trigger": "TRIGGER", "started_at": "STARTED", "seconds": "SECONDS"}
STEPS = {"name": "STEP", "state": "STATE", "is_cached": "CACHED", "seconds": "SECONDS", "run": "RUN", "error": "ERROR"}


def add(commands: Commands) -> None:
    group = add_group(commands, "pipelines", "pipelines and their runs")
    add_connection(add_command(group, "list", "pipelines", list_pipelines))
    started = add_command(group, "run", "start a pipeline", start)
    started.add_argument("pipeline", help="PROJECT/NAME; a name alone where only one project has it")
    started.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="a parameter, such as --set depth=4")
    started.add_argument(
        "--wait", action="store_true", help="wait for its end and for what follows from it; the exit status says whether it finished"
    )
    add_connection(started)
    runs = add_command(group, "runs", "pipeline runs, the newest first; or one with its steps", list_runs)
    runs.add_argument("run_id", nargs="?", metavar="RUN")
    runs.add_argument("--limit", type=int, default=20)
    add_connection(runs)
    cancelled = add_command(group, "cancel", "stop a pipeline run", cancel)
    cancelled.add_argument("run_id", metavar="RUN")
    add_connection(cancelled)


def list_pipelines(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        found = [row for each in projects_of(client, args) for row in with_address(each, client.project(each).pipelines.all())]
        rows = [{**each, "holdout": show_seconds(each["holdout_seconds"])} for each in found]
    return show(args, rows, PIPELINES, "no pipelines yet: declare one with @mg.pipeline and run `meguri apply FOLDER`")


def start(args: argparse.Namespace) -> int:
    parameters = dict(_parameter(each) for each in args.set)
    with server_of(args) as client:
        project, name = find_address(client, args, "pipeline", lambda each: each.pipelines, args.pipeline)
        news = News(project)
        answer = project.pipelines.start(name, parameters)
        id, status = answer["id"], answer["status"]
        if args.wait:
            return _wait(client, news, id)
    print(f"pipeline run {id} of {project.name}/{name} is {status}: watch it with `meguri pipelines runs {id}`")
    return 0


def list_runs(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        if args.run_id is None:
            newest = [row for each in projects_of(client, args) for row in client.project(each).pipeline_runs.list(limit=args.limit)]
            rows = sorted(newest, key=lambda each: each["created_at"], reverse=True)[: args.limit]
            return show(args, rows, RUNS, "no pipeline runs yet: start one with `meguri pipelines run NAME`")
        found = client.pipeline_runs.get(args.run_id)
    if not args.json and found["error"]:
        note(f"{found['status']}: {found['error']}")
    return show(args, found["steps"], STEPS, f"{found['status']}: no step has started")


def cancel(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        client.pipeline_runs.cancel(args.run_id)
    print(f"pipeline run {args.run_id} is being cancelled")
    return 0


def _wait(client: Client, news: News, run: str) -> int:
    """Until the run has ended, and with it all that follows: the gate, and the deployment."""
    news.print_until_reached()
    found = client.pipeline_runs.get(run)
    if found["status"] != "finished":
        note(f"pipeline run {run} {found['status']}: {found['error'] or f'see its steps with `meguri pipelines runs {run}`'}")
        return 1
    print(f"pipeline run {run} finished in {found['seconds']:.1f} s and registered {', '.join(found['versions']) or 'no model version'}")
    return 0


def _parameter(text: str) -> tuple[str, Json]:
    name, sign, value = text.partition("=")
    if not sign:
        raise Invalid("--set", f"{text!r} has no '=': write NAME=VALUE, such as depth=4")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
