"""`meguri apply FOLDER`: show what a project folder would change, then store it as a bundle."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from pathlib import Path

from meguri.cli.command import Commands, add_command, add_connection, client_of, note
from meguri.core.errors import Invalid
from meguri.core.json import JsonObject

SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def add(commands: Commands) -> None:
    parser = add_command(commands, "apply", "show the plan of a project folder, then store it as a bundle", run)
    parser.add_argument("folder", type=Path, help="folder with the project's Python files")
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--plan", action="store_true", help="show the plan and stop")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    from meguri.sdk.bundle import archive_of
    from meguri.sdk.collect import load_folder

    folder: Path = args.folder
    if not folder.is_dir():
        raise Invalid("folder", f"{folder} is not a folder: give the one that holds the project's Python files")
    project = load_folder(folder)
    body = {"manifest": base64.b64encode(project.to_json()).decode(), "archive": base64.b64encode(archive_of(folder)).decode()}
    with client_of(args) as client:
        bundles = f"/api/v1/projects/{project.name}/bundles"
        plan = client.post(f"{bundles}/plan", body)
        if args.json:
            print(json.dumps(plan, ensure_ascii=False, indent=1))
        else:
            show_plan(project.name, plan)
        if args.plan or not plan["changes"]:
            return 0
        if not args.yes and sys.stdin.isatty() and input("apply? [y/N] ").strip().lower() not in ("y", "yes"):
            note("nothing was changed")
            return 1
        applied = client.post(f"{bundles}/apply", body)
    note(f"applied bundle {applied['bundle'][:19]} to project {project.name}")
    return 0


def show_plan(project: str, plan: JsonObject) -> None:
    """`+ endpoint bikes` and so on, a line each."""
    if not plan["changes"]:
        print(f"project {project}: nothing changes")
        return
    print(f"project {project}:")
    for change in plan["changes"]:
        fields = f"  ({', '.join(change['fields'])})" if change.get("fields") else ""
        print(f"  {SIGNS.get(change['action'], '?')} {change['kind'].replace('_', ' ')} {change['name']}{fields}")
