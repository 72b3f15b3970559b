"""`meguri endpoints`: what is served, and serving one without the control plane."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from meguri.cli.command import (
    Commands,
    add_command,
    add_connection,
    add_group,
    client_of,
    find_address,
    projects_of,
    server_of,
    settings_of,
    show,
    with_address,
)

COLUMNS = {
    "address": "ENDPOINT", "state": "STATE", "url": "URL", "version": "VERSION", "deployment": "DEPLOYMENT", "requests": "REQUESTS",
}  # fmt: skip
ADDRESS = "PROJECT/NAME; a name alone where only one project has it"


def add(commands: Commands) -> None:
    group = add_group(commands, "endpoints", "what is served")
    listed = add_command(group, "list", "endpoints and what they serve", list_endpoints)
    add_connection(listed)
    deploy = add_command(group, "deploy", "serve a version of the endpoint's model", deploy_version)
    deploy.add_argument("endpoint", help=ADDRESS)
    deploy.add_argument("model_version", metavar="VERSION", help="an mv_ id (see `meguri models NAME`)")
    add_connection(deploy)
    back = add_command(group, "rollback", "serve the former version again", roll_back)
    back.add_argument("endpoint", help=ADDRESS)
    add_connection(back)
    serve = add_command(group, "serve", "serve one endpoint in this process, also while the server is down", serve_endpoint)
    serve.add_argument("endpoint", help=ADDRESS)
    serve.add_argument("--home", type=Path, help="home directory (default MEGURI_HOME or .meguri)")
    serve.add_argument("--port", type=int, help="port to listen on (default: the one in the endpoint's deployment spec)")


def list_endpoints(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        rows = [row for project in projects_of(client, args) for row in with_address(project, client.project(project).endpoints.all())]
    return show(args, rows, COLUMNS, "no endpoints yet: declare mg.Endpoint(...) in a project folder and run `meguri apply FOLDER`")


def deploy_version(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        project, name = find_address(client, args, "endpoint", lambda each: each.endpoints, args.endpoint)
        answer = project.endpoints.deploy(name, args.model_version)
    print(f"deployment {answer['id']} of {args.model_version} to {project.name}/{name} is {answer['state']}")
    return 0


def roll_back(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        project, name = find_address(client, args, "endpoint", lambda each: each.endpoints, args.endpoint)
        answer = project.endpoints.roll_back(name)
    print(f"deployment {answer['id']} of {answer['version']} to {project.name}/{name} is {answer['state']}")
    return 0


def serve_endpoint(args: argparse.Namespace) -> int:
    """Become the endpoint program, so that it never loads the control plane's libraries, and a signal to this process is one to it."""
    command = [sys.executable, "-P", "-m", "meguri.app.endpoint", "--home", str(settings_of(args).home), "--endpoint", args.endpoint]
    if args.port is not None:
        command += ["--port", str(args.port)]
    os.execv(command[0], command)
