"""`meguri endpoints`: what is served, and serving one without the control plane."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from meguri.cli.command import Commands, add_command, add_connection, add_group, client_of, server_of, settings_of, show

COLUMNS = {"name": "ENDPOINT", "state": "STATE", "url": "URL", "version": "VERSION", "deployment": "DEPLOYMENT", "requests": "REQUESTS"}


def add(commands: Commands) -> None:
    group = add_group(commands, "endpoints", "what is served")
    listed = add_command(group, "list", "endpoints and what they serve", list_endpoints)
    add_connection(listed)
    deploy = add_command(group, "deploy", "serve a version of the endpoint's model", deploy_version)
    deploy.add_argument("endpoint")
    deploy.add_argument("model_version", metavar="VERSION", help="an mv_ id (see `meguri models NAME`)")
    add_connection(deploy)
    serve = add_command(group, "serve", "serve one endpoint in this process, also while the server is down", serve_endpoint)
    serve.add_argument("endpoint")
    serve.add_argument("--home", type=Path, help="home folder (default MEGURI_HOME or .meguri)")
    serve.add_argument("--port", type=int, help="port to listen on (default: the one in the endpoint's routes file)")


def list_endpoints(args: argparse.Namespace) -> int:
    with client_of(args) as client:
        rows = client.endpoints.list(project=args.project)
    return show(args, rows, COLUMNS, "no endpoints yet: declare mg.Endpoint(...) in a project folder and run `meguri apply FOLDER`")


def deploy_version(args: argparse.Namespace) -> int:
    with server_of(args) as client:
        answer = client.post(f"/api/v1/endpoints/{args.endpoint}/deployments", {"version": args.model_version}, project=args.project)
    print(f"deployment {answer['id']} of {args.model_version} to {args.endpoint} is {answer['state']}")
    return 0


def serve_endpoint(args: argparse.Namespace) -> int:
    """Become the endpoint program, so that it never loads the control plane's libraries, and a signal to this process is one to it."""
    command = [sys.executable, "-P", "-m", "meguri.app.endpoint", "--home", str(settings_of(args).home), "--endpoint", args.endpoint]
    if args.port is not None:
        command += ["--port", str(args.port)]
    os.execv(command[0], command)
